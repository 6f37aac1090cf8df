"""The latest changes beside a doctor's calendar, and which appointments are marked for a moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from appointment_app import clock
from appointment_app.accounts.login_sessions import REMEMBERED
from appointment_app.i18n import format_date, format_time, t
from appointment_app.scheduling.activity import Deed, Happening
from appointment_app.scheduling.local_time import local_date
from appointment_app.states.session_state import SessionState

MARKED_FOR = timedelta(seconds=20)


@dataclass(frozen=True)
class ActivityRow:
    """One change: when it was made, and what it was."""

    key: str
    time: str
    sentence: str


class CalendarActivity(SessionState):
    """What happened in the calendar lately, the latest first."""

    rows: list[ActivityRow] = []

    def _show_activity(self, happenings: Iterable[Happening], zone: str) -> None:
        today = local_date(zone, clock.now())
        self.rows = [
            ActivityRow(str(each.id), _time(each.at, zone, today), _sentence(each, zone))
            for each in happenings
        ]


def marked(happenings: Iterable[Happening]) -> set[str]:
    """Return the ids of the appointments that others changed a moment ago."""
    return {str(each.appointment_id) for each in happenings if _is_marked(each)}


def marked_until(happenings: Iterable[Happening]) -> datetime | None:
    """Return when the first of these marks goes, None when there is none."""
    return min((each.at + MARKED_FOR for each in happenings if _is_marked(each)), default=None)


def next_change(
    happenings: Iterable[Happening], suspended_from: datetime | None
) -> datetime | None:
    """Return when time alone changes the calendar: a mark goes, or its doctor is suspended.

    Where the suspension has just begun, another process may know it only ``REMEMBERED`` later.
    """
    mark_ends = marked_until(happenings)
    moments = [] if mark_ends is None else [mark_ends]
    if suspended_from is not None:
        now = clock.now()
        moments.append(suspended_from if now < suspended_from else now + REMEMBERED)
    return min(moments, default=None)


def _is_marked(happening: Happening) -> bool:
    return not happening.is_own and happening.at + MARKED_FOR > clock.now()


def _time(moment: datetime, zone: str, today: object) -> str:
    time, day = format_time(moment, zone), local_date(zone, moment)
    return time if day == today else f"{format_date(day, 'EEE')} {time}"


def _sentence(happening: Happening, zone: str) -> str:
    starts_at = happening.starts_at
    when = f"{format_date(local_date(zone, starts_at))}, {format_time(starts_at, zone)}"
    words = {"patient": happening.patient, "when": when}
    match happening.deed, happening.by_patient:
        case Deed.BOOKED, True:
            return t("{patient} booked {when}", **words)
        case Deed.BOOKED, False:
            return t("{patient} was booked for {when}", **words)
        case Deed.MOVED, True:
            return t("{patient} moved to {when}", **words)
        case Deed.MOVED, False:
            return t("{patient} was moved to {when}", **words)
        case Deed.CANCELLED, True:
            return t("{patient} cancelled {when}", **words)
        case Deed.CANCELLED, False:
            return t("{patient}: {when} was cancelled", **words)
    return t("{patient} is here for {when}", **words)
