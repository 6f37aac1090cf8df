"""Clinics, rooms and doctors as administrators keep them, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from appointment_app import clock
from appointment_app.database import Database
from tests.accounts.people import add_doctor
from tests.api.clients import program
from tests.api.practice import administrator, called_by
from tests.api.test_auth import problem
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.patients_tab import Practice, open_practice

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
HILL = {"name": "Hill Clinic", "city": "Kiel", "country": "DE", "zone": "Europe/Berlin"}


@pytest.fixture
async def practice(installed_database: Database) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        yield await open_practice(installed_database)


async def test_a_clinic_is_set_up_changed_closed_and_restored(practice: Practice) -> None:
    async with await administrator(practice) as admin, program() as anybody:
        made = await admin.post("/clinics", json=HILL)
        assert made.status_code == 201
        path = f"/clinics/{made.json()['id']}"
        assert (await anybody.get(path)).json()["city"] == "Kiel"
        seen = {"if-match": made.headers["etag"]}
        changed = await admin.patch(path, json={"street": "Hill 1"}, headers=seen)
        assert (changed.json()["street"], changed.json()["city"]) == ("Hill 1", "Kiel")
        problem(await admin.patch(path, json={"street": ""}, headers=seen), 412, "STALE_VERSION")
        wrong = {"zone": "Nowhere"}
        seen = {"if-match": changed.headers["etag"]}
        answer = await admin.patch(path, json=wrong, headers=seen)
        assert set(problem(answer, 422, "INVALID")["errors"]) == {"zone"}
        assert (await admin.delete(path, headers=seen)).status_code == 204
        problem(await anybody.get(path), 404, "NOT_FOUND")
        (closed,) = [
            each
            for each in (await admin.get("/administration/clinics")).json()
            if not each["active"]
        ]
        seen = {"if-match": f'"{closed["version"]}"'}
        assert (await admin.post(f"{path}/restore", headers=seen)).status_code == 204
        assert (await anybody.get(path)).status_code == 200


async def test_rooms(practice: Practice) -> None:
    async with await administrator(practice) as admin:
        path = f"/clinics/{practice.clinic.public_id}/rooms"
        key = (await admin.post(path, json={"name": "Room 1"})).json()["id"]
        answer = await admin.post(path, json={"name": "room 1"})
        assert set(problem(answer, 422, "INVALID")["errors"]) == {"name"}
        first = {"if-match": '"1"'}
        path = f"/rooms/{key}"
        answer = await admin.put(f"{path}/name", json={"name": "Room 2"}, headers=first)
        assert answer.status_code == 204
        answer = await admin.put(f"{path}/active", json={"active": False}, headers=first)
        problem(answer, 412, "STALE_VERSION")
        second = {"if-match": '"2"'}
        answer = await admin.put(f"{path}/active", json={"active": False}, headers=second)
        (clinic,) = (await admin.get("/rooms")).json()
        (room,) = clinic["resources"]
        assert (room["name"], room["active"], room["version"]) == ("Room 2", False, 3)


async def test_a_doctor_is_approved_and_refused(practice: Practice) -> None:
    doctor = await add_doctor(practice.database, "wilma@mail.example", practice.clinic)
    async with await administrator(practice) as admin:
        (waits,) = (await admin.get("/doctor-applications")).json()["items"]
        assert (waits["public_id"], waits["approval"]) == (str(doctor.public_id), "pending")
        path = f"/doctors/{doctor.public_id}"
        assert (await admin.post(f"{path}/approve")).status_code == 204
        assert (await admin.get("/doctor-applications")).json()["items"] == []
        answer = await admin.post(f"{path}/refuse", json={"reason": ""})
        assert set(problem(answer, 422, "INVALID")["errors"]) == {"reason"}
        assert (await admin.post(f"{path}/refuse", json={"reason": "No."})).status_code == 204
        decided = (await admin.get("/doctor-applications?decided=true")).json()["items"]
        assert [each["approval"] for each in decided if each["reason"]] == ["refused"]


async def test_a_doctor_keeps_their_profile_and_an_administrator_their_clinics(
    practice: Practice,
) -> None:
    path = f"/doctors/{practice.doctor.public_id}"
    async with (
        await called_by(practice, practice.doctor) as doctor,
        await administrator(practice) as admin,
    ):
        seen = {"if-match": (await doctor.get(f"{path}/profile")).headers["etag"]}
        # The first clinic that is set up brings the specialties.
        hill = (await admin.post("/clinics", json=HILL)).json()["id"]
        change = {
            "bio": "Likes hard cases.",
            "specialties": ["dermatology"],
            "languages": "German",
        }
        saved = await doctor.patch(path, json=change, headers=seen)
        assert (saved.status_code, saved.json()["bio"]) == (200, "Likes hard cases."), saved.text
        problem(await doctor.patch(path, json=change, headers=seen), 412, "STALE_VERSION")
        assert (await doctor.get(path)).json()["specialties"] == ["Dermatology"]

        added = await admin.post(f"{path}/workplaces", json={"clinic_id": hill})
        assert added.status_code == 204
        places = (await doctor.get(f"{path}/workplaces")).json()
        place = next(each for each in places if each["clinic"].startswith("Hill"))
        version = {"if-match": f'"{place["version"]}"'}
        gone = await admin.delete(f"/workplaces/{place['id']}", headers=version)
        assert gone.status_code == 204
        answer = await admin.post(f"/workplaces/{place['id']}/return", headers=version)
        problem(answer, 412, "STALE_VERSION")


async def test_a_doctor_is_invited(practice: Practice) -> None:
    wanted = {
        "email": "noor@mail.example",
        "given_name": "Noor",
        "family_name": "Haddad",
        "licence_number": "DE 48211",
        "specialties": ["dermatology"],
        "clinic_id": str(practice.clinic.public_id),
    }
    async with (
        await administrator(practice) as admin,
        await called_by(practice, practice.doctor) as doctor,
    ):
        await admin.post("/clinics", json=HILL)  # with the first one the specialties come
        problem(await doctor.post("/doctors", json=wanted), 403, "FORBIDDEN")
        made = await admin.post("/doctors", json=wanted)
        assert made.status_code == 201, made.text
        found = (await admin.get(f"/doctors/{made.json()['id']}/profile")).json()
        assert (found["family_name"], found["specialties"]) == ("Haddad", ["dermatology"])
        other = wanted | {"email": "other@mail.example"}
        problem(await admin.post("/doctors", json=other), 409, "LICENCE_KNOWN")
        answer = await admin.post("/doctors", json=wanted | {"licence_number": "DE 2"})
        assert set(problem(answer, 422, "INVALID")["errors"]) == {"email"}
