"""Free times as links to what is done with them, ready to be shown.

A slot is what differs: its time, its start, and what it is. What all slots of a day have in common
stands beside them once, and the browser puts the two together: an open page is sent the whole day
each time somebody takes one of its times.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from appointment_app.i18n import format_date, format_time, t
from appointment_app.states.address import moment_text
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
    """A free time as the clinic's clock shows it.

    Its ``notes`` are the visitor's own time, where the clocks differ, and how many places of a
    group session are left. ``starts_at`` is UTC, as addresses name it, and ends the address that
    the slot leads to. It is a link only while its ``state`` is free.
    """

    time: str
    starts_at: str
    state: SlotState = SlotState.FREE
    notes: list[str] = field(default_factory=list)


def slot_links(
    zone: str,
    own_zone: str,
    slots: Sequence[datetime],
    held: Sequence[datetime],
    seats_left: Mapping[datetime, int],
    *,
    most: int | None = None,
) -> list[SlotLink]:
    """Return the slots of a day at a clinic in ``zone``, for a visitor in ``own_zone``.

    At those that are ``held`` somebody else is just booking. ``seats_left`` are those of the group
    sessions among the ``slots``. Only the first ``most`` are returned.
    """

    def slot_link(start: datetime) -> SlotLink:
        notes = (short_own_time(start, zone, own_zone), places_left(seats_left.get(start)))
        return SlotLink(
            time=format_time(start, zone),
            starts_at=moment_text(start),
            state=SlotState.HELD if start in held else SlotState.FREE,
            notes=[note for note in notes if note],
        )

    return [slot_link(start) for start in sorted([*slots, *held])[:most]]


def read_out(day: date, doctor: str) -> tuple[str, str]:
    """Return what is read out before and after the time of each slot of a ``day``.

    What is read out holds what is seen, word for word: who speaks to the device says it.
    """
    words = t(
        "{day}, {times} with {doctor}",
        day=format_date(day, "EEEE d MMMM"),
        times="\n",
        doctor=doctor,
    )
    before, _, after = words.partition("\n")
    return before, after
