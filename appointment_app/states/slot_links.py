"""Free times as links to what is done with them, ready to be shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from appointment_app.i18n import format_date, format_time, t
from appointment_app.states.doctor_words import places_left
from appointment_app.states.own_zone import short_own_time


class SlotState(StrEnum):
    """What a time is on a page that stays open."""

    FREE = "free"
    HELD = "held"  # somebody else is just booking it
    TAKEN = "taken"  # since a moment ago
    GONE = "gone"  # its place stays empty


@dataclass(frozen=True)
class SlotLink:
    """A free time: as the clinic's clock shows it, as the visitor's does, and all of it in words.

    ``own_time`` is empty where both clocks agree, ``places`` where there is no group session.
    ``starts_at`` is UTC, in ISO 8601. It is a link only while its ``state`` is free.
    """

    time: str
    own_time: str
    places: str
    label: str
    href: str
    starts_at: str
    state: SlotState = SlotState.FREE


def slot_links(
    link: Callable[[datetime], str],
    doctor: str,
    zone: str,
    own_zone: str,
    day: date,
    slots: Sequence[datetime],
    held: Sequence[datetime],
    seats_left: Mapping[datetime, int],
    *,
    most: int | None = None,
) -> list[SlotLink]:
    """Return the links of one local ``day`` of a clinic in ``zone``; ``link`` leads on.

    At those that are ``held`` somebody else is just booking. ``seats_left`` are those of the group
    sessions among the ``slots``. Only the first ``most`` are returned.
    """
    day_name = format_date(day, "EEEE d MMMM")

    def slot_link(start: datetime) -> SlotLink:
        time, own_time = format_time(start, zone), short_own_time(start, zone, own_zone)
        # What is read out holds what is seen, word for word: who speaks to the device says it.
        places = places_left(seats_left.get(start))
        notes = [note for note in (own_time, places) if note]
        times = f"{', '.join([time, *notes])}," if notes else time
        return SlotLink(
            time=time,
            own_time=own_time,
            places=places,
            label=t("{day}, {times} with {doctor}", day=day_name, times=times, doctor=doctor),
            href=link(start),
            starts_at=start.isoformat(),
            state=SlotState.HELD if start in held else SlotState.FREE,
        )

    return [slot_link(start) for start in sorted([*slots, *held])[:most]]
