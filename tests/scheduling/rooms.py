"""Rooms and devices of the desk, and who has them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import SQLModel

from appointment_app.accounts.actor import NOBODY
from appointment_app.models import BusyBlock, Resource, ResourceUse, VisitType, row_id
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.slots import Offer, list_slots
from tests.factories import make_block, make_doctor, make_resource, make_visit_type, offer_of
from tests.scheduling.desk import Desk, at

TEN = at("10:00")
HALF_PAST_TEN = at("10:30")
ELEVEN = at("11:00")
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
