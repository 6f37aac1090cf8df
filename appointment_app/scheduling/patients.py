"""The patients whom staff find: a doctor those of their own, a clinic all whom it knows."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.known_patients import known_at, searched
from appointment_app.accounts.patients import KnownPatient, known
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.errors import NotFound
from appointment_app.models import Appointment, DoctorAtClinic, Person
from appointment_app.scheduling.brief import Reach, reach_of

_MOST = 8


async def find_patients(
    session: AsyncSession, actor: Actor, place_id: UUID, typed: str
) -> list[KnownPatient]:
    """Return the first few known patients who are ``typed`` (see ``searched``), by name.

    ``place_id`` is the public id of the doctor at the clinic. A doctor finds the patients of all
    their clinics, reception and administrators those of the clinic. Raises ``NotFound``,
    ``Forbidden``, ``LoginRequired``.
    """
    place = await load_place_of_staff(session, actor, place_id)
    condition = searched(typed)
    if condition is None:
        return []
    statement = (
        select(Person)
        .where(_known(place, actor), col(Person.active), condition)
        .order_by(col(Person.family_name), col(Person.given_name), col(Person.id))
        .limit(_MOST)
    )
    return [known(person) for person in await session.exec(statement)]


async def load_known_patient(
    session: AsyncSession, place: DoctorAtClinic, actor: Actor, person_id: UUID
) -> Person:
    """Return a patient whom ``find_patients`` could find; raises ``NotFound``."""
    statement = select(Person).where(
        Person.public_id == person_id, col(Person.active), _known(place, actor)
    )
    person = (await session.exec(statement)).first()
    if person is None:
        raise NotFound
    return person


async def load_reach_of_patient(
    session: AsyncSession, actor: Actor, place_id: UUID, person_id: UUID
) -> Reach:
    """Return how a patient is reached whom ``find_patients`` could find; raises as that does."""
    place = await load_place_of_staff(session, actor, place_id)
    return await reach_of(session, await load_known_patient(session, place, actor, person_id))


async def load_place_of_staff(
    session: AsyncSession, actor: Actor, place_id: UUID
) -> DoctorAtClinic:
    """Return the place whose doctor, or whose clinic's staff, the actor is."""
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


def _known(place: DoctorAtClinic, actor: Actor) -> ColumnElement[bool]:
    if actor.doctor_id != place.doctor_id:
        return known_at([place.clinic_id])
    own = select(Appointment.person_id).where(Appointment.doctor_id == place.doctor_id)
    return col(Person.id).in_(own)
