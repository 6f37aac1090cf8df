"""Time off: at all clinics of the doctor, told before it is saved, closed at once."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from appointment_app.accounts.actor import NOBODY
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound, StaleVersion
from appointment_app.models import AuditEvent, DoctorAtClinic, TimeOff, WeeklyHours, row_id
from appointment_app.scheduling import hours
from appointment_app.scheduling.errors import OutsideAvailability
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.slots import list_slots
from appointment_app.scheduling.time_off import (
    TimeOffDraft,
    TimeOffItem,
    preview_time_off,
    remove_time_off,
    save_time_off,
)
from tests.factories import (
    doctor_actor,
    make_clinic,
    make_doctor,
    make_patient,
    offer_of,
    patient_actor,
)
from tests.scheduling.doctors_day import MONDAY_EIGHT, Practice, book, place_of, stored

WEEK = TimeOffDraft(date(2026, 11, 25), date(2026, 11, 27), " Norway ")


async def only(practice: Practice) -> TimeOffItem:
    (item,) = (await practice.ask(hours.load)).time_off
    return item


async def free(practice: Practice) -> list[str]:
    window = Interval(MONDAY_EIGHT, MONDAY_EIGHT + timedelta(days=5))
    offer = offer_of(practice.doctor, practice.clinic, practice.visit_type)
    async with practice.database.session() as session:
        starts = await list_slots(session, NOBODY, offer, window)
    return sorted({f"{start:%a}" for start in starts})


async def test_time_off_closes_its_days_and_is_recorded(practice: Practice) -> None:
    assert await free(practice) == ["Fri", "Mon", "Thu", "Tue", "Wed"]
    await practice.ask(save_time_off, WEEK, doctor_version=1)
    item = await only(practice)
    assert (item.first, item.last, item.note) == (WEEK.first, WEEK.last, "Norway")
    assert await free(practice) == ["Mon", "Tue"]
    with pytest.raises(OutsideAvailability):
        await book(
            *(practice.database, practice.doctor, practice.clinic, practice.visit_type),
            MONDAY_EIGHT + timedelta(days=2, hours=2),
        )

    moved = TimeOffDraft(date(2026, 11, 24), date(2026, 11, 24))
    await practice.ask(save_time_off, moved, doctor_version=2, replaces=item.id)
    assert await free(practice) == ["Fri", "Mon", "Thu", "Wed"]
    await practice.ask(remove_time_off, item.id, doctor_version=3)
    assert await free(practice) == ["Fri", "Mon", "Thu", "Tue", "Wed"]
    async with practice.database.session() as session:
        actions = [
            event.action for event in await session.exec(select(AuditEvent).order_by(AuditEvent.id))
        ]
    assert actions == ["time_off.added", "time_off.changed", "time_off.removed"]


async def test_it_holds_at_every_clinic_and_before_other_hours(practice: Practice) -> None:
    async with practice.database.session() as session:
        lake = await make_clinic(session, name="Lake Clinic")
        at_lake = DoctorAtClinic(doctor_id=row_id(practice.doctor), clinic_id=row_id(lake))
        session.add(at_lake)
        await session.flush()
        session.add(
            WeeklyHours(
                doctor_at_clinic_id=row_id(at_lake), weekday=2, opens=17 * 60, closes=19 * 60
            )
        )
        await session.commit()
        lake_id = await place_of(session, practice.doctor, lake)
    await practice.ask(save_time_off, WEEK, doctor_version=1)
    async with practice.database.session() as session:
        there = await hours.load(session, practice.actor, lake_id)
    assert [list(there.hours.opening_on(WEEK.first))] == [[]]
    assert there.time_off == (await practice.ask(hours.load)).time_off


async def test_who_is_booked_in_it_is_named_and_stays(practice: Practice) -> None:
    made = (practice.database, practice.doctor, practice.clinic, practice.visit_type)
    inside = await book(*made, MONDAY_EIGHT + timedelta(days=2, hours=2), given_name="Nora")
    await book(*made, MONDAY_EIGHT + timedelta(days=1), given_name="Otto")
    preview = await practice.ask(preview_time_off, WEEK)
    booked = [(each.id, each.patient) for each in preview.booked]
    assert booked == [(inside.public_id, "Nora Patient")]
    await practice.ask(save_time_off, WEEK, doctor_version=1)
    assert (await stored(practice.database, inside.public_id)).active


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("2026-11-25", "2026-11-24", "The last day must not be before the first."),
        ("2026-11-20", "2026-11-22", "This day is past."),
        ("2026-12-01", "2027-12-02", "Please choose at most 366 days."),
        ("2029-01-01", "2029-01-02", "Please choose a day within the next two years."),
    ],
)
async def test_impossible_days_are_refused(
    practice: Practice, first: str, last: str, sentence: str
) -> None:
    draft = TimeOffDraft(date.fromisoformat(first), date.fromisoformat(last))
    with pytest.raises(Invalid) as wrong:
        await practice.ask(save_time_off, draft, doctor_version=1)
    assert wrong.value.errors == {"last": sentence}


async def test_time_off_does_not_overlap_but_may_change_its_own_days(practice: Practice) -> None:
    await practice.ask(save_time_off, WEEK, doctor_version=1)
    item = await only(practice)
    touching = TimeOffDraft(date(2026, 11, 28), date(2026, 11, 30))
    overlapping = TimeOffDraft(date(2026, 11, 27), date(2026, 11, 30), "x" * 121)
    with pytest.raises(Invalid) as wrong:
        await practice.ask(save_time_off, overlapping, doctor_version=2)
    assert wrong.value.errors == {
        "last": "Overlaps your time off of 25–27 Nov.",
        "note": "Please use at most 120 characters.",
    }
    await practice.ask(save_time_off, touching, doctor_version=2)
    shorter = TimeOffDraft(date(2026, 11, 26), date(2026, 11, 27))
    await practice.ask(save_time_off, shorter, doctor_version=3, replaces=item.id)


async def test_a_stale_change_changes_nothing(practice: Practice) -> None:
    await practice.ask(save_time_off, WEEK, doctor_version=1)
    item = await only(practice)
    for service, argument in ((save_time_off, WEEK), (remove_time_off, item.id)):
        with pytest.raises(StaleVersion):
            await practice.ask(service, argument, doctor_version=1)
    assert await only(practice) == item


async def test_nobody_else_sees_or_changes_it(practice: Practice) -> None:
    await practice.ask(save_time_off, WEEK, doctor_version=1)
    item = await only(practice)
    async with practice.database.session() as session:
        other = await make_doctor(session, practice.clinic)
        patient = await patient_actor(session, await make_patient(session))
        others_place = await place_of(session, other, practice.clinic)
    for actor, refusal in (
        (NOBODY, LoginRequired),
        (patient, Forbidden),
        (doctor_actor(other), Forbidden),
    ):
        for service, argument in ((save_time_off, WEEK), (remove_time_off, item.id)):
            async with practice.database.session() as session:
                with pytest.raises(refusal):
                    await service(  # type: ignore[operator]
                        session, actor, practice.place_id, argument, doctor_version=2
                    )
        async with practice.database.session() as session:
            with pytest.raises(refusal):
                await preview_time_off(session, actor, practice.place_id, WEEK)
    # Somebody else's time off is not there for them, not even through their own place.
    for key in (item.id, uuid4()):
        async with practice.database.session() as session:
            with pytest.raises(NotFound):
                await remove_time_off(
                    session, doctor_actor(other), others_place, key, doctor_version=1
                )
    async with practice.database.session() as session:
        assert len((await session.exec(select(TimeOff))).all()) == 1
