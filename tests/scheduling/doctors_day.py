"""A doctor at a clinic and a booked patient, for tests of what a doctor sees and sets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.database import Database
from appointment_app.models import (
    Appointment,
    Clinic,
    Doctor,
    DoctorAtClinic,
    Person,
    VisitType,
    row_id,
)
from appointment_app.scheduling import booking, hours
from appointment_app.scheduling.booking import BookingRequest
from appointment_app.scheduling.week import TypedWeek
from tests.factories import doctor_actor, make_patient, offer_of, patient_actor

MONDAY_EIGHT = datetime(2026, 11, 23, 8, tzinfo=UTC)  # 09:00 in Berlin


NINE_TO_FIVE = ((9 * 60, 17 * 60),)


@dataclass
class Practice:
    """A doctor who receives Monday to Friday from nine to five, in Berlin."""

    database: Database
    doctor: Doctor
    clinic: Clinic
    visit_type: VisitType
    place_id: UUID

    @property
    def actor(self) -> Actor:
        return doctor_actor(self.doctor)

    async def ask(self, service: Callable[..., Awaitable[Any]], *args: Any, **named: Any) -> Any:
        async with self.database.session() as session:
            return await service(session, self.actor, self.place_id, *args, **named)

    async def week(self) -> TypedWeek:
        return (await self.ask(hours.load)).week


async def place_of(session: AsyncSession, doctor: Doctor, clinic: Clinic) -> UUID:
    """The public id of the doctor at the clinic."""
    statement = select(DoctorAtClinic.public_id).where(
        DoctorAtClinic.doctor_id == row_id(doctor), DoctorAtClinic.clinic_id == row_id(clinic)
    )
    found = (await session.exec(statement)).one()
    await session.commit()
    return found


async def book(
    database: Database,
    doctor: Doctor,
    clinic: Clinic,
    visit_type: VisitType,
    starts_at: datetime,
    *,
    patient: Person | None = None,
    **names: Any,
) -> Appointment:
    """Book as a patient does, through the service; a new patient unless one is given."""
    async with database.session() as session:
        patient = patient or await make_patient(session, **names)
        actor = await patient_actor(session, patient)
    request = BookingRequest(
        offer_of(doctor, clinic, visit_type), starts_at, "A rash on the arm", uuid4().hex
    )
    async with database.session() as session:
        appointment_id = await booking.book(session, actor, request)
    return await stored(database, appointment_id)


async def stored(database: Database, appointment_id: UUID) -> Appointment:
    """The appointment as it stands in the database."""
    async with database.session() as session:
        statement = select(Appointment).where(Appointment.public_id == appointment_id)
        return (await session.exec(statement)).one()
