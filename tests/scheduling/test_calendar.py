"""What a doctor's calendar shows, and to whom."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.database import Database
from appointment_app.errors import Forbidden, LoginRequired, NotFound
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    Approval,
    Clinic,
    Doctor,
    DoctorAtClinic,
    VisitMode,
    VisitType,
    WeeklyHours,
    row_id,
)
from appointment_app.scheduling import calendar, cancelling, visits
from appointment_app.scheduling.calendar import Figures
from appointment_app.scheduling.intervals import Interval
from tests.factories import (
    administrator_actor,
    doctor_actor,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
    patient_actor,
)
from tests.scheduling.doctors_day import MONDAY_EIGHT, book, stored

BERLIN = "Europe/Berlin"
WEEK = Interval(
    datetime(2026, 11, 22, 23, tzinfo=UTC),  # Monday 00:00 in Berlin
    datetime(2026, 11, 29, 23, tzinfo=UTC),
)
TUESDAY_NINE = MONDAY_EIGHT + timedelta(days=1)


@dataclass
class Practice:
    """A doctor who receives Monday to Friday from nine to five, in Berlin."""

    database: Database
    doctor: Doctor
    clinic: Clinic
    visit_type: VisitType

    @property
    def actor(self) -> Actor:
        return doctor_actor(self.doctor)

    async def ask(self, service: Callable[..., Awaitable[Any]], *args: Any, **named: Any) -> Any:
        async with self.database.session() as session:
            return await service(session, self.actor, *args, **named)

    async def book(self, starts_at: datetime, **named: Any) -> Appointment:
        visit_type = named.pop("visit_type", self.visit_type)
        return await book(self.database, self.doctor, self.clinic, visit_type, starts_at, **named)


@pytest.fixture
async def practice(database: Database, session: AsyncSession) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic, weekdays=range(5), ranges=((540, 1020),))
        yield Practice(database, doctor, clinic, await make_visit_type(session, doctor))


async def test_appointments_stand_in_the_order_of_time(practice: Practice) -> None:
    later = await practice.book(TUESDAY_NINE + timedelta(hours=1), given_name="Ida")
    earlier = await practice.book(TUESDAY_NINE, given_name="Mara", family_name="Keller")
    days = await practice.ask(calendar.load_days, WEEK)
    assert [entry.id for entry in days.entries] == [earlier.public_id, later.public_id]
    first = days.entries[0]
    assert (first.patient, first.visit, first.clinic) == (
        "Mara Keller",
        "Consultation",
        "Harbour Clinic",
    )
    assert (first.starts_at, first.ends_at) == (earlier.starts_at, earlier.ends_at)
    assert (first.mode, first.status) == (VisitMode.IN_PERSON, AppointmentStatus.CONFIRMED)


async def test_cancelled_appointments_are_left_out(practice: Practice) -> None:
    appointment = await practice.book(TUESDAY_NINE)
    await practice.ask(cancelling.cancel, appointment.public_id, reason="The doctor is ill.")
    assert (await practice.ask(calendar.load_days, WEEK)).entries == ()


async def test_a_window_shows_what_touches_it(practice: Practice) -> None:
    appointment = await practice.book(TUESDAY_NINE)
    half_hour = timedelta(minutes=30)

    async def seen(start: datetime, end: datetime) -> bool:
        days = await practice.ask(calendar.load_days, Interval(start, end))
        return [entry.id for entry in days.entries] == [appointment.public_id]

    assert await seen(TUESDAY_NINE + half_hour / 2, TUESDAY_NINE + half_hour)
    assert not await seen(TUESDAY_NINE + half_hour, TUESDAY_NINE + 2 * half_hour)
    assert not await seen(TUESDAY_NINE - half_hour, TUESDAY_NINE)


async def test_closed_time_is_what_no_clinic_has_open(
    practice: Practice, session: AsyncSession
) -> None:
    lake = await make_clinic(session, name="Lake Clinic")
    other = DoctorAtClinic(doctor_id=row_id(practice.doctor), clinic_id=row_id(lake))
    session.add(other)
    await session.flush()
    hours = WeeklyHours(doctor_at_clinic_id=row_id(other), weekday=0, opens=1080, closes=1140)
    session.add(hours)
    await session.commit()
    monday = Interval(WEEK.start, WEEK.start + timedelta(days=1))
    at = WEEK.start.replace
    assert (await practice.ask(calendar.load_days, monday)).closed == (
        Interval(WEEK.start, datetime(2026, 11, 23, 8, tzinfo=UTC)),
        Interval(at(day=23, hour=16), at(day=23, hour=17)),
        Interval(at(day=23, hour=18), at(day=23, hour=23)),
    )


async def test_a_window_of_a_year_is_cut_off(practice: Practice) -> None:
    year = Interval(WEEK.start, WEEK.start + timedelta(days=365))
    days = await practice.ask(calendar.load_days, year)
    assert days.closed[-1].end == WEEK.start + calendar.LONGEST_WINDOW


async def test_the_figures_of_today_and_of_the_week(
    practice: Practice, session: AsyncSession
) -> None:
    to_confirm = await make_visit_type(
        session, practice.doctor, name="Check-up", duration=60, needs_confirmation=True, position=1
    )
    await practice.book(MONDAY_EIGHT + timedelta(hours=1))
    await practice.book(MONDAY_EIGHT + timedelta(hours=2), visit_type=to_confirm)
    await practice.book(TUESDAY_NINE)
    cancelled = await practice.book(TUESDAY_NINE + timedelta(hours=2))
    await practice.ask(cancelling.cancel, cancelled.public_id, reason="The doctor is ill.")
    # 40 open hours are 80 half hours, of which 4 are taken.
    figures = await practice.ask(calendar.load_figures, BERLIN, WEEK)
    assert figures == Figures(today=2, to_confirm=1, filled_percent=5, free_slots=76)


async def test_a_week_without_hours_is_filled_by_nothing(practice: Practice) -> None:
    saturday = Interval(WEEK.start + timedelta(days=5), WEEK.end)
    figures = await practice.ask(calendar.load_figures, BERLIN, saturday)
    assert (figures.filled_percent, figures.free_slots) == (None, 0)


async def test_today_is_the_day_of_the_zone_that_is_looked_at(practice: Practice) -> None:
    await practice.book(MONDAY_EIGHT + timedelta(hours=1))
    with clock.frozen(datetime(2026, 11, 23, 22, 30, tzinfo=UTC)):
        assert (await practice.ask(calendar.load_figures, BERLIN, WEEK)).today == 1
    with clock.frozen(datetime(2026, 11, 23, 23, 30, tzinfo=UTC)):  # Tuesday in Berlin
        assert (await practice.ask(calendar.load_figures, BERLIN, WEEK)).today == 0
        in_new_york = await practice.ask(calendar.load_figures, "America/New_York", WEEK)
        assert in_new_york.today == 1


async def test_an_unapproved_doctor_has_a_calendar_too(
    database: Database, session: AsyncSession
) -> None:
    clinic = await make_clinic(session)
    doctor = await make_doctor(session, clinic, approval=Approval.PENDING)
    async with database.session() as own:
        seen = await calendar.overview(own, doctor_actor(doctor))
    assert seen.approval is Approval.PENDING
    assert [(place.clinic, place.zone) for place in seen.places] == [("Harbour Clinic", BERLIN)]


async def test_an_appointment_in_full(practice: Practice, session: AsyncSession) -> None:
    patient = await make_patient(
        session,
        given_name="Mara",
        family_name="Keller",
        birth_date=date(1980, 5, 4),
        phone="+4930123456",
    )
    first = await practice.book(MONDAY_EIGHT, patient=patient)
    missed = await practice.book(MONDAY_EIGHT + timedelta(hours=1), patient=patient)
    await practice.book(MONDAY_EIGHT + timedelta(hours=2), given_name="Somebody else")
    now = await practice.book(TUESDAY_NINE, patient=patient)
    await practice.book(TUESDAY_NINE + timedelta(days=1), patient=patient)
    with clock.frozen(TUESDAY_NINE):
        await practice.ask(visits.complete, first.public_id)
        await practice.ask(visits.mark_no_show, missed.public_id)
        await practice.ask(visits.write_notes, now.public_id, notes="Eczema", version=1)
        detail = await practice.ask(calendar.load_detail, now.public_id)
    assert (detail.patient, detail.birth_date, detail.phone) == (
        "Mara Keller",
        date(1980, 5, 4),
        "+4930123456",
    )
    assert (detail.reason, detail.notes, detail.version) == ("A rash on the arm", "Eczema", 2)
    assert (detail.zone, detail.clinic, detail.visit) == (BERLIN, "Harbour Clinic", "Consultation")
    assert [(visit.starts_at, visit.status) for visit in detail.history] == [
        (missed.starts_at, AppointmentStatus.NO_SHOW),
        (first.starts_at, AppointmentStatus.COMPLETED),
    ]


async def test_the_history_is_with_this_doctor_only(
    practice: Practice, session: AsyncSession
) -> None:
    patient = await make_patient(session)
    colleague = await make_doctor(session, practice.clinic)
    visit_type = await make_visit_type(session, colleague)
    await book(
        practice.database, colleague, practice.clinic, visit_type, MONDAY_EIGHT, patient=patient
    )
    appointment = await practice.book(TUESDAY_NINE, patient=patient)
    with clock.frozen(TUESDAY_NINE):
        detail = await practice.ask(calendar.load_detail, appointment.public_id)
    assert detail.history == ()


async def test_the_next_statuses_follow_the_arrows_and_the_time(
    practice: Practice, session: AsyncSession
) -> None:
    pending_type = await make_visit_type(
        session, practice.doctor, name="Check-up", needs_confirmation=True
    )
    appointment = await practice.book(TUESDAY_NINE, visit_type=pending_type)

    async def possible() -> list[str]:
        detail = await practice.ask(calendar.load_detail, appointment.public_id)
        return [status.value for status in detail.next_statuses]

    assert await possible() == ["confirmed", "cancelled"]
    await practice.ask(visits.confirm, appointment.public_id)
    assert await possible() == ["cancelled"]
    with clock.frozen(TUESDAY_NINE):
        assert await possible() == ["checked_in", "completed", "no_show", "cancelled"]
        await practice.ask(visits.check_in, appointment.public_id)
        assert await possible() == ["confirmed", "completed", "cancelled"]
        await practice.ask(visits.complete, appointment.public_id)
        assert await possible() == []


async def test_nobody_else_sees_a_doctors_calendar(
    practice: Practice, session: AsyncSession
) -> None:
    patient = await make_patient(session)
    appointment = await practice.book(TUESDAY_NINE, patient=patient)
    the_patient = await patient_actor(session, patient)
    stranger = await patient_actor(session, await make_patient(session))
    colleague = doctor_actor(await make_doctor(session, practice.clinic))
    administrator = await administrator_actor(session)

    async def refused(actor: Actor, service: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        async with practice.database.session() as own:
            with pytest.raises((LoginRequired, Forbidden, NotFound)) as refusal:
                await service(own, actor, *args)
        return refusal.type

    for actor, expected in (
        (NOBODY, LoginRequired),
        (stranger, NotFound),
        (the_patient, Forbidden),
        (colleague, NotFound),
        (administrator, Forbidden),
    ):
        assert await refused(actor, calendar.load_detail, appointment.public_id) is expected
    for actor in (NOBODY, stranger, the_patient, administrator):
        expected = Forbidden if actor.is_somebody else LoginRequired
        assert await refused(actor, calendar.overview) is expected
        assert await refused(actor, calendar.load_days, WEEK) is expected
        assert await refused(actor, calendar.load_figures, BERLIN, WEEK) is expected
    async with practice.database.session() as own:
        assert (await calendar.load_days(own, colleague, WEEK)).entries == ()


async def test_an_appointment_that_is_not_there_is_not_found(practice: Practice) -> None:
    with pytest.raises(NotFound):
        await practice.ask(calendar.load_detail, uuid4())


async def test_looking_changes_nothing(practice: Practice) -> None:
    appointment = await practice.book(TUESDAY_NINE)
    await practice.ask(calendar.load_detail, appointment.public_id)
    assert (await stored(practice.database, appointment.public_id)).version == 1
