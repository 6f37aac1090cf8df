"""Group sessions: patients share one block, each in a seat of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.models import Appointment, BlockKind, BusyBlock, Hold, row_id
from appointment_app.scheduling import cancelling, days, slots
from appointment_app.scheduling.free_times import Wish, find_free
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.slots import Offer
from tests.factories import doctor_actor, make_session, offer_of
from tests.scheduling.desk import BERLIN, NOW, TUESDAY, Desk, at, nothing_stored, refused

TEN = at("10:00")


@pytest.fixture
async def gym(desk: Desk) -> Desk:
    """A desk whose visit type is a class of an hour for three."""
    await desk.change(desk.visit_type, duration=60, step=60, capacity=3)
    return desk


async def join(gym: Desk, starts_at: datetime = TEN, **values: Any) -> tuple[Actor, UUID]:
    """Let another patient book."""
    actor = await gym.another_patient()
    return actor, await gym.book(starts_at, actor=actor, **values)


async def publish(gym: Desk, starts_at: datetime, minutes: int, capacity: int) -> BusyBlock:
    """A session that the doctor has opened in advance."""
    place = (gym.visit_type, gym.clinic)
    block: BusyBlock = await gym.make(
        make_session, *place, starts_at, minutes=minutes, capacity=capacity
    )
    return block


async def offered(gym: Desk, offer: Offer | None = None) -> dict[str, int | None]:
    """The starts of Tuesday with the seats that are left, None for a visit on one's own."""
    day = Interval(at("00:00"), at("00:00") + timedelta(days=1))
    async with gym.database.session() as session:
        place, visit_type = await slots.load_offer(session, offer or gym.offer)
        (free,) = await find_free(session, [Wish(place, visit_type, day)])
    return {
        f"{start.astimezone(BERLIN):%H:%M}": free.seats_left.get(start) for start in free.starts
    }


async def seats(gym: Desk) -> list[int]:
    return [row.seat for row in await gym.all(Appointment) if row.active]


async def test_patients_share_one_block_and_take_the_lowest_seat(gym: Desk) -> None:
    assert (await offered(gym))["10:00"] == 3
    (_, first), (second_patient, second), _ = [await join(gym) for _ in range(3)]
    (block,) = await gym.all(BusyBlock)
    assert (block.kind, block.capacity, block.visit_type_id, block.published) == (
        *(BlockKind.SESSION, 3),
        *(gym.visit_type.id, False),
    )
    assert (block.starts_at, block.ends_at) == (TEN, at("11:00"))
    assert await seats(gym) == [0, 1, 2]
    assert "10:00" not in await offered(gym)
    somebody = await gym.another_patient()
    async with nothing_stored(gym):
        with refused("SLOT_TAKEN"):
            await gym.book(TEN, actor=somebody)

    await gym.call(cancelling.cancel, second_patient, second)
    assert (await offered(gym))["10:00"] == 1
    await gym.book(TEN, actor=somebody)
    assert sorted(await seats(gym)) == [0, 1, 2]
    assert first != second


async def test_seats_are_counted_down(gym: Desk) -> None:
    await join(gym)
    assert list((await offered(gym)).items())[1:4] == [("09:00", 3), ("10:00", 2), ("11:00", 3)]


async def test_the_last_one_out_frees_the_doctor(gym: Desk) -> None:
    alone = await gym.another_visit_type(name="Alone")
    people = [await join(gym) for _ in range(2)]
    for actor, appointment in people:
        assert "10:00" not in await offered(gym, alone)
        await gym.call(cancelling.cancel, actor, appointment)
    assert (await offered(gym, alone))["10:00"] is None
    assert (await offered(gym))["10:00"] == 3
    await gym.book(TEN, offer=alone)


async def test_a_published_session_stays_when_it_is_empty(gym: Desk) -> None:
    block = await publish(gym, TEN, 60, capacity=2)
    actor, appointment = await join(gym)
    assert (await offered(gym))["10:00"] == 1
    await gym.call(cancelling.cancel, actor, appointment)
    assert (await offered(gym))["10:00"] == 2
    assert [row.active for row in await gym.all(BusyBlock)] == [True]
    booked = await gym.appointment((await join(gym))[1])
    assert booked.block_id == row_id(block)


async def test_a_published_session_has_its_own_hours_length_and_seats(gym: Desk) -> None:
    """In the evening, when nobody is received; and of a visit that is no group otherwise."""
    await gym.change(gym.visit_type, capacity=1)
    await publish(gym, at("19:30"), 90, capacity=2)
    found = await offered(gym)
    assert (found["19:30"], found["10:00"]) == (2, None)
    booked = await gym.appointment((await join(gym, at("19:30")))[1])
    assert (booked.ends_at, booked.duration) == (at("21:00"), 90)
    with refused("OUTSIDE_AVAILABILITY"):
        await join(gym, at("20:00"))
    await join(gym, at("19:30"))
    with refused("SLOT_TAKEN"):
        await join(gym, at("19:30"))


async def test_notice_and_horizon_hold_for_a_published_session(gym: Desk) -> None:
    place = await gym.at_clinic()
    await gym.change(place, minimum_notice=60, horizon_days=1)
    await publish(gym, NOW + timedelta(minutes=30), 30, capacity=2)
    late = at("10:00", TUESDAY + timedelta(days=1))
    await publish(gym, late, 60, capacity=2)
    with refused("TOO_SOON"):
        await join(gym, NOW + timedelta(minutes=30))
    with refused("TOO_FAR_AHEAD"):
        await join(gym, late)
    month = Interval(NOW, NOW + timedelta(days=30))
    starts = await gym.call(slots.list_slots, NOBODY, gym.offer, month)
    assert not {NOW + timedelta(minutes=30), late} & set(starts)


async def test_a_session_is_busy_for_everything_else(gym: Desk) -> None:
    await join(gym)
    other = await gym.another_visit_type(name="Another class", capacity=3)
    with refused("SLOT_TAKEN"):
        await join(gym, offer=other)
    with refused("SLOT_TAKEN"):
        await join(gym, at("10:30"))
    assert "10:00" not in await offered(gym, other)


async def test_the_maximum_a_day_counts_patients(gym: Desk) -> None:
    await gym.change(gym.doctor, max_patients_a_day=2)
    for _ in range(2):
        await join(gym)
    assert await offered(gym) == {}
    with refused("DAY_FULL"):
        await join(gym)


async def test_nobody_sits_twice_at_one_time(gym: Desk) -> None:
    await gym.book(TEN)
    async with nothing_stored(gym):
        with refused("SLOT_TAKEN"):
            await gym.book(TEN)


async def test_a_held_seat_is_taken_until_it_expires(gym: Desk) -> None:
    block = await publish(gym, TEN, 60, capacity=1)
    expires_at = NOW + timedelta(minutes=5)
    async with gym.database.session() as session:
        hold = Hold(block_id=row_id(block), visitor="v", address="a", expires_at=expires_at)
        session.add(hold)
        await session.commit()
    assert "10:00" not in await offered(gym)
    with refused("SLOT_TAKEN"):
        await join(gym)
    with clock.frozen(expires_at):
        assert (await offered(gym))["10:00"] == 1
        await join(gym)


async def test_the_pages_know_the_places_that_are_left(gym: Desk) -> None:
    await join(gym)
    week = await gym.call(days.list_days, NOBODY, gym.offer, TUESDAY)
    assert (week.seats_left[TEN], week.seats_left[at("11:00")]) == (2, 3)


async def test_what_the_doctor_changes_later_leaves_a_session_as_it_is(gym: Desk) -> None:
    await join(gym)
    await gym.change(gym.visit_type, capacity=1, duration=30, step=30)
    assert (await offered(gym))["10:00"] == 2
    _, late = await join(gym)
    assert (await gym.appointment(late)).duration == 60


async def test_the_doctor_cancels_one_seat_and_the_others_stay(gym: Desk) -> None:
    (_, one), _ = await join(gym), await join(gym)
    await gym.call(cancelling.cancel, doctor_actor(gym.doctor), one, reason="Full")
    assert await seats(gym) == [1]
    assert [row.active for row in await gym.all(BusyBlock)] == [True]
    await join(gym)
    assert sorted(await seats(gym)) == [0, 1]
    assert offer_of(gym.doctor, gym.clinic, gym.visit_type) == gym.offer
