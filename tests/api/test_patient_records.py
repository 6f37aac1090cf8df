"""Records of patients are kept in order over HTTP: merged and separated, out of use and back."""

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


@pytest.fixture
async def practice(installed_database: Database) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        yield await open_practice(installed_database)


async def test_two_records_become_one_and_two_again(practice: Practice) -> None:
    path = f"/patients/{practice.patient.public_id}"
    async with (
        await administrator(practice) as admin,
        await called_by(practice, practice.patient) as pia,
        await called_by(practice, practice.doctor) as doctor,
    ):
        written = {
            "clinic_id": str(practice.clinic.public_id),
            "given_name": "Pia",
            "family_name": "Pateint",
            "phone": "+49 30 901820",
        }
        other = (await admin.post("/patients", json=written)).json()["id"]
        path_of_staff = f"/doctors/{practice.doctor.public_id}/appointments"
        wanted = offer(practice, starts_at=TEN, patient_id=other)
        del wanted["doctor_id"]
        booked = await admin.post(path_of_staff, json=wanted)
        assert booked.status_code == 201, booked.text
        problem(await pia.get(f"/appointments/{booked.json()['id']}"), 404, "NOT_FOUND")
        problem(await doctor.post(f"{path}/merges", json={"merged_id": other}), 403, "FORBIDDEN")

        itself = {"merged_id": str(practice.patient.public_id)}
        problem(await admin.post(f"{path}/merges", json=itself), 409, "CANNOT_MERGE")
        merged = await admin.post(f"{path}/merges", json={"merged_id": other})
        assert merged.status_code == 201, merged.text
        own = await pia.get(f"/appointments/{booked.json()['id']}")
        assert own.json()["patient_id"] == str(practice.patient.public_id)
        (listed,) = (await admin.get(f"{path}/merges")).json()
        assert (listed["id"], listed["name"]) == (merged.json()["id"], "Pia Pateint")
        # What went into another record comes back by separating the two alone.
        answer = await admin.put(f"/patients/{other}/active", json={"active": True})
        problem(answer, 409, "CANNOT_MERGE")

        undo = f"/patient-merges/{merged.json()['id']}"
        assert (await admin.delete(undo)).status_code == 204
        problem(await admin.delete(undo), 404, "NOT_FOUND")
        problem(await pia.get(f"/appointments/{booked.json()['id']}"), 404, "NOT_FOUND")
        assert (await admin.get(f"{path}/merges")).json() == []


async def test_a_patient_goes_out_of_use_and_comes_back(practice: Practice) -> None:
    path = f"/patients/{practice.patient.public_id}/active"
    async with (
        await administrator(practice) as admin,
        await called_by(practice, practice.patient) as pia,
    ):
        booked = await pia.post("/appointments", json=offer(practice, starts_at=TEN))
        problem(await admin.put(path, json={"active": False}), 409, "STILL_EXPECTED")
        await pia.post(f"/appointments/{booked.json()['id']}/cancel")
        for active in (False, False, True):
            answer = await admin.put(path, json={"active": active})
            assert answer.status_code == 204, answer.text
        answer = await pia.post("/appointments", json=offer(practice, starts_at=TEN))
        assert answer.status_code == 201
