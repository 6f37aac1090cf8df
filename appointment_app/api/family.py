"""Those whom one looks after, over HTTP: children, parents, anybody one books for."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter, status
from pydantic import BaseModel, ConfigDict, Field

from appointment_app.accounts import family
from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.openapi import refuses
from appointment_app.api.sessions import DatabaseSession
from appointment_app.api.values import Line
from appointment_app.models import Kinship

router = APIRouter(prefix="/family", tags=["patients"])


class NewDependent(BaseModel):
    """Somebody without an account whom one looks after."""

    given_name: Line = Field(examples=["Ben"])
    family_name: Line = Field(examples=["Keller"])
    birth_date: Line = Field(examples=["2019-05-23"])
    kinship: Line = Field(examples=["child"])


class WantedKinship(BaseModel):
    """What a dependent is to their guardian."""

    kinship: Line = Field(examples=["child"])


class DependentId(BaseModel):
    """The id by which one books for them."""

    id: UUID


class DependentOut(BaseModel):
    """Somebody whom one looks after; `others` do as well."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    birth_date: date | None
    kinship: Kinship | None
    others: tuple[str, ...]
    has_account: bool
    upcoming: int


class GuardianOut(BaseModel):
    """Somebody who looks after oneself."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str


class FamilyOut(BaseModel):
    """Whom one looks after, and by whom one is."""

    model_config = ConfigDict(from_attributes=True)

    dependents: tuple[DependentOut, ...]
    guardians: tuple[GuardianOut, ...]


@router.get("")
async def get_family(session: DatabaseSession, identity: CurrentIdentity) -> FamilyOut:
    """Get whom one looks after, and who looks after oneself."""
    return FamilyOut.model_validate(await family.list_family(session, identity.actor))


@router.post("", status_code=status.HTTP_201_CREATED)
async def add_dependent(
    session: DatabaseSession, identity: CurrentIdentity, wanted: NewDependent
) -> DependentId:
    """Add somebody to book for."""
    key = await family.add_dependent(session, identity.actor, wanted.model_dump())
    return DependentId(id=key)


@router.put("/{person_id}/kinship", status_code=status.HTTP_204_NO_CONTENT)
async def change_kinship(
    session: DatabaseSession, identity: CurrentIdentity, person_id: UUID, wanted: WantedKinship
) -> None:
    """Say anew what somebody whom one looks after is to oneself."""
    await family.change_kinship(session, identity.actor, person_id, wanted.kinship)


@router.delete("/{person_id}", status_code=status.HTTP_204_NO_CONTENT, responses=refuses(409))
async def end_guardianship(
    session: DatabaseSession, identity: CurrentIdentity, person_id: UUID
) -> None:
    """End what links oneself and another person; what was booked stays."""
    await family.end_guardianship(session, identity.actor, person_id)
