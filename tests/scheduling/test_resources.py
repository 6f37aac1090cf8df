"""Rooms and devices: taken with a booking, shared by doctors, freed again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event

from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.errors import DomainError, Invalid
from appointment_app.live.keys import doctor_key
from appointment_app.models import ResourceKind, ResourceUse, VisitMode, row_id
from appointment_app.scheduling import days, nothing_free, resources, search
from appointment_app.scheduling.cancelling import cancel
from appointment_app.scheduling.extra_sessions import SessionDraft, open_session, remove_session
from appointment_app.scheduling.slots import Offer
from appointment_app.scheduling.staff_booking import StaffRequest, book_for_patient
from tests.factories import (
    doctor_actor,
    make_clinic,
    make_doctor,
    make_resource,
    make_visit_type,
    offer_of,
)
from tests.scheduling.desk import TUESDAY, Desk, at, nothing_stored, refused
from tests.scheduling.rooms import (
    ELEVEN,
    HALF_HOUR,
    HALF_PAST_TEN,
    TEN,
    colleague,
    free,
    room,
    take_from_outside,
    uses,
)


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
