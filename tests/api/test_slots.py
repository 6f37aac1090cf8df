"""The answer about a doctor's free times is what its model says, without going through it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.api.public_schemas import SlotsOut
from appointment_app.api.slots import as_out
from appointment_app.database import Database
from appointment_app.models import VisitType
from appointment_app.scheduling.slot_list import SlotQuery, list_free_slots
from tests.factories import make_clinic, make_doctor, make_visit_type
from tests.scheduling.doctors_day import MONDAY_EIGHT

TODAY = MONDAY_EIGHT.date()


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_the_answer_is_what_its_model_says(database: Database) -> None:
    async with database.session() as session:
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic, weekdays=[0, 1])
        alone = await make_visit_type(session, doctor)
        together = await make_visit_type(session, doctor, name="Group", capacity=4, position=1)

    async def both(visit_type: VisitType, day: int) -> tuple[object, object]:
        on = TODAY + timedelta(days=day)
        query = SlotQuery(doctor.public_id, None, visit_type.public_id, on, on)
        async with database.session() as session:
            found = await list_free_slots(session, NOBODY, query)
        return as_out(found), SlotsOut.model_validate(found).model_dump(mode="json")

    with clock.frozen(MONDAY_EIGHT):
        for visit_type, day, are_there in (
            (alone, 0, True),
            (together, 1, True),
            (alone, 3, False),
        ):
            answer, expected = await both(visit_type, day)
            assert answer == expected
            assert isinstance(answer, dict)
            assert bool(answer["slots"]) is are_there
            assert (answer["nothing"] is None) is are_there
