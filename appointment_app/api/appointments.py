"""Appointments over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.sessions import DatabaseSession
from appointment_app.notifications.calendar_file import FILE_NAME, MEDIA_TYPE
from appointment_app.scheduling.appointments import get_calendar_file

router = APIRouter(prefix="/appointments", tags=["appointments"])


@router.get("/{appointment_id}.ics", response_class=Response)
async def calendar_file(
    appointment_id: UUID, session: DatabaseSession, identity: CurrentIdentity
) -> Response:
    """Answer with the appointment as an ``.ics`` file, to whoever may see it."""
    return Response(
        await get_calendar_file(session, identity.actor, appointment_id),
        media_type=MEDIA_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="{FILE_NAME}"',
            "Cache-Control": "private, no-store",
        },
    )
