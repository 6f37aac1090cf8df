"""A doctor's desk: what the tests of the booking services share, with the clock standing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import SQLModel, select

from appointment_app.accounts.actor import Actor
from appointment_app.database import Database
from appointment_app.errors import DomainError
from appointment_app.models import (
    Appointment,
    AuditEvent,
    BusyBlock,
    Clinic,
    Doctor,
    DoctorAtClinic,
    Hold,
    OutboxMessage,
    Person,
    ResourceUse,
    VisitType,
)
from appointment_app.scheduling import booking
from appointment_app.scheduling.booking import BookingRequest
from appointment_app.scheduling.slots import Offer
from tests.factories import (
    make_patient,
    make_visit_type,
    offer_of,
    patient_actor,
)

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2030, 3, 4)  # a Monday
TUESDAY = date(2030, 3, 5)
INSTANT = timedelta(microseconds=1)
WHOLE_DAY = ((0, 24 * 60),)


def at(wall_clock: str, day: date = TUESDAY) -> datetime:
    """A wall-clock time in Berlin, in UTC."""
    local = datetime.fromisoformat(f"{day}T{wall_clock}").replace(tzinfo=BERLIN)
    return local.astimezone(UTC)


NOW = at("08:00", TODAY)


@dataclass
class Desk:
    """A clinic with a doctor, a visit type and a patient, and what can be done there."""

    database: Database
    clinic: Clinic
    doctor: Doctor
    visit_type: VisitType
    patient: Person
    actor: Actor

    @property
    def offer(self) -> Offer:
        return offer_of(self.doctor, self.clinic, self.visit_type)

    async def book(self, starts_at: datetime, *, actor: Actor | None = None, **values: Any) -> UUID:
        """Book, by default as the patient, with a fresh key."""
        defaults: dict[str, Any] = {
            "offer": self.offer,
            "reason": "A cough",
            "idempotency_key": uuid4().hex,
        }
        request = BookingRequest(starts_at=starts_at, **(defaults | values))
        booked: UUID = await self.call(booking.book, actor or self.actor, request)
        return booked

    async def call(
        self,
        function: Callable[..., Coroutine[Any, Any, Any]],
        actor: Actor,
        *arguments: Any,
        **named: Any,
    ) -> Any:
        """Call a function of the service in a session of its own, as a request does."""
        async with self.database.session() as session:
            return await function(session, actor, *arguments, **named)

    async def make(
        self, factory: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any, **values: Any
    ) -> Any:
        """Call a factory in a session of its own."""
        async with self.database.session() as session:
            return await factory(session, *arguments, **values)

    async def another_patient(self) -> Actor:
        actor: Actor = await self.make(patient_actor, await self.make(make_patient))
        return actor

    async def another_visit_type(self, **values: Any) -> Offer:
        visit_type = await self.make(make_visit_type, self.doctor, **values)
        return offer_of(self.doctor, self.clinic, visit_type)

    async def change(self, row: SQLModel, **values: Any) -> None:
        """Store other values in a row."""
        for name, value in values.items():
            setattr(row, name, value)
        async with self.database.session() as session:
            await session.merge(row)
            await session.commit()

    async def at_clinic(self) -> DoctorAtClinic:
        return next(
            row for row in await self.all(DoctorAtClinic) if row.doctor_id == self.doctor.id
        )

    async def all(self, table: type[Any]) -> list[Any]:
        """Every row of a table, as stored."""
        async with self.database.session() as session:
            return list(await session.exec(select(table).order_by(table.id)))

    async def appointment(self, public_id: UUID) -> Appointment:
        async with self.database.session() as session:
            by_id = select(Appointment).where(Appointment.public_id == public_id)
            return (await session.exec(by_id)).one()

    async def records(self) -> list[Any]:
        """Everything that a deed of the service may write."""
        tables = (
            *(Appointment, BusyBlock, Hold, ResourceUse),
            *(AuditEvent, OutboxMessage, Doctor),
        )
        return [row.model_dump() for table in tables for row in await self.all(table)]


@contextmanager
def refused(code: str, field: str | None = None) -> Iterator[pytest.ExceptionInfo[DomainError]]:
    with pytest.raises(DomainError) as refusal:
        yield refusal
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert refusal.value.sentence


@asynccontextmanager
async def nothing_stored(desk: Desk) -> AsyncIterator[None]:
    """Check that what happens inside leaves no trace at all."""
    before = await desk.records()
    yield
    assert await desk.records() == before
