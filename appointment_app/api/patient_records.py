"""Keeping the records of patients in order, over HTTP: out of use and back, one of two and back."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, status
from pydantic import BaseModel, ConfigDict, Field

from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.openapi import refuses
from appointment_app.api.sessions import DatabaseSession
from appointment_app.scheduling import keeping_patients, patient_records

router = APIRouter(tags=["patients"])


class InUse(BaseModel):
    """Whether a patient is in use: found, and booked for."""

    active: bool


class OtherRecord(BaseModel):
    """The record that goes into the one of the address."""

    merged_id: UUID


class MergeId(BaseModel):
    """The id by which a merge is undone."""

    id: UUID


class MergeOut(BaseModel):
    """Another record that went into this one."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str = Field(examples=["Mara Keller"])
    number: str = Field(examples=["P7MP2QXA"])


@router.put(
    "/patients/{patient_id}/active",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refuses(409),
)
async def set_active(
    session: DatabaseSession, identity: CurrentIdentity, patient_id: UUID, wanted: InUse
) -> None:
    """Take a patient out of use, or back; refused while they are expected."""
    await keeping_patients.set_active(session, identity.actor, patient_id, wanted.active)


@router.post(
    "/patients/{patient_id}/merges",
    status_code=status.HTTP_201_CREATED,
    responses=refuses(409),
)
async def merge(
    session: DatabaseSession, identity: CurrentIdentity, patient_id: UUID, other: OtherRecord
) -> MergeId:
    """Make one record of two: this one stays, and has all that was the other's."""
    key = await keeping_patients.merge(session, identity.actor, patient_id, other.merged_id)
    return MergeId(id=key)


@router.get("/patients/{patient_id}/merges")
async def list_merges(
    session: DatabaseSession, identity: CurrentIdentity, patient_id: UUID
) -> list[MergeOut]:
    """List the records that went into this one and can be separated again."""
    found = await patient_records.list_merges(session, identity.actor, patient_id)
    return [MergeOut.model_validate(each) for each in found]


@router.delete(
    "/patient-merges/{merge_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refuses(409),
)
async def undo(session: DatabaseSession, identity: CurrentIdentity, merge_id: UUID) -> None:
    """Undo a merge: what it moved goes back, as far as it still is where the merge put it."""
    await keeping_patients.undo(session, identity.actor, merge_id)
