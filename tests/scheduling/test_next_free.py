"""The bounds of first free starts: never later than the truth, whatever is done to a doctor."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.models import Doctor, DoctorAtClinic, TimeOff, VisitType, row_id
from appointment_app.scheduling import (
    cancelling,
    different_days,
    extra_sessions,
    holds,
    hours,
    locks,
    next_free,
    rescheduling,
    series,
    staff_booking,
    time_off,
    visit_types,
    visits,
)
from appointment_app.scheduling.different_days import DaySpan, OverrideDraft
from appointment_app.scheduling.extra_sessions import SessionDraft
from appointment_app.scheduling.holiday_choice import save_holiday_choice
from appointment_app.scheduling.hours import BookingRules
from appointment_app.scheduling.next_free import Learned
from appointment_app.scheduling.rescheduling import NewTime
from appointment_app.scheduling.series import SeriesRequest
from appointment_app.scheduling.series_cancelling import cancel_following
from appointment_app.scheduling.staff_booking import StaffRequest
from appointment_app.scheduling.time_off import TimeOffDraft
from appointment_app.scheduling.visit_type_draft import VisitTypeDraft
from appointment_app.scheduling.warming import warm_some
from appointment_app.scheduling.week import TypedRange
from tests.factories import (
    doctor_actor,
    make_appointment,
    make_block,
    make_clinic,
    make_doctor,
    make_visit_type,
)
from tests.scheduling.bounds import first_free_starts, kept_bounds, require_true_bounds
from tests.scheduling.desk import NOW, TODAY, Desk, at

Deed = Callable[[Desk], AsyncIterator[None]]
SQLITE_IS_ENOUGH = pytest.mark.parametrize("backend", ["sqlite"])
EIGHT = at("08:00", TODAY)  # when the doctor opens, every day
A_DAY = timedelta(days=1)


async def cancels(desk: Desk) -> AsyncIterator[None]:
    booked = await book_half_past_eight(desk)
    yield
    await desk.call(cancelling.cancel, desk.actor, booked)


async def cancels_as_the_doctor(desk: Desk) -> AsyncIterator[None]:
    booked = await desk.book(EIGHT)
    yield
    await desk.call(cancelling.cancel, doctor_actor(desk.doctor), booked, reason="I am ill")


async def reschedules(desk: Desk) -> AsyncIterator[None]:
    booked = await book_half_past_eight(desk)
    yield
    later = NewTime(at("15:00"))
    await desk.call(rescheduling.reschedule, desk.actor, booked, later, version=1)


async def moves_a_patient(desk: Desk) -> AsyncIterator[None]:
    booked = await desk.book(EIGHT)
    yield
    later = NewTime(at("15:00"))
    await desk.call(rescheduling.move, doctor_actor(desk.doctor), booked, later, version=1)


async def opens_earlier(desk: Desk) -> AsyncIterator[None]:
    await make_it_closed(desk, TODAY)
    yield
    place = (await desk.at_clinic()).public_id
    version = (await desk.at_clinic()).version
    draft = OverrideDraft(TODAY, TODAY, (TypedRange(12 * 60, 13 * 60),))
    await desk.call(
        different_days.save_override, doctor_actor(desk.doctor), place, draft, version=version
    )


async def opens_a_closed_day(desk: Desk) -> AsyncIterator[None]:
    await make_it_closed(desk, TODAY)
    yield
    at_clinic = await desk.at_clinic()
    await desk.call(
        different_days.remove_override,
        doctor_actor(desk.doctor),
        at_clinic.public_id,
        DaySpan(TODAY, TODAY),
        version=at_clinic.version,
    )


async def changes_the_week(desk: Desk) -> AsyncIterator[None]:
    actor, place = doctor_actor(desk.doctor), (await desk.at_clinic()).public_id
    tuesdays = tuple((TypedRange(600, 720),) if day == 1 else () for day in range(7))
    await desk.call(hours.save, actor, place, tuesdays, version=1)
    yield
    mondays = tuple((TypedRange(600, 720),) if day == 0 else () for day in range(7))
    await desk.call(hours.save, actor, place, mondays, version=2)


async def asks_for_less_notice(desk: Desk) -> AsyncIterator[None]:
    await set_rules(desk, minimum_notice=24 * 60)
    yield
    await set_rules(desk, minimum_notice=60)


async def sees_more_patients_a_day(desk: Desk) -> AsyncIterator[None]:
    await desk.book(EIGHT)
    await set_rules(desk, max_patients_a_day=1)
    yield
    await set_rules(desk, max_patients_a_day=2)


async def shortens_the_visit(desk: Desk) -> AsyncIterator[None]:
    await leave_free_for(desk, minutes=45)
    await edit_type(desk, duration=60)
    yield
    await edit_type(desk, duration=45)


async def shortens_the_pause(desk: Desk) -> AsyncIterator[None]:
    await leave_free_for(desk, minutes=45)
    await edit_type(desk, duration=30, pause_after=30)
    yield
    await edit_type(desk, duration=30, pause_after=15)


async def retires_the_first_visit_type(desk: Desk) -> AsyncIterator[None]:
    await leave_free_for(desk, minutes=20)
    await desk.another_visit_type(name="Short", duration=20, position=1)
    yield
    await set_active(desk, active=False)


async def brings_a_visit_type_back(desk: Desk) -> AsyncIterator[None]:
    await set_active(desk, active=False)
    yield
    await set_active(desk, active=True)


async def puts_another_visit_type_first(desk: Desk) -> AsyncIterator[None]:
    await leave_free_for(desk, minutes=20)
    await desk.another_visit_type(name="Short", duration=20, position=1)
    yield
    actor = doctor_actor(desk.doctor)
    await desk.call(visit_types.move, actor, desk.visit_type.public_id, by=1)


async def adds_the_first_visit_type(desk: Desk) -> AsyncIterator[None]:
    await set_active(desk, active=False)
    yield
    draft = VisitTypeDraft(name="Another", duration=30)
    await desk.call(visit_types.create, doctor_actor(desk.doctor), draft)


async def comes_back_from_time_off(desk: Desk) -> AsyncIterator[None]:
    actor, place = doctor_actor(desk.doctor), (await desk.at_clinic()).public_id
    draft = TimeOffDraft(TODAY, TODAY + A_DAY)
    await desk.call(time_off.save_time_off, actor, place, draft, doctor_version=1)
    yield
    (away,) = await desk.all(TimeOff)
    await desk.call(time_off.remove_time_off, actor, place, away.public_id, doctor_version=2)


async def works_on_holidays(desk: Desk) -> AsyncIterator[None]:
    await desk.change(desk.clinic, region="BE")
    actor, place = doctor_actor(desk.doctor), (await desk.at_clinic()).public_id
    fridays = tuple((TypedRange(600, 720),) if day == 4 else () for day in range(7))
    await desk.call(hours.save, actor, place, fridays, version=1)
    await desk.call(save_holiday_choice, actor, place, True, version=2)
    yield  # the first Friday is International Women's Day
    await desk.call(save_holiday_choice, actor, place, False, version=3)


async def takes_a_session_back(desk: Desk) -> AsyncIterator[None]:
    actor, place = doctor_actor(desk.doctor), (await desk.at_clinic()).public_id
    group = await desk.another_visit_type(name="Group", capacity=5, position=1)
    draft = SessionDraft(group.visit_type_id, TODAY, 8 * 60 + 10, 60, 5)
    await desk.call(extra_sessions.open_session, actor, place, draft)
    yield
    await desk.call(extra_sessions.remove_session, actor, place, at("08:10", TODAY))


async def cancels_a_series(desk: Desk) -> AsyncIterator[None]:
    starts = (EIGHT, EIGHT + 7 * A_DAY)
    request = SeriesRequest(desk.offer, starts, 1, "Physiotherapy", "click")
    first, _ = await desk.call(series.book_series, desk.actor, request)
    yield
    actor = doctor_actor(desk.doctor)
    await desk.call(cancel_following, actor, first, reason="I am ill")


async def books_a_patient_early(desk: Desk) -> AsyncIterator[None]:
    """As the doctor, whom no notice binds: from the end of it on, starts are counted anew."""
    await desk.make(make_appointment, desk.visit_type, desk.clinic, desk.patient, EIGHT - A_DAY)
    await edit_type(desk, duration=60)
    await set_rules(desk, minimum_notice=10)
    short = await desk.another_visit_type(name="Short", duration=20, position=1)
    yield
    request = StaffRequest(
        place_id=(await desk.at_clinic()).public_id,
        visit_type_id=short.visit_type_id,
        person_id=desk.patient.public_id,
        starts_at=at("08:15", TODAY),
        reason="",
        idempotency_key="click",
    )
    await desk.call(staff_booking.book_for_patient, doctor_actor(desk.doctor), request)


FREEING: list[Deed] = [
    cancels,
    cancels_as_the_doctor,
    reschedules,
    moves_a_patient,
    opens_earlier,
    opens_a_closed_day,
    changes_the_week,
    asks_for_less_notice,
    sees_more_patients_a_day,
    shortens_the_visit,
    shortens_the_pause,
    retires_the_first_visit_type,
    brings_a_visit_type_back,
    puts_another_visit_type_first,
    adds_the_first_visit_type,
    comes_back_from_time_off,
    works_on_holidays,
    takes_a_session_back,
    cancels_a_series,
    books_a_patient_early,
]


@SQLITE_IS_ENOUGH
@pytest.mark.parametrize("deed", FREEING, ids=lambda deed: deed.__name__)
async def test_what_frees_time_lowers_the_bound(desk: Desk, deed: Deed) -> None:
    steps = deed(desk)
    await anext(steps)
    await warm_some(desk.database)
    (before,) = (await first_free_starts(desk.database)).values()
    (bound,) = (await kept_bounds(desk.database)).values()
    assert bound is not None
    assert before is None or bound == before
    with suppress(StopAsyncIteration):
        await anext(steps)
    (after,) = (await first_free_starts(desk.database)).values()
    assert after is not None
    assert after < bound, "the deed shall free what was not free before"
    await require_true_bounds(desk.database)


async def book_half_past_eight(desk: Desk) -> UUID:
    """Book what is free first; the visit at eight has begun already."""
    await desk.make(make_block, desk.doctor, EIGHT, 30)
    return await desk.book(at("08:30", TODAY))


async def make_it_closed(desk: Desk, day: object) -> None:
    at_clinic = await desk.at_clinic()
    await desk.call(
        different_days.save_override,
        doctor_actor(desk.doctor),
        at_clinic.public_id,
        OverrideDraft(day, day),  # type: ignore[arg-type]
        version=at_clinic.version,
    )


async def set_rules(desk: Desk, **values: int) -> None:
    at_clinic, (doctor,) = await desk.at_clinic(), await desk.all(Doctor)
    rules = {"minimum_notice": 0, "horizon_days": 60, "max_patients_a_day": None} | values
    await desk.call(
        hours.save_rules,
        doctor_actor(desk.doctor),
        at_clinic.public_id,
        BookingRules(**rules),  # type: ignore[arg-type]
        version=at_clinic.version,
        doctor_version=doctor.version,
    )


async def leave_free_for(desk: Desk, minutes: int) -> None:
    """Leave so many minutes free today, from eight on."""
    free_until = EIGHT + timedelta(minutes=minutes)
    await desk.make(make_block, desk.doctor, free_until, 10 * 60 - minutes)


async def first_type(desk: Desk) -> VisitType:
    return next(row for row in await desk.all(VisitType) if row.id == desk.visit_type.id)


async def edit_type(desk: Desk, **values: int) -> None:
    row = await first_type(desk)
    draft = VisitTypeDraft(**({"name": row.name, "duration": row.duration} | values))  # type: ignore[arg-type]
    actor = doctor_actor(desk.doctor)
    await desk.call(visit_types.edit, actor, row.public_id, draft, version=row.version)


async def set_active(desk: Desk, *, active: bool) -> None:
    row = await first_type(desk)
    actor = doctor_actor(desk.doctor)
    await desk.call(visit_types.set_active, actor, row.public_id, active, version=row.version)


async def test_a_booking_keeps_the_bound(desk: Desk) -> None:
    await warm_some(desk.database)
    await desk.book(EIGHT)
    assert list((await kept_bounds(desk.database)).values()) == [EIGHT]
    await require_true_bounds(desk.database)
    await warm_some(desk.database)


@SQLITE_IS_ENOUGH
async def test_what_frees_no_time_keeps_the_bound(desk: Desk) -> None:
    """A hold, and whatever becomes of an appointment without giving its time back."""
    await warm_some(desk.database)
    doctor, kept = doctor_actor(desk.doctor), list((await kept_bounds(desk.database)).values())
    await desk.call(holds.keep, NOBODY, desk.offer, EIGHT, visitor="a browser", address="192.0.2.1")
    offer = await desk.another_visit_type(needs_confirmation=True)
    booked, missed = [await desk.book(at(time, TODAY), offer=offer) for time in ("10:00", "11:00")]
    await desk.call(visits.confirm, doctor, booked)
    await desk.call(visits.check_in, doctor, booked)
    await desk.call(visits.undo_check_in, doctor, booked)
    await desk.call(visits.write_notes, doctor, booked, notes="A cold", version=4)
    with clock.frozen(at("12:00", TODAY)):
        await desk.call(visits.complete, doctor, booked)
        await desk.call(visits.confirm, doctor, missed)
        await desk.call(visits.mark_no_show, doctor, missed)
    assert list((await kept_bounds(desk.database)).values()) == kept == [EIGHT]
    await require_true_bounds(desk.database)


@SQLITE_IS_ENOUGH
async def test_warming_finds_what_is_unknown_or_behind_and_only_that(desk: Desk) -> None:
    assert await warm_some(desk.database) == 1
    assert await warm_some(desk.database) == 0
    with clock.frozen(NOW + timedelta(minutes=10)):
        assert await warm_some(desk.database) == 1
        assert list((await kept_bounds(desk.database)).values()) == [at("08:30", TODAY)]
        assert await warm_some(desk.database) == 0


@SQLITE_IS_ENOUGH
async def test_nothing_free_is_a_bound_at_the_end_of_the_horizon(desk: Desk) -> None:
    for day in range(62):
        await make_it_closed(desk, TODAY + day * A_DAY)
    await set_rules(desk, horizon_days=60)
    await warm_some(desk.database)
    (bound,) = (await kept_bounds(desk.database)).values()
    assert bound == at("00:00", TODAY + 61 * A_DAY)
    for days in (1, 2, 3):
        with clock.frozen(NOW + days * A_DAY):
            await require_true_bounds(desk.database)
    assert await warm_some(desk.database) == 0


@SQLITE_IS_ENOUGH
async def test_a_hold_is_not_part_of_the_bound(desk: Desk) -> None:
    expires_at = NOW + timedelta(minutes=5)
    await desk.make(make_block, desk.doctor, EIGHT, 30, kind="hold", expires_at=expires_at)
    await warm_some(desk.database)
    assert list((await kept_bounds(desk.database)).values()) == [EIGHT]


async def learned(desk: Desk, *, hour: int, revision: int) -> Learned:
    at_clinic = await desk.at_clinic()
    bound = EIGHT + timedelta(hours=hour)
    return Learned(row_id(at_clinic), row_id(desk.doctor), revision, bound)


async def keep(desk: Desk, *bounds: Learned) -> None:
    async with desk.database.session() as session:
        await next_free.keep(session, bounds)


async def test_a_bound_found_before_a_change_is_not_kept(desk: Desk) -> None:
    await keep(desk, await learned(desk, hour=1, revision=0))
    async with desk.database.session() as session, session.begin():
        await locks.lock_doctor(session, row_id(desk.doctor))
    await keep(desk, await learned(desk, hour=2, revision=0))
    assert list((await kept_bounds(desk.database)).values()) == [None]
    await keep(desk, await learned(desk, hour=2, revision=1))
    assert list((await kept_bounds(desk.database)).values()) == [EIGHT + timedelta(hours=2)]


async def test_a_bound_is_only_raised(desk: Desk) -> None:
    for hour in (2, 1):
        await keep(desk, await learned(desk, hour=hour, revision=0))
    assert list((await kept_bounds(desk.database)).values()) == [EIGHT + timedelta(hours=2)]


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"])
async def test_nobody_waits_to_keep_a_bound(desk: Desk) -> None:
    async with desk.database.session() as session, session.begin():
        await locks.lock_doctor(session, row_id(desk.doctor))
        await keep(desk, await learned(desk, hour=1, revision=0))
    assert list((await kept_bounds(desk.database)).values()) == [None]


@SQLITE_IS_ENOUGH
async def test_taking_time_forgets_only_bounds_that_are_later(desk: Desk) -> None:
    other = await desk.make(make_clinic)
    async with desk.database.session() as session:
        session.add(DoctorAtClinic(doctor_id=row_id(desk.doctor), clinic_id=row_id(other)))
        await session.commit()
        rows = (await session.exec(select(DoctorAtClinic).order_by(col(DoctorAtClinic.id)))).all()
    bounds = [
        Learned(row_id(row), row_id(desk.doctor), 0, EIGHT + number * A_DAY)
        for number, row in enumerate(rows)
    ]
    await keep(desk, *bounds)
    await desk.book(EIGHT)
    assert list((await kept_bounds(desk.database)).values()) == [EIGHT, None]


@SQLITE_IS_ENOUGH
async def test_doctors_are_warmed_in_batches_until_none_is_left(desk: Desk) -> None:
    for _ in range(4):
        doctor = await desk.make(make_doctor, desk.clinic)
        await desk.make(make_visit_type, doctor)
    assert [await warm_some(desk.database, most=2) for _ in range(4)] == [2, 2, 1, 0]
    assert set((await kept_bounds(desk.database)).values()) == {EIGHT}


@SQLITE_IS_ENOUGH
async def test_who_offers_nothing_has_a_bound_too(desk: Desk) -> None:
    await set_active(desk, active=False)
    assert [await warm_some(desk.database) for _ in range(2)] == [1, 0]
    with clock.frozen(NOW + A_DAY):
        assert await warm_some(desk.database) == 0
