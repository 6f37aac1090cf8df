"""Files that are brought in and taken out: a form's upload, and downloads."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response, status
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from appointment_app import csv_files
from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.openapi import answers_file
from appointment_app.api.sessions import DatabaseSession
from appointment_app.bulk.exporting import export
from appointment_app.bulk.files import keep_file
from appointment_app.bulk.importing import require_may_import
from appointment_app.bulk.reading import MOST_BYTES
from appointment_app.errors import Invalid
from appointment_app.models import BulkKind

router = APIRouter(tags=["files"])

_PAGE = "/admin/import"
_BESIDE_THE_FILE = 10_000  # bytes of the form around it
_FORM = {
    "schema": {
        "type": "object",
        "properties": {
            "kind": {"type": "string", "enum": list(BulkKind)},
            "file": {"type": "string"},
        },
    },
    "example": {"kind": "clinics", "file": "name,city\r\nPraxis am Park,Berlin\r\n"},
}


@router.post(
    "/import",
    status_code=status.HTTP_303_SEE_OTHER,
    response_class=RedirectResponse,
    openapi_extra={"requestBody": {"content": {"multipart/form-data": _FORM}}},
)
async def upload(request: Request, session: DatabaseSession, identity: CurrentIdentity) -> Response:
    """Keep the file of a form (``kind``, ``file``), and lead to the page that looks at it."""
    require_may_import(identity.actor)
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MOST_BYTES + _BESIDE_THE_FILE:
        return _to_page(refused="size")
    try:
        form = await request.form(max_files=1, max_fields=5)
    except HTTPException:
        return _to_page(refused="form")
    file, kind = form.get("file"), str(form.get("kind", ""))
    if not isinstance(file, UploadFile) or not file.filename or kind not in set(BulkKind):
        return _to_page(refused="form")
    try:
        key = await keep_file(
            session, identity.actor, BulkKind(kind), file.filename, await file.read()
        )
    except Invalid:
        return _to_page(refused="size")
    return _to_page(file=str(key))


@router.get(
    "/export/{kind}.csv",
    response_class=Response,
    responses=answers_file(csv_files.MEDIA_TYPE, "name,city\r\nPraxis am Park,Berlin\r\n"),
)
async def download(kind: BulkKind, session: DatabaseSession, identity: CurrentIdentity) -> Response:
    """Answer with what the actor's clinics have, in the columns in which it is brought in."""
    return Response(
        await export(session, identity.actor, kind),
        media_type=csv_files.MEDIA_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="{kind}.csv"',
            "Cache-Control": "private, no-store",
        },
    )


def _to_page(**query: str) -> RedirectResponse:
    return RedirectResponse(f"{_PAGE}?{urlencode(query)}", status.HTTP_303_SEE_OTHER)
