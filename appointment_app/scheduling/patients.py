"""The patients whom a doctor knows: those who have, or had, an appointment there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.errors import NotFound
from appointment_app.models import Appointment, DoctorAtClinic, Person
from appointment_app.texts import fit, search_word

_MOST = 8
_LONGEST_SEARCH = 100
_WAYS_TO_WRITE_A_DAY = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y")


@dataclass(frozen=True, slots=True)
class KnownPatient:
    """Just enough to tell one patient from another."""

    id: UUID
    name: str
    birth_date: date | None


async def find_patients(
    session: AsyncSession, actor: Actor, place_id: UUID, typed: str
) -> list[KnownPatient]:
    """Return the first few known patients whose names, or birth date, are ``typed``, by name.

    ``place_id`` is the public id of the doctor at the clinic. A doctor finds the patients of all
    their clinics, an administrator those of the clinic. Raises ``NotFound``, ``Forbidden``,
    ``LoginRequired``.
    """
    place = await load_place_of_staff(session, actor, place_id)
    words = fit(typed)[:_LONGEST_SEARCH].split()
    if not words:
        return []
    known = select(Appointment.person_id).where(Appointment.doctor_id == place.doctor_id)
    if actor.doctor_id != place.doctor_id:
        known = known.where(Appointment.clinic_id == place.clinic_id)
    statement = (
        select(Person)
        .where(col(Person.id).in_(known), col(Person.active), and_(*map(_matches, words)))
        .order_by(col(Person.family_name), col(Person.given_name), col(Person.id))
        .limit(_MOST)
    )
    return [
        KnownPatient(person.public_id, person.full_name, person.birth_date)
        for person in await session.exec(statement)
    ]


async def load_known_patient(
    session: AsyncSession, place: DoctorAtClinic, actor: Actor, person_id: UUID
) -> Person:
    """Return a patient whom ``find_patients`` could find; raises ``NotFound``."""
    known = select(Appointment.person_id).where(Appointment.doctor_id == place.doctor_id)
    if actor.doctor_id != place.doctor_id:
        known = known.where(Appointment.clinic_id == place.clinic_id)
    statement = select(Person).where(
        Person.public_id == person_id, col(Person.active), col(Person.id).in_(known)
    )
    person = (await session.exec(statement)).first()
    if person is None:
        raise NotFound
    return person


async def load_place_of_staff(
    session: AsyncSession, actor: Actor, place_id: UUID
) -> DoctorAtClinic:
    """Return the place whose doctor, or whose clinic's administrator, the actor is."""
    by_id = select(DoctorAtClinic).where(
        DoctorAtClinic.public_id == place_id, col(DoctorAtClinic.active)
    )
    place = (await session.exec(by_id)).first()
    if place is None:
        require(actor, Action.LIST_OWN_APPOINTMENTS)  # whoever asks is somebody
        raise NotFound
    record = Record(doctor_id=place.doctor_id, clinic_id=place.clinic_id)
    require(actor, Action.BOOK_FOR_PATIENT, record)
    return place


def _matches(word: str) -> ColumnElement[bool]:
    day = _day(word)
    if day is not None:
        return col(Person.birth_date) == day
    return col(Person.search_name).contains(search_word(word), autoescape=True)


def _day(word: str) -> date | None:
    for way in _WAYS_TO_WRITE_A_DAY:
        try:
            return datetime.strptime(word, way).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None
