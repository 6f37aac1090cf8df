"""Finding, keeping, booking and changing appointments, as a program does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from appointment_app import clock
from appointment_app.database import Database
from tests.api.clients import browser, program
from tests.api.practice import administrator, called_by, offer
from tests.api.test_auth import problem
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.patients_tab import Practice, open_practice

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
TEN, HALF_PAST = "2026-11-24T10:00:00+01:00", "2026-11-24T10:30:00+01:00"
TEN_UTC = "2026-11-24T09:00:00+00:00"


@pytest.fixture
async def practice(installed_database: Database) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        yield await open_practice(installed_database)


async def booked(client: httpx.AsyncClient, practice: Practice, start: str = TEN) -> dict[str, Any]:
    answer = await client.post("/appointments", json=offer(practice, starts_at=start))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def free(client: httpx.AsyncClient, practice: Practice) -> list[str]:
    path = f"/doctors/{practice.doctor.public_id}/slots"
    answer = await client.get(path, params={"from": "2026-11-24", "to": "2026-11-24"})
    return [each["starts_at"] for each in answer.json()["slots"]]


async def test_from_the_search_to_the_appointment(practice: Practice) -> None:
    async with program() as anybody, await called_by(practice, practice.patient) as pia:
        (found,) = (await anybody.get("/doctors", params={"city": "Berlin"})).json()["items"]
        assert found["doctor"]["id"] == str(practice.doctor.public_id)
        assert "key" not in found["doctor"]
        assert TEN_UTC in found["slots"]
        assert TEN_UTC in await free(anybody, practice)
        appointment = await booked(pia, practice)
        assert (appointment["starts_at"], appointment["status"]) == (TEN_UTC, "confirmed")
        assert TEN_UTC not in await free(anybody, practice)

        answer = await pia.get(f"/appointments/{appointment['id']}")
        assert (answer.json(), answer.headers["etag"]) == (appointment, '"1"')
        (listed,) = (await pia.get("/appointments")).json()["items"]
        assert listed["id"] == appointment["id"]

        answer = await pia.post(f"/appointments/{appointment['id']}/cancel")
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
        assert TEN_UTC in await free(anybody, practice)
        answer = await pia.post(f"/appointments/{appointment['id']}/cancel")
        problem(answer, 409, "STATUS_CONFLICT")


async def test_a_taken_time_is_refused_with_the_nearest_three(practice: Practice) -> None:
    async with (
        await called_by(practice, practice.patient) as pia,
        await called_by(practice, await practice.person()) as other,
    ):
        await booked(pia, practice)
        answer = await other.post("/appointments", json=offer(practice, starts_at=TEN))
        body = problem(answer, 409, "SLOT_TAKEN")
        assert body["nearest"] == [
            "2026-11-24T08:00:00+00:00",
            "2026-11-24T08:30:00+00:00",
            "2026-11-24T09:30:00+00:00",
        ]
        await booked(other, practice, body["nearest"][0])


@pytest.mark.parametrize(
    ("start", "status", "code"),
    [
        ("2026-11-24T07:00:00+01:00", 422, "OUTSIDE_AVAILABILITY"),
        ("2026-11-20T10:00:00+01:00", 422, "TOO_SOON"),
        ("2027-11-24T10:00:00+01:00", 422, "TOO_FAR_AHEAD"),
        ("2190-11-24T10:00:00+01:00", 422, "TOO_FAR_AHEAD"),
        ("2026-11-24T10:07:00+01:00", 409, "TIMES_CHANGED"),
        ("2026-11-24T10:00:00", 400, "MALFORMED"),
        ("9999-12-31T23:59:59+00:00", 400, "MALFORMED"),
        ("ten", 400, "MALFORMED"),
    ],
)
async def test_times_that_cannot_be_booked(
    practice: Practice, start: str, status: int, code: str
) -> None:
    async with await called_by(practice, practice.patient) as pia:
        answer = await pia.post("/appointments", json=offer(practice, starts_at=start))
    body = problem(answer, status, code)
    assert set(body["errors"]) == ({"starts_at"} if code == "MALFORMED" else set())


async def test_the_same_key_books_once(practice: Practice) -> None:
    wanted = offer(practice, starts_at=TEN)
    async with await called_by(practice, practice.patient) as pia:
        pia.headers["idempotency-key"] = "mine"
        answers = await asyncio.gather(*(pia.post("/appointments", json=wanted) for _ in range(4)))
        assert {each.status_code for each in answers} == {201}
        assert len({each.json()["id"] for each in answers}) == 1
        answer = await pia.post("/appointments", json=wanted | {"starts_at": HALF_PAST})
        problem(answer, 422, "KEY_REUSED")
        answer = await pia.post("/appointments", json=wanted, headers={"idempotency-key": "x" * 65})
        problem(answer, 400, "MALFORMED")
    assert len(await practice.appointments()) == 1


async def test_what_one_keeps_is_for_oneself(practice: Practice) -> None:
    wanted = offer(practice, starts_at=TEN)
    async with (
        await called_by(practice, practice.patient) as pia,
        await called_by(practice, await practice.person()) as other,
        program() as nobody,
    ):
        kept = await pia.post("/holds", json=wanted)
        assert (kept.status_code, kept.json()["expires_at"]) == (201, "2026-11-23T08:05:00+00:00")
        assert (await pia.post("/holds", json=wanted)).json() == kept.json()
        assert TEN_UTC in await free(pia, practice)
        assert TEN_UTC not in await free(other, practice)
        problem(await other.post("/appointments", json=wanted), 409, "SLOT_TAKEN")
        problem(await nobody.post("/holds", json=wanted), 401, "LOGIN_REQUIRED")
        # Of what another keeps nothing is said, and nothing becomes of it.
        assert (await other.delete(f"/holds/{kept.json()['id']}")).status_code == 204
        assert TEN_UTC not in await free(other, practice)
        await booked(pia, practice)

        kept = await pia.post("/holds", json=offer(practice, starts_at=HALF_PAST))
        assert (await pia.delete(f"/holds/{kept.json()['id']}")).status_code == 204
        await booked(other, practice, HALF_PAST)


async def test_an_appointment_is_moved_with_the_version_that_one_saw(practice: Practice) -> None:
    async with (
        await called_by(practice, practice.patient) as pia,
        await called_by(practice, practice.doctor) as doctor,
    ):
        path = f"/appointments/{(await booked(pia, practice))['id']}"
        moved = await pia.post(f"{path}/reschedule", json={"starts_at": HALF_PAST})
        assert moved.json()["starts_at"] == "2026-11-24T09:30:00+00:00"
        assert [each["starts_at"] for each in moved.json()["earlier"]] == [TEN_UTC]
        stale = {"if-match": '"1"'}
        answer = await pia.post(f"{path}/reschedule", json={"starts_at": TEN}, headers=stale)
        problem(answer, 412, "STALE_VERSION")
        night = {"starts_at": "2026-11-24T22:00:00+01:00", "reason": "An operation."}
        answer = await doctor.post(f"{path}/reschedule", json=night)
        conflicts = problem(answer, 409, "OVERBOOKING_NEEDED")["conflicts"]
        assert [each["kind"] for each in conflicts] == ["outside_hours"]
        night["overbook"] = [each["key"] for each in conflicts]
        answer = await doctor.post(
            f"{path}/reschedule", json=night, headers={"if-match": moved.headers["etag"]}
        )
        assert answer.json()["starts_at"] == "2026-11-24T21:00:00+00:00"


async def test_the_day_of_the_appointment(practice: Practice) -> None:
    async with (
        await called_by(practice, practice.patient) as pia,
        await called_by(practice, practice.doctor) as doctor,
    ):
        found = await booked(pia, practice, "2026-11-23T10:00:00+01:00")
        path = f"/appointments/{found['id']}"
        problem(await doctor.post(f"{path}/complete"), 422, "TOO_EARLY_TO_CLOSE")
        problem(await doctor.post(f"{path}/confirm"), 409, "STATUS_CONFLICT")
        for deed in ("check-in", "undo-check-in", "check-in"):
            assert (await doctor.post(f"{path}/{deed}")).status_code == 204
        etag = (await doctor.get(path)).headers["etag"]
        problem(await doctor.put(f"{path}/notes", json={"notes": "x"}), 428, "VERSION_REQUIRED")
        for wrong in ('"99"', "*", '"1.2"', "x"):
            answer = await doctor.put(
                f"{path}/notes", json={"notes": "x"}, headers={"if-match": wrong}
            )
            problem(answer, 412, "STALE_VERSION")
        answer = await doctor.put(
            f"{path}/notes", json={"notes": "Better."}, headers={"if-match": etag}
        )
        assert (answer.status_code, answer.headers["etag"] != etag) == (204, True)
    with clock.frozen(MONDAY_EIGHT.replace(hour=9)):
        async with await called_by(practice, practice.doctor) as doctor:
            assert (await doctor.post(f"{path}/complete")).status_code == 204
            problem(await doctor.post(f"{path}/no-show"), 409, "STATUS_CONFLICT")


async def test_a_doctor_books_for_a_known_patient(practice: Practice) -> None:
    path = f"/doctors/{practice.doctor.public_id}/appointments"
    wanted = offer(practice, starts_at=HALF_PAST, patient_id=str(practice.patient.public_id))
    del wanted["doctor_id"]
    async with (
        await called_by(practice, practice.patient) as pia,
        await called_by(practice, practice.doctor) as doctor,
    ):
        problem(await doctor.post(path, json=wanted), 404, "NOT_FOUND")
        await booked(pia, practice)
        answer = await doctor.post(path, json=wanted)
        assert (answer.status_code, answer.json()["patient_name"]) == (201, "Pia Patient")
        problem(await pia.post(path, json=wanted), 403, "FORBIDDEN")


async def test_lists_come_in_pages(practice: Practice) -> None:
    async with (
        await called_by(practice, practice.patient) as pia,
        await administrator(practice) as admin,
    ):
        for hour in (9, 11, 13):
            await booked(pia, practice, f"2026-11-24T{hour:02}:00:00+01:00")
        seen, cursor = [], ""
        while cursor is not None:
            page = (await admin.get("/appointments", params={"limit": 2, "cursor": cursor})).json()
            seen += [each["starts_at"][11:13] for each in page["items"]]
            cursor = page["next_cursor"]
        assert seen == ["08", "10", "12"]
        params = {"from": "2026-11-24T11:00:00+01:00", "to": "2026-11-24T13:00:00+01:00"}
        (only,) = (await pia.get("/appointments", params=params)).json()["items"]
        assert only["starts_at"] == "2026-11-24T10:00:00+00:00"
        for wrong, status in (("é", 422), ("x", 422), ("MQ", 404)):
            answer = await admin.get("/appointments", params={"cursor": wrong})
            assert answer.status_code == status
        answer = await admin.get("/doctors", params={"cursor": "x"})
        assert set(problem(answer, 422, "INVALID")["errors"]) == {"cursor"}


async def test_why_nothing_is_free(practice: Practice) -> None:
    path = f"/doctors/{practice.doctor.public_id}/slots"
    async with program() as anybody:
        answer = await anybody.get(path, params={"from": "2026-11-22", "to": "2026-11-22"})
        nothing = answer.json()["nothing"]
        assert (nothing["reason"], nothing["next_free"]) == (
            "too_soon",
            "2026-11-23T08:00:00+00:00",
        )


async def test_a_page_is_still_known_by_its_browser(practice: Practice) -> None:
    ann = "a" * 48
    async with browser(cookie=f"visitor={ann}") as page, browser() as nameless:
        kept = await page.post("/holds", json=offer(practice, starts_at=TEN))
        assert kept.status_code == 201
        assert (await page.post(f"/holds/{kept.json()['id']}/release")).status_code == 204
        answer = await nameless.post("/holds", json=offer(practice, starts_at=TEN))
        problem(answer, 401, "LOGIN_REQUIRED")
