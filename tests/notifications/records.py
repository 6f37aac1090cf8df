"""One booked appointment with everybody around it, and the mail server that a test talks to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.database import Database, transactional
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    BlockKind,
    BusyBlock,
    Clinic,
    Doctor,
    DoctorSpecialty,
    MessageKind,
    OutboxMessage,
    Person,
    Specialty,
    User,
    VisitMode,
    VisitType,
)
from appointment_app.outbox import enqueue

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
STARTS = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)  # 15:30 in Berlin
PATIENT_EMAIL = "anna@example.org"
DOCTOR_EMAIL = "doctor@example.org"
REASON = "a rash that itches"
SPECIALTY = "Dermatology"
VISIT_NAME = "Skin cancer screening"


@dataclass
class Booked:
    """Rows as they were saved, detached."""

    appointment: Appointment
    doctor: Doctor
    clinic: Clinic
    person: Person
    patient: User


async def book(
    database: Database,
    *,
    status: AppointmentStatus = AppointmentStatus.CONFIRMED,
    mode: VisitMode = VisitMode.IN_PERSON,
) -> Booked:
    async with database.session() as session:
        return await _book(session, status, mode)


@transactional
async def _book(session: AsyncSession, status: AppointmentStatus, mode: VisitMode) -> Booked:
    clinic = Clinic(
        name="Clinic at the Park",
        street="Parkweg 1",
        postcode="10115",
        city="Berlin",
        country="DE",
        zone="Europe/Berlin",
        phone="+49 30 1234567",
    )
    patient = User(email=PATIENT_EMAIL, password_hash="-")
    doctors_account = User(email=DOCTOR_EMAIL, password_hash="-")
    specialty = Specialty(code="dermatology", name=SPECIALTY)
    await _save(session, clinic, patient, doctors_account, specialty)
    person = Person(user_id=patient.id, given_name="Anna", family_name="Berg")
    doctor = Doctor(
        user_id=_id(doctors_account), given_name="Sara", family_name="Lind", licence_number="L-1"
    )
    await _save(session, person, doctor)
    visit_type = VisitType(doctor_id=_id(doctor), name=VISIT_NAME, duration=20)
    block = BusyBlock(
        doctor_id=_id(doctor),
        clinic_id=clinic.id,
        kind=BlockKind.VISIT,
        busy_from=STARTS,
        busy_until=STARTS + timedelta(minutes=20),
    )
    session.add(DoctorSpecialty(doctor_id=_id(doctor), specialty_id=_id(specialty)))
    await _save(session, visit_type, block)
    appointment = Appointment(
        reference="K7M2Q9",
        block_id=_id(block),
        person_id=_id(person),
        doctor_id=_id(doctor),
        clinic_id=_id(clinic),
        visit_type_id=_id(visit_type),
        starts_at=block.busy_from,
        ends_at=block.busy_until,
        status=status,
        active=status is not AppointmentStatus.CANCELLED,
        visit_name=visit_type.name,
        duration=20,
        mode=mode,
        place="Clinic at the Park, Parkweg 1, 10115 Berlin",
        zone=clinic.zone,
        join_link="https://video.example/room" if mode is VisitMode.VIDEO else "",
        reason=REASON,
        booked_by=_id(patient),
        idempotency_key="first",
    )
    await _save(session, appointment)
    return Booked(appointment, doctor, clinic, person, patient)


async def cancel(
    database: Database, booked: Booked, by_user_id: int | None, reason: str = ""
) -> None:
    """Set the status alone: the service and its rules have tests of their own."""
    async with database.session() as session, session.begin():
        appointment = await session.get_one(Appointment, booked.appointment.id)
        appointment.status = AppointmentStatus.CANCELLED
        appointment.active = False
        appointment.cancelled_by = by_user_id
        appointment.cancel_reason = reason
        appointment.version += 1


async def post(
    database: Database,
    kind: MessageKind,
    payload: dict[str, Any],
    *,
    key: str = "1",
    recipient: str = PATIENT_EMAIL,
) -> None:
    async with database.session() as session, session.begin():
        enqueue(session, kind, recipient=recipient, key=key, payload=payload)


async def outbox(database: Database) -> list[OutboxMessage]:
    async with database.session() as session:
        return list((await session.exec(select(OutboxMessage).order_by(OutboxMessage.id))).all())


@dataclass
class MailServer:
    """An SMTP server of this process: what it received, and what it answers."""

    port: int = 0
    answer: str = "250 OK"
    received: list[EmailMessage] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        if self.answer.startswith("250"):
            mail = message_from_bytes(envelope.content, policy=policy.default)
            assert [str(mail["To"])] == envelope.rcpt_tos
            self.received.append(mail)
            self.arrived.set()
        return self.answer


@asynccontextmanager
async def mail_server(**options: Any) -> AsyncIterator[MailServer]:
    """Serve SMTP on a free port of this machine; ``options`` as ``aiosmtpd.smtp.SMTP`` has."""
    handler = MailServer()
    listener = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, hostname="mail.test", **options), "127.0.0.1", 0
    )
    handler.port = listener.sockets[0].getsockname()[1]
    try:
        yield handler
    finally:
        listener.close()
        await listener.wait_closed()


async def _save(session: AsyncSession, *rows: Any) -> None:
    session.add_all(rows)
    await session.flush()


def _id(row: Any) -> int:
    assert isinstance(row.id, int)
    return row.id
