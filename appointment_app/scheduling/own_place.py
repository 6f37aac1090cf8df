"""The place whose availability a doctor edits: read, locked, and its changes recorded.

The staff of the clinic may read it too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import audit
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.errors import LoginRequired, NotFound, StaleVersion
from appointment_app.models import Clinic, Doctor, DoctorAtClinic, row_id
from appointment_app.scheduling import locks
from appointment_app.scheduling.local_time import local_date
from appointment_app.scheduling.rules import Place, load_hours
from appointment_app.scheduling.week import Elsewhere


async def load_own_place(
    session: AsyncSession,
    actor: Actor,
    place_id: UUID,
    action: Action = Action.EDIT_AVAILABILITY,
) -> Place:
    """Return the place of a public id, as it stands, for whoever may do ``action`` there.

    Raises ``NotFound``, ``Forbidden``.
    """
    statement = (
        select(DoctorAtClinic, Doctor, Clinic)
        .join(Doctor, col(Doctor.id) == DoctorAtClinic.doctor_id)
        .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
        .where(DoctorAtClinic.public_id == place_id, col(DoctorAtClinic.active))
    )
    found = (await session.exec(statement)).first()
    if found is None:
        # Somebody who may not look learns nothing about which places there are.
        require(actor, action, Record(doctor_id=actor.doctor_id))
        raise NotFound
    at_clinic, doctor, clinic = found
    require(actor, action, Record(doctor_id=doctor.id, clinic_id=clinic.id))
    hours = await load_hours(session, [(at_clinic, clinic)])
    return Place(doctor, clinic, at_clinic, hours[row_id(at_clinic)])


async def find_place(session: AsyncSession, actor: Actor, doctor_id: UUID, clinic_id: UUID) -> UUID:
    """Return the public id of a doctor at a clinic, both by theirs.

    What may be done there is for whoever does it to say. Raises ``LoginRequired``, ``NotFound``.
    """
    if not actor.is_somebody:
        raise LoginRequired
    statement = (
        select(DoctorAtClinic.public_id)
        .join(Doctor, col(Doctor.id) == DoctorAtClinic.doctor_id)
        .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
        .where(
            Doctor.public_id == doctor_id,
            Clinic.public_id == clinic_id,
            col(DoctorAtClinic.active),
        )
    )
    place_id = (await session.exec(statement)).first()
    if place_id is None:
        raise NotFound
    return place_id


async def find_clinic_of(session: AsyncSession, actor: Actor, doctor_id: UUID) -> UUID:
    """Return the first clinic of a doctor whose hours there the actor may see; public ids.

    Raises ``LoginRequired``, ``NotFound``, ``Forbidden``.
    """
    statement = (
        select(DoctorAtClinic.doctor_id, Clinic)
        .join(Doctor, col(Doctor.id) == DoctorAtClinic.doctor_id)
        .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
        .where(Doctor.public_id == doctor_id, col(DoctorAtClinic.active), col(Clinic.active))
        .order_by(col(DoctorAtClinic.id))
    )
    rows = (await session.exec(statement)).all()
    for key, clinic in rows:
        if allows(actor, Action.VIEW_AVAILABILITY, Record(doctor_id=key, clinic_id=clinic.id)):
            return clinic.public_id
    if rows or not actor.is_somebody:
        require(actor, Action.VIEW_AVAILABILITY)
    raise NotFound


async def lock_own_place(
    session: AsyncSession,
    actor: Actor,
    place_id: UUID,
    *,
    version: int | None = None,
    doctor_version: int | None = None,
) -> Place:
    """Return the place as it stands once nobody else changes its doctor's calendar.

    Raises ``StaleVersion`` when it, or the doctor, is not of the version that was shown.
    """
    owner = select(DoctorAtClinic.doctor_id).where(DoctorAtClinic.public_id == place_id)
    doctor_id = (await session.exec(owner)).first()
    if doctor_id is None:
        doctor_id = actor.doctor_id
    require(actor, Action.EDIT_AVAILABILITY, Record(doctor_id=doctor_id))
    if doctor_id is None:
        raise NotFound
    await locks.lock_doctor(session, doctor_id)
    place = await load_own_place(session, actor, place_id)
    if version is not None and place.at_clinic.version != version:
        raise StaleVersion
    if doctor_version is not None and place.doctor.version != doctor_version:
        raise StaleVersion
    return place


def record_change(
    session: AsyncSession, actor: Actor, place: Place, deed: str, fields: Iterable[str]
) -> int:
    """Raise the version of a locked place and append the audit event; return the version."""
    place.at_clinic.version += 1
    session.add(place.at_clinic)
    audit.record(
        session,
        actor,
        deed,
        record_type="doctor_at_clinic",
        record_id=place.id,
        fields=fields,
        clinic_id=place.at_clinic.clinic_id,
    )
    return place.at_clinic.version


async def load_elsewhere(session: AsyncSession, place: Place) -> list[Elsewhere]:
    """Return the hours of the same doctor at other clinics."""
    statement = (
        select(DoctorAtClinic, Clinic)
        .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
        .where(
            DoctorAtClinic.doctor_id == place.doctor_id,
            DoctorAtClinic.id != place.id,
            col(DoctorAtClinic.active),
        )
    )
    others = [(at_clinic, clinic) for at_clinic, clinic in await session.exec(statement)]
    if not others:
        return []
    hours = await load_hours(session, others)
    return [Elsewhere(clinic.name, hours[row_id(at_clinic)]) for at_clinic, clinic in others]


def today_at(place: Place) -> date:
    """Return today's date at the clinic."""
    return local_date(place.clinic.zone, clock.now())
