"""Deciding which doctors patients may see, over HTTP, for administrators."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status
from pydantic import BaseModel, ConfigDict, Field

from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.sessions import DatabaseSession
from appointment_app.api.values import Cursor, Limit, MomentOut, Page, offset_of, page_of
from appointment_app.clinics import onboarding
from appointment_app.models import Approval

router = APIRouter(tags=["approvals"])


class Refusal(BaseModel):
    """Why; the doctor is told."""

    reason: str = Field(max_length=5000, examples=["The licence number is not known."])


class ApplicationOut(BaseModel):
    """A doctor as the one who decides sees them."""

    model_config = ConfigDict(from_attributes=True)

    public_id: UUID
    name: str
    email: str
    email_verified: bool
    licence_number: str
    specialties: tuple[str, ...]
    clinics: tuple[str, ...]
    registered_at: MomentOut
    approval: Approval
    reason: str
    decided_at: MomentOut | None


@router.get("/doctor-applications")
async def list_applications(
    session: DatabaseSession,
    identity: CurrentIdentity,
    decided: Annotated[bool, Query(description="Those that were decided, not those that wait.")] = (
        False
    ),
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Page[ApplicationOut]:
    """List the doctors who wait for a decision, longest first, or the latest decided ones."""
    found = await onboarding.list_applications(
        session,
        identity.actor,
        decided=decided,
        limit=limit + 1,
        offset=offset_of(cursor),
    )
    return page_of([ApplicationOut.model_validate(each) for each in found], limit, cursor)


@router.post("/doctors/{doctor_id}/approve", status_code=status.HTTP_204_NO_CONTENT)
async def approve(session: DatabaseSession, identity: CurrentIdentity, doctor_id: UUID) -> None:
    """Let patients see and book a doctor, who is told."""
    await onboarding.approve(session, identity.actor, doctor=str(doctor_id))


@router.post("/doctors/{doctor_id}/refuse", status_code=status.HTTP_204_NO_CONTENT)
async def refuse(
    session: DatabaseSession, identity: CurrentIdentity, doctor_id: UUID, why: Refusal
) -> None:
    """Keep a doctor from patients, with a reason that the doctor is told."""
    await onboarding.refuse(session, identity.actor, doctor=str(doctor_id), reason=why.reason)
