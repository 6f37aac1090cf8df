"""Booking for a patient without a browser: who, what, when, and what is asked before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.models import Appointment, AppointmentStatus, BookableBy, Person
from appointment_app.states.doctor_calendar import DoctorCalendar
from appointment_app.states.new_appointment import NewAppointment
from tests.factories import make_appointment, make_patient, make_visit_type
from tests.scheduling.doctors_day import MONDAY_EIGHT, book
from tests.states.doctors_tab import DoctorsTab, done, open_doctors_tab

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

TUESDAY_NINE = MONDAY_EIGHT + timedelta(days=1)  # by the clocks in Berlin


@pytest.fixture
async def tab(installed_database: Database) -> AsyncIterator[DoctorsTab]:
    with clock.frozen(MONDAY_EIGHT):
        tab = await open_doctors_tab(installed_database)
        tab.go_to("/calendar?view=week&date=2026-11-23")
        yield tab


@pytest.fixture
async def pia(tab: DoctorsTab) -> Person:
    """She was here last year."""
    async with tab.database.session() as session:
        person = await make_patient(session, birth_date=date(1961, 4, 5))
        long_ago = MONDAY_EIGHT - timedelta(days=365)
        await make_appointment(session, tab.visit_type, tab.clinic, person, long_ago)
    return person


@pytest.fixture
async def state(tab: DoctorsTab, pia: Person) -> NewAppointment:
    """The dialog, opened at a click on Tuesday at ten, for Pia."""
    await (await tab.state(DoctorCalendar)).load()
    state = await tab.state(NewAppointment)
    await state.open_at("2026-11-24T10:00:00+01:00")
    await state.find("pia")
    await state.choose(str(pia.public_id))
    return state


def typed(state: NewAppointment, **values: str) -> dict[str, str]:
    return {
        "visit_type": state.visit_types[0][0],
        "date": state.date,
        "time": state.time,
        "reason": "To be seen again",
    } | values


async def upcoming(tab: DoctorsTab) -> list[Appointment]:
    async with tab.database.session() as session:
        rows = select(Appointment).where(Appointment.starts_at > MONDAY_EIGHT)
        return list(await session.exec(rows.order_by(col(Appointment.id))))


async def test_a_click_in_the_calendar_books(
    tab: DoctorsTab, state: NewAppointment, pia: Person
) -> None:
    assert (state.date, state.time, state.zone) == ("2026-11-24", "10:00", "Berlin time")
    assert (state.patient.name, state.patient.born) == ("Pia Patient", "5 April 1961")
    assert state.patient.told == "The patient is told by mail."
    said = await done(state.book(typed(state)))
    assert "Pia Patient is booked for Tuesday 24 November 2026, 10:00." in said
    assert not state.is_open
    (row,) = await upcoming(tab)
    assert (row.person_id, row.status) == (pia.id, AppointmentStatus.CONFIRMED)
    assert (row.reason, row.booked_by) == ("To be seen again", tab.doctor.user_id)
    calendar = await tab.state(DoctorCalendar)
    assert [event["title"] for event in calendar.events] == ["Pia Patient"]


async def test_two_clicks_book_once(tab: DoctorsTab, state: NewAppointment) -> None:
    for _ in range(2):
        await state.book(typed(state))
    assert len(await upcoming(tab)) == 1


async def test_the_button_and_a_click_on_a_day_leave_the_time_open(
    tab: DoctorsTab, state: NewAppointment
) -> None:
    await state.open()
    assert (state.date, state.time, state.patient.id) == ("2026-11-23", "", "")
    await state.open_at("2026-11-26")
    assert (state.date, state.time) == ("2026-11-26", "")
    assert "could not find" in await done(state.open_at("nonsense"))


async def test_every_field_says_what_it_needs(state: NewAppointment) -> None:
    await state.choose_another()
    await state.book({"visit_type": "", "date": "", "time": "noon", "reason": ""})
    assert state.errors.keys() == {"patient", "visit_type", "date", "time"}
    assert state.is_open
    await state.find("pia")
    await state.choose(state.found[0].id)
    assert "patient" not in state.errors
    await state.book(typed(state, reason="a" * 1500))
    assert state.errors.keys() == {"reason"}


async def test_patients_are_found_while_typing_and_strangers_are_not(
    tab: DoctorsTab, state: NewAppointment
) -> None:
    async with tab.database.session() as session:
        stranger = await make_patient(session, given_name="Stranger")
    await state.choose_another()
    await state.find("patient")
    assert [each.name for each in state.found] == ["Pia Patient"]
    await state.find("stranger")
    assert (state.found, state.nobody_found) == ([], True)
    # An id from the page is nobody who was not found.
    await state.choose(str(stranger.public_id))
    assert state.patient.id == ""
    await state.find("")
    assert (state.found, state.nobody_found) == ([], False)


async def test_visit_types_for_staff_are_offered(tab: DoctorsTab, state: NewAppointment) -> None:
    async with tab.database.session() as session:
        await make_visit_type(
            session, tab.doctor, name="Wound", bookable_by=BookableBy.STAFF, position=1
        )
    await state.open()
    assert [label for _, label in state.visit_types] == [
        "First visit · 30 min · In person",
        "Wound · 30 min · In person",
    ]


async def test_the_question_names_the_other_and_is_answered_for_this_only(
    tab: DoctorsTab, state: NewAppointment
) -> None:
    for hours, name in ((1, "Ben"), (2, "Cleo")):
        await book(
            tab.database,
            tab.doctor,
            tab.clinic,
            tab.visit_type,
            TUESDAY_NINE + timedelta(hours=hours),
            given_name=name,
            family_name="Lind",
        )
    await state.book(typed(state))
    assert state.question == (
        "At 10:00 Ben Lind has an appointment: First visit. Book Pia Patient as well?"
    )
    await state.book(typed(state, time="11:00"))
    assert state.question.startswith("At 11:00 Cleo Lind has an appointment")
    assert len(await upcoming(tab)) == 2
    await state.book(typed(state, time="11:00"))
    assert not state.is_open
    assert len(await upcoming(tab)) == 3
    calendar = await tab.state(DoctorCalendar)
    (event,) = [each for each in calendar.events if each["title"] == "Pia Patient"]
    assert event["detail"] == "Overbooked · First visit"


async def test_what_cannot_be_is_said_in_the_dialog(tab: DoctorsTab, state: NewAppointment) -> None:
    await state.book(typed(state, date="2026-11-20"))
    assert state.problem.startswith("This time is past")
    assert state.is_open
    assert await upcoming(tab) == []
