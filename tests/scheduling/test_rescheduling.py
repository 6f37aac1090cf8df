"""Moving an appointment to another time, on each database."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.errors import DomainError
from appointment_app.models import (
    Appointment,
    AppointmentMove,
    AppointmentStatus,
    AuditEvent,
    BlockKind,
    BookableBy,
    BusyBlock,
    DoctorAtClinic,
    MessageKind,
    OutboxMessage,
    WeeklyHours,
    row_id,
)
from appointment_app.scheduling import cancelling, locks, rescheduling, visits
from appointment_app.scheduling.overbooking import OverbookingNeeded
from appointment_app.scheduling.rescheduling import NewTime
from tests.factories import (
    administrator_actor,
    doctor_actor,
    make_appointment,
    make_block,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
    offer_of,
)
from tests.scheduling.desk import INSTANT, TODAY, Desk, at, nothing_stored, refused


async def reschedule(
    desk: Desk, appointment: UUID, starts_at: datetime, version: int = 1, **values: Any
) -> Any:
    """Choose another time as the patient."""
    actor = values.pop("actor", desk.actor)
    new_time = NewTime(starts_at, values.pop("clinic_id", None))
    return await desk.call(
        rescheduling.reschedule, actor, appointment, new_time, version=version, **values
    )


async def move(
    desk: Desk, appointment: UUID, starts_at: datetime, version: int = 1, **values: Any
) -> Any:
    """Move as the doctor."""
    actor = values.pop("actor", doctor_actor(desk.doctor))
    new_time = NewTime(starts_at, values.pop("clinic_id", None))
    return await desk.call(
        rescheduling.move, actor, appointment, new_time, version=version, **values
    )


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
    await desk.make(_work_also_at, desk, park)
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


async def _work_also_at(session: Any, desk: Desk, clinic: Any) -> None:
    at_clinic = DoctorAtClinic(
        doctor_id=row_id(desk.doctor), clinic_id=row_id(clinic), minimum_notice=0
    )
    session.add(at_clinic)
    await session.flush()
    for weekday in range(7):
        session.add(
            WeeklyHours(
                doctor_at_clinic_id=row_id(at_clinic), weekday=weekday, opens=480, closes=1080
            )
        )
    await session.commit()


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


# The doctor and the clinic


async def test_staff_move_to_any_free_time_and_say_why(desk: Desk) -> None:
    staff = (
        doctor_actor(desk.doctor),
        await desk.make(administrator_actor),
        await desk.make(administrator_actor, desk.clinic),
    )
    await desk.change(await desk.at_clinic(), cancellation_window=7 * 24 * 60, minimum_notice=600)
    booked = await desk.book(at("10:00"))
    for number, actor in enumerate(staff):
        # Off the grid, within the notice and the window, beyond the horizon.
        time = (at("08:10", TODAY), at("09:05", TODAY), at("10:00") + timedelta(days=200))[number]
        await move(desk, booked, time, number + 1, actor=actor, reason=" The doctor is late ")
        assert (await desk.appointment(booked)).starts_at == time
    moves = await desk.all(AppointmentMove)
    assert [each.reason for each in moves] == ["The doctor is late"] * 3
    assert [each.moved_by for each in moves] == [actor.user_id for actor in staff]


async def test_nobody_is_moved_into_the_past(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    async with nothing_stored(desk):
        for time in (at("08:00", TODAY) - INSTANT, at("10:00") - timedelta(days=4000)):
            with refused("IN_THE_PAST"):
                await move(desk, booked, time)
        with refused("TOO_FAR_AHEAD"):
            await move(desk, booked, at("10:00") + timedelta(days=4000))
        with refused("TEXT_TOO_LONG", "reason"):
            await move(desk, booked, at("11:00"), reason="a" * 501)


async def test_over_another_appointment_only_when_it_was_seen(desk: Desk) -> None:
    ben = await desk.make(make_patient, given_name="Ben", family_name="Albrecht")
    rival = await desk.make(make_appointment, desk.visit_type, desk.clinic, ben, at("11:00"))
    booked = await desk.book(at("10:00"))
    async with nothing_stored(desk):
        with pytest.raises(OverbookingNeeded) as refusal:
            await move(desk, booked, at("11:15"))
        assert refusal.value.sentence == "At 11:00 Ben Albrecht has an appointment: Consultation."
        with refused("OVERBOOKING_NEEDED"):
            await move(desk, booked, at("11:15"), seen=frozenset({"outside", str(uuid4())}))
    assert refusal.value.keys == {str(rival.public_id)}
    await move(desk, booked, at("11:15"), seen=refusal.value.keys)

    stored = {block.id: block for block in await desk.all(BusyBlock)}
    moved = await desk.appointment(booked)
    assert stored[moved.block_id].overbooked
    assert not stored[rival.block_id].overbooked
    actions = [event.action for event in await desk.all(AuditEvent)][-2:]
    assert actions == ["appointment.rescheduled", "appointment.overbooked"]
    assert (await desk.all(AuditEvent))[-1].fields == ["overlap"]
    # Alone again, it is under the constraint again.
    await move(desk, booked, at("14:00"), version=2)
    stored = {block.id: block for block in await desk.all(BusyBlock)}
    assert not stored[moved.block_id].overbooked


async def test_outside_the_hours_and_beyond_the_maximum_are_asked_about(desk: Desk) -> None:
    await desk.change(desk.doctor, max_patients_a_day=1)
    booked = await desk.book(at("10:00", TODAY))
    await desk.book(at("10:00"), actor=await desk.another_patient())
    with pytest.raises(OverbookingNeeded) as refusal:
        await move(desk, booked, at("17:45"))
    assert refusal.value.sentence == (
        "This is outside the hours at Harbour Clinic."
        " On Tuesday 5 March there are as many patients as are seen in a day."
    )
    with refused("OVERBOOKING_NEEDED"):
        await move(desk, booked, at("17:45"), seen=frozenset({"outside"}))
    await move(desk, booked, at("17:45"), seen=refusal.value.keys)
    moved = await desk.appointment(booked)
    # Nothing overlaps, so the constraint goes on to guard the time.
    (block,) = [each for each in await desk.all(BusyBlock) if each.id == moved.block_id]
    assert not block.overbooked
    assert (await desk.all(AuditEvent))[-1].fields == ["day_full", "outside_hours"]


async def test_the_patient_is_never_in_two_places(desk: Desk) -> None:
    elsewhere = await desk.make(make_doctor, desk.clinic)
    visit = await desk.make(make_visit_type, elsewhere)
    await desk.book(at("12:00"), offer=offer_of(elsewhere, desk.clinic, visit))
    booked = await desk.book(at("10:00"))
    other = await desk.another_patient()
    rival = await desk.book(at("12:15"), actor=other, offer=await _quarter_grid(desk))
    async with nothing_stored(desk):
        with refused("SLOT_TAKEN"):
            await move(desk, booked, at("12:15"), seen=frozenset({str(rival)}))


async def _quarter_grid(desk: Desk) -> Any:
    return await desk.another_visit_type(duration=15)


async def test_who_is_not_of_the_clinic_does_not_read_the_other_patients_name(desk: Desk) -> None:
    park = await desk.make(make_clinic, name="Parkside")
    await desk.make(_work_also_at, desk, park)
    ben = await desk.make(make_patient, given_name="Ben", family_name="Albrecht")
    await desk.make(make_appointment, desk.visit_type, desk.clinic, ben, at("11:00"))
    booked = await desk.book(at("10:00"), offer=offer_of(desk.doctor, park, desk.visit_type))
    of_park = await desk.make(administrator_actor, park)
    with pytest.raises(OverbookingNeeded) as refusal:
        await move(desk, booked, at("11:00"), actor=of_park)
    assert refusal.value.sentence == "At 11:00 the doctor has another appointment."


async def test_holds_and_outside_blocks_are_named_too(desk: Desk) -> None:
    booked = await desk.book(at("09:00"))
    await desk.make(make_block, desk.doctor, at("10:00"), 30)
    await desk.make(
        make_block,
        desk.doctor,
        at("11:00"),
        30,
        kind=BlockKind.HOLD,
        expires_at=at("08:05", TODAY),
    )
    await desk.make(make_block, desk.doctor, at("12:00"), 30, kind=BlockKind.SESSION)
    for time, sentence in (
        ("10:15", "From 10:00 on the doctor is busy."),
        ("11:15", "Somebody is just booking the time at 11:00."),
        ("12:15", "At 12:00 there is a group session."),
    ):
        with pytest.raises(OverbookingNeeded) as refusal:
            await move(desk, booked, at(time))
        assert refusal.value.sentence == sentence


async def test_what_a_move_would_ask_about_can_be_known_before(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    rival = await desk.book(at("11:00"), actor=await desk.another_patient())
    ask, doctor = rescheduling.conflicts_of_move, doctor_actor(desk.doctor)
    async with nothing_stored(desk):
        assert await desk.call(ask, doctor, booked, NewTime(at("12:00"))) == ()
        (conflict,) = await desk.call(ask, doctor, booked, NewTime(at("11:15")))
        with refused("IN_THE_PAST"):
            await desk.call(ask, doctor, booked, NewTime(at("07:00", TODAY)))
        with refused("FORBIDDEN"):
            await desk.call(ask, desk.actor, booked, NewTime(at("12:00")))
        for actor, code in ((NOBODY, "LOGIN_REQUIRED"), (doctor, "NOT_FOUND")):
            with refused(code):
                await desk.call(ask, actor, uuid4(), NewTime(at("12:00")))
    assert conflict.key == str(rival)


async def test_undo_is_another_move(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    version = await move(desk, booked, at("11:00"))
    await move(desk, booked, at("10:00"), version=version)
    assert (await desk.appointment(booked)).starts_at == at("10:00")
    moves = await desk.all(AppointmentMove)
    assert [each.to_starts_at for each in moves] == [at("11:00"), at("10:00")]


# Rights


async def test_who_may_move_an_appointment(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    other_doctor = await desk.make(make_doctor, desk.clinic)
    child = await desk.make(make_patient, guardian=desk.patient)
    login, hidden, no, stale = "LOGIN_REQUIRED", "NOT_FOUND", "FORBIDDEN", "STALE_VERSION"
    expected: dict[str, tuple[Actor, str, str]] = {
        "nobody": (NOBODY, login, login),
        "patient": (desk.actor, stale, no),
        "other patient": (await desk.another_patient(), hidden, hidden),
        "guardian of another": (
            Actor(user_id=desk.actor.user_id, dependents=frozenset({row_id(child)})),
            hidden,
            hidden,
        ),
        "guardian": (
            Actor(user_id=desk.actor.user_id, dependents=frozenset({row_id(desk.patient)})),
            stale,
            no,
        ),
        "doctor": (doctor_actor(desk.doctor), no, stale),
        "other doctor": (doctor_actor(other_doctor), hidden, hidden),
        "administrator": (await desk.make(administrator_actor), no, stale),
        "of another": (
            await desk.make(administrator_actor, await desk.make(make_clinic)),
            hidden,
            hidden,
        ),
    }
    async with nothing_stored(desk):
        for name, (actor, as_patient, as_staff) in expected.items():
            with refused(as_patient):
                await reschedule(desk, booked, at("11:00"), version=7, actor=actor)
            with refused(as_staff):
                await move(desk, booked, at("11:00"), version=7, actor=actor)
            assert name
        for function in (reschedule, move):
            with refused("NOT_FOUND"):
                await function(desk, uuid4(), at("11:00"), actor=doctor_actor(desk.doctor))


async def test_a_clinic_moves_nobody_to_where_it_has_no_say(desk: Desk) -> None:
    park = await desk.make(make_clinic, name="Parkside")
    await desk.make(_work_also_at, desk, park)
    booked = await desk.book(at("10:00"))
    of_harbour = await desk.make(administrator_actor, desk.clinic)
    async with nothing_stored(desk):
        with refused("NOT_FOUND"):
            await move(desk, booked, at("11:00"), actor=of_harbour, clinic_id=park.public_id)
    await move(desk, booked, at("11:00"), clinic_id=park.public_id)


async def test_a_cancelled_rival_is_no_conflict(desk: Desk) -> None:
    other = await desk.another_patient()
    rival = await desk.book(at("11:00"), actor=other)
    await desk.call(cancelling.cancel, other, rival)
    booked = await desk.book(at("10:00"))
    await move(desk, booked, at("11:00"))
    assert (await desk.appointment(booked)).starts_at == at("11:00")
