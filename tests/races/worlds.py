"""Worlds of their own: a doctor, a room, a patient and their appointment, and their traces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.database import Database
from appointment_app.models import (
    Appointment,
    AppointmentMove,
    AppointmentSeries,
    Approval,
    AuditEvent,
    BusyBlock,
    Doctor,
    DoctorAtClinic,
    Hold,
    OutboxMessage,
    Resource,
    ResourceKind,
    ResourceUse,
    User,
    VisitType,
    VisitTypeResource,
    WeeklyHours,
    row_id,
)
from appointment_app.scheduling.local_time import instant_of
from appointment_app.scheduling.slots import Offer
from tests.factories import make_clinic, offer_of
from tests.races.scene import NOW, OPENS, make_appointments, make_patients

TOMORROW = NOW.date() + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class World:
    """A doctor with a room whom nobody else books, a patient, and an appointment they have."""

    doctor_id: int
    offer: Offer
    patient: Actor
    appointment_id: UUID
    zone: str

    def moment(self, minute: int, days: int = 0) -> datetime:
        """Return the instant of a minute of the local day, tomorrow or so many days later."""
        return instant_of(self.zone, TOMORROW + timedelta(days=days), minute)


async def make_worlds(session: AsyncSession, count: int) -> list[World]:
    """Store so many worlds in one clinic."""
    clinic = await make_clinic(session)
    patients = await make_patients(session, count)
    users = [User(email=f"{uuid4().hex}@example.org", password_hash="!") for _ in patients]
    session.add_all(users)
    await session.flush()
    doctors = [
        Doctor(
            user_id=row_id(user),
            given_name="Dora",
            family_name="Doctor",
            licence_number=uuid4().hex,
            approval=Approval.APPROVED,
        )
        for user in users
    ]
    session.add_all(doctors)
    await session.flush()
    visit_types = [
        VisitType(doctor_id=row_id(doctor), name="Consultation", duration=30, step=30)
        for doctor in doctors
    ]
    places = [
        DoctorAtClinic(doctor_id=row_id(doctor), clinic_id=row_id(clinic), minimum_notice=0)
        for doctor in doctors
    ]
    rooms = [
        Resource(clinic_id=row_id(clinic), kind=ResourceKind.ROOM, name=f"Room {number}")
        for number in range(count)
    ]
    session.add_all((*visit_types, *places, *rooms))
    await session.flush()
    session.add_all(
        VisitTypeResource(visit_type_id=row_id(visit_type), resource_id=row_id(room))
        for visit_type, room in zip(visit_types, rooms, strict=True)
    )
    session.add_all(
        WeeklyHours(doctor_at_clinic_id=row_id(place), weekday=day, opens=OPENS, closes=18 * 60)
        for place in places
        for day in range(7)
    )
    at_eight = instant_of(clinic.zone, TOMORROW, OPENS)
    appointments = await make_appointments(
        session, clinic, [(*pair, at_eight) for pair in zip(visit_types, patients, strict=True)]
    )
    return [
        World(
            row_id(doctor), offer_of(doctor, clinic, visit_type), patient, appointment, clinic.zone
        )
        for doctor, visit_type, patient, appointment in zip(
            doctors, visit_types, patients, appointments, strict=True
        )
    ]


async def traces_of(database: Database, world: World) -> Mapping[str, list[dict[str, Any]]]:
    """Return every row that a deed of the world's patient may write, by its table."""
    user_id, doctor_id = world.patient.user_id, world.doctor_id
    blocks = select(BusyBlock.id).where(BusyBlock.doctor_id == doctor_id)
    address = select(User.email).where(User.id == user_id).scalar_subquery()
    own: dict[type[SQLModel], Any] = {
        Appointment: Appointment.doctor_id == doctor_id,
        AppointmentMove: AppointmentMove.moved_by == user_id,
        AppointmentSeries: AppointmentSeries.created_by == user_id,
        AuditEvent: AuditEvent.actor_user_id == user_id,
        BusyBlock: BusyBlock.doctor_id == doctor_id,
        Doctor: Doctor.id == doctor_id,
        Hold: col(Hold.block_id).in_(blocks),
        OutboxMessage: OutboxMessage.recipient == address,
        ResourceUse: col(ResourceUse.block_id).in_(blocks),
    }
    async with database.session() as session:
        return {
            str(table.__tablename__): [
                row.model_dump()
                for row in await session.exec(select(table).where(condition).order_by(table.id))  # type: ignore[attr-defined]
            ]
            for table, condition in own.items()
        }
