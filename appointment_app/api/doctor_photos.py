"""The photos of doctors over HTTP: taken in within a limit, and kept by browsers."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response

from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.openapi import answers, answers_file
from appointment_app.api.sessions import DatabaseSession
from appointment_app.clinics import doctor_photos
from appointment_app.clinics.doctor_photos import MEDIA_TYPE, MOST_BYTES

router = APIRouter(prefix="/doctors", tags=["doctors"])

# The address of a page names the photo (``?v=``), so that another photo has another address.
# No cache on the way keeps one: who is not approved yet is seen by few, and the answer says so.
_FOR_EVER = "private, max-age=31536000, immutable"
_ASK_FIRST = "private, no-cache"
_PICTURE = {"type": "string", "contentMediaType": "image/jpeg"}


@router.get(
    "/{doctor_id}/photo",
    response_class=Response,
    responses=answers_file(MEDIA_TYPE) | {304: {"description": "It has not changed."}},
)
async def photo(
    doctor_id: UUID,
    request: Request,
    session: DatabaseSession,
    identity: CurrentIdentity,
    v: str = "",
) -> Response:
    """Answer with the photo of a doctor, or that it has not changed."""
    name, image = await doctor_photos.load_photo(session, identity.actor, doctor_id)
    etag = f'"{name}"'
    headers = {"ETag": etag, "Cache-Control": _FOR_EVER if v == name else _ASK_FIRST}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(image, media_type=MEDIA_TYPE, headers=headers)


@router.post(
    "/{doctor_id}/photo",
    responses=answers({"photo": "5f3b8c2e"}),
    openapi_extra={"requestBody": {"content": {"image/jpeg": {"schema": _PICTURE}}}},
)
async def set_photo(
    doctor_id: UUID, request: Request, session: DatabaseSession, identity: CurrentIdentity
) -> dict[str, str]:
    """Keep the picture in the body as the photo of a doctor."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MOST_BYTES:  # the rest is not read, and the sentence is the service's
            break
    name = await doctor_photos.store_photo(session, identity.actor, doctor_id, bytes(content))
    return {"photo": name}


@router.delete("/{doctor_id}/photo", status_code=204)
async def remove_photo(
    doctor_id: UUID, session: DatabaseSession, identity: CurrentIdentity
) -> None:
    """Remove the photo of a doctor."""
    await doctor_photos.remove_photo(session, identity.actor, doctor_id)
