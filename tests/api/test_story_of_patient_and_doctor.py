"""Both register, the doctor sets hours, the patient books, is refused, and cancels (R0)."""

from __future__ import annotations

import pytest

from appointment_app import clock
from appointment_app.database import Database
from tests.api import stories
from tests.api.test_auth import problem
from tests.scheduling.doctors_day import MONDAY_EIGHT

TEN = "2026-11-24T10:00:00+01:00"


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_story(installed_database: Database) -> None:
    database = installed_database
    with clock.frozen(MONDAY_EIGHT):
        admin = await stories.administrator(database)
        clinic = (await admin.post("/clinics", json=stories.CLINIC)).json()["id"]
        doctor = await stories.approved_doctor(database, admin, "Amara", clinic)
        mara = await stories.registered(database, "Mara")
        sam = await stories.registered(database, "Sam")
        assert (await stories.me(doctor))["is_doctor"]
        assert (await stories.me(mara))["is_patient"]

        offer = await stories.offer_visits(doctor, clinic, "tuesday", "10:00", "11:00")
        assert await stories.free_times(mara, offer, "2026-11-24") == ["09:00", "09:30"]

        # A patient sets nobody's hours, a doctor's account of another doctor neither.
        path = f"/doctors/{offer['doctor_id']}/availability/{clinic}"
        answer = await mara.put(path, json={"weekly_hours": []}, headers={"if-match": '"1.1"'})
        problem(answer, 403, "FORBIDDEN")

        booked = await mara.post("/appointments", json=offer | {"starts_at": TEN})
        assert booked.status_code == 201
        answer = await sam.post("/appointments", json=offer | {"starts_at": TEN})
        assert len(problem(answer, 409, "SLOT_TAKEN")["nearest"]) == 3
        night = offer | {"starts_at": "2026-11-24T22:00:00+01:00"}
        problem(await sam.post("/appointments", json=night), 422, "OUTSIDE_AVAILABILITY")
        key = booked.json()["id"]
        problem(await sam.post(f"/appointments/{key}/cancel"), 404, "NOT_FOUND")

        assert await stories.free_times(sam, offer, "2026-11-24") == ["09:30"]
        (seen,) = (await doctor.get("/appointments")).json()["items"]
        assert seen["patient_name"] == "Mara Story"
        assert (await mara.post(f"/appointments/{key}/cancel")).status_code == 200
        assert await stories.free_times(sam, offer, "2026-11-24") == ["09:00", "09:30"]
        answer = await sam.post("/appointments", json=offer | {"starts_at": TEN})
        assert answer.status_code == 201
        for client in (admin, doctor, mara, sam):
            await client.aclose()
