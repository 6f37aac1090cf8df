"""Clinics and their administrators, a session for two, licences, and refreshed logins (R4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointment_app import clock
from appointment_app.database import Database
from tests.accounts.people import PASSWORD
from tests.api import stories
from tests.api.clients import program
from tests.api.test_auth import problem
from tests.scheduling.doctors_day import MONDAY_EIGHT

EVENING = "2026-11-24T19:00:00+01:00"


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_story(installed_database: Database) -> None:
    database = installed_database
    with clock.frozen(MONDAY_EIGHT):
        admin = await stories.administrator(database)
        clinic = (await admin.post("/clinics", json=stories.CLINIC)).json()["id"]
        doctor = await stories.registered(
            database,
            "Amara",
            licence_number="DE-4711",
            specialties=["dermatology"],
            clinic=clinic,
        )
        # Until an administrator has looked at the licence nobody finds the doctor.
        (waits,) = (await admin.get("/doctor-applications")).json()["items"]
        assert waits["licence_number"] == "DE-4711"
        assert (await admin.get("/doctors")).json()["items"] == []
        await admin.post(f"/doctors/{waits['public_id']}/approve")

        offer = await stories.offer_visits(
            doctor, clinic, "tuesday", "10:00", "11:00", needs_confirmation=True
        )
        session = {
            "clinic_id": clinic,
            "visit_type_id": offer["visit_type_id"],
            "day": "2026-11-24",
            "starts": "19:00",
            "duration": 60,
            "capacity": 2,
        }
        path = f"/doctors/{offer['doctor_id']}/sessions"
        assert (await doctor.post(path, json=session)).status_code == 201

        people = [await stories.registered(database, name) for name in ("Mara", "Sam", "Lena")]
        answers = [
            await each.post("/appointments", json=offer | {"starts_at": EVENING}) for each in people
        ]
        assert [each.status_code for each in answers] == [201, 201, 409]
        problem(answers[2], 409, "SLOT_TAKEN")
        first = f"/appointments/{answers[0].json()['id']}"
        assert answers[0].json()["status"] == "pending"
        assert (await doctor.post(f"{first}/confirm")).status_code == 204
        assert (await people[0].get(first)).json()["status"] == "confirmed"
        assert (await people[1].post(f"/appointments/{answers[1].json()['id']}/cancel")).is_success
        answer = await people[2].post("/appointments", json=offer | {"starts_at": EVENING})
        assert answer.status_code == 201

        found = (await admin.get("/clinics", params={"postcode": "10115"})).json()["items"]
        assert [each["id"] for each in found] == [clinic]
        # Nothing is lost: who is expected keeps the clinic open.
        seen = {"if-match": (await admin.get("/administration/clinics")).json()[0]["version"]}
        seen = {"if-match": f'"{seen["if-match"]}"'}
        problem(await admin.delete(f"/clinics/{clinic}", headers=seen), 409, "CLINIC_IN_USE")

        script = program()
        login = {"email": "mara@mail.example", "password": PASSWORD}
        tokens = (await script.post("/auth/login", json=login)).json()
    with clock.frozen(MONDAY_EIGHT + timedelta(minutes=31)):
        script.headers["authorization"] = f"Bearer {tokens['access_token']}"
        problem(await script.get("/auth/me"), 401, "INVALID_TOKEN")
        again = {"refresh_token": tokens["refresh_token"]}
        stories.with_tokens(script, await script.post("/auth/refresh", json=again))
        assert (await stories.me(script))["display_name"] == "Mara Story"
        for client in (admin, doctor, script, *people):
            await client.aclose()
