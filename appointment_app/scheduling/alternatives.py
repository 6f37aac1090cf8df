"""Who else has time: the doctor at another clinic, or others of the specialty, nearest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, require
from appointment_app.models import (
    Clinic,
    Doctor,
    DoctorAtClinic,
    DoctorSpecialty,
    VisitType,
    row_id,
)
from appointment_app.scheduling.doctors import load_visit_types
from appointment_app.scheduling.free_times import Wish, find_free
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import local_date
from appointment_app.scheduling.rules import Place, bookable_places, load_hours
from appointment_app.scheduling.slots import Offer, find_offer

# Of how many places the free times are looked up, however many there are.
_LOOKED_AT = 12


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another place with a free time; ``first_free`` in UTC, ``zone`` the clinic's."""

    offer: Offer
    doctor: str
    clinic: str
    city: str
    zone: str
    visit_type: str
    first_free: datetime
    same_doctor: bool

    @property
    def first_day(self) -> date:
        """The local day of the first free time."""
        return local_date(self.zone, self.first_free)


async def nearest_alternatives(
    session: AsyncSession, actor: Actor, offer: Offer, *, count: int = 3
) -> tuple[Alternative, ...]:
    """Return up to ``count`` places with a free time: this doctor elsewhere, then the same city.

    Raises ``NotFound`` when patients cannot book the offer. Four statements and those of
    ``find_free``.
    """
    require(actor, Action.FIND_DOCTORS)
    wanted = await find_offer(session, offer)
    same_doctor = col(Doctor.id) == wanted.doctor_id
    same_city = col(Clinic.city) == wanted.clinic.city
    of_specialty = select(DoctorSpecialty.doctor_id).where(
        col(DoctorSpecialty.specialty_id).in_(
            select(DoctorSpecialty.specialty_id).where(
                DoctorSpecialty.doctor_id == wanted.doctor_id
            )
        )
    )
    statement = (
        bookable_places()
        .where(
            col(DoctorAtClinic.id) != wanted.place_id,
            sa.or_(same_doctor, col(Doctor.id).in_(of_specialty)),
        )
        .order_by(
            sa.case((same_doctor, 0), (same_city, 1), else_=2),
            col(DoctorAtClinic.next_free_at).is_(None),
            col(DoctorAtClinic.next_free_at),
            col(DoctorAtClinic.id),
        )
        .limit(_LOOKED_AT)
    )
    rows = (await session.exec(statement)).all()
    hours = await load_hours(session, [(at_clinic, clinic) for at_clinic, _, clinic in rows])
    places = [
        Place(doctor, clinic, at_clinic, hours[row_id(at_clinic)])
        for at_clinic, doctor, clinic in rows
    ]
    visit_types = await load_visit_types(session, places)
    wishes = [
        _wish(place, visit_type)
        for place in places
        if (visit_type := _like(wanted.visit_type, visit_types[place.id]))
    ]
    found = [
        _alternative(wish, free.starts[0], same_doctor=wish.place.doctor_id == wanted.doctor_id)
        for wish, free in zip(wishes, await find_free(session, wishes), strict=True)
        if free.starts
    ]

    def nearest_first(each: Alternative) -> tuple[bool, bool, datetime]:
        return not each.same_doctor, each.city != wanted.clinic.city, each.first_free

    return tuple(sorted(found, key=nearest_first)[:count])


def _like(wanted: VisitType, offered: tuple[VisitType, ...]) -> VisitType | None:
    """Return the same visit type, else one of the same name, else the doctor's default."""
    same = [each for each in offered if each.id == wanted.id]
    named = [each for each in offered if each.name.casefold() == wanted.name.casefold()]
    return next(iter(same or named or offered), None)


def _wish(place: Place, visit_type: VisitType) -> Wish:
    now = clock.now()
    return Wish(place, visit_type, Interval(now, place.bounds(now)[1]))


def _alternative(wish: Wish, first_free: datetime, *, same_doctor: bool) -> Alternative:
    place = wish.place
    return Alternative(
        offer=Offer(place.doctor.public_id, place.clinic.public_id, wish.visit_type.public_id),
        doctor=place.doctor.full_name,
        clinic=place.clinic.name,
        city=place.clinic.city,
        zone=place.clinic.zone,
        visit_type=wish.visit_type.name,
        first_free=first_free,
        same_doctor=same_doctor,
    )
