"""Times that visitors keep while they fill in the form, on each database."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from itertools import chain, repeat
from uuid import UUID, uuid4

import pytest

from appointment_app import clock
from appointment_app.models import BlockKind, BusyBlock, Doctor, Hold
from appointment_app.scheduling.holds import HOLD_FOR, HoldView
from appointment_app.scheduling.slots import Offer
from appointment_app.settings import get_settings
from tests.scheduling.desk import INSTANT, NOW, TODAY, Desk, at, nothing_stored, refused
from tests.scheduling.keeping import HERE, OTHER_TAB, TAB, another_doctor, is_offered, keep, release

# What it keeps, and from whom


async def test_a_hold_is_a_block_that_expires(desk: Desk) -> None:
    offer = await desk.another_visit_type(pause_before=10, pause_after=20)
    kept = await keep(desk, at("10:00"), offer=offer)
    assert kept.expires_at == NOW + timedelta(minutes=5)
    (block,) = await desk.all(BusyBlock)
    assert (block.kind, block.expires_at) == (BlockKind.HOLD, kept.expires_at)
    assert (block.busy_from, block.busy_until) == (at("09:50"), at("10:50"))
    (hold,) = await desk.all(Hold)
    assert (hold.public_id, hold.block_id) == (kept.id, block.id)


async def test_nothing_stored_names_the_visitor_or_their_address(desk: Desk) -> None:
    await keep(desk, at("10:00"))
    (hold,) = await desk.all(Hold)
    stored = str(hold.model_dump())
    assert TAB not in stored
    assert HERE not in stored


async def test_others_neither_see_nor_get_the_time(desk: Desk) -> None:
    await keep(desk, at("10:00"))
    assert not await is_offered(desk, at("10:00"))
    assert await is_offered(desk, at("10:30"))
    somebody = await desk.another_patient()
    longer = await desk.another_visit_type(duration=60)
    async with nothing_stored(desk):
        with refused("SLOT_TAKEN") as refusal:
            await keep(desk, at("10:00"), visitor=OTHER_TAB)
        assert "being booked by somebody else" in refusal.value.sentence
        for offer in (desk.offer, longer):
            with refused("SLOT_TAKEN") as refusal:
                await desk.book(at("10:00"), actor=somebody, visitor=OTHER_TAB, offer=offer)
            assert "may become free again in a few minutes" in refusal.value.sentence


async def test_what_is_booked_as_well_is_not_said_to_become_free(desk: Desk) -> None:
    await desk.book(at("10:30"))
    await keep(desk, at("10:00"))
    longer = await desk.another_visit_type(duration=60)
    with refused("SLOT_TAKEN") as refusal:
        await desk.book(at("10:00"), actor=await desk.another_patient(), offer=longer)
    assert "just taken" in refusal.value.sentence


async def test_two_visitors_at_once(desk: Desk) -> None:
    wanted = [keep(desk, at("10:00"), visitor=f"tab {n}", address=f"10.0.0.{n}") for n in range(6)]
    answers = await asyncio.gather(*wanted, return_exceptions=True)
    assert sum(isinstance(answer, HoldView) for answer in answers) == 1
    assert {getattr(answer, "code", "") for answer in answers} == {"", "SLOT_TAKEN"}
    assert len(await desk.all(Hold)) == len(await desk.all(BusyBlock)) == 1


@pytest.mark.parametrize(
    ("wall_clock", "code"),
    [("07:00", "OUTSIDE_AVAILABILITY"), ("10:10", "TIMES_CHANGED"), ("11:00", "SLOT_TAKEN")],
)
async def test_what_cannot_be_booked_is_not_kept(desk: Desk, wall_clock: str, code: str) -> None:
    await desk.book(at("11:00"))
    with refused(code):
        await keep(desk, at(wall_clock))
    assert await desk.all(Hold) == []


async def test_the_doctors_rules_hold_for_holds(desk: Desk) -> None:
    await desk.change(await desk.at_clinic(), minimum_notice=120)
    with refused("TOO_SOON"):
        await keep(desk, at("09:30", TODAY))
    for far in (at("10:00", TODAY + timedelta(days=61)), datetime.max.replace(tzinfo=NOW.tzinfo)):
        with refused("TOO_FAR_AHEAD"):
            await keep(desk, far)
    with refused("NOT_BOOKABLE"):
        await keep(desk, at("10:00"), offer=Offer(uuid4(), uuid4(), uuid4()))
    await desk.change(desk.visit_type, active=False)
    with refused("NOT_BOOKABLE"):
        await keep(desk, at("10:00"))
    await desk.change(desk.visit_type, active=True)
    await desk.change(desk.doctor, max_patients_a_day=1)
    await desk.book(at("11:00"))
    with refused("DAY_FULL"):
        await keep(desk, at("10:00"))


# How long


async def test_it_expires_to_the_instant_without_anybody_doing_anything(desk: Desk) -> None:
    await keep(desk, at("10:00"))
    somebody = await desk.another_patient()
    with clock.frozen(NOW + HOLD_FOR - INSTANT):
        assert not await is_offered(desk, at("10:00"))
        with refused("SLOT_TAKEN"):
            await desk.book(at("10:00"), actor=somebody)
    with clock.frozen(NOW + HOLD_FOR):
        assert await is_offered(desk, at("10:00"))
        await desk.book(at("10:00"), actor=somebody)


async def test_who_asks_again_keeps_what_is_left(desk: Desk) -> None:
    first = await keep(desk, at("10:00"))
    with clock.frozen(NOW + timedelta(minutes=4)):
        assert await keep(desk, at("10:00")) == first
    with clock.frozen(NOW + HOLD_FOR):
        again = await keep(desk, at("10:00"))
    assert again.expires_at == NOW + 2 * HOLD_FOR
    (hold,) = await desk.all(Hold)
    (block,) = await desk.all(BusyBlock)
    assert (hold.public_id, hold.block_id, block.expires_at) == (
        again.id,
        block.id,
        again.expires_at,
    )


async def test_an_expired_time_that_somebody_else_keeps_is_lost(desk: Desk) -> None:
    await keep(desk, at("10:00"))
    with clock.frozen(NOW + HOLD_FOR):
        await keep(desk, at("10:00"), visitor=OTHER_TAB)
        with refused("SLOT_TAKEN"):
            await keep(desk, at("10:00"))
        with refused("SLOT_TAKEN"):
            await desk.book(at("10:00"), visitor=TAB)
    assert len(await desk.all(Hold)) == len(await desk.all(BusyBlock)) == 1


@pytest.mark.parametrize("looks", range(8))
async def test_it_expires_in_the_middle_of_somebody_elses_booking(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, looks: int
) -> None:
    """However often the booking looks at the clock before: it gets the time or a clear answer."""
    await keep(desk, at("10:00"))
    somebody = await desk.another_patient()
    before, after = NOW + HOLD_FOR - INSTANT, NOW + HOLD_FOR
    moments = chain([before] * looks, repeat(after))
    with monkeypatch.context() as ticking:
        ticking.setattr(clock, "now", lambda: next(moments))
        (answer,) = await asyncio.gather(
            desk.book(at("10:00"), actor=somebody), return_exceptions=True
        )
    active = [block.kind for block in await desk.all(BusyBlock) if block.active]
    if isinstance(answer, UUID):
        assert active == [BlockKind.VISIT]
    else:
        assert getattr(answer, "code", answer) == "SLOT_TAKEN"
        assert active == [BlockKind.HOLD]


# One hold a visitor


async def test_a_new_hold_gives_up_the_old_one(desk: Desk) -> None:
    await keep(desk, at("10:00"))
    await keep(desk, at("11:00"))
    assert await is_offered(desk, at("10:00"))
    assert not await is_offered(desk, at("11:00"))
    assert len(await desk.all(Hold)) == len(await desk.all(BusyBlock)) == 1


@pytest.mark.parametrize(
    ("wanted", "code"), [("11:00", "SLOT_TAKEN"), ("07:00", "OUTSIDE_AVAILABILITY")]
)
async def test_the_old_hold_stays_until_the_new_one_is_certain(
    desk: Desk, wanted: str, code: str
) -> None:
    await desk.book(at("11:00"))
    kept = await keep(desk, at("10:00"))
    async with nothing_stored(desk):
        with refused(code):
            await keep(desk, at(wanted))
    (hold,) = await desk.all(Hold)
    assert hold.public_id == kept.id


async def test_ones_own_hold_is_not_in_the_way_of_another_visit(desk: Desk) -> None:
    await keep(desk, at("10:00"))
    longer = await desk.another_visit_type(duration=60)
    await keep(desk, at("10:00"), offer=longer)
    (block,) = await desk.all(BusyBlock)
    assert (block.busy_from, block.busy_until) == (at("10:00"), at("11:00"))


async def test_a_hold_moves_to_another_doctor(desk: Desk) -> None:
    other = await another_doctor(desk)
    await keep(desk, at("10:00"))
    await keep(desk, at("10:00"), offer=other)
    assert await is_offered(desk, at("10:00"))
    (block,) = await desk.all(BusyBlock)
    (theirs,) = [each for each in await desk.all(Doctor) if each.public_id == other.doctor_id]
    assert block.doctor_id == theirs.id


async def test_two_that_swap_doctors_do_not_wait_for_each_other_for_ever(desk: Desk) -> None:
    other = await another_doctor(desk)
    await keep(desk, at("10:00"))
    await keep(desk, at("10:00"), visitor=OTHER_TAB, offer=other)
    await asyncio.gather(
        keep(desk, at("11:00"), offer=other), keep(desk, at("11:00"), visitor=OTHER_TAB)
    )
    assert len(await desk.all(Hold)) == len(await desk.all(BusyBlock)) == 2


async def test_releasing_frees_the_time(desk: Desk) -> None:
    kept = await keep(desk, at("10:00"))
    await release(desk, kept, OTHER_TAB)
    assert not await is_offered(desk, at("10:00"))
    await release(desk, kept)
    assert await is_offered(desk, at("10:00"))
    assert await desk.all(Hold) == await desk.all(BusyBlock) == []
    await release(desk, kept)


async def test_who_leaves_late_does_not_release_what_is_kept_since(desk: Desk) -> None:
    first = await keep(desk, at("10:00"))
    await keep(desk, at("11:00"))
    await release(desk, first)
    assert not await is_offered(desk, at("11:00"))


# Not too many


async def test_one_address_keeps_a_few_times(desk: Desk) -> None:
    limit = get_settings().holds_per_address
    assert limit == 3
    starts = [at("10:00"), at("10:30"), at("11:00"), at("11:30")]
    kept = [
        await keep(desk, start, visitor=f"tab {number}")
        for number, start in enumerate(starts[:limit])
    ]
    async with nothing_stored(desk):
        with refused("HOLD_LIMIT"):
            await keep(desk, starts[limit])
    await keep(desk, starts[limit], address="203.0.113.8")
    await release(desk, kept[1], "tab 1")
    await keep(desk, starts[1], visitor=OTHER_TAB)
    await keep(desk, at("12:00"), visitor="tab 0")  # moves, which is no further one
    with clock.frozen(NOW + HOLD_FOR):
        await keep(desk, at("13:00"), visitor="tab 5")


async def test_an_address_is_a_network_where_everybody_has_many(desk: Desk) -> None:
    for number in range(3):
        start = at("10:00") + number * timedelta(minutes=30)
        await keep(desk, start, visitor=f"tab {number}", address=f"2001:db8::{number + 1}")
    with refused("HOLD_LIMIT"):
        await keep(desk, at("12:00"), address="2001:db8::ffff:1")
    await keep(desk, at("12:00"), address="2001:db8:0:1::1")


async def test_the_last_hold_of_an_address_is_one_at_several_doctors_too(desk: Desk) -> None:
    """Doctors are locked one by one, so that here the numbers themselves tell."""
    offers = [await another_doctor(desk) for _ in range(6)]
    answers = await asyncio.gather(
        *(keep(desk, at("10:00"), visitor=offer.doctor_id.hex, offer=offer) for offer in offers),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, HoldView) for answer in answers) == 3
    assert {getattr(answer, "code", "") for answer in answers} == {"", "HOLD_LIMIT"}
    assert len(await desk.all(Hold)) == len(await desk.all(BusyBlock)) == 3


async def test_without_a_number_there_are_no_holds(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "holds_per_address", 0)
    with refused("HOLD_LIMIT"):
        await keep(desk, at("10:00"))
    await desk.book(at("10:00"), visitor=TAB)
