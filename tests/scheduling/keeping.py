"""A visitor who keeps a time while they fill in the form."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.scheduling import holds
from appointment_app.scheduling.holds import HoldView
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.slots import Offer, list_slots
from tests.factories import make_doctor, make_visit_type, offer_of
from tests.scheduling.desk import INSTANT, Desk

TAB = "a tab"
OTHER_TAB = "another tab"
HERE = "203.0.113.7"


async def keep(
    desk: Desk, starts_at: datetime, *, visitor: str = TAB, address: str = HERE, **values: Any
) -> HoldView:
    """Keep a time of the desk's doctor, by default as nobody in particular."""
    offer: Offer = values.get("offer", desk.offer)
    actor: Actor = values.get("actor", NOBODY)
    kept: HoldView = await desk.call(
        holds.keep, actor, offer, starts_at, visitor=visitor, address=address
    )
    return kept


async def release(desk: Desk, kept: HoldView, visitor: str = TAB) -> None:
    await desk.call(holds.release, NOBODY, kept.id, visitor=visitor)


async def is_offered(desk: Desk, starts_at: datetime) -> bool:
    window = Interval(starts_at, starts_at + INSTANT)
    return bool(await desk.call(list_slots, NOBODY, desk.offer, window))


async def another_doctor(desk: Desk) -> Offer:
    doctor = await desk.make(make_doctor, desk.clinic)
    return offer_of(doctor, desk.clinic, await desk.make(make_visit_type, doctor))
