"""A doctor sets what makes slots, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from appointment_app import clock
from appointment_app.api.availability_schemas import Hours, NewAvailability
from appointment_app.database import Database
from appointment_app.scheduling.opening_hours import LocalRange
from tests.api.clients import program
from tests.api.practice import administrator, called_by, offer
from tests.api.test_auth import problem
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.patients_tab import Practice, open_practice

on_sqlite = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
async def practice(installed_database: Database) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        yield await open_practice(installed_database)


def path_of(practice: Practice) -> str:
    return f"/doctors/{practice.doctor.public_id}/availability/{practice.clinic.public_id}"


async def starts_on(client: httpx.AsyncClient, practice: Practice, day: str) -> list[str]:
    path = f"/doctors/{practice.doctor.public_id}/slots"
    answer = await client.get(path, params={"from": day, "to": day})
    return [each["starts_at"][11:16] for each in answer.json()["slots"]]


@pytest.mark.parametrize(
    ("opens", "closes", "minutes"),
    [
        ("09:00", "12:30", (540, 750)),
        ("22:00", "02:00", (1320, 1560)),
        ("18:00", "00:00", (1080, 1440)),
        ("08:00", "08:00", (480, 1920)),
    ],
)
def test_hours_on_the_wall(opens: str, closes: str, minutes: tuple[int, int]) -> None:
    assert Hours(opens=opens, closes=closes).minutes() == minutes
    assert Hours.of(LocalRange(*minutes)) == {"opens": opens, "closes": closes}


def test_a_week_is_sorted_into_its_days() -> None:
    sent: Any = [
        {"weekday": "sunday", "opens": "10:00", "closes": "11:00", "every_weeks": 2},
        {"weekday": "monday", "opens": "09:00", "closes": "12:00"},
    ]
    week = NewAvailability(weekly_hours=sent).week()
    assert [len(day) for day in week] == [1, 0, 0, 0, 0, 0, 1]
    assert (week[0][0].opens, week[6][0].every_weeks) == (540, 2)


@on_sqlite
async def test_hours_are_replaced_by_who_saw_the_last_ones(practice: Practice) -> None:
    wanted = {"weekly_hours": [{"weekday": "tuesday", "opens": "09:00", "closes": "10:00"}]}
    async with await called_by(practice, practice.doctor) as doctor:
        found = await doctor.get(path_of(practice))
        assert len(found.json()["weekly_hours"]) == 7
        problem(await doctor.put(path_of(practice), json=wanted), 428, "VERSION_REQUIRED")
        seen = {"if-match": found.headers["etag"]}
        saved = await doctor.put(path_of(practice), json=wanted, headers=seen)
        assert [each["weekday"] for each in saved.json()["weekly_hours"]] == ["tuesday"]
        assert saved.headers["etag"] != found.headers["etag"]
        problem(
            await doctor.put(path_of(practice), json=wanted, headers=seen), 412, "STALE_VERSION"
        )
        assert await starts_on(doctor, practice, "2026-11-24") == ["08:00", "08:30"]
        assert await starts_on(doctor, practice, "2026-11-25") == []

        wanted["weekly_hours"] *= 2
        now = {"if-match": saved.headers["etag"]}
        answer = await doctor.put(path_of(practice), json=wanted, headers=now)
        assert set(problem(answer, 422, "INVALID")["errors"]) == {"1.1"}


@on_sqlite
async def test_the_clinic_sees_when_and_the_doctor_alone_why(practice: Practice) -> None:
    path = f"/doctors/{practice.doctor.public_id}/availability"
    async with (
        await called_by(practice, practice.doctor) as doctor,
        await called_by(practice, practice.patient) as pia,
        await administrator(practice) as admin,
        program() as anybody,
    ):
        found = await doctor.get(path)
        away = {"first": "2026-12-24", "last": "2026-12-24", "note": "A christening"}
        seen = {"if-match": found.headers["etag"]}
        own = await doctor.put(f"{path_of(practice)}/overrides", json=away, headers=seen)
        seen = {"if-match": own.headers["etag"]}
        off = {"first": "2027-01-04", "last": "2027-01-05", "note": "Sailing"}
        own = await doctor.post(f"{path_of(practice)}/time-off", json=off, headers=seen)
        assert own.json()["overrides"][0]["note"] == "A christening"

        theirs = await admin.get(path, params={"clinic": str(practice.clinic.public_id)})
        assert (theirs.status_code, theirs.headers["etag"]) == (200, own.headers["etag"])
        assert len(theirs.json()["weekly_hours"]) == 7
        assert [each["note"] for each in theirs.json()["overrides"]] == [""]
        assert [each["note"] for each in theirs.json()["time_off"]] == [""]
        assert "christening" not in (await admin.get(path_of(practice))).text

        wanted = {"weekly_hours": []}
        now = {"if-match": own.headers["etag"]}
        problem(await admin.put(path, json=wanted, headers=now), 403, "FORBIDDEN")
        problem(await doctor.put(path, json=wanted), 428, "VERSION_REQUIRED")
        first = {"if-match": found.headers["etag"]}
        problem(await doctor.put(path, json=wanted, headers=first), 412, "STALE_VERSION")
        saved = await doctor.put(path, json=wanted, headers=now)
        assert (saved.status_code, saved.json()["weekly_hours"]) == (200, [])
        problem(await pia.get(path), 403, "FORBIDDEN")
        problem(await anybody.get(path), 401, "LOGIN_REQUIRED")
        problem(await admin.get(f"/doctors/{uuid4()}/availability"), 404, "NOT_FOUND")
        elsewhere = {"clinic": str(uuid4())}
        problem(await doctor.get(path, params=elsewhere), 404, "NOT_FOUND")


@on_sqlite
async def test_days_that_differ_and_days_off(practice: Practice) -> None:
    async with await called_by(practice, practice.doctor) as doctor:
        path = path_of(practice)
        etag = (await doctor.get(path)).headers["etag"]
        other = {"first": "2026-11-24", "last": "2026-11-24"}
        other["hours"] = [{"opens": "20:00", "closes": "21:00"}]  # type: ignore[assignment]
        answer = await doctor.put(f"{path}/overrides", json=other, headers={"if-match": etag})
        assert answer.json()["overrides"][0]["hours"] == other["hours"]
        assert await starts_on(doctor, practice, "2026-11-24") == ["19:00", "19:30"]
        answer = await doctor.delete(
            f"{path}/overrides",
            params={"first": "2026-11-24", "last": "2026-11-24"},
            headers={"if-match": answer.headers["etag"]},
        )
        assert len(await starts_on(doctor, practice, "2026-11-24")) == 20

        days = {"first": "2026-11-24", "last": "2026-11-25", "note": "Sailing"}
        answer = await doctor.post(
            f"{path}/time-off", json=days, headers={"if-match": answer.headers["etag"]}
        )
        (off,) = answer.json()["time_off"]
        assert (answer.status_code, off["note"]) == (201, "Sailing")
        assert await starts_on(doctor, practice, "2026-11-25") == []
        answer = await doctor.put(
            f"{path}/time-off/{off['id']}",
            json=days | {"last": "2026-11-24"},
            headers={"if-match": answer.headers["etag"]},
        )
        assert len(await starts_on(doctor, practice, "2026-11-25")) == 20
        answer = await doctor.delete(
            f"{path}/time-off/{off['id']}", headers={"if-match": answer.headers["etag"]}
        )
        assert answer.json()["time_off"] == []


@on_sqlite
async def test_rules_bind_patients(practice: Practice) -> None:
    async with (
        await called_by(practice, practice.doctor) as doctor,
        await called_by(practice, practice.patient) as pia,
    ):
        path = path_of(practice)
        seen = {"if-match": (await doctor.get(path)).headers["etag"]}
        rules = {"minimum_notice": 0, "horizon_days": 1}
        answer = await doctor.put(f"{path}/rules", json=rules, headers=seen)
        assert answer.json()["rules"]["horizon_days"] == 1
        wanted = offer(practice, starts_at="2026-11-26T10:00:00+01:00")
        problem(await pia.post("/appointments", json=wanted), 422, "TOO_FAR_AHEAD")
        seen = {"if-match": answer.headers["etag"]}
        rules["horizon_days"] = 0
        answer = await doctor.put(f"{path}/rules", json=rules, headers=seen)
        assert set(problem(answer, 422, "INVALID")["errors"]) == {"horizon_days"}


@on_sqlite
async def test_a_session_is_opened_and_taken_back(practice: Practice) -> None:
    path = f"/doctors/{practice.doctor.public_id}/sessions"
    wanted = offer(practice, day="2026-11-24", starts="20:00", duration=60, capacity=2)
    del wanted["doctor_id"]
    async with await called_by(practice, practice.doctor) as doctor:
        answer = await doctor.post(path, json=wanted)
        (opened,) = answer.json()["sessions"]
        assert (answer.status_code, opened["capacity"], opened["taken"]) == (201, 2, 0)
        assert "19:00" in await starts_on(doctor, practice, "2026-11-24")
        answer = await doctor.post(path, json=wanted)
        assert set(problem(answer, 422, "INVALID")["errors"]) == {"starts"}
        which = {"clinic": wanted["clinic_id"], "starts_at": opened["starts_at"]}
        assert (await doctor.delete(path, params=which)).status_code == 204
        problem(await doctor.delete(path, params=which), 404, "NOT_FOUND")
        assert "19:00" not in await starts_on(doctor, practice, "2026-11-24")
