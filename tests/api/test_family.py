"""Families, staff, departments and the record over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from appointment_app import clock
from appointment_app.database import Database
from tests.api.practice import administrator, called_by, offer
from tests.api.test_auth import problem
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.patients_tab import Practice, open_practice

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
TEN = "2026-11-24T10:00:00+01:00"
BEN = {
    "given_name": "Ben",
    "family_name": "Patient",
    "birth_date": "2019-05-23",
    "kinship": "child",
}


@pytest.fixture
async def practice(installed_database: Database) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        yield await open_practice(installed_database)


async def test_one_books_for_a_child(practice: Practice) -> None:
    async with (
        await called_by(practice, practice.patient) as pia,
        await called_by(practice, await practice.person()) as other,
    ):
        answer = await pia.post("/family", json=BEN | {"kinship": "cat"})
        assert set(problem(answer, 422, "INVALID")["errors"]) == {"kinship"}
        ben = (await pia.post("/family", json=BEN)).json()["id"]
        wanted = offer(practice, starts_at=TEN, patient_id=ben)
        assert (await other.post("/appointments", json=wanted)).status_code in {403, 404}
        # Whoever was logged in before the child came is known with it after some seconds.
    async with await called_by(practice, practice.patient) as pia:
        booked = await pia.post("/appointments", json=wanted)
        assert (booked.status_code, booked.json()["patient_name"]) == (201, "Ben Patient")
        (child,) = (await pia.get("/family")).json()["dependents"]
        assert (child["id"], child["upcoming"]) == (ben, 1)
        problem(await pia.delete(f"/family/{ben}"), 409, "STILL_NEEDED")
        await pia.post(f"/appointments/{booked.json()['id']}/cancel")
        assert (await pia.delete(f"/family/{ben}")).status_code == 204
        assert (await pia.get("/family")).json()["dependents"] == []


async def test_somebody_is_given_a_role_and_loses_it(practice: Practice) -> None:
    clinic = str(practice.clinic.public_id)
    role = {"email": "desk@mail.example", "role": "reception", "clinic_id": clinic}
    async with await administrator(practice) as admin:
        assert (await admin.post("/staff", json=role)).status_code == 204
        problem(await admin.post("/staff", json=role | {"role": "doctor"}), 400, "MALFORMED")
        staff = (await admin.get("/staff")).json()
        (desk,) = next(each["members"] for each in staff if each["id"] == clinic)
        assert (desk["email"], desk["is_invited"]) == ("desk@mail.example", True)
        path = f"/staff/{desk['user_id']}"
        again = await admin.post(f"{path}/invite", json={"clinic_id": clinic})
        assert again.status_code == 204
        which = {"role": "reception", "clinic": clinic}
        assert (await admin.delete(path, params=which)).status_code == 204
        problem(await admin.delete(path, params=which), 404, "NOT_FOUND")


async def test_departments(practice: Practice) -> None:
    async with await administrator(practice) as admin:
        path = f"/clinics/{practice.clinic.public_id}/departments"
        key = (await admin.post(path, json={"name": "Radiology"})).json()["id"]
        first = {"if-match": '"1"'}
        answer = await admin.put(
            f"/departments/{key}/name", json={"name": "Imaging"}, headers=first
        )
        assert answer.status_code == 204
        answer = await admin.put(
            f"/departments/{key}/active", json={"active": False}, headers=first
        )
        problem(answer, 412, "STALE_VERSION")
        second = {"if-match": '"2"'}
        await admin.put(f"/departments/{key}/active", json={"active": False}, headers=second)
        (found,) = (await admin.get(path)).json()
        assert (found["name"], found["active"], found["version"]) == ("Imaging", False, 3)


async def test_a_patient_without_an_account_is_written_down_once(practice: Practice) -> None:
    clinic = {"clinic_id": str(practice.clinic.public_id)}
    nora = clinic | {"given_name": "Nora", "family_name": "New", "birth_date": "1984-05-23"}
    async with await administrator(practice) as admin:
        first = await admin.post("/patients", json=nora)
        assert first.status_code == 201
        (likely,) = problem(await admin.post("/patients", json=nora), 409, "LIKELY_DUPLICATES")[
            "likely"
        ]
        assert likely == {"id": first.json()["id"], "name": "Nora New", "birth_date": "1984-05-23"}
        answer = await admin.post("/patients", json=nora | {"seen": [likely["id"]]})
        assert answer.status_code == 201


async def test_the_record_is_read_page_by_page(practice: Practice) -> None:
    async with (
        await called_by(practice, practice.patient) as pia,
        await administrator(practice) as admin,
    ):
        booked = (await pia.post("/appointments", json=offer(practice, starts_at=TEN))).json()
        await pia.post(f"/appointments/{booked['id']}/cancel")
        page = (await admin.get("/audit-events", params={"limit": 1})).json()
        assert [each["action"] for each in page["items"]] == ["appointment.cancelled"]
        following = {"limit": 1, "cursor": page["next_cursor"]}
        page = (await admin.get("/audit-events", params=following)).json()
        (entry,) = page["items"]
        assert (entry["action"], entry["who"]) == ("appointment.booked", "Pia Patient")
        values = await admin.get(f"/audit-events/{entry['number']}/values")
        assert values.status_code == 200
        problem(await pia.get("/audit-events"), 403, "FORBIDDEN")
