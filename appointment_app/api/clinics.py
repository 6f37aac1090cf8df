"""Clinics and specialties over HTTP, for everybody."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.positions import Position
from appointment_app.api.public_schemas import ClinicOut, FoundClinicOut, SpecialtyOut
from appointment_app.api.sessions import DatabaseSession
from appointment_app.api.values import Cursor, Limit, Line, Page, offset_of, page_of
from appointment_app.clinics import directory, public_clinics
from appointment_app.clinics.public_clinics import ClinicQuery, FoundClinic

router = APIRouter(tags=["clinics"])


@router.get("/specialties")
async def list_specialties(session: DatabaseSession) -> list[SpecialtyOut]:
    """List the specialties, by name."""
    found = await directory.specialties(session)
    return [SpecialtyOut(code=each.value, name=each.label) for each in found]


@router.get("/clinics")
async def find_clinics(
    session: DatabaseSession,
    identity: CurrentIdentity,
    near: Position,
    q: Line = "",
    city: Line = "",
    postcode: Line = "",
    sort: Annotated[
        Literal["name", "nearest"], Query(description="`nearest` to a position.")
    ] = "name",
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Page[FoundClinicOut]:
    """Find clinics, by name, or the nearest to a position first.

    `q` matches the name, the postcode or the city; `city` and `postcode` are exact. With a
    position only what is near.
    """
    found = await public_clinics.find_clinics(
        session,
        identity.actor,
        ClinicQuery(q, city, postcode, near, nearest_first=sort == "nearest"),
        limit=limit + 1,
        offset=offset_of(cursor),
    )
    return page_of([_found(each) for each in found], limit, cursor)


def _found(each: FoundClinic) -> FoundClinicOut:
    clinic = ClinicOut.model_validate(each.clinic)
    return FoundClinicOut(**dict(clinic), kilometres=each.kilometres)


@router.get("/clinics/{clinic_id}")
async def get_clinic(
    session: DatabaseSession, identity: CurrentIdentity, clinic_id: UUID
) -> ClinicOut:
    """Get a clinic."""
    found = await public_clinics.get_clinic(session, identity.actor, clinic_id)
    return ClinicOut.model_validate(found)
