"""What a doctor, a patient or a clinic does that may free time: each is one row of a table.

A deed prepares what it needs, waits, and then does it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import UUID

from appointment_app.models import Doctor, TimeOff, VisitType
from appointment_app.scheduling import (
    cancelling,
    different_days,
    extra_sessions,
    hours,
    rescheduling,
    series,
    staff_booking,
    time_off,
    visit_types,
)
from appointment_app.scheduling.different_days import DaySpan, OverrideDraft
from appointment_app.scheduling.extra_sessions import SessionDraft
from appointment_app.scheduling.holiday_choice import save_holiday_choice
from appointment_app.scheduling.hours import BookingRules
from appointment_app.scheduling.rescheduling import NewTime
from appointment_app.scheduling.series import SeriesRequest
from appointment_app.scheduling.series_cancelling import cancel_following
from appointment_app.scheduling.staff_booking import StaffRequest
from appointment_app.scheduling.time_off import TimeOffDraft
from appointment_app.scheduling.visit_type_draft import VisitTypeDraft
from appointment_app.scheduling.week import TypedRange
from tests.factories import (
    doctor_actor,
    make_appointment,
    make_block,
)
from tests.scheduling.desk import TODAY, Desk, at

Deed = Callable[[Desk], AsyncIterator[None]]
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
