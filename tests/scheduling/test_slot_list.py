from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.database import Database
from appointment_app.errors import Invalid, NotFound
from appointment_app.models import Doctor
from appointment_app.scheduling.nothing_free import Reason
from appointment_app.scheduling.slot_list import MOST_DAYS, SlotList, SlotQuery, list_free_slots
from tests.factories import (
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
    offer_of,
)
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.statements import counted_statements

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
TODAY = date(2026, 11, 23)


async def listed(database: Database, doctor: Doctor, **query: Any) -> SlotList:
    async with database.session() as session:
        with clock.frozen(MONDAY_EIGHT):
            return await list_free_slots(session, NOBODY, SlotQuery(doctor.public_id, **query))


async def test_what_is_left_open_is_chosen(database: Database) -> None:
    async with database.session() as session:
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic)
        usual = await make_visit_type(session, doctor, duration=30)
        long = await make_visit_type(session, doctor, name="Long", duration=60, position=1)
    found = await listed(database, doctor)
    assert found.offer == offer_of(doctor, clinic, usual)
    assert (found.first, found.last, found.zone) == (
        TODAY,
        TODAY + timedelta(days=6),
        "Europe/Berlin",
    )
    assert found.nothing is None
    assert [each.starts_at for each in found.slots] == sorted(
        each.starts_at for each in found.slots
    )
    assert {each.ends_at - each.starts_at for each in found.slots} == {timedelta(minutes=30)}
    chosen = await listed(database, doctor, visit_type_id=long.public_id, last=TODAY)
    assert chosen.offer == offer_of(doctor, clinic, long)
    assert {each.starts_at.date() for each in chosen.slots} == {TODAY}
    both = await listed(database, doctor, clinic_id=clinic.public_id, visit_type_id=usual.public_id)
    assert both == found


async def test_closed_and_full_days_cost_nothing_more(database: Database) -> None:
    async with database.session() as session:
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic, weekdays=[0, 1], max_patients_a_day=1)
        visit = await make_visit_type(session, doctor)
        at_eight = MONDAY_EIGHT + timedelta(days=1, hours=1)
        await make_appointment(session, visit, clinic, await make_patient(session), at_eight)
    asked = {"clinic_id": clinic.public_id, "visit_type_id": visit.public_id}
    with counted_statements(database) as statements:
        found = await listed(database, doctor, **asked)
    assert {each.starts_at.date() for each in found.slots} == {TODAY}
    # What is offered, and the calendar.
    assert len(statements) <= 2, "\n".join(statements)


async def test_seats_of_group_sessions_are_counted(database: Database) -> None:
    async with database.session() as session:
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic)
        await make_visit_type(session, doctor, capacity=4)
    assert {each.seats_left for each in (await listed(database, doctor)).slots} == {4}


async def test_why_there_is_nothing(database: Database) -> None:
    async with database.session() as session:
        doctor = await make_doctor(session, await make_clinic(session), ranges=())
        await make_visit_type(session, doctor)
    found = await listed(database, doctor)
    assert found.slots == ()
    assert found.nothing is not None
    assert (found.nothing.reason, found.nothing.next_free) == (Reason.CLOSED, None)


async def test_what_cannot_be_asked(database: Database) -> None:
    async with database.session() as session:
        doctor = await make_doctor(session, await make_clinic(session))
        await make_visit_type(session, doctor)
    for query in ({"clinic_id": uuid4()}, {"visit_type_id": uuid4()}):
        with pytest.raises(NotFound):
            await listed(database, doctor, **query)
    for last in (TODAY - timedelta(days=1), TODAY + timedelta(days=MOST_DAYS)):
        with pytest.raises(Invalid) as refusal:
            await listed(database, doctor, first=TODAY, last=last)
        assert set(refusal.value.errors) == {"to"}
    await listed(database, doctor, first=TODAY, last=TODAY + timedelta(days=MOST_DAYS - 1))
