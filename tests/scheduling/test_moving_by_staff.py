"""The doctor and the clinic move appointments to another time, on each database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.models import (
    AppointmentMove,
    AuditEvent,
    BlockKind,
    BusyBlock,
    row_id,
)
from appointment_app.scheduling import cancelling, rescheduling
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
from tests.scheduling.moving import move, reschedule, work_also_at


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
    await desk.make(work_also_at, desk, park)
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
    await desk.make(work_also_at, desk, park)
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
