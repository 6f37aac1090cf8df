"""Fixtures that several tests of the scheduling services share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.database import Database
from tests.factories import make_clinic, make_doctor, make_patient, make_visit_type, patient_actor
from tests.scheduling.desk import NOW, Desk
from tests.scheduling.doctors_day import MONDAY_EIGHT, NINE_TO_FIVE, Practice, place_of


@pytest.fixture
def standing_clock() -> Iterator[None]:
    """A Monday morning that does not end."""
    with clock.frozen(NOW):
        yield


@pytest.fixture
async def desk(database: Database, standing_clock: None) -> Desk:
    """A doctor's desk in a fresh database, the clock standing."""
    async with database.session() as session:
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic)
        visit_type = await make_visit_type(session, doctor)
        patient = await make_patient(session)
        actor = await patient_actor(session, patient)
    return Desk(database, clinic, doctor, visit_type, patient, actor)


@pytest.fixture
async def practice(database: Database, session: AsyncSession) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic, weekdays=range(5), ranges=NINE_TO_FIVE)
        visit_type = await make_visit_type(session, doctor)
        place_id = await place_of(session, doctor, clinic)
        yield Practice(database, doctor, clinic, visit_type, place_id)
