"""Looking over HTTP: for somebody in one's care, and for what is near."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from appointment_app import clock
from appointment_app.database import Database
from tests.api.clients import program
from tests.api.practice import called_by, offer
from tests.api.test_auth import problem
from tests.factories import (
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
)
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.patients_tab import Practice, open_practice

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
TEN, TEN_UTC = "2026-11-24T10:00:00+01:00", "2026-11-24T09:00:00+00:00"
AT_THE_ZOO = {"latitude": 52.5, "longitude": 13.33, "kilometres": 50}


@pytest.fixture
async def practice(installed_database: Database) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        yield await open_practice(installed_database)


async def child_booked_elsewhere(practice: Practice) -> str:
    """The id of Pia's child, who is with another doctor on Tuesday at ten."""
    async with practice.database.session() as session:
        ben = await make_patient(session, guardian=practice.patient)
        other = await make_doctor(session, practice.clinic, family_name="Other")
        visit = await make_visit_type(session, other)
        start = datetime.fromisoformat(TEN).astimezone(UTC)
        await make_appointment(session, visit, practice.clinic, ben, start)
    return str(ben.public_id)


def starts_of(found: dict[str, Any]) -> list[str]:
    """The free times of a doctor's slots, or of a page of doctors."""
    if "items" in found:
        return [start for each in found["items"] for start in each["slots"]]
    return [each["starts_at"] for each in found["slots"]]


async def test_a_child_is_offered_what_the_child_has_time_for(practice: Practice) -> None:
    ben, herself = await child_booked_elsewhere(practice), str(practice.patient.public_id)
    slots = f"/doctors/{practice.doctor.public_id}/slots"
    async with (
        await called_by(practice, practice.patient) as pia,
        await called_by(practice, await practice.person()) as other,
        program() as anybody,
    ):
        for path, day in (
            (slots, {"from": "2026-11-24", "to": "2026-11-24"}),
            ("/slots", {"date": "2026-11-24", "city": "Berlin"}),
            ("/doctors", {"available_on": "2026-11-24"}),
        ):
            for patient, is_offered in ((herself, True), (ben, False)):
                answer = await pia.get(path, params=day | {"patient": patient})
                assert (TEN_UTC in starts_of(answer.json())) is is_offered, answer.text
        problem(await other.get(slots, params={"patient": ben}), 404, "NOT_FOUND")
        problem(await anybody.get(slots, params={"patient": ben}), 401, "LOGIN_REQUIRED")
        # Whoever books all the same is told when the child could come.
        wanted = offer(practice, starts_at=TEN, patient_id=ben)
        taken = problem(await pia.post("/appointments", json=wanted), 409, "SLOT_TAKEN")
        assert TEN_UTC not in taken["nearest"]


async def test_the_dates_of_a_series_are_planned_for_the_child(practice: Practice) -> None:
    ben = await child_booked_elsewhere(practice)
    async with await called_by(practice, practice.patient) as pia:
        plan = offer(practice, starts_at=TEN, every_weeks=1, times=2)
        for_ben = (await pia.post("/series/plan", json=plan | {"patient_id": ben})).json()
        assert [each["refusal"] is None for each in for_ben] == [False, True]
        for_pia = (await pia.post("/series/plan", json=plan)).json()
        assert [each["refusal"] is None for each in for_pia] == [True, True]


async def test_the_nearest_clinic_comes_first(practice: Practice) -> None:
    async with practice.database.session() as session:
        await make_clinic(session, name="Potsdam", latitude=52.4, longitude=13.06)
        await make_clinic(session, name="Zoo", latitude=52.5, longitude=13.33)
    async with program() as anybody:
        found = (await anybody.get("/clinics", params=AT_THE_ZOO | {"sort": "nearest"})).json()
        assert [each["name"] for each in found["items"]] == ["Zoo", "Potsdam"]
        assert found["items"][0]["kilometres"] == 0
        first = AT_THE_ZOO | {"sort": "nearest", "limit": 1}
        page = (await anybody.get("/clinics", params=first)).json()
        page = (
            await anybody.get("/clinics", params=first | {"cursor": page["next_cursor"]})
        ).json()
        assert [each["name"] for each in page["items"]] == ["Potsdam"]
        by_name = (await anybody.get("/clinics", params=AT_THE_ZOO)).json()["items"]
        assert [each["name"] for each in by_name] == ["Potsdam", "Zoo"]
        everywhere = (await anybody.get("/clinics")).json()["items"]
        assert [each["kilometres"] for each in everywhere] == [None] * 3
        for path in ("/clinics", "/doctors"):
            answer = await anybody.get(path, params={"latitude": 52.5})
            assert set(problem(answer, 422, "INVALID")["errors"]) == {"longitude"}
            problem(await anybody.get(path, params={"latitude": 91}), 400, "MALFORMED")
