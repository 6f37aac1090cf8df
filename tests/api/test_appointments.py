"""The calendar file of an appointment over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import icalendar
import pytest

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.models import Appointment
from tests.api.clients import browser
from tests.factories import make_appointment
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.patients_tab import TUESDAY_TEN, Practice, open_practice

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
async def practice(installed_database: Database) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        yield await open_practice(installed_database)


@pytest.fixture
async def appointment(practice: Practice) -> Appointment:
    async with practice.database.session() as session:
        return await make_appointment(
            session, practice.visit_type, practice.clinic, practice.patient, TUESDAY_TEN
        )


async def asked(key: object, cookie: str = "") -> httpx.Response:
    async with browser(cookie=cookie) as client:
        return await client.get(f"/appointments/{key}.ics")


async def test_the_patient_and_the_doctor_get_the_file(
    practice: Practice, appointment: Appointment
) -> None:
    for who in (practice.patient, practice.doctor):
        cookie = (await practice.tab(who)).cookie
        answer = await asked(appointment.public_id, cookie)
        assert answer.status_code == httpx.codes.OK
        assert answer.headers["content-type"].startswith("text/calendar")
        assert answer.headers["cache-control"] == "private, no-store"
        (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
        assert event["DTSTART"].dt == TUESDAY_TEN


async def test_nobody_is_asked_to_log_in(appointment: Appointment) -> None:
    answer = await asked(appointment.public_id)
    assert (answer.status_code, answer.json()["code"]) == (401, "LOGIN_REQUIRED")


async def test_to_others_it_does_not_exist(practice: Practice, appointment: Appointment) -> None:
    cookie = (await practice.tab(await practice.person())).cookie
    for key in (appointment.public_id, uuid4()):
        answer = await asked(key, cookie)
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("key", ["1", "x", "%00"])
async def test_an_id_that_is_none_is_unreadable(practice: Practice, key: str) -> None:
    answer = await asked(key, (await practice.tab(practice.patient)).cookie)
    assert (answer.status_code, answer.json()["code"]) == (400, "MALFORMED")
