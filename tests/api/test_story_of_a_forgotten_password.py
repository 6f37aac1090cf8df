"""OAuth2 login, a doctor's appointments to come, and a password that was forgotten (R1)."""

from __future__ import annotations

import pytest

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.models import MessageKind
from tests.accounts.people import PASSWORD, mailed_secret
from tests.api import stories
from tests.api.clients import program
from tests.api.test_auth import problem
from tests.scheduling.doctors_day import MONDAY_EIGHT


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_story(installed_database: Database) -> None:
    database = installed_database
    with clock.frozen(MONDAY_EIGHT):
        admin = await stories.administrator(database)
        clinic = (await admin.post("/clinics", json=stories.CLINIC)).json()["id"]
        doctor = await stories.approved_doctor(database, admin, "Amara", clinic)
        offer = await stories.offer_visits(doctor, clinic, "tuesday", "10:00", "12:00")
        mara = await stories.registered(database, "Mara")
        for time in ("11:00", "10:00"):
            wanted = offer | {"starts_at": f"2026-11-24T{time}:00+01:00"}
            assert (await mara.post("/appointments", json=wanted)).status_code == 201

        async with program() as script:
            form = {"username": "amara@mail.example", "password": PASSWORD}
            answer = await script.post("/auth/token", data=form | {"grant_type": "password"})
            stories.with_tokens(script, answer)
            to_come = {"doctor": offer["doctor_id"], "from": "2026-11-23T08:00:00Z"}
            found = (await script.get("/appointments", params=to_come)).json()["items"]
            assert [each["starts_at"][11:16] for each in found] == ["09:00", "10:00"]

        async with program() as script:
            forgot = {"email": "mara@mail.example"}
            assert (await script.post("/auth/forgot-password", json=forgot)).status_code == 202
            secret = await mailed_secret(database, MessageKind.RESET_PASSWORD)
            new = {"token": secret, "password": "nine quiet lanterns"}
            assert (await script.post("/auth/reset-password", json=new)).status_code == 200
            # Whoever was logged in with the old one is so no longer.
            problem(await mara.get("/auth/me"), 401, "INVALID_TOKEN")
            old = {"email": "mara@mail.example", "password": PASSWORD}
            problem(await script.post("/auth/login", json=old), 401, "WRONG_LOGIN")
            answer = await script.post("/auth/login", json=old | {"password": new["password"]})
            stories.with_tokens(mara, answer)
        assert len((await mara.get("/appointments")).json()["items"]) == 2
        for client in (admin, doctor, mara):
            await client.aclose()
