"""The one statement that reads what makes free time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.database import Database
from appointment_app.models import row_id
from appointment_app.scheduling.slot_list import SlotQuery, list_free_slots
from tests.factories import (
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
)
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.statements import counted_statements

# What is longer, psycopg parses anew whenever it is run.
LONGEST_KEPT = 4096


@pytest.mark.parametrize("backend", ["postgresql"])
async def test_the_driver_keeps_the_longest_statement(database: Database) -> None:
    async with database.session() as session:
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic, max_patients_a_day=2)
        visit = await make_visit_type(session, doctor)
        pia = await make_patient(session)
        await make_appointment(session, visit, clinic, pia, MONDAY_EIGHT + timedelta(hours=2))
    query = SlotQuery(doctor.public_id, clinic.public_id, visit.public_id)
    with clock.frozen(MONDAY_EIGHT), counted_statements(database) as statements:
        async with database.session() as session:
            found = await list_free_slots(session, Actor(person_id=row_id(pia)), query)
    assert found.slots
    assert all(len(each) <= LONGEST_KEPT for each in statements), max(statements, key=len)
