"""The availability editor's service: what it shows, tries, saves and refuses."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from appointment_app.errors import Invalid, NotFound, StaleVersion
from appointment_app.models import (
    AppointmentStatus,
    AuditEvent,
    Doctor,
    WeeklyHours,
    row_id,
)
from appointment_app.scheduling import hours
from appointment_app.scheduling.hours import BookingRules
from appointment_app.scheduling.week import TypedRange, TypedWeek
from tests.scheduling.doctors_day import (
    MONDAY_EIGHT,
    Practice,
    book,
    stored,
)

WEDNESDAY = MONDAY_EIGHT + timedelta(days=2)
THURSDAY = date(2026, 11, 26)


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


async def test_a_place_that_is_not_there_is_not_found(practice: Practice) -> None:
    practice.place_id = uuid4()
    with pytest.raises(NotFound):
        await practice.ask(hours.load)
    with pytest.raises(NotFound):
        await practice.ask(hours.save, ((),) * 7, version=1)


async def test_hours_of_some_weeks_and_past_midnight_are_kept(practice: Practice) -> None:
    late = TypedRange(
        22 * 60,
        26 * 60,
        valid_from=date(2026, 12, 4),
        valid_until=date(2027, 3, 31),
        every_weeks=3,
    )
    week = await practice.week()
    await practice.ask(hours.save, (*week[:4], (*week[4], late), *week[5:]), version=1)
    stored_week = await practice.week()
    assert stored_week[4] == (TypedRange(540, 1020), late)
    # Saving something else does not lose them.
    await practice.ask(hours.save, changed(stored_week, 0, (600, 720)), version=2)
    assert (await practice.week())[4] == (TypedRange(540, 1020), late)


async def test_who_is_booked_after_midnight_belongs_to_the_evening_before(
    practice: Practice,
) -> None:
    week = await practice.week()
    await practice.ask(hours.save, changed(week, 2, (22 * 60, 26 * 60)), version=1)
    one_at_night = WEDNESDAY + timedelta(hours=16)  # Thursday 01:00 in Berlin
    await book(
        *(practice.database, practice.doctor, practice.clinic, practice.visit_type),
        one_at_night,
    )
    until_midnight = changed(await practice.week(), 2, (22 * 60, 24 * 60))
    preview = await practice.ask(hours.preview, until_midnight)
    assert [each.starts_at for each in preview.outside] == [one_at_night]
    assert (await practice.ask(hours.preview, await practice.week())).outside == ()
