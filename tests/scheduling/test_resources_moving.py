"""Rooms and devices: what is moved takes its room along, or another one."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import Doctor, VisitType
from appointment_app.scheduling import rescheduling
from appointment_app.scheduling.rescheduling import NewTime
from tests.factories import doctor_actor
from tests.scheduling.desk import Desk, at, nothing_stored, refused
from tests.scheduling.rooms import (
    ELEVEN,
    HALF_HOUR,
    HALF_PAST_TEN,
    TEN,
    colleague,
    room,
    take_from_outside,
    uses,
)


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
