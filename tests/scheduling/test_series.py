"""Series: planned date by date, booked all at once, on each database."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from appointment_app.accounts.actor import NOBODY
from appointment_app.models import (
    Appointment,
    AppointmentSeries,
    AuditEvent,
    BlockKind,
    BookableBy,
    BusyBlock,
    DateOverride,
    DateOverrideRange,
    Hold,
    MessageKind,
    OutboxMessage,
    row_id,
)
from appointment_app.scheduling import holds, series
from appointment_app.scheduling.series import Occurrence
from tests.factories import (
    doctor_actor,
    make_appointment,
    make_block,
    make_doctor,
    make_patient,
    make_visit_type,
    offer_of,
    patient_actor,
)
from tests.scheduling.desk import BERLIN, NOW, TUESDAY, WHOLE_DAY, Desk, at, nothing_stored, refused
from tests.scheduling.serial_dates import WEEK, book_series, plan, tuesdays
from tests.statements import counted_statements


async def nothing_of_a_series(desk: Desk) -> bool:
    return await desk.all(AppointmentSeries) == []


# Planning


async def test_what_is_free_is_planned(desk: Desk) -> None:
    for every, times in ((1, 4), (2, 3)):
        assert await plan(desk, times, every) == tuple(
            Occurrence(TUESDAY + number * every * WEEK, start, None)
            for number, start in enumerate(tuesdays(times, every))
        )


async def test_what_cannot_be_booked_is_named_with_the_reason(desk: Desk) -> None:
    second, third, fourth, fifth = tuesdays(5)[1:]
    await desk.book(second, actor=await desk.another_patient())
    async with desk.database.session() as session:
        place = row_id(await desk.at_clinic())
        session.add(DateOverride(doctor_at_clinic_id=place, day=TUESDAY + 2 * WEEK))
        off_the_grid = DateOverride(doctor_at_clinic_id=place, day=TUESDAY + 5 * WEEK)
        session.add(off_the_grid)
        await session.flush()
        opens = {"opens": 9 * 60 + 10, "closes": 12 * 60}
        session.add(DateOverrideRange(date_override_id=row_id(off_the_grid), **opens))
        await session.commit()
    other = await desk.make(make_doctor, desk.clinic)
    elsewhere = offer_of(other, desk.clinic, await desk.make(make_visit_type, other, duration=60))
    await desk.book(fourth, offer=elsewhere)
    await desk.make(
        make_block,
        desk.doctor,
        fifth,
        30,
        kind=BlockKind.HOLD,
        expires_at=NOW + timedelta(minutes=1),
    )
    before = await desk.records()
    refusals = [each.refusal for each in await plan(desk, 7)]
    assert refusals == [
        None,
        "This time is not free.",
        "The doctor does not receive patients at this time.",
        "The patient already has an appointment at this time.",
        "This time is being booked by somebody else; it may become free again in a few minutes.",
        "This time is not free.",
        None,
    ]
    assert third == tuesdays(3)[2]
    assert await desk.records() == before


async def test_dates_beyond_the_horizon_are_too_far(desk: Desk) -> None:
    refusals = [each.refusal for each in await plan(desk, 10)]
    assert refusals[:9] == [None] * 9  # the horizon is sixty days
    assert refusals[9] == "This time is too far ahead to be booked yet."


async def test_the_patients_limit_counts_the_dates_before(desk: Desk) -> None:
    await desk.change(await desk.at_clinic(), max_open_appointments=3)
    await desk.book(at("15:00"))
    refusals = [each.refusal for each in await plan(desk, 4)]
    assert refusals[:2] == [None, None]
    assert None not in refusals[2:]
    with refused("PATIENT_LIMIT"):
        await book_series(desk, tuesdays(3))
    assert len(await book_series(desk, tuesdays(2))) == 2


async def test_the_patient_is_asked_about_once_for_all_dates(desk: Desk) -> None:
    await desk.change(await desk.at_clinic(), max_open_appointments=3)
    await desk.change(desk.visit_type, bookable_by=BookableBy.KNOWN_PATIENTS)
    strangers = await plan(desk, 2)
    assert "who have been with this doctor" in (strangers[0].refusal or "")
    last_week = at("10:00") - WEEK
    await desk.make(make_appointment, desk.visit_type, desk.clinic, desk.patient, last_week)
    with counted_statements(desk.database) as statements:
        assert [each.refusal is None for each in await plan(desk, 8)] == [True] * 3 + [False] * 5
    # The offer, whether the doctor knows them, how many they have ahead, and each date.
    assert len(statements) == 3 + 8


async def test_nobody_sees_what_is_free_and_keeps_their_own_hold(desk: Desk) -> None:
    await desk.call(
        holds.keep, NOBODY, desk.offer, at("10:00"), visitor="tab", address="203.0.113.7"
    )
    assert [each.refusal for each in await plan(desk, 2, actor=NOBODY, visitor="tab")] == [None] * 2
    assert (await plan(desk, 2, actor=NOBODY, visitor="other"))[0].refusal is not None


@pytest.mark.parametrize(
    ("every", "times", "field"),
    [(0, 4, "every_weeks"), (13, 4, "every_weeks"), (1, 1, "times"), (1, 53, "times")],
)
async def test_a_pattern_that_is_none(desk: Desk, every: int, times: int, field: str) -> None:
    with refused("INVALID", field):
        await plan(desk, times, every)


# The clocks


async def test_it_stays_at_the_same_time_on_the_wall_across_a_change_of_clocks(desk: Desk) -> None:
    """On 31 March 2030 the clocks of Berlin go forward."""
    planned = await plan(desk, 6)
    starts = [each.starts_at for each in planned if each.starts_at]
    assert [start.astimezone(BERLIN).hour for start in starts] == [10] * 6
    assert [start.hour for start in starts] == [9, 9, 9, 9, 8, 8]
    await book_series(desk, tuple(starts))
    assert [each.starts_at for each in await desk.all(Appointment)] == starts


async def test_a_time_that_the_clocks_skip_is_no_date(desk: Desk) -> None:
    doctor = await desk.make(make_doctor, desk.clinic, ranges=WHOLE_DAY, horizon_days=365)
    offer = offer_of(doctor, desk.clinic, await desk.make(make_visit_type, doctor))
    half_past_two = at("02:30", date(2030, 3, 17))
    planned = await plan(desk, 4, offer=offer, starts_at=half_past_two)
    assert [each.starts_at for each in planned] == [
        half_past_two,
        half_past_two + WEEK,
        None,  # 31 March
        datetime(2030, 4, 7, 0, 30, tzinfo=UTC),
    ]
    assert planned[2].day == date(2030, 3, 31)
    assert [each.refusal for each in planned] == [
        None,
        None,
        "The clocks change on that day and skip this time.",
        None,
    ]


# Booking


async def test_the_agreed_dates_are_booked_together(desk: Desk) -> None:
    first, _, third, fourth = tuesdays(4)
    booked = await book_series(desk, (first, third, fourth))
    stored = await desk.all(Appointment)
    assert tuple(each.public_id for each in stored) == booked
    assert [each.starts_at for each in stored] == [first, third, fourth]
    (row,) = await desk.all(AppointmentSeries)
    assert {each.series_id for each in stored} == {row.id}
    assert (row.every_weeks, row.created_by) == (1, desk.actor.user_id)
    assert len({each.block_id for each in stored}) == 3
    assert [each.action for each in await desk.all(AuditEvent)] == ["appointment.booked"] * 3


async def test_there_is_one_mail_for_all(desk: Desk) -> None:
    await book_series(desk, tuesdays(3))
    (mail,) = await desk.all(OutboxMessage)
    assert mail.kind is MessageKind.SERIES_BOOKED
    assert mail.payload == {"appointment_ids": [row.id for row in await desk.all(Appointment)]}


async def test_all_or_nothing(desk: Desk) -> None:
    """Another patient takes one of the dates after they were agreed to."""
    starts = tuesdays(4)
    await desk.book(starts[2], actor=await desk.another_patient())
    async with nothing_stored(desk):
        with refused("SLOT_TAKEN") as refusal:
            await book_series(desk, starts)
    assert refusal.value.sentence == (
        "Tuesday 19 March 2030, 10:00: This time is not free. Nothing was booked."
    )
    assert await nothing_of_a_series(desk)


async def test_the_constraint_answers_for_a_series_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = tuesdays(3)
    await desk.book(starts[1], actor=await desk.another_patient())
    take = series.take

    async def blind(session: Any, *arguments: Any, **named: Any) -> Any:
        row = BusyBlock(
            doctor_id=row_id(desk.doctor),
            kind=BlockKind.OUTSIDE,
            busy_from=starts[1],
            busy_until=starts[1] + timedelta(minutes=5),
        )
        if arguments[1].starts_at == starts[1]:
            session.add(row)
            await session.flush()
        return await take(session, *arguments, **named)

    monkeypatch.setattr(series, "take", blind)
    async with nothing_stored(desk):
        with refused("SLOT_TAKEN") as refusal:
            await book_series(desk, starts)
    assert refusal.value.sentence.startswith("Tuesday 12 March 2030, 10:00: ")


async def test_the_same_key_again_is_the_same_series(desk: Desk) -> None:
    once = await book_series(desk, tuesdays(3), idempotency_key="click")
    again, twice = await asyncio.gather(
        *(book_series(desk, tuesdays(3), idempotency_key="click") for _ in range(2))
    )
    assert once == again == twice
    assert len(await desk.all(Appointment)) == 3
    assert len(await desk.all(OutboxMessage)) == len(await desk.all(AppointmentSeries)) == 1


async def test_two_series_at_once_for_the_same_dates(desk: Desk) -> None:
    people = [await desk.another_patient() for _ in range(3)]
    answers = await asyncio.gather(
        *(book_series(desk, tuesdays(4), actor=person) for person in people),
        return_exceptions=True,
    )
    assert sorted(getattr(answer, "code", "booked") for answer in answers) == [
        "SLOT_TAKEN",
        "SLOT_TAKEN",
        "booked",
    ]
    assert len(await desk.all(Appointment)) == 4


async def test_the_held_time_is_taken_over(desk: Desk) -> None:
    await desk.call(
        holds.keep, NOBODY, desk.offer, at("10:00"), visitor="tab", address="203.0.113.7"
    )
    (kept,) = await desk.all(BusyBlock)
    await book_series(desk, tuesdays(3), visitor="tab")
    assert (await desk.all(Appointment))[0].block_id == kept.id
    assert await desk.all(Hold) == []


@pytest.mark.parametrize(
    ("starts", "field"),
    [
        ((), "times"),
        (tuesdays(1), "times"),
        ((*tuesdays(2), at("11:00", TUESDAY + 2 * WEEK)), "starts"),
        ((*tuesdays(2), at("10:00", TUESDAY + 2 * WEEK + timedelta(days=1))), "starts"),
        (tuple(reversed(tuesdays(3))), "starts"),
        ((tuesdays(1)[0], *tuesdays(2)), "starts"),
    ],
    ids=["none", "one", "another time", "another day", "backwards", "twice"],
)
async def test_dates_that_are_no_series(
    desk: Desk, starts: tuple[datetime, ...], field: str
) -> None:
    async with nothing_stored(desk):
        with refused("INVALID", field):
            await book_series(desk, starts)
    assert await nothing_of_a_series(desk)


async def test_a_guardian_books_for_a_dependent_and_nobody_for_others(desk: Desk) -> None:
    child = await desk.make(make_patient, guardian=desk.patient)
    guardian = await desk.make(patient_actor, desk.patient)
    for actor, code in (
        (NOBODY, "LOGIN_REQUIRED"),
        (await desk.another_patient(), "FORBIDDEN"),
        (doctor_actor(desk.doctor), "FORBIDDEN"),
    ):
        with refused(code):
            await book_series(desk, tuesdays(2), actor=actor, person_id=child.public_id)
    await book_series(desk, tuesdays(2), actor=guardian, person_id=child.public_id)
    assert {each.person_id for each in await desk.all(Appointment)} == {child.id}
