"""Profiles and series over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from appointment_app import clock
from appointment_app.database import Database
from tests.api.practice import called_by, offer
from tests.api.test_auth import problem
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.patients_tab import Practice, open_practice

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
STARTS = ["2026-11-24T10:00:00+01:00", "2026-12-01T10:00:00+01:00"]


@pytest.fixture
async def practice(installed_database: Database) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        yield await open_practice(installed_database)


async def test_a_patient_keeps_their_profile(practice: Practice) -> None:
    path = f"/patients/{practice.patient.public_id}"
    async with await called_by(practice, practice.patient) as pia:
        found = await pia.get(path)
        assert (found.json()["name"], found.json()["id"]) == ("Pia Patient", path.split("/")[-1])
        seen = {"if-match": found.headers["etag"]}
        sent = {"allergies": "Nuts", "birth_date": "1984-05-23"}
        problem(await pia.patch(path, json=sent), 428, "VERSION_REQUIRED")
        saved = await pia.patch(path, json=sent, headers=seen)
        assert (saved.json()["allergies"], saved.json()["birth_date"]) == tuple(sent.values())
        assert saved.json()["name"] == "Pia Patient"
        problem(await pia.patch(path, json=sent, headers=seen), 412, "STALE_VERSION")
        seen = {"if-match": saved.headers["etag"]}
        answer = await pia.patch(path, json={"language": "xx"}, headers=seen)
        assert set(problem(answer, 422, "INVALID")["errors"]) == {"language"}
        me = await pia.patch("/auth/me", json={"given_name": "Pina"})
        assert me.json()["display_name"] == "Pina Patient"
        assert (await pia.get(path)).json()["allergies"] == "Nuts"


async def test_a_doctor_sees_who_they_treat(practice: Practice) -> None:
    path = f"/patients/{practice.patient.public_id}"
    where = {
        "doctor": str(practice.doctor.public_id),
        "clinic": str(practice.clinic.public_id),
        "q": "pat",
    }
    async with (
        await called_by(practice, practice.patient) as pia,
        await called_by(practice, practice.doctor) as doctor,
    ):
        problem(await doctor.get(path), 404, "NOT_FOUND")
        assert (await doctor.get("/patients", params=where)).json() == []
        await pia.post("/appointments", json=offer(practice, starts_at=STARTS[0]))
        answer = await doctor.get(path)
        assert (answer.json()["name"], "etag" in answer.headers) == ("Pia Patient", False)
        (known,) = (await doctor.get("/patients", params=where)).json()
        assert known["id"] == str(practice.patient.public_id)
        (booked,) = (await doctor.get(f"{path}/appointments")).json()["items"]
        assert booked["patient_id"] == known["id"]


async def test_a_series_is_planned_booked_and_cancelled(practice: Practice) -> None:
    plan = offer(practice, starts_at=STARTS[0], every_weeks=1, times=2)
    async with (
        await called_by(practice, practice.patient) as pia,
        await called_by(practice, await practice.person()) as other,
    ):
        dates = (await pia.post("/series/plan", json=plan)).json()
        assert [each["refusal"] for each in dates] == [None, None]
        assert [each["day"] for each in dates] == ["2026-11-24", "2026-12-01"]
        wanted = offer(practice, starts=STARTS, every_weeks=1)
        keyed = {"idempotency-key": "weekly"}
        first = await pia.post("/series", json=wanted, headers=keyed)
        assert first.status_code == 201
        again = await pia.post("/series", json=wanted, headers=keyed)
        assert (again.status_code, again.json()) == (201, first.json())
        problem(await other.post("/series", json=wanted), 409, "SLOT_TAKEN")
        answer = await other.post("/series/plan", json=plan | {"times": 1})
        assert set(problem(answer, 422, "INVALID")["errors"]) == {"times"}
        key = first.json()["appointments"][0]
        done = (await pia.post(f"/appointments/{key}/cancel-following")).json()
        assert (len(done["cancelled"]), done["kept"]) == (2, [])


async def test_visit_types(practice: Practice) -> None:
    async with await called_by(practice, practice.doctor) as doctor:
        made = await doctor.post("/visit-types", json={"name": "Second look", "duration": 20})
        assert (made.status_code, made.headers["etag"]) == (201, '"1"')
        path = f"/visit-types/{made.json()['id']}"
        changed = await doctor.put(
            path, json={"name": "Look", "duration": 25, "capacity": 3}, headers={"if-match": '"1"'}
        )
        assert (changed.json()["capacity"], changed.headers["etag"]) == (3, '"2"')
        answer = await doctor.put(
            path, json={"name": "Look", "duration": 1}, headers={"if-match": '"2"'}
        )
        assert set(problem(answer, 422, "INVALID")["errors"]) == {"duration"}
        assert (await doctor.post(f"{path}/move", json={"by": -1})).status_code == 204
        names = [each["name"] for each in (await doctor.get("/visit-types")).json()]
        assert names == ["Look", "First visit"]
        answer = await doctor.put(
            f"{path}/active", json={"active": False}, headers={"if-match": "2"}
        )
        assert not answer.json()["active"]
