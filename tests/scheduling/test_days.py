"""What each day of a doctor's page is, and where the next free time lies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.errors import NotFound
from appointment_app.models import DateOverride, DoctorAtClinic
from appointment_app.scheduling.availability import VisitShape
from appointment_app.scheduling.days import DayKind, kind_of_day, list_days
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.opening_hours import Hours, LocalRange, WeeklyRange
from appointment_app.scheduling.slots import list_slots
from tests.factories import (
    make_appointment,
    make_block,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
    offer_of,
)

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)  # Monday, 09:00 in Berlin
TODAY = date(2026, 11, 23)
MORNINGS = ((9 * 60, 12 * 60),)


@pytest.fixture(autouse=True)
def _frozen_clock() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


WHOLE_WEEK = Interval(datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))


def kind(
    day: date,
    duration: int = 30,
    *,
    busy: tuple[Interval, ...] = (WHOLE_WEEK,),
    full_days: tuple[date, ...] = (),
    **hours: object,
) -> DayKind:
    """The kind of a day without free starts, bookable from 10:00 today until Sunday night."""
    weekly = tuple(WeeklyRange(weekday, 8 * 60, 12 * 60) for weekday in range(5))
    return kind_of_day(
        Hours("Europe/Berlin", weekly, **hours),  # type: ignore[arg-type]
        VisitShape(duration),
        day,
        not_before=NOW + timedelta(hours=1),
        not_after=datetime(2026, 11, 29, 23, tzinfo=UTC),
        busy=busy,
        full_days=full_days,
    )


def test_a_day_without_a_free_time_has_a_reason() -> None:
    assert kind(date(2026, 11, 24)) is DayKind.FULL
    assert kind(date(2026, 11, 28)) is DayKind.CLOSED  # a Saturday
    assert kind(date(2026, 11, 20)) is DayKind.OVER
    assert kind(date(2026, 11, 30)) is DayKind.NOT_YET


def test_today_is_full_while_a_time_could_still_be_booked_and_over_afterwards() -> None:
    assert kind(TODAY) is DayKind.FULL
    early = {TODAY: (LocalRange(8 * 60, 10 * 60),)}  # 07:00 to 09:00 UTC, and it is 08:00 + notice
    assert kind(TODAY, overrides=early) is DayKind.OVER


def test_a_day_whose_hours_are_shorter_than_the_visit_has_no_gap() -> None:
    assert kind(date(2026, 11, 24), duration=240) is DayKind.FULL
    assert kind(date(2026, 11, 24), duration=241) is DayKind.NO_GAP
    assert kind(date(2026, 11, 20), duration=241) is DayKind.OVER
    assert kind(date(2026, 11, 30), duration=241) is DayKind.NOT_YET


def test_a_day_with_some_time_left_has_no_gap_and_one_without_is_full() -> None:
    tuesday = date(2026, 11, 24)  # open 07:00 to 11:00 UTC

    def taken_from(minutes: int) -> Interval:
        begin = datetime(2026, 11, 24, 7, tzinfo=UTC) + timedelta(minutes=minutes)
        return Interval(begin, datetime(2026, 11, 24, 12, tzinfo=UTC))

    assert kind(tuesday, busy=(taken_from(29),)) is DayKind.NO_GAP
    assert kind(tuesday, busy=(taken_from(5),)) is DayKind.NO_GAP
    assert kind(tuesday, busy=(taken_from(4),)) is DayKind.FULL
    assert kind(tuesday, busy=(taken_from(29),), full_days=(tuesday,)) is DayKind.FULL


def test_time_that_is_too_near_is_no_gap() -> None:
    """Today 09:00 to 10:00 is free, but it can no longer be booked."""
    taken = Interval(NOW + timedelta(hours=1), NOW + timedelta(hours=9))
    assert kind(TODAY, busy=(taken,)) is DayKind.FULL


def test_a_holiday_and_time_off_are_closed_days() -> None:
    day = date(2026, 11, 24)
    assert kind(day, holidays={day: "St. Nobody's Day"}) is DayKind.CLOSED
    assert kind(day, days_off=frozenset({day})) is DayKind.CLOSED


def test_a_day_that_is_closed_by_exception_is_closed() -> None:
    day = date(2026, 11, 24)
    assert kind(day, overrides={day: ()}) is DayKind.CLOSED


async def test_a_week_names_free_full_and_closed_days(session: AsyncSession) -> None:
    clinic = await make_clinic(session)
    doctor = await make_doctor(
        session, clinic, weekdays=range(5), ranges=MORNINGS, minimum_notice=4 * 60, horizon_days=6
    )
    visit_type = await make_visit_type(session, doctor)
    await make_block(session, doctor, NOW + timedelta(days=1), minutes=240)
    offer = offer_of(doctor, clinic, visit_type)

    found = await list_days(session, NOBODY, offer, TODAY, 8)
    assert [day.kind for day in found.days] == [
        DayKind.OVER,
        DayKind.FULL,
        DayKind.FREE,
        DayKind.FREE,
        DayKind.FREE,
        DayKind.CLOSED,
        DayKind.CLOSED,
        DayKind.NOT_YET,
    ]
    assert found.last_day == date(2026, 11, 29)
    free = await list_slots(session, NOBODY, offer, Interval(NOW, NOW + timedelta(days=9)))
    assert [slot for day in found.days for slot in day.slots] == free
    assert len(free) == 18


async def test_a_day_with_the_most_patients_is_full(session: AsyncSession) -> None:
    clinic = await make_clinic(session)
    doctor = await make_doctor(session, clinic, max_patients_a_day=1)
    visit_type = await make_visit_type(session, doctor)
    await make_appointment(
        session, visit_type, clinic, await make_patient(session), NOW + timedelta(days=1)
    )
    found = await list_days(session, NOBODY, offer_of(doctor, clinic, visit_type), TODAY, 3)
    assert [day.kind for day in found.days] == [DayKind.FREE, DayKind.FULL, DayKind.FREE]


async def test_a_week_without_a_free_time_names_the_first_one(session: AsyncSession) -> None:
    clinic = await make_clinic(session)
    doctor = await make_doctor(session, clinic, ranges=MORNINGS)
    visit_type = await make_visit_type(session, doctor)
    work = DoctorAtClinic.doctor_id == doctor.id
    at_clinic = (await session.exec(select(DoctorAtClinic.id).where(work))).one()
    for number in range(16):
        day = TODAY + timedelta(days=number)
        session.add(DateOverride(doctor_at_clinic_id=at_clinic, day=day))  # type: ignore[arg-type]
    await session.commit()
    offer = offer_of(doctor, clinic, visit_type)

    this_week = await list_days(session, NOBODY, offer, TODAY)
    assert {day.kind for day in this_week.days} == {DayKind.CLOSED}
    assert this_week.first_free == datetime(2026, 12, 9, 8, tzinfo=UTC)
    far_away = await list_days(session, NOBODY, offer, TODAY + timedelta(days=300))
    assert {day.kind for day in far_away.days} == {DayKind.NOT_YET}
    assert far_away.first_free == this_week.first_free


async def test_nothing_free_up_to_the_horizon_is_said(session: AsyncSession) -> None:
    clinic = await make_clinic(session)
    doctor = await make_doctor(session, clinic, weekdays=())
    visit_type = await make_visit_type(session, doctor)
    found = await list_days(session, NOBODY, offer_of(doctor, clinic, visit_type), TODAY)
    assert found.first_free is None
    assert {day.kind for day in found.days} == {DayKind.CLOSED}


async def test_notice_longer_than_the_horizon_is_no_failure(session: AsyncSession) -> None:
    clinic = await make_clinic(session)
    doctor = await make_doctor(session, clinic, minimum_notice=9 * 1440, horizon_days=2)
    visit_type = await make_visit_type(session, doctor)
    found = await list_days(session, NOBODY, offer_of(doctor, clinic, visit_type), TODAY)
    assert found.first_free is None
    assert not any(day.slots for day in found.days)


@pytest.mark.parametrize(
    ("zone", "first_day", "slots"),
    [
        ("Europe/Berlin", date(2026, 11, 24), 24),
        ("Europe/Berlin", date(2027, 3, 28), 23),
        ("America/New_York", date(2027, 3, 14), 23),
        ("Pacific/Auckland", date(2027, 4, 4), 24),  # 25 hours; 02:00 is offered once
    ],
)
async def test_a_day_is_as_long_as_the_clinics_clock_makes_it(
    session: AsyncSession, zone: str, first_day: date, slots: int
) -> None:
    clinic = await make_clinic(session, zone=zone)
    doctor = await make_doctor(session, clinic, ranges=((0, 1440),), horizon_days=200)
    visit_type = await make_visit_type(session, doctor, duration=60)
    offer = offer_of(doctor, clinic, visit_type)
    found = await list_days(session, NOBODY, offer, first_day, 2)
    assert [len(day.slots) for day in found.days] == [slots, 24]


async def test_the_days_of_somebody_elses_visit_type_are_not_found(session: AsyncSession) -> None:
    clinic = await make_clinic(session)
    doctor = await make_doctor(session, clinic)
    other = await make_doctor(session, clinic)
    theirs = await make_visit_type(session, other)
    with pytest.raises(NotFound):
        await list_days(session, NOBODY, offer_of(doctor, clinic, theirs), TODAY)
