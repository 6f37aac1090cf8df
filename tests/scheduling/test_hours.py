"""The availability editor's service: what it shows, tries, saves and refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.database import Database
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound, StaleVersion
from appointment_app.models import (
    AppointmentStatus,
    AuditEvent,
    Clinic,
    DateOverride,
    DateOverrideRange,
    Doctor,
    DoctorAtClinic,
    VisitType,
    WeeklyHours,
    row_id,
)
from appointment_app.scheduling import hours
from appointment_app.scheduling.availability import LocalRange
from appointment_app.scheduling.hours import BookingRules, DaySpan, OverrideDraft
from appointment_app.scheduling.week import TypedRange, TypedWeek
from tests.factories import (
    administrator_actor,
    doctor_actor,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
    patient_actor,
)
from tests.scheduling.doctors_day import MONDAY_EIGHT, book, place_of, stored

NINE_TO_FIVE = ((9 * 60, 17 * 60),)
WEDNESDAY = MONDAY_EIGHT + timedelta(days=2)
THURSDAY = date(2026, 11, 26)


@dataclass
class Practice:
    """A doctor who receives Monday to Friday from nine to five, in Berlin."""

    database: Database
    doctor: Doctor
    clinic: Clinic
    visit_type: VisitType
    place_id: UUID

    @property
    def actor(self) -> Actor:
        return doctor_actor(self.doctor)

    async def ask(self, service: Callable[..., Awaitable[Any]], *args: Any, **named: Any) -> Any:
        async with self.database.session() as session:
            return await service(session, self.actor, self.place_id, *args, **named)

    async def week(self) -> TypedWeek:
        return (await self.ask(hours.load)).week


@pytest.fixture
async def practice(database: Database, session: AsyncSession) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic, weekdays=range(5), ranges=NINE_TO_FIVE)
        visit_type = await make_visit_type(session, doctor)
        place_id = await place_of(session, doctor, clinic)
        yield Practice(database, doctor, clinic, visit_type, place_id)


def changed(week: TypedWeek, weekday: int, *ranges: tuple[int, int]) -> TypedWeek:
    day = tuple(TypedRange(*each) for each in ranges)
    return (*week[:weekday], day, *week[weekday + 1 :])


async def test_the_editor_shows_what_is_stored(practice: Practice) -> None:
    shown = await practice.ask(hours.load)
    assert shown.clinic == "Harbour Clinic"
    assert shown.hours.zone == "Europe/Berlin"
    assert shown.week[0] == (TypedRange(540, 1020),)
    assert shown.week[5] == ()
    assert shown.rules == BookingRules(0, 60, None)
    assert shown.different == ()
    async with practice.database.session() as session:
        (place,) = await hours.list_places(session, practice.actor)
    assert (place.id, place.clinic) == (practice.place_id, "Harbour Clinic")


async def test_saving_replaces_the_week_and_is_recorded(practice: Practice) -> None:
    week = changed(await practice.week(), 0, (780, 1020), (480, 720))
    assert await practice.ask(hours.save, week, version=1) == 2
    shown = await practice.ask(hours.load)
    assert shown.week[0] == (TypedRange(480, 720), TypedRange(780, 1020))
    assert shown.week[1:] == week[1:]
    async with practice.database.session() as session:
        (event,) = await session.exec(
            select(AuditEvent).where(AuditEvent.action == "hours.changed")
        )
        assert (event.fields, event.actor_user_id) == (["monday"], practice.doctor.user_id)
        assert len((await session.exec(select(WeeklyHours))).all()) == 6
        doctor = await session.get_one(Doctor, row_id(practice.doctor))
        assert doctor.revision == 1


async def test_a_stale_save_changes_nothing(practice: Practice) -> None:
    week = await practice.week()
    await practice.ask(hours.save, changed(week, 0), version=1)
    with pytest.raises(StaleVersion):
        await practice.ask(hours.save, changed(week, 1), version=1)
    assert await practice.week() == changed(week, 0)


async def test_wrong_ranges_are_refused_by_field(practice: Practice) -> None:
    week = changed(await practice.week(), 3, (480, 720), (690, 960))
    with pytest.raises(Invalid) as refused:
        await practice.ask(hours.save, week, version=1)
    assert refused.value.errors == {"3.1": "Overlaps 08:00 – 12:00"}
    assert await practice.ask(hours.validate, week) == {(3, 1): "Overlaps 08:00 – 12:00"}
    assert (await practice.ask(hours.load)).version == 1


async def test_a_week_of_six_days_is_refused(practice: Practice) -> None:
    week = await practice.week()
    with pytest.raises(Invalid):
        await practice.ask(hours.save, week[:6], version=1)


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
        await practice.ask(hours.preview_override, draft)
    assert refused.value.errors == {"0": "Overlaps 09:00 – 10:00 at Lake Clinic"}


async def test_the_preview_counts_days_and_names_who_is_left_outside(practice: Practice) -> None:
    inside = WEDNESDAY + timedelta(hours=1)
    outside = WEDNESDAY + timedelta(hours=7)  # 16:00 in Berlin
    for starts_at, name in ((inside, "Ida"), (outside, "Nora")):
        await book(
            practice.database,
            practice.doctor,
            practice.clinic,
            practice.visit_type,
            starts_at,
            given_name=name,
            family_name="Lind",
        )
    week = changed(changed(await practice.week(), 2, (540, 960)), 4)
    preview = await practice.ask(hours.preview, week)
    assert preview.changed_days == 2
    assert [(each.patient, each.starts_at) for each in preview.outside] == [("Nora Lind", outside)]


async def test_an_appointment_on_the_edge_of_the_new_hours_is_inside(practice: Practice) -> None:
    last = WEDNESDAY + timedelta(hours=7, minutes=30)
    await book(practice.database, practice.doctor, practice.clinic, practice.visit_type, last)
    ends_with_it = changed(await practice.week(), 2, (540, 780), (780, 1020))
    assert (await practice.ask(hours.preview, ends_with_it)).outside == ()
    ends_before = changed(await practice.week(), 2, (540, 1019))
    assert len((await practice.ask(hours.preview, ends_before)).outside) == 1


async def test_saving_never_drops_an_appointment(practice: Practice) -> None:
    appointment = await book(
        practice.database,
        practice.doctor,
        practice.clinic,
        practice.visit_type,
        WEDNESDAY + timedelta(hours=1),
    )
    nothing: TypedWeek = ((),) * 7
    await practice.ask(hours.save, nothing, version=1)
    again = await stored(practice.database, appointment.public_id)
    assert again.status is AppointmentStatus.CONFIRMED
    assert again.active


async def test_only_days_that_change_are_looked_at(practice: Practice) -> None:
    """Somebody who was left outside on purpose is not named again for another day's change."""
    await book(
        practice.database,
        practice.doctor,
        practice.clinic,
        practice.visit_type,
        WEDNESDAY + timedelta(hours=7),
    )
    shorter = changed(await practice.week(), 2, (540, 960))
    await practice.ask(hours.save, shorter, version=1)
    assert (await practice.ask(hours.preview, changed(shorter, 0, (600, 700)))).outside == ()
    assert len((await practice.ask(hours.preview, changed(shorter, 2, (540, 900)))).outside) == 1


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
    await practice.ask(hours.save_override, draft, version=1)
    preview = await practice.ask(hours.preview, changed(await practice.week(), 2))
    assert (preview.changed_days, preview.outside) == (1, ())


async def test_days_in_a_row_are_shown_as_one(practice: Practice) -> None:
    closed = OverrideDraft(date(2026, 12, 24), date(2026, 12, 25), (), " public holiday ")
    short = OverrideDraft(date(2026, 12, 9), date(2026, 12, 9), (TypedRange(660, 900),))
    assert await practice.ask(hours.save_override, closed, version=1) == 2
    assert await practice.ask(hours.save_override, short, version=2) == 3
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
        await practice.ask(hours.save_override, draft, version=version)
    spans = [(each.first.day, each.last.day) for each in (await practice.ask(hours.load)).different]
    assert spans == [(14, 15), (16, 16), (18, 18)]


async def test_editing_moves_the_days_of_an_override(practice: Practice) -> None:
    before = OverrideDraft(date(2026, 12, 24), date(2026, 12, 28), (), "away")
    await practice.ask(hours.save_override, before, version=1)
    after = OverrideDraft(date(2026, 12, 26), date(2026, 12, 29), (TypedRange(600, 660),), "here")
    span = DaySpan(before.first, before.last)
    await practice.ask(hours.save_override, after, version=2, replaces=span)
    (only,) = (await practice.ask(hours.load)).different
    assert (only.first, only.last, only.note) == (after.first, after.last, "here")
    async with practice.database.session() as session:
        assert len((await session.exec(select(DateOverrideRange))).all()) == 4


async def test_removing_lets_the_weekly_hours_hold_again(practice: Practice) -> None:
    draft = OverrideDraft(THURSDAY, THURSDAY, (TypedRange(540, 720),))
    await practice.ask(hours.save_override, draft, version=1)
    span = DaySpan(THURSDAY, THURSDAY)
    with pytest.raises(StaleVersion):
        await practice.ask(hours.remove_override, span, version=1)
    assert await practice.ask(hours.remove_override, span, version=2) == 3
    assert (await practice.ask(hours.load)).different == ()
    async with practice.database.session() as session:
        assert (await session.exec(select(DateOverride))).all() == []
        assert (await session.exec(select(DateOverrideRange))).all() == []


async def test_the_preview_of_a_closed_day_names_who_is_booked(practice: Practice) -> None:
    starts_at = MONDAY_EIGHT + timedelta(days=3)
    await book(practice.database, practice.doctor, practice.clinic, practice.visit_type, starts_at)
    closed = OverrideDraft(THURSDAY, date(2026, 11, 29))
    preview = await practice.ask(hours.preview_override, closed)
    assert preview.changed_days == 2  # the weekend was closed before
    assert [each.starts_at for each in preview.outside] == [starts_at]


async def test_the_preview_of_a_removal_names_who_is_booked(practice: Practice) -> None:
    saturday = date(2026, 11, 28)
    draft = OverrideDraft(saturday, saturday, (TypedRange(540, 720),))
    await practice.ask(hours.save_override, draft, version=1)
    starts_at = MONDAY_EIGHT + timedelta(days=5)
    await book(practice.database, practice.doctor, practice.clinic, practice.visit_type, starts_at)
    preview = await practice.ask(hours.preview_removal, DaySpan(saturday, saturday))
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
        await practice.ask(hours.save_override, draft, version=1)
    assert refused.value.errors == {"last": sentence}


async def test_a_long_note_is_refused(practice: Practice) -> None:
    with pytest.raises(Invalid) as refused:
        await practice.ask(hours.preview_override, OverrideDraft(THURSDAY, THURSDAY, (), "x" * 121))
    assert set(refused.value.errors) == {"note"}


async def test_rules_are_kept(practice: Practice) -> None:
    rules = BookingRules(240, 30, 16, 24 * 60, 3)
    assert await practice.ask(hours.save_rules, rules, version=1, doctor_version=1) == 2
    shown = await practice.ask(hours.load)
    assert (shown.rules, shown.doctor_version) == (rules, 2)
    with pytest.raises(StaleVersion):
        await practice.ask(hours.save_rules, rules, version=2, doctor_version=1)
    no_limit = BookingRules(0, 730, None)
    await practice.ask(hours.save_rules, no_limit, version=2, doctor_version=2)
    assert (await practice.ask(hours.load)).rules == no_limit


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (BookingRules(-1, 30, None), "minimum_notice"),
        (BookingRules(90 * 1440 + 1, 30, None), "minimum_notice"),
        (BookingRules(0, 0, None), "horizon_days"),
        (BookingRules(0, 731, None), "horizon_days"),
        (BookingRules(0, 30, 0), "max_patients_a_day"),
        (BookingRules(0, 30, 201), "max_patients_a_day"),
        (BookingRules(0, 30, None, -1), "cancellation_window"),
        (BookingRules(0, 30, None, 90 * 1440 + 1), "cancellation_window"),
        (BookingRules(0, 30, None, 0, 0), "max_open_appointments"),
        (BookingRules(0, 30, None, 0, 51), "max_open_appointments"),
    ],
)
async def test_impossible_rules_are_refused(
    practice: Practice, rules: BookingRules, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await practice.ask(hours.save_rules, rules, version=1, doctor_version=1)
    assert set(refused.value.errors) == {field}


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
        lambda s, a: hours.preview_override(s, a, practice.place_id, draft),
        lambda s, a: hours.save_override(s, a, practice.place_id, draft, version=1),
        lambda s, a: hours.preview_removal(s, a, practice.place_id, day),
        lambda s, a: hours.remove_override(s, a, practice.place_id, day, version=1),
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


async def test_a_place_that_is_not_there_is_not_found(practice: Practice) -> None:
    practice.place_id = uuid4()
    with pytest.raises(NotFound):
        await practice.ask(hours.load)
    with pytest.raises(NotFound):
        await practice.ask(hours.save, ((),) * 7, version=1)
