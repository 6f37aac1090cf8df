"""Booking the time that a visitor keeps, on each database."""

from __future__ import annotations

from appointment_app import clock
from appointment_app.models import Appointment, BlockKind, BusyBlock, Hold, VisitType
from appointment_app.scheduling import cancelling
from appointment_app.scheduling.hold_keys import visitor_key
from appointment_app.scheduling.holds import HOLD_FOR
from tests.scheduling.desk import NOW, Desk, at, nothing_stored, refused
from tests.scheduling.keeping import OTHER_TAB, TAB, is_offered, keep


async def test_a_booking_takes_the_held_block_over(desk: Desk) -> None:
    await keep(desk, at("10:00"))
    (block,) = await desk.all(BusyBlock)
    booked = await desk.appointment(await desk.book(at("10:00"), visitor=TAB))
    assert booked.block_id == block.id
    (visit,) = await desk.all(BusyBlock)
    assert (visit.kind, visit.active, visit.expires_at) == (BlockKind.VISIT, True, None)
    assert await desk.all(Hold) == []
    with clock.frozen(NOW + HOLD_FOR), refused("SLOT_TAKEN"):
        await desk.book(at("10:00"), actor=await desk.another_patient())


async def test_a_hold_that_has_expired_is_booked_while_it_is_free(desk: Desk) -> None:
    await keep(desk, at("10:00"))
    with clock.frozen(NOW + HOLD_FOR):
        await desk.book(at("10:00"), visitor=TAB)
    (visit,) = [block for block in await desk.all(BusyBlock) if block.active]
    assert visit.kind is BlockKind.VISIT
    assert await desk.all(Hold) == []


async def test_booking_another_time_gives_up_what_was_kept_there(desk: Desk) -> None:
    await keep(desk, at("10:00"))
    longer = await desk.another_visit_type(duration=60)
    booked = await desk.appointment(await desk.book(at("10:00"), visitor=TAB, offer=longer))
    (block,) = await desk.all(BusyBlock)
    assert (block.id, block.busy_until) == (booked.block_id, at("11:00"))
    assert await desk.all(Hold) == []


async def test_a_refused_booking_keeps_the_hold(desk: Desk) -> None:
    await desk.book(at("11:00"))
    kept = await keep(desk, at("10:00"))
    async with nothing_stored(desk):
        with refused("SLOT_TAKEN"):
            await desk.book(at("11:00"), visitor=TAB, actor=await desk.another_patient())
    (hold,) = await desk.all(Hold)
    assert hold.public_id == kept.id


async def test_what_was_booked_from_a_hold_can_be_cancelled_and_kept_again(desk: Desk) -> None:
    await keep(desk, at("10:00"))
    booked = await desk.book(at("10:00"), visitor=TAB)
    await keep(desk, at("12:00"))
    await desk.call(cancelling.cancel, desk.actor, booked)
    assert await is_offered(desk, at("10:00"))
    await keep(desk, at("10:00"))
    assert len(await desk.all(Appointment)) == len(await desk.all(Hold)) == 1


async def test_nobody_takes_over_with_a_hash_out_of_the_table(desk: Desk) -> None:
    await keep(desk, at("10:00"))
    stolen = visitor_key(TAB)
    for visitor in (stolen, "", OTHER_TAB):
        with refused("SLOT_TAKEN"):
            await desk.book(at("10:00"), visitor=visitor)


async def test_a_visit_that_changed_meanwhile_is_booked_as_it_is_now(desk: Desk) -> None:
    await keep(desk, at("10:00"))
    await desk.change(desk.visit_type, duration=15)
    booked = await desk.appointment(await desk.book(at("10:00"), visitor=TAB))
    (block,) = await desk.all(BusyBlock)
    assert booked.ends_at == block.busy_until == at("10:15")
    assert {each.duration for each in await desk.all(VisitType)} == {15}
