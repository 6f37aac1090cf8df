"""What a doctor's page reads; tabs that were told of the same change read it once for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.database import get_database
from appointment_app.i18n import current_locale
from appointment_app.live.shared_reads import LOST_SECONDS, Read, SharedReads
from appointment_app.scheduling.days import Days, list_days
from appointment_app.scheduling.doctors import DoctorView, get_doctor
from appointment_app.scheduling.held import holders
from appointment_app.scheduling.hold_keys import visitor_key
from appointment_app.scheduling.nothing_free import NothingFree, explain
from appointment_app.states.doctor_address import Wish, wish_of
from appointment_app.states.doctor_week import (
    WEEK,
    DayView,
    day_view,
    first_day_of_week,
)
from appointment_app.states.moving import load_moving

_NOBODY = ""
# Pages that are opened at the same moment, as after a process died, share what they read.
_AT_ONCE = 0.2  # seconds


@dataclass(frozen=True, slots=True)
class Seen:
    """A doctor, and of one who has visit types what was asked for and what is free.

    ``steps`` lead there from what tabs showed before (``shared_doctor_page``).
    """

    doctor: DoctorView
    wish: Wish | None = None
    days: Days | None = None
    nothing: NothingFree | None = None
    holders: frozenset[str] = frozenset()
    _views: dict[str, list[DayView]] = field(default_factory=dict)
    steps: dict[tuple[int, str], Any] = field(default_factory=dict)

    def day_views(self, own_zone: str) -> list[DayView]:
        """Return the days in words for visitors in ``own_zone``, made once for all of them."""
        if self.wish is None or self.days is None:
            return []
        if own_zone not in self._views:
            wish, days = self.wish, self.days
            self._views[own_zone] = [
                day_view(wish, day, days.today, own_zone, days.seats_left) for day in days.days
            ]
        return self._views[own_zone]


_shared: SharedReads[Seen] = SharedReads()


async def look(
    actor: Actor, doctor_id: UUID, asked: Mapping[str, str], visitor: str, *, told: bool
) -> Seen:
    """Return what ``actor`` sees of a doctor at the address that asks for ``asked``.

    What the ``visitor`` with this secret holds is free for them. A tab that was ``told`` of a
    change, or is opened with others, shares the reading where it can. Raises ``NotFound``, and
    ``LoginRequired`` where an appointment is to be moved.
    """
    if sees_what_all_see(actor, asked):
        seen = await look_with_others(doctor_id, asked, visitor_key(visitor), told=told)
        if seen is not None:
            return seen
    return (await _read(actor, doctor_id, asked, visitor)).value


def sees_what_all_see(actor: Actor, asked: Mapping[str, str]) -> bool:
    """Tell whether ``actor`` sees at an address what everybody sees who is not logged in."""
    return not actor.is_somebody and not asked.get("move")


async def look_with_others(
    doctor_id: UUID, asked: Mapping[str, str], visitor: str, *, told: bool
) -> Seen | None:
    """Return what all see who are not logged in, read once for all of them.

    None for a ``visitor`` (by their key) who holds something of this doctor: to them it is free.
    Raises ``NotFound``.
    """
    name = (doctor_id, frozenset(asked.items()), current_locale())

    async def read() -> Read[Seen]:
        return await _read(Actor(), doctor_id, asked, _NOBODY)

    seen = await _shared.get(name, read, seconds=LOST_SECONDS if told else _AT_ONCE)
    return None if visitor in seen.holders else seen


async def _read(
    actor: Actor, doctor_id: UUID, asked: Mapping[str, str], visitor: str
) -> Read[Seen]:
    async with get_database().session() as session:
        doctor = await get_doctor(session, actor, doctor_id)
        if not doctor.visit_types:
            return Read(Seen(doctor), doctor.key, clock.now())
        moved = await load_moving(session, actor, asked)
        wish = wish_of(doctor, asked, moved)
        days = await list_days(
            session,
            actor,
            wish.offer,
            first_day_of_week(wish),
            WEEK,
            moving=moved.id if moved else None,
            visitor=visitor,
        )
        # Whoever moves an appointment stays with its doctor.
        nothing = await explain(session, actor, wish.offer, days) if wish.moved is None else None
        held = frozenset[str]()
        if visitor == _NOBODY and any(day.held for day in days.days):
            held = await holders(session, doctor_id, clock.now())
        return Read(Seen(doctor, wish, days, nothing, held), doctor.key, days.changes_at)
