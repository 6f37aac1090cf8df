"""The data of a person over HTTP: a copy of all."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from appointment_app.api.auth_schemas import Next
from appointment_app.api.identity import CurrentIdentity, clear_login_cookie
from appointment_app.api.openapi import answers_file, refuses
from appointment_app.api.sessions import DatabaseSession
from appointment_app.privacy.copy import FILE_NAME, MEDIA_TYPE, make_copy
from appointment_app.privacy.erasure import erase

router = APIRouter(prefix="/privacy", tags=["privacy"])


class Farewell(BaseModel):
    """Who erases gives their own password; ``cancel_appointments`` is a ticked box."""

    password: Annotated[str, Field(max_length=1000)] = ""
    cancel_appointments: Annotated[str, Field(max_length=10)] = ""


@router.post("/{person_id}/erase", responses=refuses(401, 403, 404, 409, 422, 429))
async def erase_person(
    person_id: UUID,
    session: DatabaseSession,
    identity: CurrentIdentity,
    response: Response,
    form: Farewell,
) -> Next:
    """Erase a person, for themselves or their guardian."""
    is_own = await erase(
        session,
        identity.actor,
        person_id,
        password=form.password,
        cancels_appointments=bool(form.cancel_appointments),
    )
    if is_own:
        clear_login_cookie(response)
    return Next(next="/erased" if is_own else "/your-data")


@router.get(
    "/{person_id}/data.zip",
    response_class=Response,
    responses=answers_file(MEDIA_TYPE) | refuses(401, 403, 404),
)
async def data_file(
    person_id: UUID, session: DatabaseSession, identity: CurrentIdentity
) -> Response:
    """Answer with all data about a person as a ZIP, to the person and their guardians."""
    return Response(
        await make_copy(session, identity.actor, person_id),
        media_type=MEDIA_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="{FILE_NAME}"',
            "Cache-Control": "private, no-store",
        },
    )
