"""What a doctor's page reads; tabs that were told of the same change read it once for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    chosen_day,
    day_view,
    first_day_of_week,
)
from appointment_app.states.moving import load_moving

_NOBODY = ""
# Pages that are opened at the same moment, as after a process died, share what they read.
_AT_ONCE = 0.2  # seconds


@dataclass(frozen=True, slots=True)
class Seen:
    """A doctor, and of one who has visit types what was asked for and what is free."""

    doctor: DoctorView
    wish: Wish | None = None
    days: Days | None = None
    nothing: NothingFree | None = None
    holders: frozenset[str] = frozenset()
    _views: dict[str, list[DayView]] = field(default_factory=dict)

    def day_views(self, own_zone: str) -> list[DayView]:
        """Return the days in words for visitors in ``own_zone``, made once for all of them."""
        if self.wish is None or self.days is None:
            return []
        if own_zone not in self._views:
            wish, days = self.wish, self.days
            chosen = chosen_day(wish, days)
            self._views[own_zone] = [
                day_view(wish, day, days.today, chosen, own_zone, days.seats_left)
                for day in days.days
            ]
        return self._views[own_zone]


_shared: SharedReads[Seen] = SharedReads()


async def look(
    actor: Actor, doctor_id: UUID, asked: Mapping[str, str], visitor: str, *, told: bool
) -> Seen:
    """Return what ``actor`` sees of a doctor at the address that asks for ``asked``.

    What the ``visitor`` with this secret holds is free for them. A tab that was ``told`` of a
    change, or is opened with others, shares the reading with those to whom everything is the same:
    who is not logged in and holds nothing of this doctor. Raises ``NotFound``, and
    ``LoginRequired`` where an appointment is to be moved.
    """
    if actor.is_somebody or asked.get("move"):
        return (await _read(actor, doctor_id, asked, visitor)).value
    name = (doctor_id, frozenset(asked.items()), current_locale())

    async def read() -> Read[Seen]:
        return await _read(actor, doctor_id, asked, _NOBODY)

    seen = await _shared.get(name, read, seconds=LOST_SECONDS if told else _AT_ONCE)
    if visitor_key(visitor) in seen.holders:
        return (await _read(actor, doctor_id, asked, visitor)).value
    return seen


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
