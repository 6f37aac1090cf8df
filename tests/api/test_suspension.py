"""A doctor is suspended over HTTP, and what is booked is settled."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.models import DoctorSpecialty, Specialty, row_id
from tests.api.practice import administrator, called_by, offer
from tests.api.test_auth import problem
from tests.factories import make_doctor, make_visit_type
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.patients_tab import Practice, open_practice

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
TEN = "2026-11-24T10:00:00+01:00"
NOW = "2026-11-23T08:00:00+00:00"
TOMORROW = "2026-11-25T10:00:00+01:00"


@pytest.fixture
async def practice(installed_database: Database) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        yield await open_practice(installed_database)


async def test_what_is_left_is_handed_on_or_cancelled(practice: Practice) -> None:
    async with practice.database.session() as session:
        colleague = await make_doctor(
            session, practice.clinic, family_name="Colleague", ranges=((10 * 60, 11 * 60),)
        )
        await make_visit_type(session, colleague, name=practice.visit_type.name)
        skin = Specialty(code="skin", name="Skin")
        session.add(skin)
        await session.flush()
        for each in (practice.doctor, colleague):
            session.add(DoctorSpecialty(doctor_id=row_id(each), specialty_id=row_id(skin)))
        await session.commit()
    async with (
        await administrator(practice) as admin,
        await called_by(practice, practice.patient) as pia,
        await called_by(practice, practice.doctor) as doctor,
    ):
        first, second, third = [
            (await pia.post("/appointments", json=offer(practice, starts_at=start))).json()["id"]
            for start in (TEN, TEN.replace("T10", "T14"), TOMORROW)
        ]
        path = f"/doctors/{practice.doctor.public_id}/suspension"
        assert (await admin.get(path)).json()["since"] is None
        preview = (await admin.get(f"{path}/preview")).json()
        assert [each["id"] for each in preview] == [first, second, third]
        later = (await admin.get(f"{path}/preview?first_day=2026-11-25")).json()
        assert [each["id"] for each in later] == [third]
        today = (await admin.get(f"{path}/preview?last_day=2026-11-23")).json()
        assert today == []

        answer = await admin.put(path, json={"reason": "", "first_day": "2026-11-01"})
        assert set(problem(answer, 422, "INVALID")["errors"]) == {"reason", "first_day"}
        problem(await doctor.put(path, json={"reason": "Mine."}), 403, "FORBIDDEN")
        suspended = (await admin.put(path, json={"reason": "The licence."})).json()
        assert (suspended["since"], suspended["is_complete"]) == (NOW, False)
        gone = await pia.get(f"/doctors/{practice.doctor.public_id}")
        problem(gone, 404, "NOT_FOUND")

        (successor,) = suspended["remaining"][0]["successors"]
        to = {"workplace_id": successor["workplace_id"]}
        path_of_one = f"{path}/appointments/{first}/settle"
        assert (await admin.post(path_of_one, json=to)).status_code == 204
        problem(await admin.post(path_of_one, json=to), 404, "NOT_FOUND")
        handed_on = (await pia.get(f"/appointments/{first}")).json()
        assert handed_on["doctor_id"] == str(colleague.public_id)
        path_of_one = f"{path}/appointments/{second}/settle"
        assert (await admin.post(path_of_one, json={})).status_code == 204
        assert (await pia.get(f"/appointments/{second}")).json()["status"] == "cancelled"
        answer = await admin.post(f"{path}/settle")
        assert answer.json() == {"handed_on": 1, "cancelled": 0}
        assert (await admin.get(path)).json()["is_complete"]

        assert (await admin.delete(path)).status_code == 204
        assert (await pia.get(f"/doctors/{practice.doctor.public_id}")).status_code == 200
