"""Holds over HTTP: for programs, and for a page that is left and can send no event any more."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, status
from pydantic import BaseModel, ConfigDict

from appointment_app.accounts.visitors import visitor_name
from appointment_app.api.identity import CurrentIdentity, HoldOwner, Visitor, client_address
from appointment_app.api.openapi import refuses
from appointment_app.api.sessions import DatabaseSession
from appointment_app.api.values import Moment, MomentOut
from appointment_app.errors import LoginRequired
from appointment_app.scheduling import holds
from appointment_app.scheduling.slots import Offer

router = APIRouter(prefix="/holds", tags=["holds"])


class NewHold(BaseModel):
    """The time to keep."""

    doctor_id: UUID
    clinic_id: UUID
    visit_type_id: UUID
    starts_at: Moment


class HoldOut(BaseModel):
    """A time that is kept."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    expires_at: MomentOut


@router.post("", status_code=status.HTTP_201_CREATED, responses=refuses(409))
async def keep(
    request: Request,
    session: DatabaseSession,
    identity: CurrentIdentity,
    owner: HoldOwner,
    wanted: NewHold,
) -> HoldOut:
    """Keep a free time for five minutes; what one kept before is given up.

    Whoever books it then gets the very time. The same time again stays as it is.
    """
    if not owner:
        raise LoginRequired
    kept = await holds.keep(
        session,
        identity.actor,
        Offer(wanted.doctor_id, wanted.clinic_id, wanted.visit_type_id),
        wanted.starts_at,
        visitor=owner,
        address=client_address(request),
    )
    return HoldOut.model_validate(kept)


@router.delete("/{hold_id}", status_code=status.HTTP_204_NO_CONTENT)
async def give_up(
    session: DatabaseSession, identity: CurrentIdentity, owner: HoldOwner, hold_id: UUID
) -> None:
    """Give up what one keeps, if it is this hold; of another one's nothing is said."""
    await holds.release(session, identity.actor, hold_id, visitor=owner)


@router.post("/{hold_id}/release", status_code=status.HTTP_204_NO_CONTENT)
async def release(
    hold_id: UUID, request: Request, session: DatabaseSession, visitor: Visitor
) -> None:
    """Give up what this browser keeps, if it is this hold; of another one's nothing is said."""
    await holds.release(session, visitor, hold_id, visitor=visitor_name(request.cookies))
