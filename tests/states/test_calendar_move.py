"""Moving in the calendar without a browser: dropped, typed, asked about, undone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.models import (
    Appointment,
    AppointmentMove,
    AppointmentStatus,
    BusyBlock,
    Person,
)
from appointment_app.scheduling import cancelling
from appointment_app.states.calendar_move import MoveAppointment
from appointment_app.states.doctor_calendar import DoctorCalendar
from tests.factories import doctor_actor
from tests.scheduling.doctors_day import MONDAY_EIGHT, book, stored
from tests.states.doctors_tab import DoctorsTab, done, log_in, open_doctors_tab

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

TUESDAY_NINE = MONDAY_EIGHT + timedelta(days=1)  # by the clocks in Berlin
AN_HOUR = timedelta(hours=1)
CALENDAR = "/calendar?view=week&date=2026-11-23"


@pytest.fixture
async def tab(installed_database: Database) -> AsyncIterator[DoctorsTab]:
    with clock.frozen(MONDAY_EIGHT):
        tab = await open_doctors_tab(installed_database)
        tab.go_to(CALENDAR)
        yield tab


async def booked(tab: DoctorsTab, start: datetime, name: str) -> Appointment:
    return await book(
        tab.database,
        tab.doctor,
        tab.clinic,
        tab.visit_type,
        start,
        given_name=name,
        family_name="Lind",
    )


@pytest.fixture
async def nora(tab: DoctorsTab) -> Appointment:
    """Tuesday at nine."""
    return await booked(tab, TUESDAY_NINE, "Nora")


async def loaded(tab: DoctorsTab) -> tuple[DoctorCalendar, MoveAppointment]:
    calendar = await tab.state(DoctorCalendar)
    await calendar.load()
    return calendar, await tab.state(MoveAppointment)


def typed(date: str, time: str, reason: str = "") -> dict[str, str]:
    return {"date": date, "time": time, "reason": reason}


async def start_of(tab: DoctorsTab, row: Appointment) -> datetime:
    return (await stored(tab.database, row.public_id)).starts_at


async def test_a_drop_asks_once_moves_and_is_undone(tab: DoctorsTab, nora: Appointment) -> None:
    calendar, state = await loaded(tab)
    assert await state.drop(str(nora.public_id), "2026-11-24T10:15:00+01:00") is None
    assert state.is_open
    assert state.title == "Move Nora Lind to Tuesday 24 November 2026, 10:15?"
    assert (state.date, state.time, state.zone) == ("2026-11-24", "10:15", "Berlin time")
    assert (state.now, state.question) == ("Tuesday 24 November 2026, 09:00", "")
    assert await start_of(tab, nora) == TUESDAY_NINE

    said = await done(state.move(typed(state.date, state.time, "I am late")))
    assert "Nora Lind moved to Tuesday 24 November 2026, 10:15." in said
    assert "undo-move" in said
    assert (state.is_open, state.springs) == (False, 0)
    assert calendar.events[0]["start"] == "2026-11-24T09:15:00+00:00"
    async with tab.database.session() as session:
        (move,) = await session.exec(select(AppointmentMove))
    assert move.reason == "I am late"

    assert "Moved back to Tuesday 24 November 2026, 09:00" in await done(state.undo())
    assert await start_of(tab, nora) == TUESDAY_NINE
    assert calendar.events[0]["start"] == "2026-11-24T08:00:00+00:00"
    assert await state.undo() is None


async def test_what_is_not_moved_after_all_springs_back(tab: DoctorsTab, nora: Appointment) -> None:
    _, state = await loaded(tab)
    await state.drop(str(nora.public_id), "2026-11-24T10:15:00+01:00")
    await state.close()
    assert (state.is_open, state.springs) == (False, 1)
    await state.close()
    assert state.springs == 1
    assert await start_of(tab, nora) == TUESDAY_NINE
    # Nothing was dragged where the dialog was opened from the panel.
    await state.ask(str(nora.public_id))
    await state.close()
    assert state.springs == 1


@pytest.mark.parametrize(
    ("start", "sentence"),
    [
        ("2026-11-20T10:00:00+01:00", "This time is past"),
        ("2026-11-24T11:00:00+01:00", "already has an appointment at this time"),
        ("never", "could not find"),
        ("9999-12-31T10:00:00+01:00", "could not find"),
    ],
)
async def test_a_drop_that_cannot_be_springs_back_and_says_why(
    tab: DoctorsTab, nora: Appointment, start: str, sentence: str
) -> None:
    other = await open_doctors_tab(tab.database)
    async with tab.database.session() as session:
        person = await session.get_one(Person, nora.person_id)
    await book(
        other.database,
        other.doctor,
        other.clinic,
        other.visit_type,
        TUESDAY_NINE + 2 * AN_HOUR,
        patient=person,
    )
    _, state = await loaded(tab)
    assert sentence in await done(state.drop(str(nora.public_id), start))
    assert (state.is_open, state.springs) == (False, 1)
    assert await start_of(tab, nora) == TUESDAY_NINE


async def test_a_refused_drop_leaves_the_open_dialog_what_it_is_about(
    tab: DoctorsTab, nora: Appointment
) -> None:
    other = await booked(tab, TUESDAY_NINE + AN_HOUR, "Ida")
    _, state = await loaded(tab)
    await state.ask(str(nora.public_id))
    await state.drop(str(other.public_id), "2026-11-20T10:00:00+01:00")
    assert "Nora Lind moved" in await done(state.move(typed("2026-11-24", "15:00")))
    assert await start_of(tab, other) == TUESDAY_NINE + AN_HOUR


async def test_what_came_to_an_end_springs_back(tab: DoctorsTab, nora: Appointment) -> None:
    _, state = await loaded(tab)
    async with tab.database.session() as session:
        await cancelling.cancel(session, doctor_actor(tab.doctor), nora.public_id, reason="Ill")
    await state.drop(str(nora.public_id), "2026-11-24T10:15:00+01:00")
    assert (state.is_open, state.springs) == (False, 1)


async def test_a_date_and_a_time_do_it_without_dragging(tab: DoctorsTab, nora: Appointment) -> None:
    calendar, state = await loaded(tab)
    await calendar.open_appointment(str(nora.public_id))
    assert calendar.detail.can_move
    await state.ask(calendar.detail.id)
    assert (state.title, state.date, state.time) == ("Move Nora Lind", "2026-11-24", "09:00")
    for date, time, missing in (
        ("", "10:00", {"date"}),
        ("2026-11-24", "", {"time"}),
        ("soon", "25:00", {"date", "time"}),
        ("9999-12-31", "10:00", {"date"}),
    ):
        assert await state.move(typed(date, time)) is None
        assert state.errors.keys() == missing
    await state.move(typed("2026-11-26", "14:05"))
    assert not state.is_open
    assert await start_of(tab, nora) == TUESDAY_NINE + timedelta(days=2, hours=5, minutes=5)
    # The panel is out of the way of the button that undoes, and shows the new time, and the old.
    assert not calendar.is_open
    assert calendar.detail.when == "Thursday 26 November 2026, 14:05 – 14:35"
    assert calendar.detail.earlier == ["Tuesday 24 November 2026, 09:00"]


async def test_over_another_it_asks_and_the_answer_is_for_that_time_only(
    tab: DoctorsTab, nora: Appointment
) -> None:
    await booked(tab, TUESDAY_NINE + AN_HOUR, "Ben")
    await booked(tab, TUESDAY_NINE + 2 * AN_HOUR, "Cleo")
    calendar, state = await loaded(tab)
    await state.drop(str(nora.public_id), "2026-11-24T10:15:00+01:00")
    assert state.question == "At 10:00 Ben Lind has an appointment: First visit."
    # Typing another time over somebody else asks about that one.
    await state.move(typed("2026-11-24", "11:15"))
    assert state.question == "At 11:00 Cleo Lind has an appointment: First visit."
    assert await start_of(tab, nora) == TUESDAY_NINE
    await state.move(typed("2026-11-24", "11:15"))
    assert await start_of(tab, nora) == TUESDAY_NINE + timedelta(hours=2, minutes=15)
    async with tab.database.session() as session:
        moved = await session.get_one(Appointment, nora.id)
        assert (await session.get_one(BusyBlock, moved.block_id)).overbooked
    (event,) = [each for each in calendar.events if each["title"] == "Nora Lind"]
    assert event["detail"] == "Overbooked · First visit"


async def test_outside_the_hours_it_asks_too(tab: DoctorsTab, nora: Appointment) -> None:
    _, state = await loaded(tab)
    await state.ask(str(nora.public_id))
    await state.move(typed("2026-11-24", "20:00"))
    assert state.question == "This is outside the hours at Harbour Clinic."
    await state.move(typed("2026-11-24", "20:00"))
    assert await start_of(tab, nora) == TUESDAY_NINE + 11 * AN_HOUR


async def test_an_old_page_moves_nothing_until_it_was_read_again(
    tab: DoctorsTab, nora: Appointment
) -> None:
    _, state = await loaded(tab)
    await state.ask(str(nora.public_id))
    async with tab.database.session() as session:
        nora.version += 1
        await session.merge(nora)
        await session.commit()
    await state.move(typed("2026-11-24", "12:00"))
    assert state.problem.startswith("Somebody else changed this")
    assert state.is_open
    await state.move(typed("2026-11-24", "12:00"))
    assert await start_of(tab, nora) == TUESDAY_NINE + 3 * AN_HOUR


async def test_a_time_that_somebody_took_meanwhile_is_not_undone(
    tab: DoctorsTab, nora: Appointment
) -> None:
    _, state = await loaded(tab)
    await state.ask(str(nora.public_id))
    await state.move(typed("2026-11-24", "12:00"))
    await booked(tab, TUESDAY_NINE, "Ben")
    assert "At 09:00 Ben Lind has an appointment" in await done(state.undo())
    assert await start_of(tab, nora) == TUESDAY_NINE + 3 * AN_HOUR


async def test_what_stood_outside_the_hours_can_be_put_back_there(
    tab: DoctorsTab, nora: Appointment
) -> None:
    _, state = await loaded(tab)
    await state.ask(str(nora.public_id))
    await state.move(typed("2026-11-24", "20:00"))
    await state.move(typed("2026-11-24", "20:00"))
    await state.ask(str(nora.public_id))
    await state.move(typed("2026-11-24", "12:00"))
    await state.undo()
    assert await start_of(tab, nora) == TUESDAY_NINE + 11 * AN_HOUR


async def test_a_patient_is_checked_in_in_the_panel(tab: DoctorsTab, nora: Appointment) -> None:
    calendar, _ = await loaded(tab)
    await calendar.open_appointment(str(nora.public_id))
    assert not calendar.detail.can_check_in
    with clock.frozen(TUESDAY_NINE - AN_HOUR / 2):
        tab.cookie = await log_in(tab.database, tab.doctor.user_id)  # yesterday's has ended
        tab.go_to(CALENDAR)
        await calendar.open_appointment(str(nora.public_id))
        assert calendar.detail.can_check_in
        assert "Checked in" in await done(calendar.check_in())
        assert (calendar.detail.status, calendar.detail.can_undo_check_in) == ("checked_in", True)
        assert (calendar.detail.can_confirm, calendar.detail.can_move) == (False, False)
        assert calendar.events[0]["detail"] == "Checked in · First visit"
        assert calendar.events[0]["movable"] == ""
        await calendar.undo_check_in()
    assert (await stored(tab.database, nora.public_id)).status is AppointmentStatus.CONFIRMED


@pytest.mark.parametrize("is_mailed", [True, False])
async def test_the_form_says_whether_the_patient_is_mailed(
    tab: DoctorsTab, nora: Appointment, is_mailed: bool
) -> None:
    async with tab.database.session() as session, session.begin():
        person = await session.get_one(Person, nora.person_id)
        person.email = "nora@mail.example" if is_mailed else None
        person.user_id, person.phone = None, ""
    calendar, state = await loaded(tab)
    said = (
        ("The patient is told by mail.", "The patient is told this reason.")
        if is_mailed
        else (
            "There is no mail address: tell the patient yourself.",
            "It is kept with the appointment; nobody is mailed it.",
        )
    )
    await state.ask(str(nora.public_id))
    assert (state.told.words, state.told.reason) == said
    await state.close()
    await state.drop(str(nora.public_id), "2026-11-24T10:15:00+01:00")
    assert (state.told.words, state.told.reason) == said
    await calendar.open_appointment(str(nora.public_id))
    assert (calendar.detail.told.words, calendar.detail.told.reason) == said
