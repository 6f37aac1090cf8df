"""The rooms and devices of a clinic: who manages them, and what becomes of what is booked."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.clinics import resources
from appointment_app.clinics.resources import ResourceItem
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound, StaleVersion
from appointment_app.models import AuditEvent, Clinic, Resource, ResourceKind
from tests.factories import administrator_actor, doctor_actor, make_clinic, make_resource
from tests.scheduling.desk import Desk, at

ROOM, DEVICE = ResourceKind.ROOM, ResourceKind.DEVICE


pytestmark = pytest.mark.usefixtures("standing_clock")


@pytest.fixture
async def clinic(session: AsyncSession) -> Clinic:
    return await make_clinic(session)


@pytest.fixture
async def admin(session: AsyncSession, clinic: Clinic) -> Actor:
    return await administrator_actor(session, clinic)


async def listed(session: AsyncSession, actor: Actor) -> dict[str, ResourceItem]:
    found = await resources.list_resources(session, actor)
    await session.commit()
    return {each.name: each for clinic in found for each in clinic.resources}


async def deeds(session: AsyncSession) -> list[tuple[str, list[str]]]:
    events = await session.exec(select(AuditEvent).order_by(AuditEvent.id))  # type: ignore[arg-type]
    found = [(each.action, each.fields) for each in events]
    await session.commit()
    return found


async def test_rooms_come_before_devices_by_name(
    session: AsyncSession, clinic: Clinic, admin: Actor
) -> None:
    for kind, name in ((DEVICE, "Ultrasound"), (ROOM, " Room  2 "), (ROOM, "room 1")):
        await resources.add(session, admin, clinic.public_id, kind, name)
    assert list(await listed(session, admin)) == ["room 1", "Room 2", "Ultrasound"]
    assert await deeds(session) == [("resource.created", ["name"])] * 3


async def test_one_is_renamed(session: AsyncSession, clinic: Clinic, admin: Actor) -> None:
    room = await make_resource(session, clinic)
    await resources.rename(session, admin, room.public_id, "ROOM 1", version=1)
    assert (await listed(session, admin))["ROOM 1"].version == 2
    assert await deeds(session) == [("resource.changed", ["name"])]


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "ROOM 1"])
async def test_a_name_that_does_not_do(
    session: AsyncSession, clinic: Clinic, admin: Actor, name: str
) -> None:
    await make_resource(session, clinic)
    clinic_id = clinic.public_id
    other_id = (await make_resource(session, clinic, name="Room 2")).public_id
    with pytest.raises(Invalid) as refusal:
        await resources.add(session, admin, clinic_id, ROOM, name)
    assert refusal.value.errors["name"]
    with pytest.raises(Invalid):
        await resources.rename(session, admin, other_id, name, version=1)
    assert list(await listed(session, admin)) == ["Room 1", "Room 2"]


async def test_a_device_may_have_the_name_of_a_room_and_clinics_do_not_meet(
    session: AsyncSession, clinic: Clinic, admin: Actor
) -> None:
    elsewhere = await make_clinic(session)
    await make_resource(session, elsewhere, name="Room 1")
    await resources.add(session, admin, clinic.public_id, ROOM, "Room 1")
    await resources.add(session, admin, clinic.public_id, DEVICE, "Room 1")


async def test_a_stale_save_is_refused(session: AsyncSession, clinic: Clinic, admin: Actor) -> None:
    room = (await make_resource(session, clinic)).public_id
    await resources.set_active(session, admin, room, False, version=1)
    with pytest.raises(StaleVersion):
        await resources.rename(session, admin, room, "Room 9", version=1)
    with pytest.raises(StaleVersion):
        await resources.set_active(session, admin, room, True, version=1)
    await resources.set_active(session, admin, room, True, version=2)
    deactivated, activated = (
        ("resource.deactivated", ["active"]),
        ("resource.activated", ["active"]),
    )
    assert await deeds(session) == [deactivated, activated]


async def test_what_is_out_of_use_keeps_its_visits(desk: Desk) -> None:
    room: Resource = await desk.make(make_resource, desk.clinic, desk.visit_type)
    admin: Actor = await desk.make(administrator_actor, desk.clinic)
    booked = await desk.book(at("10:00"))
    async with desk.database.session() as session:
        assert (await listed(session, admin))["Room 1"].upcoming == 1
    await desk.call(resources.set_active, admin, room.public_id, False, version=1)
    async with desk.database.session() as session:
        item = (await listed(session, admin))["Room 1"]
    assert (item.active, item.upcoming) == (False, 1)
    assert (await desk.appointment(booked)).active


async def test_only_administrators_of_the_clinic(desk: Desk) -> None:
    room: Resource = await desk.make(make_resource, desk.clinic)
    elsewhere = await desk.make(make_clinic)
    others: list[tuple[Actor, type[Exception]]] = [
        (NOBODY, LoginRequired),
        (desk.actor, Forbidden),
        (doctor_actor(desk.doctor), Forbidden),
        (await desk.make(administrator_actor, elsewhere), Forbidden),
    ]
    for actor, refusal in others:
        for call in _calls(desk, room):
            with pytest.raises(refusal):
                await desk.call(call[0], actor, *call[1], **call[2])
    for actor, refusal in others[:3]:
        with pytest.raises(refusal):
            await desk.call(resources.list_resources, actor)
    found = await desk.call(resources.list_resources, others[3][0])
    assert [each.id for each in found] == [elsewhere.public_id]
    (stored,) = await desk.all(Resource)
    assert (stored.name, stored.version) == ("Room 1", 1)


async def test_what_there_is_not(desk: Desk) -> None:
    admin = await desk.make(administrator_actor)
    with pytest.raises(NotFound):
        await desk.call(resources.add, admin, uuid4(), ROOM, "Room 1")
    with pytest.raises(NotFound):
        await desk.call(resources.rename, admin, uuid4(), "Room 1", version=1)


def _calls(desk: Desk, room: Resource) -> list[tuple[Any, tuple[Any, ...], dict[str, Any]]]:
    return [
        (resources.add, (desk.clinic.public_id, ROOM, "Room 2"), {}),
        (resources.rename, (room.public_id, "Room 2"), {"version": 1}),
        (resources.set_active, (room.public_id, False), {"version": 1}),
    ]
