"""Whatever books takes a key: the same request books once, another one with the key is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from appointment_app import clock
from appointment_app.database import Database
from tests.api.practice import called_by, offer
from tests.api.test_auth import problem
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.patients_tab import Practice, open_practice

TEN, HALF_PAST, ELEVEN = (f"2026-11-24T{hour}:00+01:00" for hour in ("10:00", "10:30", "11:00"))
NEXT_WEEK = "2026-12-01T10:00:00+01:00"
A_DAY = timedelta(days=1)


@pytest.fixture
async def practice(installed_database: Database) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        yield await open_practice(installed_database)


def single(practice: Practice, start: str) -> tuple[str, dict[str, Any]]:
    """One appointment, as the patient."""
    return "/appointments", offer(practice, starts_at=start)


def by_staff(practice: Practice, start: str) -> tuple[str, dict[str, Any]]:
    """One appointment, as the doctor."""
    wanted = offer(practice, starts_at=start, patient_id=str(practice.patient.public_id))
    del wanted["doctor_id"]
    return f"/doctors/{practice.doctor.public_id}/appointments", wanted


def series(practice: Practice, start: str) -> tuple[str, dict[str, Any]]:
    """Two appointments a week apart, as the patient."""
    return "/series", offer(practice, starts=[start, NEXT_WEEK], every_weeks=1)


@pytest.mark.parametrize("way", [single, by_staff, series])
async def test_a_key_is_for_one_booking(practice: Practice, way: Any) -> None:
    key = {"idempotency-key": "mine"}
    async with (
        await called_by(practice, practice.patient) as pia,
        await called_by(practice, practice.doctor) as doctor,
    ):
        known = await pia.post("/appointments", json=offer(practice, starts_at=HALF_PAST))
        assert known.status_code == 201, known.text
        sender = doctor if way is by_staff else pia

        async def send(start: str, headers: dict[str, str]) -> httpx.Response:
            path, body = way(practice, start)
            return await sender.post(path, json=body, headers=headers)

        first = await send(TEN, key)
        assert first.status_code == 201, first.text
        again = await send(TEN, key)
        assert (again.status_code, again.json()) == (201, first.json())
        stored = len(await practice.appointments())
        problem(await send(ELEVEN, key), 422, "KEY_REUSED")
        # It is one person's, for one address.
        problem(await sender.post("/appointments", json={}, headers=key), 422, "KEY_REUSED")
        assert len(await practice.appointments()) == stored
        problem(await send(TEN, {"idempotency-key": "another"}), 409, "SLOT_TAKEN")


@pytest.mark.parametrize("way", [single, by_staff])
@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_day_later_the_key_books_anew(practice: Practice, way: Any) -> None:
    key = {"idempotency-key": "mine"}
    who = practice.doctor if way is by_staff else practice.patient
    async with await called_by(practice, practice.patient) as pia:
        await pia.post("/appointments", json=offer(practice, starts_at=HALF_PAST))
    async with await called_by(practice, who) as sender:
        path, body = way(practice, NEXT_WEEK)
        first = await sender.post(path, json=body, headers=key)
        assert first.status_code == 201, first.text
    with clock.frozen(MONDAY_EIGHT + A_DAY):
        async with await called_by(practice, who) as sender:
            path, other = way(practice, NEXT_WEEK.replace("T10", "T14"))
            second = await sender.post(path, json=other, headers=key)
            assert (second.status_code, second.json()["starts_at"][11:13]) == (201, "13")
            assert second.json()["id"] != first.json()["id"]
