"""A time that somebody holds is being booked to others, and free to the one who holds it."""

from __future__ import annotations

from uuid import UUID

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.scheduling import holds
from appointment_app.scheduling.days import list_days
from appointment_app.scheduling.free_times import Wish, find_free
from appointment_app.scheduling.holds import HOLD_FOR
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.search import find_card
from appointment_app.scheduling.slots import Offer, load_offer, look_at_start
from tests.scheduling.desk import BERLIN, INSTANT, NOW, TUESDAY, Desk, at

TAB, OTHER_TAB = "a tab", "another tab"
TEN = at("10:00")


async def keep(desk: Desk, visitor: str) -> UUID:
    kept = await desk.call(holds.keep, NOBODY, desk.offer, TEN, visitor=visitor, address=visitor)
    kept_id: UUID = kept.id
    return kept_id


async def on_the_pages(
    desk: Desk, visitor: str, offer: Offer | None = None
) -> tuple[bool, list[str]]:
    """Whether ten o'clock is free to the visitor, and which times are just being booked."""
    offer = offer or desk.offer
    days = await desk.call(list_days, NOBODY, offer, TUESDAY, 1, visitor=visitor)
    card = await desk.call(find_card, NOBODY, offer, TUESDAY, visitor=visitor)
    form = await desk.call(look_at_start, NOBODY, offer, TEN, visitor=visitor)
    for day in (days.days[0], card.days[0]):
        assert (TEN in day.slots, TEN in day.held) == (form.is_free, form.is_held)
        assert day.held == days.days[0].held
    return form.is_free, [f"{start.astimezone(BERLIN):%H:%M}" for start in days.days[0].held]


async def test_others_see_it_being_booked_until_it_is_free_again_or_taken(desk: Desk) -> None:
    longer = await desk.another_visit_type(name="Longer", duration=60, pause_after=10, step=30)
    kept = await keep(desk, TAB)
    assert await on_the_pages(desk, OTHER_TAB) == (False, ["10:00"])
    assert await on_the_pages(desk, TAB) == (True, [])
    # A longer visit is in its way from nine on, with the pause after it.
    assert await on_the_pages(desk, OTHER_TAB, longer) == (False, ["09:00", "09:30", "10:00"])
    with clock.frozen(NOW + HOLD_FOR):
        assert await on_the_pages(desk, OTHER_TAB) == (True, [])
    await desk.call(holds.release, NOBODY, kept, visitor=TAB)
    assert await on_the_pages(desk, OTHER_TAB) == (True, [])

    await keep(desk, TAB)
    await desk.book(TEN, visitor=TAB)
    for visitor in (TAB, OTHER_TAB):
        assert await on_the_pages(desk, visitor) == (False, [])


async def test_whoever_looks_the_bound_is_right_for_everybody(desk: Desk) -> None:
    """With a hold of a quarter of an hour the next visits begin at its end, for others only."""
    await desk.change(desk.visit_type, duration=15, step=None)
    await keep(desk, TAB)
    await desk.change(desk.visit_type, duration=30, step=None)
    async with desk.database.session() as session:
        place, visit_type = await load_offer(session, desk.offer)
        window = Interval(TEN + INSTANT, at("12:00"))
        (own,) = await find_free(session, [Wish(place, visit_type, window)], visitor=TAB)
        (others,) = await find_free(session, [Wish(place, visit_type, window)])
    assert own.starts[0] > others.starts[0]
    assert own.first_without_holds == others.first_without_holds == others.starts[0]


async def test_the_last_seat_of_a_group_session(desk: Desk) -> None:
    await desk.change(desk.visit_type, duration=60, step=60, capacity=2)
    await desk.book(TEN)
    await keep(desk, TAB)
    assert await on_the_pages(desk, OTHER_TAB) == (False, ["10:00"])
    assert await on_the_pages(desk, TAB) == (True, [])
