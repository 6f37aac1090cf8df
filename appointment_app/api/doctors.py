"""Finding doctors, over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.api.identity import CurrentIdentity, HoldOwner
from appointment_app.api.positions import Position
from appointment_app.api.public_schemas import DoctorOut, FoundDoctorOut
from appointment_app.api.seeking import Seeker
from appointment_app.api.sessions import DatabaseSession
from appointment_app.api.values import Cursor, Day, Limit, Line, Page, offset_of, page_of
from appointment_app.scheduling import doctors, search
from appointment_app.scheduling.search import Card

router = APIRouter(tags=["doctors"])


@router.get("/doctors")
async def find_doctors(
    session: DatabaseSession,
    actor: Seeker,
    visitor: HoldOwner,
    near: Position,
    q: Annotated[Line, Query(description="A name, a specialty or a symptom.")] = "",
    specialty: Annotated[Line, Query(examples=["dermatology"])] = "",
    city: Line = "",
    place: Annotated[Line, Query(description="A city, postcode or clinic, in part.")] = "",
    language: Annotated[Line, Query(examples=["de"])] = "",
    clinic: UUID | None = None,
    department: UUID | None = None,
    available_on: Annotated[Day | None, Query(description="The first day that suits.")] = None,
    sort: Annotated[
        Literal["earliest", "nearest"], Query(description="`nearest` to a position.")
    ] = "earliest",
    limit: Limit = 10,
    cursor: Cursor = "",
) -> Page[FoundDoctorOut]:
    """Find doctors at their clinics, earliest free time first."""
    query = search.Query(
        q,
        place,
        available_on,
        specialty,
        city,
        language,
        clinic,
        department,
        near,
        nearest_first=sort == "nearest",
    )
    return await find(session, actor, query, visitor, limit, cursor)


@router.get("/clinics/{clinic_id}/doctors")
async def find_doctors_of_clinic(
    session: DatabaseSession,
    actor: Seeker,
    visitor: HoldOwner,
    clinic_id: UUID,
    limit: Limit = 10,
    cursor: Cursor = "",
) -> Page[FoundDoctorOut]:
    """Find the doctors of a clinic, earliest free time first."""
    query = search.Query(clinic_id=clinic_id)
    return await find(session, actor, query, visitor, limit, cursor)


@router.get("/doctors/{doctor_id}")
async def get_doctor(
    session: DatabaseSession, identity: CurrentIdentity, doctor_id: UUID
) -> DoctorOut:
    """Get a doctor, with the clinics and visit types that can be booked."""
    found = await doctors.get_doctor(session, identity.actor, doctor_id)
    return DoctorOut.model_validate(found)


async def find(
    session: AsyncSession,
    actor: Actor,
    query: search.Query,
    visitor: str,
    limit: int,
    cursor: str,
) -> Page[FoundDoctorOut]:
    """Return a page of the results of ``query``."""
    found = await search.find_doctors(
        session, actor, query, limit=limit + 1, offset=offset_of(cursor), visitor=visitor
    )
    return page_of([_found(card) for card in found.cards], limit, cursor)


def _found(card: Card) -> FoundDoctorOut:
    return FoundDoctorOut.model_validate(
        {
            "doctor": card.doctor,
            "clinic": card.clinic,
            "visit_type": card.visit_type,
            "first_free": card.first_free,
            "kilometres": card.distance,
            "slots": [start for day in card.days for start in day.slots],
        }
    )
