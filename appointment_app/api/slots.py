"""Free times over HTTP; they are computed, never stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic_core import to_json

from appointment_app.api.doctors import find
from appointment_app.api.identity import HoldOwner
from appointment_app.api.public_schemas import FoundDoctorOut, SlotsOut
from appointment_app.api.seeking import Seeker
from appointment_app.api.sessions import DatabaseSession
from appointment_app.api.values import Cursor, Day, Limit, Line, Page
from appointment_app.scheduling import search, slot_list
from appointment_app.scheduling.slot_list import SlotList, SlotQuery

router = APIRouter(tags=["slots"])


@router.get("/doctors/{doctor_id}/slots", response_model=SlotsOut)
async def list_slots(
    session: DatabaseSession,
    actor: Seeker,
    visitor: HoldOwner,
    doctor_id: UUID,
    clinic: Annotated[UUID | None, Query(description="By default the first one.")] = None,
    visit_type: Annotated[UUID | None, Query(description="By default the first one.")] = None,
    first: Annotated[
        Day | None, Query(alias="from", description="By default today, where the clinic is.")
    ] = None,
    last: Annotated[
        Day | None, Query(alias="to", description="Included; by default a week is answered.")
    ] = None,
) -> Response:
    """List the free times of a doctor between two local days, or say why there are none."""
    found = await slot_list.list_free_slots(
        session,
        actor,
        SlotQuery(doctor_id, clinic, visit_type, first, last),
        visitor=visitor,
    )
    return Response(to_json(as_out(found)), media_type="application/json")


def as_out(found: SlotList) -> dict[str, Any]:
    """Return what ``SlotsOut`` makes of it.

    A month has hundreds of times: a model of each would take longer than to find them all.
    """
    slots = [
        {
            "starts_at": starts_at.isoformat(),
            "ends_at": ends_at.isoformat(),
            "seats_left": seats_left,
        }
        for starts_at, ends_at, seats_left in found.slots
    ]
    rest = SlotsOut.model_validate(replace(found, slots=()))
    return rest.model_dump(mode="json") | {"slots": slots}


@router.get("/slots")
async def find_slots(
    session: DatabaseSession,
    actor: Seeker,
    visitor: HoldOwner,
    specialty: Annotated[Line, Query(examples=["dermatology"])] = "",
    city: Line = "",
    day: Annotated[Day | None, Query(alias="date")] = None,
    limit: Limit = 10,
    cursor: Cursor = "",
) -> Page[FoundDoctorOut]:
    """Find the free times of a specialty in a city, from a day on, earliest first."""
    query = search.Query(specialty=specialty, city=city, day=day)
    return await find(session, actor, query, visitor, limit, cursor)
