"""Holds over HTTP: a page that is left can still send a request, and no event any more."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, status

from appointment_app.accounts.visitors import visitor_name
from appointment_app.api.identity import Visitor
from appointment_app.api.sessions import DatabaseSession
from appointment_app.scheduling import holds

router = APIRouter(prefix="/holds", tags=["holds"])


@router.post("/{hold_id}/release", status_code=status.HTTP_204_NO_CONTENT)
async def release(
    hold_id: UUID, request: Request, session: DatabaseSession, visitor: Visitor
) -> None:
    """Give up what this browser keeps, if it is this hold; of another one's nothing is said."""
    await holds.release(session, visitor, hold_id, visitor=visitor_name(request.cookies))
