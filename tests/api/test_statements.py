"""What a request costs in statements: the API adds to the service what it promises, no more."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from appointment_app import clock
from appointment_app.database import Database
from tests.api.practice import called_by, offer
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.statements import counted_statements
from tests.states.patients_tab import Practice, open_practice

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
async def practice(installed_database: Database) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        yield await open_practice(installed_database)


async def test_slots_of_a_month(practice: Practice) -> None:
    path = f"/doctors/{practice.doctor.public_id}/slots"
    asked = {
        "clinic": str(practice.clinic.public_id),
        "visit_type": str(practice.visit_type.public_id),
        "from": "2026-11-23",
        "to": "2026-12-22",
    }
    async with await called_by(practice, practice.patient) as pia:
        await pia.get("/auth/me")
        with counted_statements(practice.database) as statements:
            answer = await pia.get(path, params=asked)
    assert answer.json()["slots"]
    # What is offered; and the calendar, with one's own appointments.
    assert len(statements) <= 2, "\n".join(statements)


async def test_a_booking_with_a_key(practice: Practice) -> None:
    wanted = offer(practice, starts_at="2026-11-24T10:00:00+01:00")
    async with await called_by(practice, practice.patient) as pia:
        await pia.get("/auth/me")
        with counted_statements(practice.database) as statements:
            answer = await pia.post(
                "/appointments", json=wanted, headers={"Idempotency-Key": "a-key"}
            )
    assert answer.status_code == 201, answer.text
    # One for the key, one for the answer; the rest is the booking's own.
    assert len(statements) <= 10, "\n".join(statements)
