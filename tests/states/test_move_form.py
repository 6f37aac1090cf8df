"""Choosing another time without a browser: the doctor's page, the question, the appointment."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from appointment_app.models import Appointment, AppointmentStatus, BookableBy, Person
from appointment_app.scheduling.cancelling import cancel
from appointment_app.states.address import address
from appointment_app.states.doctor_profile import DoctorProfile
from appointment_app.states.move_form import MoveForm
from appointment_app.states.moving import move_link
from appointment_app.states.my_appointments import MyAppointments
from appointment_app.states.shared_doctor_page import DAYS
from tests.factories import make_appointment, make_patient, make_visit_type, patient_actor
from tests.scheduling.doctors_day import MONDAY_EIGHT, book, stored
from tests.states.patients_tab import TUESDAY_TEN, Practice, Tab
from tests.states.tabs import run

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

HALF_AN_HOUR = timedelta(minutes=30)
DAY = timedelta(days=1)


@pytest.fixture
async def tab(practice: Practice) -> Tab:
    return await practice.tab(practice.patient)


@pytest.fixture
async def appointment(practice: Practice) -> Appointment:
    """Pia's, on Tuesday at ten."""
    return await add(practice, practice.patient)


async def add(practice: Practice, person: Person, start: datetime = TUESDAY_TEN) -> Appointment:
    async with practice.database.session() as session:
        return await make_appointment(
            session, practice.visit_type, practice.clinic, person, start, place="Quay Street 1"
        )


async def asked(practice: Practice, tab: Tab, row: Appointment, start: datetime) -> MoveForm:
    """The question whether to move there, as it loads."""
    tab.go_to(move_link(row.public_id, practice.clinic.public_id, start))
    state = await tab.state(MoveForm)
    await state.load()
    return state


async def doctors_page(practice: Practice, tab: Tab, **query: object) -> DoctorProfile:
    tab.go_to(address("/doctor", id=practice.doctor.public_id, **query))
    state = await tab.state(DoctorProfile)
    await state.load()
    return state


async def test_my_appointment_leads_to_the_free_times(
    practice: Practice, tab: Tab, appointment: Appointment
) -> None:
    tab.go_to(f"/appointment?id={appointment.public_id}")
    mine = await tab.state(MyAppointments)
    await run(mine.load_one())
    assert mine.appointment.can_move
    tab.go_to(mine.appointment.other_times)
    page = await tab.state(DoctorProfile)
    await page.load()
    assert page.page.moving.when == "Tuesday 24 November 2026, 10:00"
    assert page.page.problem == ""
    tuesday = page.day_2
    # The time that it has itself is no obstacle, and every time leads to the question.
    assert [slot.time for slot in tuesday.slots][:5] == [
        "08:00",
        "08:30",
        "09:00",
        "09:30",
        "10:00",
    ]
    assert page.page.slot_links.startswith("/move?appointment=")
    assert f"move={appointment.public_id}" in page.page.next_week
    assert all(f"move={appointment.public_id}" in getattr(page, day).href for day in DAYS)


async def test_only_the_same_visit_can_be_chosen(
    practice: Practice, tab: Tab, appointment: Appointment
) -> None:
    async with practice.database.session() as session:
        other = await make_visit_type(session, practice.doctor, name="Long", duration=60)
    page = await doctors_page(practice, tab, type=other.public_id, move=appointment.public_id)
    assert [choice.label for choice in page.page.visit_types] == ["First visit · 30 min"]


@pytest.mark.parametrize("what", ["a stranger's", "begun", "nonsense"])
async def test_what_cannot_be_moved_is_said(
    practice: Practice, tab: Tab, appointment: Appointment, what: str
) -> None:
    move: object = appointment.public_id
    if what == "a stranger's":
        move = (await add(practice, await practice.person(), TUESDAY_TEN + DAY)).public_id
    elif what == "begun":
        move = (await add(practice, practice.patient, MONDAY_EIGHT - HALF_AN_HOUR)).public_id
    else:
        move = "nonsense"
    page = await doctors_page(practice, tab, move=move)
    assert page.page.moving.href == ""
    assert page.page.problem.startswith("That appointment cannot be moved any more")
    assert page.page.slot_links.startswith("/book?")


async def test_the_question_names_both_times_and_moves(
    practice: Practice, tab: Tab, appointment: Appointment
) -> None:
    state = await asked(practice, tab, appointment, TUESDAY_TEN + HALF_AN_HOUR)
    assert (state.is_missing, state.is_taken, state.problem) == (False, False, "")
    assert state.change.old_when == "Tuesday 24 November 2026, 10:00"
    assert state.change.new_when == "Tuesday 24 November 2026, 10:30"
    assert "/appointment" in str(await run(state.submit()))
    moved = await stored(practice.database, appointment.public_id)
    assert moved.starts_at == TUESDAY_TEN + HALF_AN_HOUR
    # The second of two clicks, and the page that is opened again, lead to the appointment.
    assert "/appointment" in str(await run(state.submit()))
    assert "/appointment" in str(await state.load())

    tab.go_to(f"/appointment?id={appointment.public_id}&moved=1")
    mine = await tab.state(MyAppointments)
    await run(mine.load_one())
    assert mine.moved.startswith(
        "Moved from Tuesday 24 November 2026, 10:00 to Tuesday 24 November 2026, 10:30."
    )
    assert [each.when for each in mine.appointment.earlier] == ["Tuesday 24 November 2026, 10:00"]


async def test_a_time_that_is_gone_offers_the_nearest(
    practice: Practice, tab: Tab, appointment: Appointment
) -> None:
    wanted = TUESDAY_TEN + 2 * HALF_AN_HOUR
    state = await asked(practice, tab, appointment, wanted)
    await add(practice, await practice.person(), wanted)
    await run(state.submit())
    assert state.is_taken
    assert state.problem.startswith("This time was just taken by somebody else.")
    assert [choice.label[-5:] for choice in state.alternatives] == ["10:00", "10:30", "11:30"]
    assert all(choice.href.startswith("/move?") for choice in state.alternatives)
    assert (await stored(practice.database, appointment.public_id)).starts_at == TUESDAY_TEN
    state = await asked(practice, tab, appointment, wanted)
    assert (state.is_taken, state.problem) == (True, "This time is not free.")


async def test_an_open_question_says_at_once_what_somebody_else_did(
    practice: Practice, tab: Tab, appointment: Appointment
) -> None:
    wanted = TUESDAY_TEN + 2 * HALF_AN_HOUR
    state = await asked(practice, tab, appointment, wanted)
    somebody = await practice.person()
    other = await add(practice, somebody, wanted)
    await run(state.refresh())
    assert state.is_taken
    assert state.problem.startswith("This time was just taken by somebody else.")
    assert [choice.label[-5:] for choice in state.alternatives] == ["10:00", "10:30", "11:30"]
    async with practice.database.session() as session:
        await cancel(session, await patient_actor(session, somebody), other.public_id)
    await run(state.refresh())
    assert (state.is_taken, state.problem, state.alternatives) == (False, "", [])
    async with practice.database.session() as session:
        appointment.version += 1
        await session.merge(appointment)
        await session.commit()
    await run(state.refresh())
    assert state.problem.startswith("The appointment was changed just now.")
    assert "/appointment" in str(await run(state.submit()))
    # Its own change is no news to it, unless what it was told went under with its connection.
    assert await state.refresh() is None
    tab.go_to(f"/move?{state.router.url.query}", connection="the next")
    assert "/appointment" in str(await state.refresh())


async def test_what_changed_meanwhile_is_not_moved(
    practice: Practice, tab: Tab, appointment: Appointment
) -> None:
    state = await asked(practice, tab, appointment, TUESDAY_TEN + HALF_AN_HOUR)
    async with practice.database.session() as session:
        appointment.version += 1
        await session.merge(appointment)
        await session.commit()
    await run(state.submit())
    assert state.problem.startswith("Somebody else changed this")
    await state.load()
    await run(state.submit())
    moved = await stored(practice.database, appointment.public_id)
    assert moved.starts_at == TUESDAY_TEN + HALF_AN_HOUR


@pytest.mark.parametrize("query", ["", "?appointment=x", "?appointment={id}&start=never"])
async def test_an_address_that_makes_no_sense(
    practice: Practice, tab: Tab, appointment: Appointment, query: str
) -> None:
    tab.go_to("/move" + query.format(id=appointment.public_id))
    state = await tab.state(MoveForm)
    await state.load()
    assert (state.is_loaded, state.is_missing) == (True, True)
    assert "could not find" in str(await run(state.submit()))


async def test_a_guardian_moves_what_is_the_childs(practice: Practice) -> None:
    async with practice.database.session() as session:
        guardian = await make_patient(session, given_name="Greta", family_name="Keller")
        child = await make_patient(session, guardian=guardian, given_name="Kim")
    row = await add(practice, child)
    tab = await practice.tab(guardian)
    state = await asked(practice, tab, row, TUESDAY_TEN + HALF_AN_HOUR)
    assert state.change.whose == "for Kim Patient"
    await run(state.submit())
    moved = await stored(practice.database, row.public_id)
    assert moved.starts_at == TUESDAY_TEN + HALF_AN_HOUR


async def test_who_only_sees_the_appointment_cannot_move_it_here(
    practice: Practice, appointment: Appointment
) -> None:
    tab = await practice.tab(practice.doctor)
    state = await asked(practice, tab, appointment, TUESDAY_TEN + HALF_AN_HOUR)
    assert state.is_missing
    await run(state.submit())
    assert (await stored(practice.database, appointment.public_id)).starts_at == TUESDAY_TEN


@pytest.mark.parametrize("change", ["checked in", "staff only", "no longer offered"])
async def test_no_button_for_what_cannot_be_moved(
    practice: Practice, tab: Tab, appointment: Appointment, change: str
) -> None:
    visit_type = practice.visit_type
    if change == "checked in":
        appointment.status = AppointmentStatus.CHECKED_IN
    elif change == "staff only":
        visit_type.bookable_by = BookableBy.STAFF
    else:
        visit_type.active = False
    async with practice.database.session() as session:
        await session.merge(appointment)
        await session.merge(visit_type)
        await session.commit()
    tab.go_to(f"/appointment?id={appointment.public_id}")
    mine = await tab.state(MyAppointments)
    await run(mine.load_one())
    assert (mine.appointment.can_move, mine.appointment.can_cancel) == (False, True)
    state = await asked(practice, tab, appointment, TUESDAY_TEN + HALF_AN_HOUR)
    assert state.is_missing


async def test_a_seat_in_a_group_session_moves_to_another_one(practice: Practice) -> None:
    async with practice.database.session() as session:
        group = await make_visit_type(session, practice.doctor, name="Group", capacity=2)
    people = [practice.patient, await practice.person()]
    rows = [
        await book(
            practice.database,
            practice.doctor,
            practice.clinic,
            group,
            TUESDAY_TEN + number * HALF_AN_HOUR,
            patient=person,
        )
        for number, person in enumerate(people)
    ]
    tab = await practice.tab(practice.patient)
    page = await doctors_page(practice, tab, move=rows[0].public_id)
    assert page.page.moving.when == "Tuesday 24 November 2026, 10:00"
    state = await asked(practice, tab, rows[0], TUESDAY_TEN + HALF_AN_HOUR)
    assert (state.is_missing, state.is_taken) == (False, False)
    await run(state.submit())
    moved, other = await practice.appointments()
    assert (moved.block_id, moved.seat) == (other.block_id, 1)
