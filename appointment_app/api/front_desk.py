"""Who comes to a clinic on a day, over HTTP, for its front desk."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.sessions import DatabaseSession
from appointment_app.api.values import Day, MomentOut
from appointment_app.models import AppointmentStatus
from appointment_app.scheduling import front_desk

router = APIRouter(tags=["front desk"])


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class DeskClinicOut(_Out):
    """A clinic at whose front desk one works."""

    id: UUID
    name: str
    zone: str


class DeskVisitOut(_Out):
    """Somebody who comes; `becomes` are the statuses that one may give."""

    id: UUID
    starts_at: MomentOut
    ends_at: MomentOut
    patient: str
    visit: str
    room: str
    status: AppointmentStatus
    checked_in_at: MomentOut | None
    is_late: bool
    is_next: bool
    becomes: tuple[AppointmentStatus, ...]


class DeskColumnOut(_Out):
    """One doctor's visits of the day."""

    doctor: str
    visits: tuple[DeskVisitOut, ...]


class BoardOut(_Out):
    """The day of a clinic."""

    clinic: DeskClinicOut
    clinics: tuple[DeskClinicOut, ...]
    day: date
    columns: tuple[DeskColumnOut, ...]


@router.get("/front-desk")
async def board(
    session: DatabaseSession,
    identity: CurrentIdentity,
    clinic: UUID | None = None,
    day: Day | None = None,
) -> BoardOut:
    """Get who comes to a clinic on a day: by default the first one, and today."""
    found = await front_desk.load_board(session, identity.actor, clinic, day)
    return BoardOut.model_validate(found)
