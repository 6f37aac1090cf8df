"""The panel of the doctor's calendar with one group session and the patients who come."""

from __future__ import annotations

from dataclasses import dataclass, field

import reflex as rx

from appointment_app.accounts.contact_details import show_phone
from appointment_app.database import get_database
from appointment_app.errors import NotFound
from appointment_app.i18n import format_moment, format_time, t
from appointment_app.scheduling.session_calendar import SessionEntry, load_session
from appointment_app.states.address import moment
from appointment_app.states.session_state import SessionState, refusals_shown
from appointment_app.states.wording import MODE_NAMES, zone_note

# What tells a session from an appointment among the calendar's entries; its start follows.
_KEY = "session:"


@dataclass(frozen=True)
class SeatedRow:
    """Somebody who comes; ``id`` opens their appointment."""

    id: str = ""
    patient: str = ""
    phone: str = ""
    status: str = ""


@dataclass(frozen=True)
class SessionDetail:
    """The open session, in words."""

    title: str = ""
    places: str = ""
    when: str = ""
    zone: str = ""
    place: str = ""
    seated: list[SeatedRow] = field(default_factory=list)


class GroupSessionPanel(SessionState):
    """The group session that is open, of the doctor who is logged in."""

    detail: SessionDetail = SessionDetail()
    is_open: bool = False

    @rx.event
    @refusals_shown
    async def open(self, starts_at: str) -> None:
        """Open the panel with the session that begins then (ISO 8601, with its offset)."""
        start = moment(starts_at)
        if start is None:
            raise NotFound
        actor = await self._actor()
        async with get_database().session() as session:
            entry, seated = await load_session(session, actor, start)
        self.detail = SessionDetail(
            title=entry.visit,
            places=taken_in_words(entry),
            when=f"{format_moment(entry.starts_at, entry.zone)} – "
            f"{format_time(entry.ends_at, entry.zone)}",
            zone=zone_note(entry.zone),
            place=f"{entry.clinic} · {MODE_NAMES[entry.mode]}",
            seated=[
                SeatedRow(str(each.id), each.patient, show_phone(each.phone), each.status.value)
                for each in seated
            ],
        )
        self.is_open = True

    @rx.event
    async def close(self) -> None:
        """Close the panel."""
        self.is_open = False


def session_event(entry: SessionEntry, several_clinics: bool) -> dict[str, str]:
    """Return a group session as ``components/calendar.py`` takes it."""
    words = [taken_in_words(entry), *([entry.clinic] if several_clinics else [])]
    return {
        "id": f"{_KEY}{entry.starts_at.isoformat()}",
        "title": entry.visit,
        "start": entry.starts_at.isoformat(),
        "end": entry.ends_at.isoformat(),
        "kind": "session",
        "movable": "",
        "detail": " · ".join(words),
    }


def start_of_session(entry_id: str) -> str:
    """Return the start of the session that an entry of the calendar is, or an empty string."""
    return entry_id.removeprefix(_KEY) if entry_id.startswith(_KEY) else ""


def taken_in_words(entry: SessionEntry) -> str:
    """Return how many places are taken, such as ``2 of 8``."""
    return t("{taken} of {capacity}", taken=entry.taken, capacity=entry.capacity)
