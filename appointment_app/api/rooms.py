"""Rooms and devices of clinics, over HTTP, for their administrators."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, status
from pydantic import BaseModel, ConfigDict

from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.named_parts import Added, InUse, Name
from appointment_app.api.openapi import refuses
from appointment_app.api.preconditions import SeenVersion
from appointment_app.api.sessions import DatabaseSession
from appointment_app.clinics import resources
from appointment_app.models import ResourceKind

router = APIRouter(tags=["rooms"])


class NewRoom(Name):
    """A room or a device."""

    kind: ResourceKind = ResourceKind.ROOM


class RoomOut(BaseModel):
    """A room or a device; `upcoming` visits have it, `version` is its ETag."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: ResourceKind
    name: str
    active: bool
    upcoming: int
    version: int


class ClinicRoomsOut(BaseModel):
    """A clinic with its rooms and devices."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    city: str
    resources: tuple[RoomOut, ...]


@router.get("/rooms")
async def list_rooms(session: DatabaseSession, identity: CurrentIdentity) -> list[ClinicRoomsOut]:
    """List the clinics that one administers, with their rooms and devices."""
    found = await resources.list_resources(session, identity.actor)
    return [ClinicRoomsOut.model_validate(each) for each in found]


@router.post("/clinics/{clinic_id}/rooms", status_code=status.HTTP_201_CREATED)
async def add_room(
    session: DatabaseSession, identity: CurrentIdentity, clinic_id: UUID, wanted: NewRoom
) -> Added:
    """Add a room or a device to a clinic."""
    key = await resources.add(session, identity.actor, clinic_id, wanted.kind, wanted.name)
    return Added(id=key)


@router.put(
    "/rooms/{room_id}/name",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refuses(412, 428),
)
async def rename_room(
    session: DatabaseSession,
    identity: CurrentIdentity,
    room_id: UUID,
    version: SeenVersion,
    wanted: Name,
) -> None:
    """Give a room or a device another name."""
    await resources.rename(session, identity.actor, room_id, wanted.name, version=version)


@router.put(
    "/rooms/{room_id}/active",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refuses(412, 428),
)
async def set_room_active(
    session: DatabaseSession,
    identity: CurrentIdentity,
    room_id: UUID,
    version: SeenVersion,
    wanted: InUse,
) -> None:
    """Let visits take a room or a device, or no longer."""
    await resources.set_active(session, identity.actor, room_id, wanted.active, version=version)
