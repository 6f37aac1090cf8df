"""Seats in group sessions that visitors keep while they fill in the form."""

from __future__ import annotations

import asyncio

import pytest

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.models import BlockKind, BusyBlock, Hold
from appointment_app.scheduling import cancelling, holds, slots
from appointment_app.scheduling.free_times import Wish, find_free
from appointment_app.scheduling.holds import HOLD_FOR, HoldView
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.slots import Offer
from tests.factories import make_session
from tests.scheduling.desk import INSTANT, NOW, Desk, at, nothing_stored, refused

TEN = at("10:00")
LATER = NOW + HOLD_FOR / 2


@pytest.fixture
async def gym(desk: Desk) -> Desk:
    """A desk whose visit type is a class of an hour for two."""
    await desk.change(desk.visit_type, duration=60, step=60, capacity=2)
    return desk


async def keep(gym: Desk, visitor: str, offer: Offer | None = None) -> HoldView:
    """Keep a seat at ten, each visitor from an address of their own."""
    kept: HoldView = await gym.call(
        holds.keep, NOBODY, offer or gym.offer, TEN, visitor=visitor, address=visitor
    )
    return kept


async def seats_left(gym: Desk) -> int | None:
    """How many seats are offered at ten; None when the start is not."""
    window = Interval(TEN, TEN + INSTANT)
    async with gym.database.session() as session:
        place, visit_type = await slots.load_offer(session, gym.offer)
        (free,) = await find_free(session, [Wish(place, visit_type, window)])
    return free.seats_left.get(TEN)


async def the_block(gym: Desk) -> BusyBlock:
    (block,) = [each for each in await gym.all(BusyBlock) if each.active]
    assert isinstance(block, BusyBlock)
    return block


async def test_the_first_seat_makes_a_block_that_ends_with_its_last_hold(gym: Desk) -> None:
    await keep(gym, "ann")
    with clock.frozen(LATER):
        assert await seats_left(gym) == 1
        await keep(gym, "bob")
    block = await the_block(gym)
    assert (block.kind, block.capacity, block.visit_type_id) == (
        *(BlockKind.HOLD, 2),
        gym.visit_type.id,
    )
    assert block.expires_at == LATER + HOLD_FOR
    assert [each.seat for each in await gym.all(Hold)] == [0, 1]


async def test_a_session_whose_seats_are_held_may_become_free(gym: Desk) -> None:
    for visitor in ("ann", "bob"):
        await keep(gym, visitor)
    assert await seats_left(gym) is None
    alone = await gym.another_visit_type(name="Alone")
    async with nothing_stored(gym):
        for offer in (gym.offer, alone):
            with refused("SLOT_TAKEN") as refusal:
                await keep(gym, "cleo", offer)
            assert "being booked by somebody else" in refusal.value.sentence
    with clock.frozen(NOW + HOLD_FOR):
        assert await seats_left(gym) == 2
        await keep(gym, "cleo", alone)


async def test_what_is_kept_is_booked_whoever_comes_between(gym: Desk) -> None:
    await keep(gym, "ann")
    between = await gym.appointment(await gym.book(TEN, actor=await gym.another_patient()))
    assert between.seat == 1
    with refused("SLOT_TAKEN"):
        await gym.book(TEN, actor=await gym.another_patient())
    booked = await gym.appointment(await gym.book(TEN, visitor="ann"))
    block = await the_block(gym)
    assert (booked.seat, booked.block_id, between.block_id) == (0, block.id, block.id)
    assert (block.kind, block.expires_at) == (BlockKind.SESSION, None)
    assert await gym.all(Hold) == []


async def test_who_books_first_makes_it_a_session_for_good(gym: Desk) -> None:
    await keep(gym, "ann")
    await keep(gym, "bob")
    await gym.book(TEN, visitor="bob")
    with clock.frozen(NOW + HOLD_FOR):
        assert await seats_left(gym) == 1
    await gym.book(TEN, visitor="ann", actor=await gym.another_patient())
    assert (await the_block(gym)).kind is BlockKind.SESSION


async def test_a_seat_in_a_session_that_is_there(gym: Desk) -> None:
    await gym.make(make_session, gym.visit_type, gym.clinic, TEN, minutes=60, capacity=2)
    kept = await keep(gym, "ann")
    assert await seats_left(gym) == 1
    assert await keep(gym, "ann") == kept
    await gym.call(holds.release, NOBODY, kept.id, visitor="ann")
    assert await seats_left(gym) == 2
    assert (await the_block(gym)).kind is BlockKind.SESSION


async def test_leaving_lets_the_others_stay(gym: Desk) -> None:
    first = await keep(gym, "ann")
    with clock.frozen(LATER):
        second = await keep(gym, "bob")
        await gym.call(holds.release, NOBODY, second.id, visitor="bob")
    assert (await the_block(gym)).expires_at == NOW + HOLD_FOR
    await gym.call(holds.release, NOBODY, first.id, visitor="ann")
    assert await gym.all(BusyBlock) == []


async def test_when_the_last_patient_cancels_a_kept_seat_stays_kept(gym: Desk) -> None:
    actor = await gym.another_patient()
    appointment = await gym.book(TEN, actor=actor)
    await keep(gym, "ann")
    await gym.call(cancelling.cancel, actor, appointment)
    block = await the_block(gym)
    assert (block.kind, block.expires_at) == (BlockKind.HOLD, NOW + HOLD_FOR)
    alone = await gym.another_visit_type(name="Alone")
    with refused("SLOT_TAKEN"):
        await gym.book(TEN, actor=actor, offer=alone)
    await gym.book(TEN, visitor="ann")
    assert (await the_block(gym)).kind is BlockKind.SESSION


async def test_a_block_in_which_somebody_sat_stays_when_its_last_hold_is_over(gym: Desk) -> None:
    actor = await gym.another_patient()
    cancelled = await gym.book(TEN, actor=actor)
    await keep(gym, "ann")
    await gym.call(cancelling.cancel, actor, cancelled)
    alone = await gym.another_visit_type(name="Alone")
    with clock.frozen(NOW + HOLD_FOR):
        booked = await gym.appointment(await gym.book(TEN, actor=actor, offer=alone))
    left = (await gym.appointment(cancelled)).block_id
    blocks = {block.id: block.active for block in await gym.all(BusyBlock)}
    assert blocks == {left: False, booked.block_id: True}
    assert await gym.all(Hold) == []


async def test_ones_own_seat_is_not_in_the_way_of_a_visit_alone(gym: Desk) -> None:
    alone = await gym.another_visit_type(name="Alone")
    await keep(gym, "ann")
    await keep(gym, "ann", alone)
    block = await the_block(gym)
    assert (block.capacity, block.visit_type_id) == (1, None)
    await keep(gym, "ann")
    assert (await the_block(gym)).capacity == 2


async def test_many_want_two_seats_at_once(gym: Desk) -> None:
    wanted = [keep(gym, f"visitor {number}") for number in range(6)]
    answers = await asyncio.gather(*wanted, return_exceptions=True)
    assert sum(isinstance(answer, HoldView) for answer in answers) == 2
    assert {getattr(answer, "code", "") for answer in answers} == {"", "SLOT_TAKEN"}
    assert sorted(each.seat for each in await gym.all(Hold)) == [0, 1]
