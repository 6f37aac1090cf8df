"""The booking form's handlers: what the address asks for is booked once, what was typed stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from sqlmodel import select

from appointment_app import clock
from appointment_app.models import AppointmentStatus, WeeklyHours
from appointment_app.scheduling import cancelling
from appointment_app.scheduling.booking import REASON_LIMIT
from appointment_app.scheduling.holds import HOLD_FOR
from appointment_app.states.booking_address import booking_link
from appointment_app.states.booking_form import BookingForm
from appointment_app.states.held_time import HeldTime
from tests.factories import (
    UNKNOWN_ID,
    make_appointment,
    make_clinic,
    make_doctor,
    make_visit_type,
    offer_of,
    patient_actor,
)
from tests.scheduling.doctors_day import MONDAY_EIGHT, book
from tests.states.patients_tab import TUESDAY_TEN, Practice, Tab
from tests.states.tabs import run

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
async def tab(practice: Practice) -> Tab:
    return await practice.tab(practice.patient)


async def opened(tab: Tab, address: str) -> BookingForm:
    tab.go_to(address)
    form = await tab.state(BookingForm)
    await form.load()
    return form


async def submitted(form: BookingForm, typed: Any = None) -> str:
    """Submit; what was sent back to the browser, as text to look into."""
    return str(await run(form.submit({"reason": ""} if typed is None else typed)))


async def test_the_address_is_shown_in_words(practice: Practice, tab: Tab) -> None:
    form = await opened(tab, practice.link)
    summary = form.summary
    assert (summary.when, summary.zone) == ("Tuesday 24 November 2026, 10:00", "Berlin time")
    assert (summary.short_when, summary.own_time) == ("Tue 24 Nov, 10:00", "")
    assert summary.doctor_name == practice.doctor.full_name
    assert summary.other_times.endswith("&day=2026-11-24")
    assert [choice.label for choice in form.visit_types] == ["First visit · 30 min"]
    assert (form.is_loaded, form.is_missing, form.is_taken) == (True, False, False)


async def test_a_visitor_whose_clock_differs_reads_both(practice: Practice) -> None:
    tab = await practice.tab(cookies="own-zone=America%2FNew_York")
    assert (await opened(tab, practice.link)).summary.own_time == "04:00 your time"


async def test_what_was_typed_is_booked(practice: Practice, tab: Tab) -> None:
    form = await opened(tab, practice.link)
    sent = await submitted(form, {"reason": "My knee"})
    (stored,) = await practice.appointments()
    assert f"/appointment?id={stored.public_id}&new=1" in sent
    assert (stored.person_id, stored.reason) == (practice.patient.id, "My knee")
    assert (form.reason, form.is_booking) == ("", False)


async def test_submitted_twice_it_is_booked_once(practice: Practice, tab: Tab) -> None:
    form = await opened(tab, practice.link)
    for _ in range(2):
        sent = await submitted(form)
        (stored,) = await practice.appointments()
        assert f"/appointment?id={stored.public_id}&new=1" in sent


async def test_the_link_of_what_one_has_booked_leads_there(practice: Practice, tab: Tab) -> None:
    await submitted(await opened(tab, practice.link))
    (stored,) = await practice.appointments()
    for again in (tab, await practice.tab(practice.patient)):
        again.go_to(practice.link)
        sent = str(await (await again.state(BookingForm)).load())
        assert f"/appointment?id={stored.public_id}" in sent
        assert "new=1" not in sent


async def test_a_page_whose_confirmation_was_lost_with_its_connection_is_told_anew(
    practice: Practice, tab: Tab
) -> None:
    form = await opened(tab, practice.link)
    await submitted(form)
    # It is on its way to the appointment: its own booking is no news to it.
    assert await form.refresh() is None
    (stored,) = await practice.appointments()
    tab.go_to(practice.link, connection="the next")
    assert f"/appointment?id={stored.public_id}" in str(await form.refresh())


async def test_a_second_tab_of_the_same_person_leads_to_the_appointment(
    practice: Practice, tab: Tab
) -> None:
    second = await opened(await practice.tab(practice.patient), practice.link)
    with clock.frozen(MONDAY_EIGHT + HOLD_FOR):
        await submitted(await opened(tab, practice.link))
    (stored,) = await practice.appointments()
    assert f"/appointment?id={stored.public_id}" in await submitted(second)
    assert not second.is_taken


async def test_what_was_cancelled_can_be_booked_again_in_the_same_tab(
    practice: Practice, tab: Tab
) -> None:
    await submitted(await opened(tab, practice.link))
    (first,) = await practice.appointments()
    async with practice.database.session() as session:
        actor = await patient_actor(session, practice.patient)
        await cancelling.cancel(session, actor, first.public_id)
    await submitted(await opened(tab, practice.link))
    _, second = await practice.appointments()
    assert second.status is AppointmentStatus.CONFIRMED


async def test_nobody_is_led_to_the_login_and_comes_back_to_what_was_typed(
    practice: Practice,
) -> None:
    nobody = await practice.tab()
    form = await opened(nobody, practice.link)
    sent = await submitted(form, {"reason": "My knee"})
    assert "/login?next=%2Fbook%3Fdoctor%3D" in sent
    assert not form.is_booking

    nobody.cookie = (await practice.tab(practice.patient)).cookie
    form = await opened(nobody, practice.link)
    assert form.reason == "My knee"
    await submitted(form, {"reason": form.reason})
    assert [each.reason for each in await practice.appointments()] == ["My knee"]


async def test_what_was_typed_for_one_doctor_is_not_told_another(
    practice: Practice, tab: Tab
) -> None:
    form = await opened(tab, practice.link)
    await form.keep_reason("My knee")
    await opened(tab, practice.link.replace("T09", "T10"))
    assert form.reason == "My knee"
    async with practice.database.session() as session:
        other = await make_doctor(session, practice.clinic)
        offer = offer_of(other, practice.clinic, await make_visit_type(session, other))
    await opened(tab, booking_link(offer, TUESDAY_TEN))
    assert form.reason == ""


async def test_a_reason_that_is_too_long_is_said_at_the_field(practice: Practice, tab: Tab) -> None:
    form = await opened(tab, practice.link)
    too_long = "x" * (REASON_LIMIT + 1)
    await submitted(form, {"reason": too_long})
    assert form.reason_error == f"Please use at most {REASON_LIMIT} characters."
    assert (form.reason, form.problem, form.is_taken) == (too_long, "", False)
    assert await practice.appointments() == []


async def test_a_time_that_is_taken_meanwhile(practice: Practice, tab: Tab) -> None:
    form = await opened(tab, practice.link)
    with clock.frozen(MONDAY_EIGHT + HOLD_FOR):
        await book(
            practice.database, practice.doctor, practice.clinic, practice.visit_type, TUESDAY_TEN
        )
    await submitted(form, {"reason": "My knee"})
    assert form.is_taken
    assert form.problem == "This time was just taken by somebody else. Nothing was booked."
    times = [choice.label.rpartition(", ")[2] for choice in form.alternatives]
    assert times == ["09:00", "09:30", "10:30"]
    assert form.reason == "My knee"

    await opened(tab, form.alternatives[2].href)
    assert not form.is_taken
    await submitted(form, {"reason": form.reason})
    _, mine = await practice.appointments()
    assert mine.starts_at == TUESDAY_TEN + timedelta(minutes=30)


async def test_a_time_that_becomes_too_near_meanwhile_offers_others(
    practice: Practice, tab: Tab
) -> None:
    form = await opened(tab, practice.link)
    with clock.frozen(TUESDAY_TEN + timedelta(minutes=1)):
        tab.cookie = (await practice.tab(practice.patient)).cookie
        tab.go_to(practice.link)
        await submitted(form)
    assert form.problem == "This time is too soon to be booked online."
    assert [choice.label[-5:] for choice in form.alternatives] == ["10:30", "11:00", "11:30"]


async def test_hours_that_move_meanwhile_offer_the_times_around(
    practice: Practice, tab: Tab
) -> None:
    form = await opened(tab, practice.link)
    async with practice.database.session() as session:
        (tuesday,) = await session.exec(select(WeeklyHours).where(WeeklyHours.weekday == 1))
        tuesday.opens = 9 * 60 + 10
        session.add(tuesday)
        await session.commit()
    await submitted(form)
    for problem in (form.problem, (await opened(tab, practice.link)).problem):
        assert problem.startswith("The free times have changed meanwhile")
    assert [choice.label[-5:] for choice in form.alternatives] == ["09:40", "10:10", "10:40"]


async def test_somebody_busy_elsewhere_is_told_so_and_offered_times_that_suit(
    practice: Practice, tab: Tab
) -> None:
    form = await opened(tab, practice.link)
    async with practice.database.session() as session:
        clinic = await make_clinic(session)
        other = await make_doctor(session, clinic)
        visit_type = await make_visit_type(session, other, duration=60)
        await make_appointment(session, visit_type, clinic, practice.patient, TUESDAY_TEN)
    await submitted(form)
    assert form.problem.startswith("The patient already has an appointment at this time.")
    assert [choice.label[-5:] for choice in form.alternatives] == ["09:00", "09:30", "11:00"]


async def test_an_account_that_is_no_patient_is_told_so(practice: Practice) -> None:
    async with practice.database.session() as session:
        doctor = await make_doctor(session, practice.clinic)
    account = await practice.tab(doctor)
    form = await opened(account, practice.link)
    await submitted(form)
    assert form.problem == "This account is not a patient's, so it cannot book for itself."
    assert await practice.appointments() == []


@pytest.mark.parametrize(
    "start",
    [
        "",
        "tomorrow",
        "2026-11-24",
        "2026-11-24T10:00:00",
        "2026-11-24T09:00:00 00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-11-24T09:00:00+99:00",
        "\x00",
    ],
)
async def test_a_start_that_is_none_is_no_visit(practice: Practice, tab: Tab, start: str) -> None:
    form = await opened(tab, practice.link.partition("start=")[0] + f"start={quote(start)}")
    assert (form.is_loaded, form.is_missing) == (True, True)
    assert await submitted(form) == "[]"


@pytest.mark.parametrize("name", ["doctor", "clinic", "type"])
@pytest.mark.parametrize("value", ["", "1", "None", UNKNOWN_ID, "%F0%9F%92%A9"])
async def test_an_id_that_is_none_is_no_visit(
    practice: Practice, tab: Tab, name: str, value: str
) -> None:
    path, _, query = practice.link.partition("?")
    pairs = dict(pair.split("=") for pair in query.split("&")) | {name: value}
    form = await opened(tab, f"{path}?" + "&".join(f"{k}={v}" for k, v in pairs.items()))
    assert (form.is_loaded, form.is_missing) == (True, True)


@pytest.mark.parametrize("typed", ["x", 5, [], {}, {"reason": 5}, {"reason": None}, {"other": {}}])
async def test_a_form_that_no_page_sends_is_a_form_without_reason(
    practice: Practice, tab: Tab, typed: Any
) -> None:
    form = await opened(tab, practice.link)
    await form.keep_reason(typed)
    await submitted(form, typed)
    (stored,) = await practice.appointments()
    assert stored.reason == ""


async def test_the_open_form_says_at_once_that_its_time_is_gone_and_when_it_is_back(
    practice: Practice, tab: Tab
) -> None:
    form = await opened(tab, practice.link)
    await form.keep_reason("My knee")
    held = await tab.state(HeldTime)
    await form.refresh()
    assert (form.is_taken, form.notice, held.seconds) == (False, "", 300)

    with clock.frozen(MONDAY_EIGHT + HOLD_FOR):
        other = await practice.tab()
        await opened(other, practice.link)
        await form.refresh()
        assert "being booked by somebody else" in form.problem
        assert [choice.label[-5:] for choice in form.alternatives] == ["09:00", "09:30", "10:30"]
        await (await other.state(HeldTime)).leave("/")
        await form.refresh()
        assert (form.is_taken, form.problem, form.notice) == (False, "", "This time is free again.")
        # Nobody may be there: it is kept again only for who asks for it.
        assert held.seconds == 0
        await form.keep_time()
        assert (form.notice, held.seconds) == ("", 300)

    with clock.frozen(MONDAY_EIGHT + 2 * HOLD_FOR):
        await book(
            practice.database, practice.doctor, practice.clinic, practice.visit_type, TUESDAY_TEN
        )
        await form.refresh()
    assert (form.is_taken, form.problem) == (True, "This time is no longer free.")
    assert len(form.alternatives) == 3
    assert form.reason == "My knee"
