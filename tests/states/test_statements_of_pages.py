"""How many statements a page may cost, however much there is to show."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.scheduling.warming import warm_some
from appointment_app.states.doctor_calendar import DoctorCalendar
from appointment_app.states.doctor_profile import DoctorProfile
from appointment_app.states.find_doctors import FindDoctors
from tests.factories import (
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
)
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.statements import counted_statements
from tests.states.doctors_tab import open_doctors_tab
from tests.states.tabs import open_tab, run

# Of a search two may be those that keep what was learned, after the page is shown.
SEARCH, PROFILE, CALENDAR = 8, 8, 18


@pytest.fixture
def backend() -> str:
    """What a state asks does not depend on the database."""
    return "sqlite"


@pytest.mark.parametrize("doctors", [1, 40])
@pytest.mark.parametrize("are_known", [False, True])
async def test_the_search(installed_database: Database, doctors: int, are_known: bool) -> None:
    with clock.frozen(MONDAY_EIGHT):
        async with installed_database.session() as session:
            clinic = await make_clinic(session)
            for number in range(doctors):
                doctor = await make_doctor(session, clinic, max_patients_a_day=number or None)
                await make_visit_type(session, doctor)
        if are_known:
            await warm_some(installed_database)
        state = await open_tab("/?place=Berlin").get_state(FindDoctors)
        with counted_statements(installed_database) as statements:
            await run(state.load())
        assert state.total == doctors
        assert len(statements) <= SEARCH, "\n".join(statements)


@pytest.mark.parametrize("appointments", [1, 12])
async def test_the_page_and_the_calendar_of_a_doctor(
    installed_database: Database, appointments: int
) -> None:
    with clock.frozen(MONDAY_EIGHT):
        tab = await open_doctors_tab(installed_database)
        async with installed_database.session() as session:
            for number in range(appointments):
                person = await make_patient(session)
                starts_at = MONDAY_EIGHT + timedelta(minutes=30 * number)
                await make_appointment(session, tab.visit_type, tab.clinic, person, starts_at)
        profile = await open_tab(f"/doctor?id={tab.doctor.public_id}").get_state(DoctorProfile)
        with counted_statements(installed_database) as statements:
            await run(profile.load())
        assert profile.is_loaded
        assert len(statements) <= PROFILE, "\n".join(statements)

        tab.go_to("/calendar?view=week")
        calendar = await tab.state(DoctorCalendar)
        with counted_statements(installed_database) as statements:
            await calendar.load()
        assert len(calendar.events) == appointments
        assert len(statements) <= CALENDAR, "\n".join(statements)
