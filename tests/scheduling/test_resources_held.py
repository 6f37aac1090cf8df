"""Rooms and devices: what is kept for a while keeps its room for as long."""

from __future__ import annotations

from datetime import timedelta

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.models import BlockKind, BusyBlock, ResourceUse
from appointment_app.scheduling import holds
from tests.scheduling.desk import Desk, refused
from tests.scheduling.rooms import (
    HALF_PAST_TEN,
    TEN,
    colleague,
    free,
    room,
    take_from_outside,
    uses,
)


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
