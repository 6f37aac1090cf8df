"""Days that differ: tried, saved, edited and removed; nobody's appointment is dropped."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.errors import Forbidden, Invalid, LoginRequired, StaleVersion
from appointment_app.models import (
    DateOverride,
    DateOverrideRange,
    DoctorAtClinic,
    WeeklyHours,
    row_id,
)
from appointment_app.scheduling import different_days, hours
from appointment_app.scheduling.different_days import DaySpan, OverrideDraft
from appointment_app.scheduling.hours import BookingRules
from appointment_app.scheduling.opening_hours import LocalRange
from appointment_app.scheduling.week import TypedRange, TypedWeek
from tests.factories import (
    administrator_actor,
    doctor_actor,
    make_clinic,
    make_doctor,
    make_patient,
    patient_actor,
)
from tests.scheduling.doctors_day import (
    MONDAY_EIGHT,
    Practice,
    book,
)

WEDNESDAY = MONDAY_EIGHT + timedelta(days=2)
THURSDAY = date(2026, 11, 26)


def changed(week: TypedWeek, weekday: int, *ranges: tuple[int, int]) -> TypedWeek:
    day = tuple(TypedRange(*each) for each in ranges)
    return (*week[:weekday], day, *week[weekday + 1 :])


async def test_hours_at_another_clinic_are_in_the_way(
    practice: Practice, session: AsyncSession
) -> None:
    lake = await make_clinic(session, name="Lake Clinic")
    other = DoctorAtClinic(doctor_id=row_id(practice.doctor), clinic_id=row_id(lake))
    session.add(other)
    await session.flush()
    session.add(WeeklyHours(doctor_at_clinic_id=row_id(other), weekday=5, opens=540, closes=600))
    await session.commit()
    week = changed(await practice.week(), 5, (570, 720))
    clash = {(5, 0): "Overlaps 09:00 – 10:00 at Lake Clinic"}
    assert await practice.ask(hours.validate, week) == clash
    draft = OverrideDraft(date(2026, 11, 28), date(2026, 11, 28), (TypedRange(570, 720),))
    with pytest.raises(Invalid) as refused:
        await practice.ask(different_days.preview_override, draft)
    assert refused.value.errors == {"0": "Overlaps 09:00 – 10:00 at Lake Clinic"}


async def test_a_day_with_other_hours_is_left_alone_by_a_change_of_the_week(
    practice: Practice,
) -> None:
    await book(
        practice.database,
        practice.doctor,
        practice.clinic,
        practice.visit_type,
        WEDNESDAY + timedelta(hours=1),
    )
    draft = OverrideDraft(date(2026, 11, 25), date(2026, 11, 25), (TypedRange(540, 900),))
    await practice.ask(different_days.save_override, draft, version=1)
    preview = await practice.ask(hours.preview, changed(await practice.week(), 2))
    assert (preview.changed_days, preview.outside) == (1, ())


async def test_days_in_a_row_are_shown_as_one(practice: Practice) -> None:
    closed = OverrideDraft(date(2026, 12, 24), date(2026, 12, 25), (), " public holiday ")
    short = OverrideDraft(date(2026, 12, 9), date(2026, 12, 9), (TypedRange(660, 900),))
    assert await practice.ask(different_days.save_override, closed, version=1) == 2
    assert await practice.ask(different_days.save_override, short, version=2) == 3
    first, second = (await practice.ask(hours.load)).different
    assert (first.first, first.last) == (date(2026, 12, 9), date(2026, 12, 9))
    assert first.ranges == (LocalRange(660, 900),)
    assert first.instead == (LocalRange(540, 1020),)
    assert (second.first, second.last) == (date(2026, 12, 24), date(2026, 12, 25))
    assert (second.ranges, second.note) == ((), "public holiday")


async def test_days_are_parted_where_hours_or_notes_differ(practice: Practice) -> None:
    for day, note in ((14, "a"), (15, "a"), (16, "b"), (18, "b")):
        draft = OverrideDraft(date(2026, 12, day), date(2026, 12, day), (), note)
        version = (await practice.ask(hours.load)).version
        await practice.ask(different_days.save_override, draft, version=version)
    spans = [(each.first.day, each.last.day) for each in (await practice.ask(hours.load)).different]
    assert spans == [(14, 15), (16, 16), (18, 18)]


async def test_editing_moves_the_days_of_an_override(practice: Practice) -> None:
    before = OverrideDraft(date(2026, 12, 24), date(2026, 12, 28), (), "away")
    await practice.ask(different_days.save_override, before, version=1)
    after = OverrideDraft(date(2026, 12, 26), date(2026, 12, 29), (TypedRange(600, 660),), "here")
    span = DaySpan(before.first, before.last)
    await practice.ask(different_days.save_override, after, version=2, replaces=span)
    (only,) = (await practice.ask(hours.load)).different
    assert (only.first, only.last, only.note) == (after.first, after.last, "here")
    async with practice.database.session() as session:
        assert len((await session.exec(select(DateOverrideRange))).all()) == 4


async def test_removing_lets_the_weekly_hours_hold_again(practice: Practice) -> None:
    draft = OverrideDraft(THURSDAY, THURSDAY, (TypedRange(540, 720),))
    await practice.ask(different_days.save_override, draft, version=1)
    span = DaySpan(THURSDAY, THURSDAY)
    with pytest.raises(StaleVersion):
        await practice.ask(different_days.remove_override, span, version=1)
    assert await practice.ask(different_days.remove_override, span, version=2) == 3
    assert (await practice.ask(hours.load)).different == ()
    async with practice.database.session() as session:
        assert (await session.exec(select(DateOverride))).all() == []
        assert (await session.exec(select(DateOverrideRange))).all() == []


async def test_the_preview_of_a_closed_day_names_who_is_booked(practice: Practice) -> None:
    starts_at = MONDAY_EIGHT + timedelta(days=3)
    await book(practice.database, practice.doctor, practice.clinic, practice.visit_type, starts_at)
    closed = OverrideDraft(THURSDAY, date(2026, 11, 29))
    preview = await practice.ask(different_days.preview_override, closed)
    assert preview.changed_days == 2  # the weekend was closed before
    assert [each.starts_at for each in preview.outside] == [starts_at]


async def test_the_preview_of_a_removal_names_who_is_booked(practice: Practice) -> None:
    saturday = date(2026, 11, 28)
    draft = OverrideDraft(saturday, saturday, (TypedRange(540, 720),))
    await practice.ask(different_days.save_override, draft, version=1)
    starts_at = MONDAY_EIGHT + timedelta(days=5)
    await book(practice.database, practice.doctor, practice.clinic, practice.visit_type, starts_at)
    preview = await practice.ask(different_days.preview_removal, DaySpan(saturday, saturday))
    assert (preview.changed_days, len(preview.outside)) == (1, 1)


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("2026-11-27", "2026-11-26", "The last day must not be before the first."),
        ("2026-11-20", "2026-11-22", "This day is past."),
        ("2026-12-01", "2027-12-02", "Please choose at most 366 days."),
        ("2029-01-01", "2029-01-01", "Please choose a day within the next two years."),
    ],
)
async def test_impossible_days_are_refused(
    practice: Practice, first: str, last: str, sentence: str
) -> None:
    draft = OverrideDraft(date.fromisoformat(first), date.fromisoformat(last))
    with pytest.raises(Invalid) as refused:
        await practice.ask(different_days.save_override, draft, version=1)
    assert refused.value.errors == {"last": sentence}


async def test_a_long_note_is_refused(practice: Practice) -> None:
    with pytest.raises(Invalid) as refused:
        await practice.ask(
            different_days.preview_override, OverrideDraft(THURSDAY, THURSDAY, (), "x" * 121)
        )
    assert set(refused.value.errors) == {"note"}


async def test_nobody_else_reads_or_changes_the_hours(
    practice: Practice, session: AsyncSession
) -> None:
    other = doctor_actor(await make_doctor(session, practice.clinic))
    patient = await patient_actor(session, await make_patient(session))
    administrator = await administrator_actor(session)
    week = await practice.week()
    day = DaySpan(THURSDAY, THURSDAY)
    draft = OverrideDraft(THURSDAY, THURSDAY)
    rules = BookingRules(0, 1, None)
    requests: list[Callable[[AsyncSession, Actor], Awaitable[Any]]] = [
        lambda s, a: hours.load(s, a, practice.place_id),
        lambda s, a: hours.validate(s, a, practice.place_id, week),
        lambda s, a: hours.preview(s, a, practice.place_id, week),
        lambda s, a: hours.save(s, a, practice.place_id, week, version=1),
        lambda s, a: different_days.preview_override(s, a, practice.place_id, draft),
        lambda s, a: different_days.save_override(s, a, practice.place_id, draft, version=1),
        lambda s, a: different_days.preview_removal(s, a, practice.place_id, day),
        lambda s, a: different_days.remove_override(s, a, practice.place_id, day, version=1),
        lambda s, a: hours.save_rules(s, a, practice.place_id, rules, version=1, doctor_version=1),
    ]
    refusals = ((NOBODY, LoginRequired), (other, Forbidden), (patient, Forbidden))
    for actor, refusal in (*refusals, (administrator, Forbidden)):
        for request in requests:
            async with practice.database.session() as own:
                with pytest.raises(refusal):
                    await request(own, actor)
    assert (await practice.ask(hours.load)).version == 1
    async with practice.database.session() as own:
        with pytest.raises(Forbidden):
            await hours.list_places(own, patient)
