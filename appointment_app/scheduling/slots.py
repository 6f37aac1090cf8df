"""The free slots of one doctor at a clinic, as the public sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, require
from appointment_app.errors import NotFound
from appointment_app.models import (
    Clinic,
    Doctor,
    DoctorAtClinic,
    VisitType,
    row_id,
)
from appointment_app.scheduling import resources
from appointment_app.scheduling.free_times import Wish, find_free
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.moved import find_moved
from appointment_app.scheduling.offered import is_offered
from appointment_app.scheduling.opening_hours import Hours
from appointment_app.scheduling.own_times import looked_for, without_own
from appointment_app.scheduling.rules import UNREAD, Place, bookable_places, load_hours


@dataclass(frozen=True, slots=True)
class Offer:
    """What a visitor looks at: a visit type of a doctor at a clinic; public ids."""

    doctor_id: UUID
    clinic_id: UUID
    visit_type_id: UUID


@dataclass(frozen=True, slots=True)
class OfferRows:
    """The stored rows of an offer, all of which take bookings.

    ``needs_resources`` says that the visit takes a room or a device with it.
    """

    at_clinic: DoctorAtClinic
    doctor: Doctor
    clinic: Clinic
    visit_type: VisitType
    needs_resources: bool

    @property
    def place_id(self) -> int:
        """The internal id of the doctor at the clinic."""
        return row_id(self.at_clinic)

    @property
    def doctor_id(self) -> int:
        """The internal id of the doctor."""
        return row_id(self.doctor)

    def place(self, hours: Hours) -> Place:
        """Return the place with its hours."""
        return Place(self.doctor, self.clinic, self.at_clinic, hours)


@dataclass(frozen=True, slots=True)
class Start:
    """One start that somebody looks at.

    ``is_held`` when somebody else is just booking then, ``is_own`` when they have an appointment
    then themselves; ``seats_left`` in a group session.
    """

    is_free: bool
    is_held: bool
    is_own: bool
    seats_left: int | None


async def look_at_start(
    session: AsyncSession, actor: Actor, offer: Offer, starts_at: datetime, *, visitor: str = ""
) -> Start:
    """Return what there is to say about one start (UTC) of ``offer``.

    What the ``visitor`` with this secret holds is free for them. Raises ``NotFound`` when patients
    cannot book it.
    """
    require(actor, Action.FIND_DOCTORS)
    place, visit_type = await load_offer(session, offer)
    moment = Interval(starts_at, starts_at + datetime.resolution)
    wish = Wish(place, visit_type, moment)
    (free,) = await find_free(session, [wish], visitor=visitor, person_id=actor.looks_for)
    is_own = not without_own([starts_at], wish.shape, free.own)
    is_free = starts_at in free.starts and not is_own
    return Start(is_free, starts_at in free.held, is_own, free.seats_left.get(starts_at))


async def list_slots(
    session: AsyncSession,
    actor: Actor,
    offer: Offer,
    window: Interval,
    *,
    moving: UUID | None = None,
) -> list[datetime]:
    """Return the free starts of ``offer`` within ``window``, in UTC, sorted.

    Without those at which the actor has an appointment themselves. With ``moving``, one of the
    actor's own appointments, those to which it can go. Raises ``NotFound`` when patients cannot
    book it.
    """
    require(actor, Action.FIND_DOCTORS)
    rows = await find_offer(session, offer)
    moved = await find_moved(session, actor, moving) if moving else None
    wish = Wish(rows.place(UNREAD), rows.visit_type, window, moved)
    return await slots_for(session, actor, wish)


async def nearest_slots(
    session: AsyncSession,
    actor: Actor,
    offer: Offer,
    wanted: datetime,
    *,
    count: int = 3,
    moving: UUID | None = None,
) -> list[datetime]:
    """Return up to ``count`` free starts nearest to ``wanted`` (UTC), in the order of time.

    Looks two weeks to either side, and passes over what the actor's own appointments
    overlap, or those of whom the appointment ``moving`` is for. Raises ``NotFound`` when patients
    cannot book the offer.
    """
    require(actor, Action.FIND_DOCTORS)
    rows = await find_offer(session, offer)
    if abs(wanted - clock.now()) > timedelta(days=1000):
        return []
    reach = timedelta(days=14)
    window = Interval(wanted - reach, wanted + reach)
    moved = await find_moved(session, actor, moving) if moving else None
    wish = Wish(rows.place(UNREAD), rows.visit_type, window, moved)
    free = await slots_for(session, actor, wish)
    return sorted(sorted(free, key=lambda start: abs(start - wanted))[:count])


async def load_offer(
    session: AsyncSession, offer: Offer, *, by_staff: bool = False
) -> tuple[Place, VisitType]:
    """Return the place and visit type of ``offer``, in two statements.

    Raises ``NotFound`` unless both take bookings of patients, or of staff.
    """
    rows = await find_offer(session, offer, by_staff=by_staff)
    hours = await load_hours(session, [(rows.at_clinic, rows.clinic)])
    return rows.place(hours[rows.place_id]), rows.visit_type


async def find_offer(session: AsyncSession, offer: Offer, *, by_staff: bool = False) -> OfferRows:
    """Return the rows of ``offer``, in one statement.

    Raises ``NotFound`` unless all of them take bookings of patients, or of staff.
    """
    ids = {"doctor": offer.doctor_id, "clinic": offer.clinic_id, "type": offer.visit_type_id}
    found = (await session.exec(_offer_statement(by_staff), params=ids)).first()
    if found is None:
        raise NotFound
    return OfferRows(*found)


@lru_cache
def _offer_statement(by_staff: bool) -> Any:
    """Return the statement of ``find_offer``: to make it takes longer than to run it."""
    return (
        bookable_places()
        .join(VisitType, col(VisitType.doctor_id) == Doctor.id)
        .add_columns(VisitType, resources.is_needed())
        .where(
            col(Doctor.public_id) == bindparam("doctor"),
            col(Clinic.public_id) == bindparam("clinic"),
            col(VisitType.public_id) == bindparam("type"),
            *is_offered(by_staff=by_staff),
        )
    )


async def slots_for(session: AsyncSession, actor: Actor, wish: Wish) -> list[datetime]:
    """Return the free starts without those at which the actor has an appointment themselves."""
    person_id = looked_for(actor, wish.moved)
    (free,) = await find_free(session, [wish], person_id=person_id)
    return without_own(free.starts, wish.shape, free.own)
