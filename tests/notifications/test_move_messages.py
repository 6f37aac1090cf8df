"""What the mail says about an appointment that has another time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointment_app.database import Database
from appointment_app.models import (
    Appointment,
    AppointmentMove,
    AppointmentStatus,
    MessageKind,
    OutboxMessage,
    row_id,
)
from appointment_app.notifications.letter import Letter
from appointment_app.notifications.messages import compose
from tests.notifications.records import PATIENT_EMAIL, Booked, book

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
_HOUR = timedelta(hours=1)


async def _move(
    database: Database, booked: Booked, *, by: int, hours: int = 1, reason: str = ""
) -> int:
    """Set the time alone: the service and its rules have tests of their own."""
    async with database.session() as session, session.begin():
        row = await session.get_one(Appointment, booked.appointment.id)
        move = AppointmentMove(
            appointment_id=row_id(row),
            from_starts_at=row.starts_at,
            from_ends_at=row.ends_at,
            to_starts_at=row.starts_at + hours * _HOUR,
            to_ends_at=row.ends_at + hours * _HOUR,
            reason=reason,
            moved_by=by,
        )
        row.starts_at, row.ends_at = move.to_starts_at, move.to_ends_at
        row.version += 1
        session.add(move)
        await session.flush()
        return row_id(move)


async def _letter(database: Database, booked: Booked, move_id: int) -> Letter:
    outgoing = OutboxMessage(
        idempotency_key="-",
        kind=MessageKind.APPOINTMENT_RESCHEDULED,
        recipient=PATIENT_EMAIL,
        payload={"appointment_id": booked.appointment.id, "move_id": move_id},
    )
    async with database.session() as session:
        return await compose(session, outgoing)


async def test_it_names_both_times_and_who_moved_it_and_why(database: Database) -> None:
    booked = await book(database)
    by_doctor = await _move(database, booked, by=booked.doctor.user_id, reason="I am late")
    letter = await _letter(database, booked, by_doctor)
    assert letter.subject == "Appointment moved: Monday 23 November 2026, 16:30"
    assert letter.opening == (
        "Dr Sara Lind moved your appointment.",
        "Before: Monday 23 November 2026, 15:30. Now: Monday 23 November 2026, 16:30.",
        "Reason: I am late",
    )
    by_patient = await _move(database, booked, by=row_id(booked.patient))
    letter = await _letter(database, booked, by_patient)
    assert letter.opening[0] == "You chose another time for your appointment."


async def test_its_file_updates_the_same_entry_of_a_calendar(database: Database) -> None:
    booked = await book(database)
    move_id = await _move(database, booked, by=booked.doctor.user_id)
    (file,) = (await _letter(database, booked, move_id)).attachments
    assert f"UID:{booked.appointment.public_id}@testserver".encode() in file.content
    assert b"SEQUENCE:2" in file.content
    assert b"DTSTART:20261123T153000Z" in file.content


async def test_a_late_mail_says_where_the_appointment_is_now(database: Database) -> None:
    booked = await book(database)
    first = await _move(database, booked, by=booked.doctor.user_id)
    await _move(database, booked, by=booked.doctor.user_id)
    letter = await _letter(database, booked, first)
    assert letter.opening[1].endswith("Now: Monday 23 November 2026, 17:30.")
    await _move(database, booked, by=booked.doctor.user_id, hours=-2)
    letter = await _letter(database, booked, first)
    assert letter.opening == (
        "Your appointment is at its earlier time again: Monday 23 November 2026, 15:30.",
    )


async def test_what_waits_again_is_said(database: Database) -> None:
    booked = await book(database, status=AppointmentStatus.PENDING)
    move_id = await _move(database, booked, by=row_id(booked.patient))
    letter = await _letter(database, booked, move_id)
    assert letter.opening[-1].startswith("The clinic still has to confirm the time")
