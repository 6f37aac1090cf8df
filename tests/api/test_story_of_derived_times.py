"""Free times follow from hours and bookings; a visit is booked, moved, completed or missed (R2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointment_app import clock
from appointment_app.database import Database
from tests.accounts.people import PASSWORD
from tests.api import stories
from tests.api.test_auth import problem
from tests.scheduling.doctors_day import MONDAY_EIGHT


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_story(installed_database: Database) -> None:
    database = installed_database
    with clock.frozen(MONDAY_EIGHT):
        admin = await stories.administrator(database)
        clinic = (await admin.post("/clinics", json=stories.CLINIC)).json()["id"]
        doctor = await stories.approved_doctor(database, admin, "Amara", clinic)
        offer = await stories.offer_visits(doctor, clinic, "monday", "10:00", "11:30")
        path = f"/doctors/{offer['doctor_id']}/availability/{clinic}"
        seen = {"if-match": (await doctor.get(path)).headers["etag"]}
        rules = {"minimum_notice": 0, "horizon_days": 30}
        assert (await doctor.put(f"{path}/rules", json=rules, headers=seen)).status_code == 200
        mara = await stories.registered(database, "Mara")
        sam = await stories.registered(database, "Sam")

        # Nothing is created in advance: the next Monday has times as well, a Tuesday has a reason.
        assert await stories.free_times(mara, offer, "2026-11-23") == ["09:00", "09:30", "10:00"]
        assert await stories.free_times(mara, offer, "2026-11-30") == ["09:00", "09:30", "10:00"]
        path = f"/doctors/{offer['doctor_id']}/slots"
        tuesday = {"from": "2026-11-24", "to": "2026-11-24"}
        nothing = (await mara.get(path, params=tuesday)).json()["nothing"]
        assert (nothing["reason"], nothing["next_free"][:16]) == ("closed", "2026-11-23T09:00")

        ids = []
        for client, time in ((mara, "10:00"), (sam, "10:30")):
            wanted = offer | {"starts_at": f"2026-11-23T{time}:00+01:00"}
            ids.append((await client.post("/appointments", json=wanted)).json()["id"])
        assert await stories.free_times(mara, offer, "2026-11-23") == ["10:00"]
        moved = await mara.post(
            f"/appointments/{ids[0]}/reschedule", json={"starts_at": "2026-11-23T11:00:00+01:00"}
        )
        assert moved.status_code == 200
        assert await stories.free_times(mara, offer, "2026-11-23") == ["09:00"]
        problem(await doctor.post(f"/appointments/{ids[0]}/complete"), 422, "TOO_EARLY_TO_CLOSE")

    with clock.frozen(MONDAY_EIGHT + timedelta(hours=4)):
        login = {"email": "amara@mail.example", "password": PASSWORD}
        stories.with_tokens(doctor, await doctor.post("/auth/login", json=login))
        assert (await doctor.post(f"/appointments/{ids[0]}/complete")).status_code == 204
        assert (await doctor.post(f"/appointments/{ids[1]}/no-show")).status_code == 204
        problem(await doctor.post(f"/appointments/{ids[1]}/complete"), 409, "STATUS_CONFLICT")
        ended = {"status": ["completed", "no_show"]}
        found = (await doctor.get("/appointments", params=ended)).json()["items"]
        assert [each["status"] for each in found] == ["no_show", "completed"]
        for client in (admin, doctor, mara, sam):
            await client.aclose()
