"""Who works at the front desk of a clinic and who administers it, over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, status
from pydantic import BaseModel, ConfigDict, Field

from appointment_app.accounts import staff
from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.openapi import refuses
from appointment_app.api.sessions import DatabaseSession
from appointment_app.api.values import Line
from appointment_app.models import Role

router = APIRouter(prefix="/staff", tags=["administration"])
_StaffRole = Literal[Role.RECEPTION, Role.ADMINISTRATOR]


class Appointed(BaseModel):
    """Who gets a role at a clinic; without a clinic at all of them."""

    email: Line = Field(examples=["desk@clinic.example"])
    role: _StaffRole
    clinic_id: UUID | None = None


class Again(BaseModel):
    """At which clinic somebody was invited."""

    clinic_id: UUID | None = None


class MemberOut(BaseModel):
    """An account with a role; invited until its owner chose a password, by a link that ends."""

    model_config = ConfigDict(from_attributes=True)

    user_id: UUID
    email: str
    role: Role
    is_invited: bool
    is_you: bool
    invited_until: datetime | None


class StaffOut(BaseModel):
    """Who works at a clinic or, without an id, at all of them."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID | None
    name: str
    members: tuple[MemberOut, ...]


@router.get("")
async def list_staff(session: DatabaseSession, identity: CurrentIdentity) -> list[StaffOut]:
    """List to whom one can give and take rights, by clinic."""
    found = await staff.list_staff(session, identity.actor)
    return [StaffOut.model_validate(each) for each in found]


@router.post("", status_code=status.HTTP_204_NO_CONTENT)
async def appoint(session: DatabaseSession, identity: CurrentIdentity, wanted: Appointed) -> None:
    """Give somebody a role; who has no account is invited by mail."""
    await staff.grant(session, identity.actor, wanted.clinic_id, wanted.role, wanted.email)


@router.delete("/{user_id}", status_code=status.HTTP_204_NO_CONTENT, responses=refuses(409))
async def dismiss(
    session: DatabaseSession,
    identity: CurrentIdentity,
    user_id: UUID,
    role: _StaffRole,
    clinic: UUID | None = None,
) -> None:
    """Take a role back, at once."""
    await staff.revoke(session, identity.actor, clinic, role, user_id)


@router.post("/{user_id}/invite", status_code=status.HTTP_204_NO_CONTENT)
async def invite_again(
    session: DatabaseSession, identity: CurrentIdentity, user_id: UUID, where: Again
) -> None:
    """Mail somebody who has not accepted yet another link."""
    await staff.invite_again(session, identity.actor, where.clinic_id, user_id)
