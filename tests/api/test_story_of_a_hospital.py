"""A hospital: specialisations, insurance, clear refusals, and a record of every deed (R3)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from appointment_app import clock
from appointment_app.database import Database
from tests.accounts.people import audited
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
        codes = {each["code"] for each in (await admin.get("/specialties")).json()}
        assert {"dermatology", "cardiology"} <= codes
        doctor = await stories.approved_doctor(database, admin, "Amara", clinic)
        offer = await stories.offer_visits(doctor, clinic, "tuesday", "10:00", "11:00")
        mara = await stories.registered(database, "Mara")
        find = {"specialty": "dermatology", "city": "Berlin", "available_on": "2026-11-24"}
        (found,) = (await mara.get("/doctors", params=find)).json()["items"]
        assert found["doctor"]["specialties"] == ["Dermatology"]
        assert (await mara.get("/doctors", params={"specialty": "urology"})).json()["items"] == []

        path = f"/patients/{(await stories.me(mara))['patient_id']}"
        seen = {"if-match": (await mara.get(path)).headers["etag"]}
        insured = {"insurance_provider": "AOK", "insurance_number": "A123456789"}
        assert (await mara.patch(path, json=insured, headers=seen)).status_code == 200
        problem(await doctor.get(path), 404, "NOT_FOUND")

        problem(await mara.get(f"/appointments/{uuid4()}"), 404, "NOT_FOUND")
        problem(await mara.get("/appointments/seven"), 400, "MALFORMED")
        problem(await mara.post("/appointments", json={"starts_at": TEN}), 400, "MALFORMED")
        booked = await mara.post("/appointments", json=offer | {"starts_at": TEN})
        answer = await mara.post("/appointments", json=offer | {"starts_at": TEN})
        problem(answer, 409, "SLOT_TAKEN")
        # Now the doctor treats her.
        assert (await doctor.get(path)).json()["insurance_provider"] == "AOK"
        why = {"reason": "The doctor is ill."}
        key = booked.json()["id"]
        problem(await doctor.post(f"/appointments/{key}/cancel"), 422, "REASON_REQUIRED")
        assert (await doctor.post(f"/appointments/{key}/cancel", json=why)).status_code == 200
        assert (await mara.get(f"/appointments/{key}")).json()["cancel_reason"] == why["reason"]
        for client in (admin, doctor, mara):
            await client.aclose()
    deeds = await audited(database)
    assert set(deeds) >= {
        "user.logged_in",
        "clinic.created",
        "user.registered",
        "user.address_verified",
        "doctor.approved",
        "hours.changed",
        "visit_type.created",
        "profile.changed",
        "appointment.booked",
        "profile.viewed",
        "appointment.cancelled",
    }
