"""A patient is reminded once of each time of an appointment, at the moment of their wish."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.models import (
    AppointmentStatus,
    AuditEvent,
    MessageKind,
    OutboxMessage,
    PatientProfile,
    row_id,
)
from appointment_app.notifications.mailers import SmtpMailer
from appointment_app.notifications.reminders import write_due
from appointment_app.notifications.sender import deliver_due
from appointment_app.settings import Settings, get_settings
from tests.notifications.records import (
    NOW,
    PATIENT_EMAIL,
    SPECIALTY,
    STARTS,
    VISIT_NAME,
    Booked,
    MailServer,
    book,
    cancel,
    mail_server,
    outbox,
)

INSTANT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
async def booked(database: Database) -> Booked:
    with clock.frozen(NOW):
        return await book(database)


async def change(database: Database, booked: Booked, **values: Any) -> None:
    async with database.session() as session, session.begin():
        row = await session.get_one(type(booked.appointment), booked.appointment.id)
        for name, value in values.items():
            setattr(row, name, value)


async def wish(database: Database, booked: Booked, **values: Any) -> None:
    async with database.session() as session, session.begin():
        session.add(PatientProfile(person_id=row_id(booked.person), **values))


async def told(database: Database, booked: Booked, deed: str, moment: datetime) -> None:
    """What the record says was done to the appointment, and when."""
    async with database.session() as session, session.begin():
        session.add(
            AuditEvent(
                action=f"appointment.{deed}",
                record_type="appointment",
                record_id=row_id(booked.appointment),
                occurred_at=moment,
                mark="",
            )
        )


async def reminders(database: Database) -> list[OutboxMessage]:
    rows = await outbox(database)
    return [row for row in rows if row.kind is MessageKind.APPOINTMENT_REMINDER]


async def count_at(database: Database, moment: datetime) -> int:
    with clock.frozen(moment):
        return await write_due(database)


async def test_one_reminder_a_day_before(database: Database, booked: Booked) -> None:
    assert await count_at(database, STARTS - DAY - INSTANT) == 0
    assert await count_at(database, STARTS - DAY) == 1
    assert await count_at(database, STARTS - HOUR) == 0
    (message,) = await reminders(database)
    assert message.recipient == PATIENT_EMAIL


async def test_a_reminder_that_is_late_comes_while_the_appointment_is_ahead(
    database: Database, booked: Booked
) -> None:
    assert await count_at(database, STARTS) == 0
    assert await count_at(database, STARTS - INSTANT) == 1


@pytest.mark.parametrize(
    ("wished", "before"),
    [
        ({"reminder_hours": 2}, timedelta(hours=2)),
        ({"reminder_hours": 24}, DAY),
        ({"reminder_hours": None}, DAY),
        ({"wants_reminders": False}, None),
        ({"wants_reminders": False, "reminder_hours": 2}, None),
    ],
)
async def test_it_comes_as_the_patient_wishes(
    database: Database, booked: Booked, wished: dict[str, Any], before: timedelta | None
) -> None:
    await wish(database, booked, **wished)
    if before is None:
        assert await count_at(database, STARTS - INSTANT) == 0
        return
    assert await count_at(database, STARTS - before - INSTANT) == 0
    assert await count_at(database, STARTS - before) == 1


async def test_the_usual_time_is_a_setting(
    database: Database, booked: Booked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "reminder_hours", 0)
    assert await count_at(database, STARTS - INSTANT) == 0
    monkeypatch.setattr(get_settings(), "reminder_hours", 48)
    assert await count_at(database, STARTS - 2 * DAY) == 1


@pytest.mark.parametrize(
    "status",
    [each for each in AppointmentStatus if each is not AppointmentStatus.CONFIRMED],
)
async def test_only_of_what_is_confirmed(
    database: Database, booked: Booked, status: AppointmentStatus
) -> None:
    active = status is not AppointmentStatus.CANCELLED
    await change(database, booked, status=status, active=active)
    assert await count_at(database, STARTS - HOUR) == 0


async def test_who_books_later_than_the_reminder_needs_none(
    database: Database, booked: Booked
) -> None:
    await change(database, booked, created_at=STARTS - DAY + INSTANT)
    assert await count_at(database, STARTS - HOUR) == 0
    await change(database, booked, created_at=STARTS - DAY, reminded_for=None)
    assert await count_at(database, STARTS - HOUR) == 1


@pytest.mark.parametrize("deed", ["rescheduled", "confirmed", "handed_on"])
async def test_who_was_told_later_needs_none(database: Database, booked: Booked, deed: str) -> None:
    await told(database, booked, deed, STARTS - 23 * HOUR)
    assert await count_at(database, STARTS - 22 * HOUR) == 0
    assert await count_at(database, STARTS - HOUR) == 0


async def test_what_is_moved_is_reminded_of_anew(database: Database, booked: Booked) -> None:
    assert await count_at(database, STARTS - DAY) == 1
    later = STARTS + 3 * DAY
    values = {"starts_at": later, "ends_at": later + HOUR, "version": 2}
    await told(database, booked, "rescheduled", STARTS - HOUR)
    await change(database, booked, **values)
    assert await count_at(database, later - DAY - INSTANT) == 0
    assert await count_at(database, later - DAY) == 1
    assert len(await reminders(database)) == 2


async def test_several_processes_write_one(database: Database, booked: Booked) -> None:
    with clock.frozen(STARTS - HOUR):
        written = await asyncio.gather(*(write_due(database) for _ in range(5)))
    assert sum(written) == 1
    assert len(await reminders(database)) == 1


def smtp(server: MailServer) -> SmtpMailer:
    return SmtpMailer(Settings(smtp_host="127.0.0.1", smtp_port=server.port, smtp_starttls=False))


async def test_it_arrives_by_smtp_and_its_subject_tells_nothing_of_health(
    database: Database, booked: Booked
) -> None:
    await wish(database, booked, time_zone="Asia/Kathmandu")
    with clock.frozen(STARTS - DAY):
        await write_due(database)
        async with mail_server() as server:
            assert await deliver_due(database, smtp(server)) == 1
            assert await deliver_due(database, smtp(server)) == 0
    (mail,) = server.received
    assert mail["Subject"] == "Reminder of your appointment: Monday 23 November 2026, 15:30"
    for private in (SPECIALTY, VISIT_NAME, booked.doctor.family_name):
        assert private not in mail["Subject"]
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Monday 23 November 2026, 20:15 (Kathmandu time)" in body.get_content()


async def test_a_reminder_that_is_no_longer_true_is_not_sent(
    database: Database, booked: Booked
) -> None:
    with clock.frozen(STARTS - DAY):
        await write_due(database)
        await cancel(database, booked, booked.doctor.user_id, "I am ill")
        async with mail_server() as server:
            assert await deliver_due(database, smtp(server)) == 0
    assert server.received == []
    (message,) = await reminders(database)
    assert message.sent_at is not None


async def test_nor_is_one_of_an_earlier_time(database: Database, booked: Booked) -> None:
    with clock.frozen(STARTS - DAY):
        await write_due(database)
        await change(database, booked, starts_at=STARTS + INSTANT * 1_000_000)
        async with mail_server() as server:
            assert await deliver_due(database, smtp(server)) == 0
    assert server.received == []
