"""Patients move their appointments to another time, on each database."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.errors import DomainError
from appointment_app.models import (
    Appointment,
    AppointmentMove,
    AppointmentStatus,
    AuditEvent,
    BlockKind,
    BookableBy,
    BusyBlock,
    MessageKind,
    OutboxMessage,
    row_id,
)
from appointment_app.scheduling import locks, rescheduling, visits
from appointment_app.scheduling.overbooking import OverbookingNeeded
from tests.factories import (
    doctor_actor,
    make_appointment,
    make_block,
    make_clinic,
    make_doctor,
    make_visit_type,
    offer_of,
)
from tests.scheduling.desk import INSTANT, TODAY, Desk, at, nothing_stored, refused
from tests.scheduling.moving import move, reschedule, work_also_at


async def only_block(desk: Desk) -> BusyBlock:
    (block,) = await desk.all(BusyBlock)
    assert isinstance(block, BusyBlock)
    return block


# The patient


async def test_a_patient_moves_and_everything_else_stays(desk: Desk) -> None:
    offer = await desk.another_visit_type(pause_before=5, pause_after=10)
    booked = await desk.book(at("08:30"), offer=offer)
    before = await desk.appointment(booked)
    assert await reschedule(desk, booked, at("11:00")) == 2

    after = await desk.appointment(booked)
    assert (after.starts_at, after.ends_at) == (at("11:00"), at("11:30"))
    assert after.model_dump(exclude={"starts_at", "ends_at", "version"}) == before.model_dump(
        exclude={"starts_at", "ends_at", "version"}
    )
    block = await only_block(desk)
    assert (block.busy_from, block.busy_until) == (at("10:55"), at("11:40"))
    assert (block.active, block.overbooked) == (True, False)
    (remembered,) = await desk.all(AppointmentMove)
    assert (remembered.from_starts_at, remembered.from_ends_at) == (at("08:30"), at("09:00"))
    assert (remembered.to_starts_at, remembered.to_ends_at) == (at("11:00"), at("11:30"))
    assert (remembered.moved_by, remembered.moved_at) == (desk.actor.user_id, at("08:00", TODAY))
    event = (await desk.all(AuditEvent))[-1]
    assert (event.action, event.record_id) == ("appointment.rescheduled", after.id)
    assert event.fields == ["ends_at", "starts_at"]
    mail = (await desk.all(OutboxMessage))[-1]
    assert mail.kind is MessageKind.APPOINTMENT_RESCHEDULED
    assert mail.payload == {"appointment_id": after.id, "move_id": remembered.id}


async def test_the_old_time_is_free_for_others_and_the_new_one_is_not(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    other = await desk.another_patient()
    await reschedule(desk, booked, at("11:00"))
    with refused("SLOT_TAKEN"):
        await desk.book(at("11:00"), actor=other)
    await desk.book(at("10:00"), actor=other)


async def test_its_own_old_time_is_not_in_its_way(desk: Desk) -> None:
    long_visit = await desk.another_visit_type(duration=60)
    quarter = await desk.book(at("10:00"), offer=long_visit)
    await move(desk, quarter, at("10:15"))
    assert (await desk.appointment(quarter)).starts_at == at("10:15")
    # Nor does the day count it twice.
    await desk.change(desk.doctor, max_patients_a_day=1)
    await reschedule(desk, quarter, at("11:00"), version=2)


async def test_the_same_move_again_changes_nothing(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    await reschedule(desk, booked, at("11:00"))
    tables = (Appointment, AppointmentMove, BusyBlock, AuditEvent, OutboxMessage)
    before = [await desk.all(table) for table in tables]
    assert await reschedule(desk, booked, at("11:00"), version=1) == 2
    assert await move(desk, booked, at("11:00"), version=1) == 2
    assert [await desk.all(table) for table in tables] == before


async def test_a_stale_page_moves_nothing(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    await reschedule(desk, booked, at("11:00"))
    async with nothing_stored(desk):
        with refused("STALE_VERSION"):
            await reschedule(desk, booked, at("12:00"), version=1)
        with refused("STALE_VERSION"):
            await move(desk, booked, at("12:00"), version=1)


@pytest.mark.parametrize(
    ("time", "code"),
    [
        (at("10:30"), "SLOT_TAKEN"),
        (at("12:30"), "SLOT_TAKEN"),
        (at("07:00"), "OUTSIDE_AVAILABILITY"),
        (at("11:10"), "TIMES_CHANGED"),
        (at("07:30", TODAY), "TOO_SOON"),
        (at("10:00") + timedelta(days=61), "TOO_FAR_AHEAD"),
        (at("10:00") + timedelta(days=4000), "TOO_FAR_AHEAD"),
        (at("10:00") - timedelta(days=4000), "IN_THE_PAST"),
    ],
)
async def test_a_refused_time_leaves_all_as_it_was(desk: Desk, time: datetime, code: str) -> None:
    booked = await desk.book(at("09:00"))
    await desk.book(at("10:30"), actor=await desk.another_patient())
    elsewhere = await desk.make(make_doctor, desk.clinic)
    visit = await desk.make(make_visit_type, elsewhere)
    await desk.book(at("12:30"), offer=offer_of(elsewhere, desk.clinic, visit))
    async with nothing_stored(desk):
        with refused(code):
            await reschedule(desk, booked, time)


async def test_a_full_day_takes_no_more(desk: Desk) -> None:
    await desk.change(desk.doctor, max_patients_a_day=1)
    booked = await desk.book(at("10:00", TODAY))
    await desk.book(at("10:00"), actor=await desk.another_patient())
    async with nothing_stored(desk):
        with refused("DAY_FULL"):
            await reschedule(desk, booked, at("12:00"))


async def test_a_patient_moves_until_the_window_begins(desk: Desk) -> None:
    await desk.change(await desk.at_clinic(), cancellation_window=24 * 60)
    await desk.change(desk.clinic, phone="+49 30 123")
    booked = await desk.book(at("10:00") + timedelta(days=1))
    with clock.frozen(at("10:00")):
        async with nothing_stored(desk):
            with pytest.raises(DomainError) as refusal:
                await reschedule(desk, booked, at("12:00") + timedelta(days=2))
        assert refusal.value.code == "TOO_LATE_TO_RESCHEDULE"
        assert "Harbour Clinic: +49 30 123" in refusal.value.sentence
    with clock.frozen(at("10:00") - INSTANT):
        await reschedule(desk, booked, at("12:00") + timedelta(days=2))


async def test_a_patient_moves_until_it_begins_where_there_is_no_window(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    with clock.frozen(at("10:00")), refused("TOO_LATE_TO_RESCHEDULE"):
        await reschedule(desk, booked, at("12:00"))
    with clock.frozen(at("10:00") - INSTANT):
        await reschedule(desk, booked, at("12:00"))


async def test_what_needs_to_be_confirmed_waits_again(desk: Desk) -> None:
    offer = await desk.another_visit_type(needs_confirmation=True)
    booked = await desk.book(at("10:00"), offer=offer)
    await desk.call(visits.confirm, doctor_actor(desk.doctor), booked)
    await move(desk, booked, at("10:30"), version=2)
    assert (await desk.appointment(booked)).status is AppointmentStatus.CONFIRMED
    await reschedule(desk, booked, at("11:00"), version=3)
    assert (await desk.appointment(booked)).status is AppointmentStatus.PENDING


async def test_a_visit_that_staff_alone_book_is_not_moved_by_the_patient(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    await desk.change(desk.visit_type, bookable_by=BookableBy.STAFF)
    async with nothing_stored(desk):
        with refused("NOT_BOOKABLE"):
            await reschedule(desk, booked, at("11:00"))
    await move(desk, booked, at("11:00"))


@pytest.mark.parametrize(
    "status",
    [
        AppointmentStatus.CHECKED_IN,
        AppointmentStatus.COMPLETED,
        AppointmentStatus.NO_SHOW,
        AppointmentStatus.CANCELLED,
    ],
)
async def test_what_came_to_an_end_is_not_moved(desk: Desk, status: AppointmentStatus) -> None:
    row = await desk.make(
        make_appointment, desk.visit_type, desk.clinic, desk.patient, at("10:00"), status=status
    )
    async with nothing_stored(desk):
        for function in (reschedule, move):
            with refused("STATUS_CONFLICT"):
                await function(desk, row.public_id, at("11:00"))


async def test_it_moves_to_another_clinic_of_the_doctor(desk: Desk) -> None:
    park = await desk.make(make_clinic, name="Parkside", street="Park 2", zone="Europe/London")
    await desk.make(work_also_at, desk, park)
    booked = await desk.book(at("10:00"))
    await reschedule(desk, booked, at("11:00"), clinic_id=park.public_id)
    after = await desk.appointment(booked)
    assert (after.clinic_id, after.zone) == (row_id(park), "Europe/London")
    assert after.place.startswith("Parkside, Park 2")
    assert (await only_block(desk)).clinic_id == row_id(park)
    event = (await desk.all(AuditEvent))[-1]
    assert event.fields == ["clinic_id", "ends_at", "place", "starts_at", "zone"]
    strange = await desk.make(make_clinic)
    async with nothing_stored(desk):
        for clinic_id in (strange.public_id, uuid4()):
            for function in (reschedule, move):
                with refused("NOT_BOOKABLE"):
                    await function(desk, booked, at("12:00"), version=2, clinic_id=clinic_id)


# A seat in a group session


async def group_of(desk: Desk, *actors: Actor) -> tuple[Any, Any]:
    """A group visit for two, and what these patients have booked of it at ten."""
    group = await desk.another_visit_type(capacity=2, duration=60)
    return group, [await desk.book(at("10:00"), offer=group, actor=actor) for actor in actors]


async def seats(desk: Desk) -> list[tuple[datetime, int, int]]:
    """When, in which block and on which seat the patients sit."""
    return [(row.starts_at, row.block_id, row.seat) for row in await desk.all(Appointment)]


async def test_a_seat_leaves_its_session_to_the_others(desk: Desk) -> None:
    other = await desk.another_patient()
    _, (one, two) = await group_of(desk, desk.actor, other)
    await reschedule(desk, one, at("14:00"))
    old, new = await desk.all(BusyBlock)
    assert await seats(desk) == [(at("14:00"), new.id, 0), (at("10:00"), old.id, 1)]
    assert (old.active, new.active, new.kind, new.capacity) == (True, True, BlockKind.SESSION, 2)
    assert (await desk.appointment(one)).ends_at == at("15:00")
    # The last one who leaves frees the doctor, and joins the first.
    await reschedule(desk, two, at("14:00"), actor=other)
    old, new = await desk.all(BusyBlock)
    assert not old.active
    assert await seats(desk) == [(at("14:00"), new.id, 0), (at("14:00"), new.id, 1)]
    assert len(await desk.all(AppointmentMove)) == 2


async def test_a_seat_in_a_full_session_is_not_to_be_had(desk: Desk) -> None:
    group, (one,) = await group_of(desk, desk.actor)
    for _ in range(2):
        await desk.book(at("12:00"), offer=group, actor=await desk.another_patient())
    async with nothing_stored(desk):
        with refused("SLOT_TAKEN"):
            await reschedule(desk, one, at("12:00"))
        # Its own session stands there still, even when nobody else sits in it.
        with refused("SLOT_TAKEN"):
            await reschedule(desk, one, at("10:30"))


async def test_two_who_want_the_last_seat(desk: Desk) -> None:
    other = await desk.another_patient()
    group, (one, two) = await group_of(desk, desk.actor, other)
    await desk.book(at("14:00"), offer=group, actor=await desk.another_patient())
    outcomes = await asyncio.gather(
        reschedule(desk, one, at("14:00")),
        reschedule(desk, two, at("14:00"), actor=other),
        return_exceptions=True,
    )
    assert sorted(str(getattr(each, "code", each)) for each in outcomes) == ["2", "SLOT_TAKEN"]
    starts = [start for start, _, _ in await seats(desk)]
    assert (starts.count(at("14:00")), starts.count(at("10:00"))) == (2, 1)


async def test_a_day_does_not_count_a_moving_seat_twice(desk: Desk) -> None:
    _, (one,) = await group_of(desk, desk.actor)
    await desk.change(desk.doctor, max_patients_a_day=1)
    await reschedule(desk, one, at("14:00"))


async def test_staff_move_a_single_seat(desk: Desk) -> None:
    """To a session with a place; elsewhere to one of its own, over something else on purpose."""
    group, (one, two) = await group_of(desk, desk.actor, await desk.another_patient())
    for hour in ("14:00", "16:00", "16:00"):
        await desk.book(at(hour), offer=group, actor=await desk.another_patient())
    async with nothing_stored(desk):
        with refused("SLOT_TAKEN"):
            await move(desk, one, at("16:00"))
    await move(desk, one, at("14:00"))
    moved, left = await desk.appointment(one), await desk.appointment(two)
    assert (moved.seat, moved.ends_at) == (1, at("15:00"))
    assert left.starts_at == at("10:00")

    with pytest.raises(OverbookingNeeded) as question:
        await move(desk, two, at("13:30"))
    assert question.value.sentence == "At 14:00 there is a group session."
    await move(desk, two, at("13:30"), seen=question.value.keys)
    blocks = {block.starts_at: block for block in await desk.all(BusyBlock)}
    alone = blocks[at("13:30")]
    assert (alone.kind, alone.capacity, alone.overbooked) == (BlockKind.SESSION, 2, True)
    assert (await desk.appointment(two)).block_id == alone.id
    assert not blocks[at("10:00")].active


async def test_an_expired_hold_keeps_nobody_away(desk: Desk) -> None:
    booked = await desk.book(at("09:00"))
    for expires_at, hour in ((at("08:00", TODAY), "10:00"), (at("08:05", TODAY), "11:00")):
        await desk.make(
            make_block, desk.doctor, at(hour), 30, kind=BlockKind.HOLD, expires_at=expires_at
        )
    with refused("SLOT_TAKEN"):
        await reschedule(desk, booked, at("11:00"))
    await reschedule(desk, booked, at("10:00"))


# Who wants the same time at the same moment


async def test_two_who_swap_are_refused_and_neither_is_lost(desk: Desk) -> None:
    other = await desk.another_patient()
    one, two = await desk.book(at("10:00")), await desk.book(at("11:00"), actor=other)
    outcomes = await asyncio.gather(
        reschedule(desk, one, at("11:00")),
        reschedule(desk, two, at("10:00"), actor=other),
        return_exceptions=True,
    )
    assert [getattr(each, "code", each) for each in outcomes] == ["SLOT_TAKEN", "SLOT_TAKEN"]
    assert (await desk.appointment(one)).starts_at == at("10:00")
    assert (await desk.appointment(two)).starts_at == at("11:00")
    # By way of a third time it goes.
    await reschedule(desk, one, at("12:00"))
    await reschedule(desk, two, at("10:00"), actor=other)
    await reschedule(desk, one, at("11:00"), version=2)


async def test_of_many_who_move_to_one_time_one_gets_it(desk: Desk) -> None:
    actors = [await desk.another_patient() for _ in range(6)]
    sits = [
        await desk.book(at(f"{9 + number:02}:00"), actor=actor)
        for number, actor in enumerate(actors)
    ]
    outcomes = await asyncio.gather(
        *(
            reschedule(desk, sit, at("17:00"), actor=actor)
            for sit, actor in zip(sits, actors, strict=True)
        ),
        return_exceptions=True,
    )
    codes = [getattr(each, "code", each) for each in outcomes]
    assert sorted(map(str, codes)) == ["2", *["SLOT_TAKEN"] * 5]
    starts = sorted(row.starts_at for row in await desk.all(Appointment))
    assert len(starts) == len(set(starts)) == 6
    assert starts.count(at("17:00")) == 1


async def test_the_constraint_has_the_last_word(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked = await desk.book(at("10:00"))
    await desk.book(at("11:00"), actor=await desk.another_patient())
    elsewhere = await desk.make(make_doctor, desk.clinic)
    visit = await desk.make(make_visit_type, elsewhere)
    await desk.book(at("12:00"), offer=offer_of(elsewhere, desk.clinic, visit))

    async def look_away(*_: Any, **__: Any) -> Any:
        return ()

    for name in ("lock_doctor", "lock_person"):
        monkeypatch.setattr(locks, name, look_away)
    for name in ("require_free", "_require_patient_free", "find_conflicts"):
        monkeypatch.setattr(rescheduling, name, look_away)
    async with nothing_stored(desk):
        for function in (reschedule, move):
            for time in (at("11:00"), at("12:00"), at("11:45")):
                with refused("SLOT_TAKEN"):
                    await function(desk, booked, time)
