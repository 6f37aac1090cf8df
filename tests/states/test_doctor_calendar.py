"""The calendar's handlers: what the address says is what is shown, and who may act."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.models import (
    Appointment,
    AppointmentSeries,
    AppointmentStatus,
    Approval,
    BlockKind,
    DoctorAtClinic,
    Person,
    TimeOff,
    VisitType,
    row_id,
)
from appointment_app.scheduling import visits
from appointment_app.states.doctor_calendar import DoctorCalendar
from tests.factories import (
    doctor_actor,
    make_appointment,
    make_block,
    make_clinic,
    make_patient,
    make_visit_type,
)
from tests.scheduling.doctors_day import MONDAY_EIGHT, book, stored
from tests.states.doctors_tab import DoctorsTab, done, log_in, open_doctors_tab
from tests.states.tabs import open_tab

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
TUESDAY_NINE = MONDAY_EIGHT + timedelta(days=1)


@pytest.fixture
async def appointment(tab: DoctorsTab) -> Appointment:
    """A booking for Tuesday at ten in Berlin that waits to be confirmed."""
    async with tab.database.session() as session:
        visit_type = await make_visit_type(
            session, tab.doctor, name="Check-up", needs_confirmation=True, position=1
        )
    return await book(
        tab.database,
        tab.doctor,
        tab.clinic,
        visit_type,
        TUESDAY_NINE,
        given_name="Nora",
        family_name="Lind",
    )


async def shown(tab: DoctorsTab, address: str) -> DoctorCalendar:
    tab.go_to(address)
    state = await tab.state(DoctorCalendar)
    await state.load()
    return state


async def opened(tab: DoctorsTab, appointment: Appointment) -> DoctorCalendar:
    state = await shown(tab, "/calendar?view=week&date=2026-11-23")
    await state.open_appointment(str(appointment.public_id))
    return state


async def test_the_address_says_what_is_shown(tab: DoctorsTab, appointment: Appointment) -> None:
    state = await shown(tab, "/calendar?view=week&date=2026-11-25")
    assert (state.title, state.weekends) == ("23 – 27 November 2026", False)
    (event,) = state.events
    assert event == {
        "id": str(appointment.public_id),
        "title": "Nora Lind",
        "start": "2026-11-24T08:00:00+00:00",
        "end": "2026-11-24T08:30:00+00:00",
        "kind": "pending",
        "movable": "yes",
        "detail": "To confirm · Check-up",
        "changed": "changed just now",
    }
    assert (state.today_count, state.to_confirm) == ("0", "0 to confirm")
    assert (state.filled, state.free) == ("1 %", "79 free slots")
    assert state.earlier_href == "/calendar?view=week&date=2026-11-18"
    assert state.later_href == "/calendar?view=week&date=2026-12-02"
    assert state.view_hrefs["month"] == "/calendar?view=month&date=2026-11-25"
    assert state.today_href == "/calendar?view=week&date=2026-11-23"


async def test_the_screen_chooses_the_view_when_the_address_names_none(tab: DoctorsTab) -> None:
    state = await shown(tab, "/calendar")
    assert (state.view, state.title) == ("", "")
    await state.show_dates("2026-11-23", "2026-11-24", "day")
    assert (state.view, state.title) == ("day", "Monday 23 November 2026")
    await state.show_dates("2026-11-23", "2026-11-30", "week")
    assert state.view == "day"


@pytest.mark.parametrize(
    "query", ["view=year&date=never", "date=9999-12-31", "date=0001-01-01", "zone=Europe/London"]
)
async def test_nonsense_in_the_address_shows_today(tab: DoctorsTab, query: str) -> None:
    state = await shown(tab, f"/calendar?{query}")
    assert (state.view, state.day, state.time_zone) == ("", "2026-11-23", "Europe/Berlin")


async def test_hours_and_appointments_decide_what_part_of_the_day_is_shown(
    tab: DoctorsTab,
) -> None:
    state = await shown(tab, "/calendar?view=day&date=2026-11-24")
    assert (state.first_hour, state.last_hour) == ("08:00:00", "18:00:00")
    assert state.closed[0] == {
        "start": "2026-11-23T23:00:00+00:00",
        "end": "2026-11-24T08:00:00+00:00",
    }


async def test_an_appointment_opens_with_all_about_it(
    tab: DoctorsTab, appointment: Appointment
) -> None:
    state = await opened(tab, appointment)
    detail = state.detail
    assert state.is_open
    assert (detail.patient, detail.status, detail.reason) == (
        "Nora Lind",
        "pending",
        "A rash on the arm",
    )
    assert detail.when == "Tuesday 24 November 2026, 09:00 – 09:30"
    assert (detail.can_confirm, detail.can_complete, detail.can_cancel) == (True, False, True)


async def test_confirming_twice_confirms_once(tab: DoctorsTab, appointment: Appointment) -> None:
    state = await opened(tab, appointment)
    assert "confirmed" in await done(state.confirm())
    assert await state.confirm() is None
    assert state.detail.status == "confirmed"
    assert state.events[0]["kind"] == "confirmed"
    assert (await stored(tab.database, appointment.public_id)).status is AppointmentStatus.CONFIRMED


async def test_what_somebody_else_did_first_is_told_and_shown(
    tab: DoctorsTab, appointment: Appointment
) -> None:
    state = await opened(tab, appointment)
    async with tab.database.session() as session:
        await visits.confirm(session, doctor_actor(tab.doctor), appointment.public_id)
    assert "already confirmed" in await done(state.confirm())
    assert state.detail.status == "confirmed"


async def test_closing_waits_for_the_start(tab: DoctorsTab, appointment: Appointment) -> None:
    state = await opened(tab, appointment)
    await state.confirm()
    assert await state.complete() is None
    with clock.frozen(TUESDAY_NINE):
        tab.cookie = await log_in(tab.database, tab.doctor.user_id)  # yesterday's has ended
        state = await opened(tab, appointment)
        await state.mark_no_show()
    assert state.detail.status == "no_show"
    assert state.events[0]["detail"] == "No-show · Check-up"


async def test_cancelling_needs_a_reason_which_stays_typed(
    tab: DoctorsTab, appointment: Appointment
) -> None:
    state = await opened(tab, appointment)
    assert await state.cancel({"cancel_reason": "Not asked for"}) is None
    await state.ask_reason()
    await state.cancel({"cancel_reason": " "})
    assert (state.is_cancelling, state.cancel_error) == (
        True,
        "Please give a reason: the patient is told why.",
    )
    await state.cancel({"cancel_reason": "The doctor is ill."})
    assert (state.is_cancelling, state.detail.status, state.events) == (False, "cancelled", [])
    again = await stored(tab.database, appointment.public_id)
    assert (again.status, again.cancel_reason) == (
        AppointmentStatus.CANCELLED,
        "The doctor is ill.",
    )


async def test_the_rest_of_a_series_is_cancelled_with_one_of_it(
    tab: DoctorsTab, appointment: Appointment
) -> None:
    async with tab.database.session() as session:
        together = AppointmentSeries(every_weeks=1, created_by=appointment.booked_by)
        session.add(together)
        await session.flush()
        first = await session.get_one(Appointment, appointment.id)
        visit_type = await session.get_one(VisitType, first.visit_type_id)
        person = await session.get_one(Person, first.person_id)
        next_week = first.starts_at + timedelta(days=7)
        second = await make_appointment(session, visit_type, tab.clinic, person, next_week)
        first.series_id = second.series_id = together.id
        await session.commit()
    state = await opened(tab, appointment)
    assert state.detail.following == 1
    await state.ask_reason()
    said = await state.cancel({"cancel_reason": "I move away.", "extent": "following"})
    assert "Cancelled appointments: 2." in str(said)
    for each in (first, second):
        now = await stored(tab.database, each.public_id)
        assert (now.status, now.cancel_reason) == (AppointmentStatus.CANCELLED, "I move away.")


async def test_notes_are_kept_while_they_are_typed_and_once_saved(
    tab: DoctorsTab, appointment: Appointment
) -> None:
    state = await opened(tab, appointment)
    await state.keep_notes("Half a sen")
    await state.close_appointment()
    await state.open_appointment(str(appointment.public_id))
    assert state.notes == "Half a sen"
    await state.save_notes({"notes": "Half a sentence"})
    await state.open_appointment(str(appointment.public_id))
    assert state.notes == "Half a sentence"
    assert (await stored(tab.database, appointment.public_id)).notes == "Half a sentence"


async def test_notes_that_changed_meanwhile_are_shown_beside_what_was_typed(
    tab: DoctorsTab, appointment: Appointment
) -> None:
    state = await opened(tab, appointment)
    async with tab.database.session() as session:
        await visits.write_notes(
            session,
            doctor_actor(tab.doctor),
            appointment.public_id,
            notes="From another tab",
            version=1,
        )
    await state.save_notes({"notes": "From this tab"})
    assert state.notes_of_others == "From another tab"
    assert "Somebody else changed this" in state.notes_error
    await state.save_notes({"notes": "Both"})
    assert (state.notes_of_others, state.notes_error) == ("", "")
    assert (await stored(tab.database, appointment.public_id)).notes == "Both"


async def test_an_unapproved_doctor_reads_that_the_approval_is_awaited(
    installed_database: Database,
) -> None:
    with clock.frozen(MONDAY_EIGHT):
        tab = await open_doctors_tab(installed_database, approval=Approval.PENDING)
        state = await shown(tab, "/calendar?view=day")
    assert "waits for approval" in state.approval_notice


async def test_two_zones_can_be_chosen_between(tab: DoctorsTab) -> None:
    async with tab.database.session() as session:
        boston = await make_clinic(session, name="Boston Clinic", zone="America/New_York")
        session.add(DoctorAtClinic(doctor_id=row_id(tab.doctor), clinic_id=row_id(boston)))
        await session.commit()
    state = await shown(tab, "/calendar?view=day&date=2026-11-23&zone=America/New_York")
    assert (state.time_zone, state.zone_name) == ("America/New_York", "New York")
    assert [zone[1] for zone in state.zones] == ["Berlin time", "New York time"]
    assert "zone=Europe%2FBerlin" in state.zones[0][2]
    assert "zone=America%2FNew_York" in state.later_href


async def test_nobody_is_led_to_the_login_page(installed_database: Database) -> None:
    root = open_tab("/calendar?view=week")
    state = await root.get_state(DoctorCalendar)
    assert "/login" in await done(state.load())
    assert "/login" in await done(state.open_appointment(str(uuid4())))
    assert state.events == []


async def test_a_patient_sees_that_the_page_is_for_doctors(
    tab: DoctorsTab, appointment: Appointment
) -> None:
    async with tab.database.session() as session:
        patient = await make_patient(session)
    assert patient.user_id is not None
    cookie = await log_in(tab.database, patient.user_id)
    state = await open_tab("/calendar?view=week", cookie=cookie).get_state(DoctorCalendar)
    await state.load()
    assert (state.refusal != "", state.events, state.is_loaded) == (True, [], True)
    for key in (str(appointment.public_id), "nonsense"):
        await state.open_appointment(key)
        assert (state.is_open, state.detail.patient) == (False, "")
    for handler in (state.confirm, state.complete, state.mark_no_show):
        assert await handler() is None
    await state.ask_reason()
    await state.cancel({"cancel_reason": "Because"})
    await state.save_notes({"notes": "Mine"})
    again = await stored(tab.database, appointment.public_id)
    assert (again.status, again.notes, again.version) == (AppointmentStatus.PENDING, "", 1)


async def test_time_off_and_sessions_stand_in_the_calendar(
    tab: DoctorsTab,
) -> None:
    begin = datetime(2026, 11, 25, 9, tzinfo=UTC)
    async with tab.database.session() as session:
        session.add(
            TimeOff(
                doctor_id=row_id(tab.doctor),
                first_day=date(2026, 11, 21),
                last_day=date(2026, 11, 24),
                note="Sailing",
            )
        )
        await make_block(
            session,
            tab.doctor,
            begin,
            20,
            kind=BlockKind.SESSION,
            clinic_id=row_id(tab.clinic),
            visit_type_id=row_id(tab.visit_type),
            starts_at=begin,
            ends_at=begin + timedelta(minutes=20),
            capacity=6,
            published=True,
        )
    calendar = await shown(tab, "/calendar?view=week&date=2026-11-23")
    away = [each for each in calendar.events if each["kind"] == "away"]
    assert [(each["title"], each["start"], each["id"]) for each in away] == [
        ("Time off · Sailing", "2026-11-22T23:00:00+00:00", ""),
        ("Time off · Sailing", "2026-11-23T23:00:00+00:00", ""),
    ]
    (session_there,) = [each for each in calendar.events if each["kind"] != "away"]
    assert session_there["start"] == begin.isoformat()
