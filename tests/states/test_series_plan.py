"""Repeating an appointment from the booking form: each date is seen before it is agreed to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointment_app.models import Appointment
from appointment_app.states.booking_form import BookingForm
from appointment_app.states.doctor_calendar import DoctorCalendar
from appointment_app.states.my_appointments import MyAppointments
from appointment_app.states.series_plan import SeriesPlan
from tests.factories import make_appointment
from tests.states.patients_tab import TUESDAY_TEN, Practice, Tab
from tests.states.tabs import run

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

WEEK = timedelta(days=7)


@pytest.fixture
async def tab(practice: Practice) -> Tab:
    return await practice.tab(practice.patient)


async def planned(
    tab: Tab, practice: Practice, every: str = "1", times: str = "3"
) -> tuple[BookingForm, SeriesPlan]:
    """The form with a rhythm chosen."""
    tab.go_to(practice.link)
    form, plan = await tab.state(BookingForm), await tab.state(SeriesPlan)
    await form.load()
    await plan.choose_times(times)
    await plan.choose_rhythm(every)
    return form, plan


async def take(practice: Practice, weeks: int) -> Appointment:
    """Let somebody else book the same time so many weeks later."""
    other = await practice.person()
    async with practice.database.session() as session:
        return await make_appointment(
            session, practice.visit_type, practice.clinic, other, TUESDAY_TEN + weeks * WEEK
        )


async def test_nothing_repeats_unless_somebody_wants_it(practice: Practice, tab: Tab) -> None:
    form, plan = await planned(tab, practice, every="")
    assert (plan.dates, plan.bookable, plan.problem) == ([], 0, "")
    await run(form.submit({"reason": ""}))
    (booked,) = await practice.appointments()
    assert booked.series_id is None


async def test_each_date_is_shown_with_what_stands_in_its_way(practice: Practice, tab: Tab) -> None:
    await take(practice, weeks=2)
    _, plan = await planned(tab, practice, every="2")
    assert [(date.label, date.refusal) for date in plan.dates] == [
        ("Tuesday 24 November 2026, 10:00", ""),
        ("Tuesday 8 December 2026, 10:00", "This time is not free."),
        ("Tuesday 22 December 2026, 10:00", ""),
    ]
    assert (plan.bookable, plan.problem) == (2, "")


async def test_what_was_shown_is_booked(practice: Practice, tab: Tab) -> None:
    await take(practice, weeks=1)
    form, plan = await planned(tab, practice)
    sent = str(await run(form.submit({"reason": "My knee"})))
    _, *mine = await practice.appointments()
    assert [each.starts_at for each in mine] == [TUESDAY_TEN, TUESDAY_TEN + 2 * WEEK]
    assert {each.reason for each in mine} == {"My knee"}
    assert f"/appointment?id={mine[0].public_id}&new=1" in sent
    assert (plan.every, plan.dates) == ("", [])


async def test_a_date_that_is_lost_meanwhile_books_nothing_and_is_shown(
    practice: Practice, tab: Tab
) -> None:
    form, plan = await planned(tab, practice)
    await take(practice, weeks=2)
    await run(form.submit({"reason": ""}))
    assert form.problem == (
        "Tuesday 8 December 2026, 10:00: This time is not free. Nothing was booked."
    )
    assert not form.is_taken
    assert [date.refusal for date in plan.dates] == ["", "", "This time is not free."]
    assert len(await practice.appointments()) == 1
    await run(form.submit({"reason": ""}))
    assert len(await practice.appointments()) == 3


async def test_nobody_plans_logs_in_and_sees_their_own_conflicts(practice: Practice) -> None:
    async with practice.database.session() as session:
        await make_appointment(
            session,
            practice.visit_type,
            practice.clinic,
            practice.patient,
            TUESDAY_TEN + WEEK + timedelta(minutes=15),
        )
    nobody = await practice.tab()
    form, plan = await planned(nobody, practice)
    assert "/login" in str(await run(form.submit({"reason": ""})))
    nobody.cookie = (await practice.tab(practice.patient)).cookie
    nobody.go_to(practice.link)
    await form.load()
    assert (plan.every, plan.times, plan.bookable) == ("1", "3", 2)
    assert plan.dates[1].refusal != ""


async def test_with_no_other_date_it_is_one_appointment(practice: Practice, tab: Tab) -> None:
    for weeks in (1, 2):
        await take(practice, weeks)
    form, plan = await planned(tab, practice)
    assert plan.bookable == 0
    assert plan.problem == "The other dates cannot be booked: you book this one alone."
    await run(form.submit({"reason": ""}))
    assert (await practice.appointments())[-1].series_id is None


@pytest.mark.parametrize("value", ["0", "53", "-1", "x", "1.5", "²", " 1"])
async def test_what_no_list_offers_is_not_chosen(practice: Practice, tab: Tab, value: str) -> None:
    _, plan = await planned(tab, practice)
    await plan.choose_rhythm(value)
    await plan.choose_times(value)
    assert (plan.every, plan.times) == ("1", "3")


async def test_a_series_is_seen_and_cancelled_from_one_date_on(
    practice: Practice, tab: Tab
) -> None:
    form, _ = await planned(tab, practice, times="4")
    await run(form.submit({"reason": ""}))
    booked = await practice.appointments()
    tab.go_to(f"/appointment?id={booked[1].public_id}")
    mine = await tab.state(MyAppointments)
    await run(mine.load_one())
    shown = mine.appointment
    assert (shown.series, shown.following) == ("Part of a series (2 of 4)", 2)
    assert [date.is_this for date in shown.series_dates] == [False, True, False, False]

    await mine.ask(str(booked[1].public_id))
    sent = str(await run(mine.cancel_appointment({"extent": "following", "cancel_reason": ""})))
    assert "Cancelled appointments: 3." in sent
    assert [each.active for each in await practice.appointments()] == [True, False, False, False]
    assert mine.appointment.series_dates[3].label == "Tuesday 15 December 2026, 10:00 (cancelled)"


async def test_only_one_of_a_series_is_cancelled(practice: Practice, tab: Tab) -> None:
    form, _ = await planned(tab, practice)
    await run(form.submit({"reason": ""}))
    booked = await practice.appointments()
    mine = await tab.state(MyAppointments)
    for extent in ("this", "nonsense"):
        key = booked[0 if extent == "this" else 1].public_id
        await mine.ask(str(key))
        await run(mine.cancel_appointment({"extent": extent, "cancel_reason": ""}))
    assert [each.active for each in await practice.appointments()] == [False, False, True]


async def test_the_doctor_reads_that_it_is_part_of_a_series(practice: Practice, tab: Tab) -> None:
    form, _ = await planned(tab, practice)
    await run(form.submit({"reason": ""}))
    second = (await practice.appointments())[1]
    doctor = await practice.tab(practice.doctor)
    doctor.go_to("/calendar?view=week&date=2026-11-30")
    calendar = await doctor.state(DoctorCalendar)
    await calendar.load()
    await calendar.open_appointment(str(second.public_id))
    assert calendar.detail.series == "Part of a series (2 of 3)"
