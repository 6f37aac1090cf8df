"""Suspending a doctor over HTTP: what it would leave, the suspension, and settling what is left."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status
from pydantic import BaseModel, ConfigDict, Field

from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.openapi import refuses
from appointment_app.api.sessions import DatabaseSession
from appointment_app.api.values import Day, MomentOut
from appointment_app.clinics import suspension

router = APIRouter(prefix="/doctors/{doctor_id}/suspension", tags=["administration"])


class NewSuspension(BaseModel):
    """Why, which the doctor is told; by default from now on, and without an end."""

    reason: str = Field(max_length=5000, examples=["The licence has expired."])
    first_day: Day | None = None
    last_day: Day | None = Field(default=None, description="After it, it ends by itself.")


class Successor(BaseModel):
    """Who takes an appointment over (a doctor at a clinic); without, it is cancelled."""

    workplace_id: UUID | None = None


class SuccessorOut(BaseModel):
    """A doctor who is free then; `elsewhere` names their clinic where it is another one."""

    model_config = ConfigDict(from_attributes=True)

    place_id: UUID = Field(serialization_alias="workplace_id")
    doctor: str = Field(examples=["Dr Noor Haddad"])
    elsewhere: str


class RemainingOut(BaseModel):
    """An appointment that has to be handed on or cancelled, and who could take it over."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    starts_at: MomentOut
    zone: str = Field(examples=["Europe/Berlin"])
    patient: str = Field(examples=["Mara Keller"])
    visit: str = Field(examples=["First visit"])
    clinic: str = Field(examples=["Praxis am Park"])
    successors: tuple[SuccessorOut, ...]


class SuspensionOut(BaseModel):
    """How it stands with a doctor; `since` is null when they are not suspended."""

    model_config = ConfigDict(from_attributes=True)

    doctor: str = Field(examples=["Dr Amara Meier"])
    since: MomentOut | None
    until: MomentOut | None = Field(description="The first moment after it, null without an end.")
    reason: str
    is_complete: bool = Field(description="Suspended, and nobody is expected any more.")
    remaining: tuple[RemainingOut, ...]


class SettledOut(BaseModel):
    """How many appointments were handed on, and how many cancelled."""

    handed_on: int = Field(examples=[7])
    cancelled: int = Field(examples=[1])


@router.get("")
async def get(
    session: DatabaseSession, identity: CurrentIdentity, doctor_id: UUID
) -> SuspensionOut:
    """Get the suspension of a doctor, and the appointments that it leaves to be settled."""
    found = await suspension.get_suspension(session, identity.actor, doctor_id)
    return SuspensionOut.model_validate(found)


@router.get("/preview")
async def preview(
    session: DatabaseSession,
    identity: CurrentIdentity,
    doctor_id: UUID,
    first_day: Annotated[Day | None, Query(description="By default from now on.")] = None,
    last_day: Annotated[Day | None, Query(description="By default without an end.")] = None,
) -> list[RemainingOut]:
    """List the appointments that a suspension would leave to be settled; nothing is changed."""
    found = await suspension.preview_suspension(
        session, identity.actor, doctor_id, first_day=first_day, last_day=last_day
    )
    return [RemainingOut.model_validate(each) for each in found]


@router.put("")
async def suspend(
    session: DatabaseSession, identity: CurrentIdentity, doctor_id: UUID, wanted: NewSuspension
) -> SuspensionOut:
    """Suspend a doctor, who is told why; what is booked is still to be settled."""
    await suspension.suspend(
        session,
        identity.actor,
        doctor_id,
        first_day=wanted.first_day,
        last_day=wanted.last_day,
        reason=wanted.reason,
    )
    return await get(session, identity, doctor_id)


@router.delete("", status_code=status.HTTP_204_NO_CONTENT)
async def lift(session: DatabaseSession, identity: CurrentIdentity, doctor_id: UUID) -> None:
    """Lift a suspension: patients find and book the doctor again."""
    await suspension.restore(session, identity.actor, doctor_id)


@router.post("/settle")
async def settle_all(
    session: DatabaseSession, identity: CurrentIdentity, doctor_id: UUID
) -> SettledOut:
    """Hand on each appointment that somebody is free for, and cancel the others with notice."""
    handed_on, cancelled = await suspension.settle_all(session, identity.actor, doctor_id)
    return SettledOut(handed_on=handed_on, cancelled=cancelled)


@router.post(
    "/appointments/{appointment_id}/settle",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refuses(409),
)
async def settle(
    session: DatabaseSession,
    identity: CurrentIdentity,
    doctor_id: UUID,
    appointment_id: UUID,
    to: Successor,
) -> None:
    """Hand one of the appointments on, or cancel it; the patient is told either way."""
    await suspension.settle(
        session, identity.actor, doctor_id, appointment_id, place_id=to.workplace_id
    )
