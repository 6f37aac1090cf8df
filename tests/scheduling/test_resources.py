"""Rooms and devices: taken with a booking, shared by doctors, freed again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.errors import DomainError, Invalid
from appointment_app.live.keys import doctor_key
from appointment_app.models import (
    BlockKind,
    BusyBlock,
    Doctor,
    Resource,
    ResourceKind,
    ResourceUse,
    VisitMode,
    VisitType,
    row_id,
)
from appointment_app.scheduling import days, holds, nothing_free, rescheduling, resources, search
from appointment_app.scheduling.cancelling import cancel
from appointment_app.scheduling.extra_sessions import SessionDraft, open_session, remove_session
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.rescheduling import NewTime
from appointment_app.scheduling.slots import Offer, list_slots
from appointment_app.scheduling.staff_booking import StaffRequest, book_for_patient
from tests.factories import (
    doctor_actor,
    make_block,
    make_clinic,
    make_doctor,
    make_resource,
    make_visit_type,
    offer_of,
)
from tests.scheduling.desk import TUESDAY, Desk, at, nothing_stored, refused

TEN, HALF_PAST_TEN, ELEVEN = at("10:00"), at("10:30"), at("11:00")
MORNING = Interval(TEN, at("12:00"))
HALF_HOUR = timedelta(minutes=30)


async def room(desk: Desk, *visit_types: VisitType, **values: Any) -> Resource:
    made: Resource = await desk.make(make_resource, desk.clinic, *visit_types, **values)
    return made


async def colleague(desk: Desk) -> tuple[VisitType, Offer]:
    """A visit type of another doctor at the same clinic."""
    doctor = await desk.make(make_doctor, desk.clinic)
    visit_type = await desk.make(make_visit_type, doctor)
    return visit_type, offer_of(doctor, desk.clinic, visit_type)


async def uses(desk: Desk) -> list[tuple[int, datetime, datetime]]:
    """What is taken, of which resource, from when until when."""
    return [
        (use.resource_id, use.busy_from, use.busy_until)
        for use in await desk.all(ResourceUse)
        if use.active
    ]


async def free(desk: Desk, offer: Offer | None = None) -> list[datetime]:
    found: list[datetime] = await desk.call(list_slots, NOBODY, offer or desk.offer, MORNING)
    return found


async def take_from_outside(
    desk: Desk, resource: Resource, starts_at: datetime, **values: Any
) -> BusyBlock:
    """Let a doctor who is nobody else's have a resource for half an hour."""
    doctor = await desk.make(make_doctor, desk.clinic)
    block: BusyBlock = await desk.make(make_block, doctor, starts_at, 30, **values)
    use = ResourceUse(
        resource_id=row_id(resource),
        block_id=row_id(block),
        busy_from=block.busy_from,
        busy_until=block.busy_until,
    )
    await store(desk, use)
    return block


async def store(desk: Desk, row: SQLModel) -> None:
    async with desk.database.session() as session:
        session.add(row)
        await session.commit()


async def test_a_room_is_taken_for_the_visit_and_its_pauses(desk: Desk) -> None:
    await desk.change(desk.visit_type, pause_before=5, pause_after=10)
    mine = await room(desk, desk.visit_type)
    await desk.book(TEN)
    assert await uses(desk) == [(mine.id, at("09:55"), at("10:40"))]


async def test_a_room_and_a_device_are_taken(desk: Desk) -> None:
    device = await room(desk, desk.visit_type, kind=ResourceKind.DEVICE, name="Ultrasound")
    mine = await room(desk, desk.visit_type)
    await desk.book(TEN)
    assert sorted(resource for resource, *_ in await uses(desk)) == [device.id, mine.id]


async def test_who_needs_nothing_takes_nothing(desk: Desk) -> None:
    await room(desk)
    await desk.book(TEN)
    assert await uses(desk) == []


async def test_a_video_visit_needs_no_room(desk: Desk) -> None:
    taken = await room(desk, desk.visit_type)
    await take_from_outside(desk, taken, TEN)
    await desk.change(desk.visit_type, mode=VisitMode.VIDEO, join_link="https://meet.example/1")
    assert TEN in await free(desk)
    await desk.book(TEN)
    assert len(await uses(desk)) == 1


async def test_two_doctors_share_one_room(desk: Desk) -> None:
    visit_type, offer = await colleague(desk)
    await room(desk, desk.visit_type, visit_type)
    await desk.book(TEN)
    assert await free(desk, offer) == [HALF_PAST_TEN, ELEVEN, at("11:30")]
    other = await desk.another_patient()
    async with nothing_stored(desk):
        with refused("SLOT_TAKEN"):
            await desk.book(TEN, actor=other, offer=offer)
    await desk.book(HALF_PAST_TEN, actor=other, offer=offer)


async def test_who_shares_a_room_is_told(desk: Desk, monkeypatch: Any) -> None:
    visit_type, _ = await colleague(desk)
    await room(desk, desk.visit_type, visit_type)
    told: list[str] = []
    monkeypatch.setattr(resources, "note", lambda _, key: told.append(key))
    booked = await desk.book(TEN)
    both = {doctor_key(row_id(desk.doctor)), doctor_key(visit_type.doctor_id)}
    assert set(told) == both
    told.clear()
    await desk.call(cancel, desk.actor, booked)
    assert set(told) == both


async def test_three_rooms_hold_three_visits(desk: Desk) -> None:
    """The first free by id each time; the fourth is refused."""
    offers = [await colleague(desk) for _ in range(4)]
    rooms = [await room(desk, *(visit for visit, _ in offers)) for _ in range(3)]
    for _, offer in offers[:3]:
        await desk.book(TEN, actor=await desk.another_patient(), offer=offer)
    assert [resource for resource, *_ in await uses(desk)] == [each.id for each in rooms]
    with refused("SLOT_TAKEN"):
        await desk.book(TEN, actor=await desk.another_patient(), offer=offers[3][1])
    assert await free(desk, offers[3][1]) == [HALF_PAST_TEN, ELEVEN, at("11:30")]


async def test_rooms_that_are_free_in_turn_are_not_free_for_a_visit(desk: Desk) -> None:
    one, two = await room(desk, desk.visit_type), await room(desk, desk.visit_type)
    await take_from_outside(desk, one, at("09:45"))
    await take_from_outside(desk, two, at("10:15"))
    assert await free(desk) == [HALF_PAST_TEN, ELEVEN, at("11:30")]
    with refused("SLOT_TAKEN"):
        await desk.book(TEN)


async def test_all_that_look_for_times_look_for_rooms(desk: Desk) -> None:
    await take_from_outside(desk, await room(desk, desk.visit_type), at("08:00"))
    found = await desk.call(days.list_days, NOBODY, desk.offer, TUESDAY, 1)
    assert found.days[0].slots[0] == at("08:30")
    page = await desk.call(search.find_doctors, NOBODY, search.Query(day=TUESDAY))
    card = next(each for each in page.cards if each.doctor.id == desk.doctor.public_id)
    assert card.first_free == at("08:30")


@pytest.mark.parametrize("kind", ResourceKind)
async def test_a_clinic_without_a_suitable_one(desk: Desk, kind: ResourceKind) -> None:
    elsewhere = await desk.make(make_clinic, name="Hill Clinic")
    await desk.make(make_resource, elsewhere, desk.visit_type, kind=kind)
    assert await free(desk) == []
    async with nothing_stored(desk):
        with refused("NO_RESOURCE_HERE"):
            await desk.book(TEN)


async def test_a_room_that_is_not_used_any_more_is_not_taken(desk: Desk) -> None:
    old, new = await room(desk, desk.visit_type), await room(desk, desk.visit_type)
    await desk.change(old, active=False)
    await desk.book(TEN)
    assert [resource for resource, *_ in await uses(desk)] == [new.id]


async def test_cancelling_frees_the_room(desk: Desk) -> None:
    visit_type, offer = await colleague(desk)
    await room(desk, desk.visit_type, visit_type)
    booked = await desk.book(TEN)
    await desk.call(cancel, desk.actor, booked)
    assert await uses(desk) == []
    assert TEN in await free(desk, offer)
    await desk.book(TEN, actor=await desk.another_patient(), offer=offer)


async def move(desk: Desk, booked: Any, starts_at: datetime, **values: Any) -> None:
    version = (await desk.appointment(booked)).version
    await desk.call(
        rescheduling.move,
        doctor_actor(desk.doctor),
        booked,
        NewTime(starts_at),
        version=version,
        **values,
    )


async def test_a_moved_visit_takes_its_room_along(desk: Desk) -> None:
    one, two = await room(desk, desk.visit_type), await room(desk, desk.visit_type)
    block = await take_from_outside(desk, one, TEN)
    booked = await desk.book(TEN)
    await desk.change(block, active=False)
    await move(desk, booked, ELEVEN)
    assert (two.id, ELEVEN, ELEVEN + HALF_HOUR) in await uses(desk)


async def test_a_moved_visit_takes_another_room_where_its_own_is_taken(desk: Desk) -> None:
    one, two = await room(desk, desk.visit_type), await room(desk, desk.visit_type)
    booked = await desk.book(TEN)
    await take_from_outside(desk, one, ELEVEN)
    await move(desk, booked, ELEVEN)
    assert sorted(await uses(desk)) == [
        (one.id, ELEVEN, ELEVEN + HALF_HOUR),
        (two.id, ELEVEN, ELEVEN + HALF_HOUR),
    ]


async def test_a_visit_may_move_a_little_within_its_own_time(desk: Desk) -> None:
    only = await room(desk, desk.visit_type)
    booked = await desk.book(TEN)
    await move(desk, booked, at("10:15"))
    assert await uses(desk) == [(only.id, at("10:15"), at("10:45"))]


async def test_staff_do_not_overbook_a_room(desk: Desk) -> None:
    only = await room(desk, desk.visit_type)
    booked = await desk.book(TEN)
    await take_from_outside(desk, only, ELEVEN)
    async with nothing_stored(desk):
        with refused("SLOT_TAKEN"):
            await move(desk, booked, ELEVEN, seen=frozenset({"outside"}))
    assert (only.id, TEN, HALF_PAST_TEN) in await uses(desk)


async def test_what_staff_book_takes_a_room_as_well(desk: Desk) -> None:
    only = await room(desk, desk.visit_type)
    await desk.book(TEN)
    known = StaffRequest(
        (await desk.at_clinic()).public_id,
        desk.visit_type.public_id,
        desk.patient.public_id,
        ELEVEN,
        "",
        "staff",
    )
    await desk.call(book_for_patient, doctor_actor(desk.doctor), known)
    assert (only.id, ELEVEN, ELEVEN + HALF_HOUR) in await uses(desk)
    await take_from_outside(desk, only, at("12:00"))
    wanted = replace(known, starts_at=at("12:00"), idempotency_key="another")
    async with nothing_stored(desk):
        with refused("SLOT_TAKEN"):
            await desk.call(book_for_patient, doctor_actor(desk.doctor), wanted)


async def test_an_expired_hold_of_another_doctor_keeps_no_room(desk: Desk) -> None:
    only = await room(desk, desk.visit_type)
    held = {"kind": BlockKind.HOLD, "expires_at": clock.now() + timedelta(minutes=5)}
    await take_from_outside(desk, only, TEN, **held)
    assert TEN not in await free(desk)
    with refused("SLOT_TAKEN"):
        await desk.book(TEN)
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        assert TEN in await free(desk)
        await desk.book(TEN)
    assert await uses(desk) == [(only.id, TEN, HALF_PAST_TEN)]


async def test_the_database_refuses_a_room_twice(desk: Desk, monkeypatch: Any) -> None:
    """Should every check of ours fail: nobody sees what the others have."""
    visit_type, offer = await colleague(desk)
    await room(desk, desk.visit_type, visit_type)
    await desk.book(TEN)

    async def blind(*_: Any) -> tuple[list[ResourceUse], list[ResourceUse]]:
        return [], []

    monkeypatch.setattr(resources, "_uses_around", blind)
    async with nothing_stored(desk):
        with refused("SLOT_TAKEN"):
            await desk.book(TEN, actor=await desk.another_patient(), offer=offer)


async def test_a_room_costs_a_booking_so_many_statements_more(desk: Desk) -> None:
    await desk.book(TEN)
    without = await _statements_of_booking(desk, HALF_PAST_TEN)
    await room(desk, desk.visit_type)
    assert await _statements_of_booking(desk, ELEVEN) - without <= 4


async def _statements_of_booking(desk: Desk, starts_at: datetime) -> int:
    actor = replace(await desk.another_patient(), address="")
    statements: list[str] = []

    def count(_: Any, __: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    engine = desk.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    await desk.book(starts_at, actor=actor)
    event.remove(engine, "before_cursor_execute", count)
    return len(statements)


@pytest.mark.parametrize("rooms", [1, 2])
async def test_many_doctors_race_for_few_rooms(desk: Desk, rooms: int) -> None:
    """As many win as there are rooms, whoever comes first; the others are told so."""
    offers = [await colleague(desk) for _ in range(6)]
    for _ in range(rooms):
        await room(desk, *(visit for visit, _ in offers))
    patients = [await desk.another_patient() for _ in offers]

    async def attempt(actor: Actor, offer: Offer) -> str:
        try:
            await desk.book(TEN, actor=actor, offer=offer)
        except DomainError as refusal:
            return refusal.code
        return "BOOKED"

    outcomes = await asyncio.gather(
        *(attempt(actor, offer) for actor, (_, offer) in zip(patients, offers, strict=True))
    )
    assert sorted(outcomes) == ["BOOKED"] * rooms + ["SLOT_TAKEN"] * (6 - rooms)
    taken = await uses(desk)
    assert len({resource for resource, *_ in taken}) == len(taken) == rooms


async def test_opposite_moves_do_not_wait_for_each_other_for_ever(desk: Desk) -> None:
    """Two doctors, two rooms, everybody moves at once: locks are taken in one order."""
    visit_type, offer = await colleague(desk)
    for _ in range(2):
        await room(desk, desk.visit_type, visit_type)
    first = await desk.book(TEN)
    second = await desk.book(ELEVEN, actor=await desk.another_patient(), offer=offer)
    other = await desk.make(_doctor_of, visit_type)
    await asyncio.gather(
        move(desk, first, ELEVEN),
        desk.call(rescheduling.move, doctor_actor(other), second, NewTime(TEN), version=1),
    )
    assert sorted(starts for _, starts, _ in await uses(desk)) == [TEN, ELEVEN]


async def _doctor_of(session: AsyncSession, visit_type: VisitType) -> Doctor:
    return await session.get_one(Doctor, visit_type.doctor_id)


async def test_a_session_that_the_doctor_opens_takes_a_room(desk: Desk) -> None:
    await desk.change(desk.visit_type, capacity=5)
    only = await room(desk, desk.visit_type)
    doctor, place = doctor_actor(desk.doctor), (await desk.at_clinic()).public_id
    draft = SessionDraft(desk.visit_type.public_id, TUESDAY, 20 * 60, 60, 5)
    await desk.call(open_session, doctor, place, draft)
    assert await uses(desk) == [(only.id, at("20:00"), at("21:00"))]
    other = replace(draft, starts=21 * 60)
    await take_from_outside(desk, only, at("21:30"))
    async with nothing_stored(desk):
        with pytest.raises(Invalid) as refusal:
            await desk.call(open_session, doctor, place, other)
    assert "room" in refusal.value.errors["starts"]
    await desk.call(remove_session, doctor, place, at("20:00"))
    assert len(await uses(desk)) == 1


async def test_a_day_without_a_free_room_says_so(desk: Desk) -> None:
    only = await room(desk, desk.visit_type)
    block = await take_from_outside(desk, only, at("08:00"))
    (use,) = await desk.all(ResourceUse)
    await desk.change(use, busy_until=at("18:00"))
    await desk.change(block, busy_until=at("18:00"))
    found = await desk.call(days.list_days, NOBODY, desk.offer, TUESDAY, 1)
    assert found.days[0].kind is days.DayKind.NO_RESOURCE
    nothing = await desk.call(nothing_free.explain, NOBODY, desk.offer, found)
    assert nothing.reason is nothing_free.Reason.NO_RESOURCE
    # An appointment of one's own at the only times that are left is no lack of a room.
    await desk.change(use, busy_from=at("08:30"))
    await desk.change(block, busy_from=at("08:30"))
    elsewhere = await desk.make(make_doctor, desk.clinic)
    visit = await desk.make(make_visit_type, elsewhere)
    await desk.book(at("08:00"), offer=offer_of(elsewhere, desk.clinic, visit))
    found = await desk.call(days.list_days, desk.actor, desk.offer, TUESDAY, 1)
    assert found.days[0].kind is days.DayKind.FULL


async def test_a_time_that_is_kept_keeps_its_room(desk: Desk) -> None:
    visit_type, offer = await colleague(desk)
    only = await room(desk, desk.visit_type, visit_type)
    tab = {"visitor": "a secret of the browser", "address": "192.0.2.1"}
    await desk.call(holds.keep, NOBODY, desk.offer, TEN, **tab)
    assert TEN not in await free(desk, offer)
    other = await desk.another_patient()
    with refused("SLOT_TAKEN"):
        await desk.book(TEN, actor=other, offer=offer)
    await desk.book(TEN, visitor=tab["visitor"])
    assert await uses(desk) == [(only.id, TEN, HALF_PAST_TEN)]


async def test_a_hold_that_expired_gives_up_its_room(desk: Desk) -> None:
    visit_type, offer = await colleague(desk)
    only = await room(desk, desk.visit_type, visit_type)
    tab = {"visitor": "a secret of the browser", "address": "192.0.2.1"}
    await desk.call(holds.keep, NOBODY, desk.offer, TEN, **tab)
    with clock.frozen(clock.now() + holds.HOLD_FOR):
        await desk.book(TEN, actor=await desk.another_patient(), offer=offer)
        with refused("SLOT_TAKEN"):
            await desk.book(TEN, visitor=tab["visitor"])
    assert await uses(desk) == [(only.id, TEN, HALF_PAST_TEN)]


async def test_nothing_is_left_of_an_expired_hold_and_its_room(desk: Desk) -> None:
    only = await room(desk, desk.visit_type)
    tab = {"visitor": "a secret of the browser", "address": "192.0.2.1"}
    await desk.call(holds.keep, NOBODY, desk.offer, TEN, **tab)
    with clock.frozen(clock.now() + holds.HOLD_FOR):
        await desk.book(TEN, actor=await desk.another_patient())
    assert await uses(desk) == [(only.id, TEN, HALF_PAST_TEN)]
    assert len(await desk.all(BusyBlock)) == len(await desk.all(ResourceUse)) == 1
