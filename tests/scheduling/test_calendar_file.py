from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar, Event

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.models import Appointment, AppointmentStatus, VisitMode
from appointment_app.scheduling.calendar_file import calendar_file
from tests.notifications.records import (
    NOW,
    REASON,
    SPECIALTY,
    STARTS,
    VISIT_NAME,
    Booked,
    book,
    cancel,
)

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


def _parsed(booked: Booked) -> tuple[Calendar, Event]:
    with clock.frozen(NOW):
        content = calendar_file(booked.appointment, booked.doctor, booked.clinic)
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    assert not calendar.errors
    assert not event.errors
    return calendar, event


async def test_it_says_when_where_and_with_whom(database: Database) -> None:
    booked = await book(database)
    calendar, event = _parsed(booked)
    assert calendar["METHOD"] == "PUBLISH"
    assert event["UID"] == f"{booked.appointment.public_id}@testserver"
    assert event["SEQUENCE"] == 1
    assert event["DTSTAMP"].dt == NOW
    assert event["DTSTART"].dt == STARTS
    assert event["DTEND"].dt == STARTS + timedelta(minutes=20)
    assert event["SUMMARY"] == "Appointment with Dr Sara Lind"
    assert event["LOCATION"] == "Clinic at the Park, Parkweg 1, 10115 Berlin"
    assert event["URL"] == f"http://testserver/appointment?id={booked.appointment.public_id}"
    assert event["STATUS"] == "CONFIRMED"


async def test_a_video_visit_takes_place_at_its_link(database: Database) -> None:
    _, event = _parsed(await book(database, mode=VisitMode.VIDEO))
    assert event["LOCATION"] == "https://video.example/room"


async def test_what_must_be_confirmed_is_tentative(database: Database) -> None:
    _, event = _parsed(await book(database, status=AppointmentStatus.PENDING))
    assert event["STATUS"] == "TENTATIVE"


async def test_a_cancelled_one_replaces_the_booked_one(database: Database) -> None:
    booked = await book(database)
    _, before = _parsed(booked)
    await cancel(database, booked, booked.patient.id)
    async with database.session() as session:
        booked.appointment = await session.get_one(Appointment, booked.appointment.id)
    _, after = _parsed(booked)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["STATUS"] == "CANCELLED"


async def test_it_keeps_health_to_itself(database: Database) -> None:
    booked = await book(database)
    content = calendar_file(booked.appointment, booked.doctor, booked.clinic).decode()
    unfolded = content.replace("\r\n ", "")
    for private in (REASON, SPECIALTY, VISIT_NAME, "Berg"):
        assert private.lower() not in unfolded.lower()


async def test_long_and_strange_names_survive(database: Database) -> None:
    booked = await book(database)
    booked.doctor.family_name = "Łuk, Żółć; d'Årc\\\nBEGIN:VALARM" + "é" * 60
    _, event = _parsed(booked)
    assert event["SUMMARY"] == f"Appointment with Dr Sara {booked.doctor.family_name}"
