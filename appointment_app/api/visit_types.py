"""A doctor's visit types over HTTP: what patients book."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, ConfigDict, Field

from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.openapi import refuses
from appointment_app.api.preconditions import SeenVersion, set_etag
from appointment_app.api.sessions import DatabaseSession
from appointment_app.api.values import Line
from appointment_app.errors import NotFound
from appointment_app.models import BookableBy, VisitMode
from appointment_app.scheduling import visit_types
from appointment_app.scheduling.visit_type_draft import VisitTypeDraft

router = APIRouter(prefix="/visit-types", tags=["visit types"])
_Minutes = Annotated[int, Field(ge=0, le=10**4)]


class NewVisitType(BaseModel):
    """A visit type; durations, pauses and the step in minutes."""

    model_config = ConfigDict(from_attributes=True)

    name: Line = Field(examples=["First visit"])
    duration: _Minutes = Field(examples=[30])
    mode: VisitMode = VisitMode.IN_PERSON
    join_link: Line = ""
    needs_confirmation: bool = False
    pause_before: _Minutes = 0
    pause_after: _Minutes = 0
    step: _Minutes | None = Field(default=None, description="None: one visit after the other.")
    capacity: int = Field(default=1, ge=0, le=10**4)
    price: Line = ""
    bookable_by: BookableBy = BookableBy.EVERYBODY
    clinics: frozenset[UUID] = Field(default=frozenset(), description="None: at all of them.")
    resources: frozenset[UUID] = Field(default=frozenset(), description="Rooms and devices.")

    def draft(self) -> VisitTypeDraft:
        """Return it as the service takes it."""
        return VisitTypeDraft(**dict(self))


class OwnVisitTypeOut(NewVisitType):
    """A stored visit type; `version` is its ETag."""

    id: UUID
    active: bool
    version: int


class Activity(BaseModel):
    """Whether it is offered to patients."""

    active: bool


class Steps(BaseModel):
    """How many places down the list, up when negative."""

    by: int = Field(ge=-100, le=100, examples=[-1])


@router.get("")
async def list_own(session: DatabaseSession, identity: CurrentIdentity) -> list[OwnVisitTypeOut]:
    """List one's own visit types, as a doctor, in the order in which patients see them."""
    return [
        OwnVisitTypeOut(
            id=each.id,
            active=each.active,
            version=each.version,
            **NewVisitType.model_validate(each.draft).model_dump(),
        )
        for each in await visit_types.list_visit_types(session, identity.actor)
    ]


@router.post("", status_code=status.HTTP_201_CREATED)
async def create(
    session: DatabaseSession, identity: CurrentIdentity, wanted: NewVisitType, response: Response
) -> OwnVisitTypeOut:
    """Add a visit type, active and last in the order."""
    key = await visit_types.create(session, identity.actor, wanted.draft())
    return await _answer(session, identity, key, response)


@router.put("/{visit_type_id}", responses=refuses(412, 428))
async def edit(
    session: DatabaseSession,
    identity: CurrentIdentity,
    visit_type_id: UUID,
    version: SeenVersion,
    wanted: NewVisitType,
    response: Response,
) -> OwnVisitTypeOut:
    """Change a visit type; what was booked keeps what was agreed."""
    await visit_types.edit(session, identity.actor, visit_type_id, wanted.draft(), version=version)
    return await _answer(session, identity, visit_type_id, response)


@router.put("/{visit_type_id}/active", responses=refuses(412, 428))
async def set_active(
    session: DatabaseSession,
    identity: CurrentIdentity,
    visit_type_id: UUID,
    version: SeenVersion,
    wanted: Activity,
    response: Response,
) -> OwnVisitTypeOut:
    """Offer a visit type to patients, or no longer."""
    await visit_types.set_active(
        session, identity.actor, visit_type_id, wanted.active, version=version
    )
    return await _answer(session, identity, visit_type_id, response)


@router.post("/{visit_type_id}/move", status_code=status.HTTP_204_NO_CONTENT)
async def move(
    session: DatabaseSession, identity: CurrentIdentity, visit_type_id: UUID, steps: Steps
) -> None:
    """Move a visit type in the list; the first active one is the default."""
    await visit_types.move(session, identity.actor, visit_type_id, by=steps.by)


async def _answer(
    session: DatabaseSession, identity: CurrentIdentity, key: UUID, response: Response
) -> OwnVisitTypeOut:
    for each in await list_own(session, identity):
        if each.id == key:
            set_etag(response, each.version)
            return each
    raise NotFound
