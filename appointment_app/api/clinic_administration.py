"""Clinics over HTTP as their administrators keep them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, ConfigDict, Field

from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.openapi import refuses
from appointment_app.api.preconditions import SeenVersion, set_etag
from appointment_app.api.sessions import DatabaseSession
from appointment_app.api.values import Line
from appointment_app.clinics import administration
from appointment_app.clinics.administration import ClinicItem
from appointment_app.clinics.clinic_draft import ClinicDraft
from appointment_app.errors import NotFound

router = APIRouter(tags=["administration"])
_Week = Annotated[list[Line], Field(min_length=7, max_length=7)]


class NewClinic(BaseModel):
    """A clinic; `hours` are what is told of when it is open, a text for each day from Monday on."""

    model_config = ConfigDict(from_attributes=True)

    name: Line = Field(examples=["Praxis am Park"])
    city: Line = Field(examples=["Berlin"])
    country: Line = Field(examples=["DE"], description="ISO 3166-1.")
    zone: Line = Field(examples=["Europe/Berlin"])
    region: Line = Field(default="", examples=["BE"])
    closed_on_holidays: bool = False
    street: Line = ""
    postcode: Line = ""
    state: Line = ""
    phone: Line = ""
    email: Line = ""
    latitude: Line = ""
    longitude: Line = ""
    hours: _Week = Field(default=[""] * 7, examples=[["08:00-12:00", "", "", "", "", "", ""]])


class ClinicChange(BaseModel):
    """What is to change of a clinic; a field that is not sent stays as it is."""

    name: Line | None = None
    city: Line | None = None
    country: Line | None = None
    zone: Line | None = None
    region: Line | None = None
    closed_on_holidays: bool | None = None
    street: Line | None = None
    postcode: Line | None = None
    state: Line | None = None
    phone: Line | None = None
    email: Line | None = None
    latitude: Line | None = None
    longitude: Line | None = None
    hours: _Week | None = None


class OwnClinicOut(NewClinic):
    """A clinic that one administers; `version` is its ETag."""

    id: UUID
    active: bool
    version: int


@router.get("/administration/clinics")
async def list_own_clinics(
    session: DatabaseSession, identity: CurrentIdentity
) -> list[OwnClinicOut]:
    """List the clinics that one administers, the closed ones last."""
    found = await administration.list_clinics(session, identity.actor)
    return [_out(each) for each in found.clinics]


@router.post("/clinics", status_code=status.HTTP_201_CREATED)
async def add_clinic(
    session: DatabaseSession, identity: CurrentIdentity, wanted: NewClinic, response: Response
) -> OwnClinicOut:
    """Set up a clinic."""
    key = await administration.add_clinic(session, identity.actor, _draft(dict(wanted)))
    return await _answer(session, identity, key, response)


@router.patch("/clinics/{clinic_id}", responses=refuses(412, 428))
async def change_clinic(
    session: DatabaseSession,
    identity: CurrentIdentity,
    clinic_id: UUID,
    version: SeenVersion,
    change: ClinicChange,
    response: Response,
) -> OwnClinicOut:
    """Change a clinic."""
    async with session.begin():
        stored = await _find(session, identity, clinic_id)
    sent = {name: value for name, value in change if value is not None}
    draft = _draft(asdict(stored.draft) | sent)
    await administration.save_clinic(session, identity.actor, clinic_id, draft, version=version)
    return await _answer(session, identity, clinic_id, response)


@router.delete(
    "/clinics/{clinic_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refuses(409, 412, 428),
)
async def close_clinic(
    session: DatabaseSession, identity: CurrentIdentity, clinic_id: UUID, version: SeenVersion
) -> None:
    """Close a clinic: it keeps its record and takes no new bookings."""
    await administration.close_clinic(session, identity.actor, clinic_id, version=version)


@router.post(
    "/clinics/{clinic_id}/restore",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refuses(409, 412, 428),
)
async def restore_clinic(
    session: DatabaseSession, identity: CurrentIdentity, clinic_id: UUID, version: SeenVersion
) -> None:
    """Take a closed clinic into the directory again."""
    await administration.restore_clinic(session, identity.actor, clinic_id, version=version)


def _draft(values: dict[str, object]) -> ClinicDraft:
    hours = values.pop("hours")
    return ClinicDraft(**values, hours=tuple(hours))  # type: ignore[arg-type]


def _out(item: ClinicItem) -> OwnClinicOut:
    return OwnClinicOut(id=item.id, active=item.active, version=item.version, **asdict(item.draft))


async def _find(session: DatabaseSession, identity: CurrentIdentity, clinic_id: UUID) -> ClinicItem:
    found = await administration.list_clinics(session, identity.actor)
    for each in found.clinics:
        if each.id == clinic_id:
            return each
    raise NotFound


async def _answer(
    session: DatabaseSession, identity: CurrentIdentity, key: UUID, response: Response
) -> OwnClinicOut:
    item = await _find(session, identity, key)
    set_etag(response, item.version)
    return _out(item)
