"""Files that programs send to be brought in: looked at first, then all of it or nothing."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from pydantic import BaseModel, ConfigDict, Field

from appointment_app import csv_files
from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.sessions import DatabaseSession
from appointment_app.bulk import files
from appointment_app.bulk.files import Standing
from appointment_app.bulk.importing import require_may_import
from appointment_app.bulk.reading import MOST_BYTES
from appointment_app.errors import NotFound
from appointment_app.models import BulkKind, ImportState

router = APIRouter(prefix="/imports", tags=["files"])

_CSV = {"schema": {"type": "string"}, "example": "name,city\r\nPraxis am Park,Berlin\r\n"}


class ImportOut(BaseModel):
    """How far a file is, and what came of it.

    ``waiting`` files are kept for a day, and of each sender the newest five. One that was tried in
    vain waits again, with a ``refusal``, or with problems that its check names.
    """

    id: UUID
    kind: BulkKind
    name: str = Field(examples=["clinics.csv"])
    state: ImportState
    done: int = Field(description="records that were looked at, of `of_all`")
    of_all: int
    lines: int
    new: int
    changed: int
    same: int
    refusal: str | None = Field(description="why it was not brought in, when that was tried")


class ProblemOut(BaseModel):
    """What is wrong, at which line and column; without a column it is the whole line."""

    model_config = ConfigDict(from_attributes=True)

    line: int = Field(examples=[17])
    column: str = Field(examples=["birth_date"])
    sentence: str = Field(examples=["This is not a day: write 1984-05-23."])


class CheckOut(BaseModel):
    """What bringing a file in would do; nothing as long as it has problems."""

    model_config = ConfigDict(from_attributes=True)

    lines: int
    new: int
    changed: int
    same: int
    problems: list[ProblemOut]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    openapi_extra={"requestBody": {"content": {csv_files.MEDIA_TYPE: _CSV}}},
)
async def send(
    request: Request,
    response: Response,
    session: DatabaseSession,
    identity: CurrentIdentity,
    kind: BulkKind,
    name: Annotated[str, Query(max_length=120, description="of the file")] = "",
) -> ImportOut:
    """Keep the CSV file in the body for its sender, who looks at it or brings it in next."""
    require_may_import(identity.actor)
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MOST_BYTES:  # the rest is not read, and the sentence is the service's
            break
    key = await files.keep_file(session, identity.actor, kind, name, bytes(content))
    response.headers["Location"] = f"{request.url.path}/{key}"
    return await _standing(session, identity, key)


@router.get("/{import_id}")
async def standing(
    session: DatabaseSession, identity: CurrentIdentity, import_id: UUID
) -> ImportOut:
    """Answer how far a file of the sender's is, and what came of it."""
    return await _standing(session, identity, import_id)


@router.get("/{import_id}/check")
async def check(session: DatabaseSession, identity: CurrentIdentity, import_id: UUID) -> CheckOut:
    """Look at a file without changing anything: each bad line and column is named."""
    return CheckOut.model_validate(await files.check_file(session, identity.actor, import_id))


@router.post("/{import_id}/start", status_code=status.HTTP_202_ACCEPTED)
async def start(session: DatabaseSession, identity: CurrentIdentity, import_id: UUID) -> ImportOut:
    """Begin to bring a file in; how far it is can be asked for from now on.

    The same lines once more change nothing, so it may be started again.
    """
    await files.begin(session, identity.actor, import_id)
    return await _standing(session, identity, import_id)


async def _standing(
    session: DatabaseSession, identity: CurrentIdentity, import_id: UUID
) -> ImportOut:
    found = await files.standing_of(session, identity.actor, import_id)
    if found is None:
        raise NotFound
    return _out(found)


def _out(found: Standing) -> ImportOut:
    outcome = found.outcome
    return ImportOut(
        id=found.file_id,
        kind=found.kind,
        name=found.name,
        state=found.state,
        done=found.done,
        of_all=found.of_all,
        lines=outcome.lines,
        new=outcome.new,
        changed=outcome.changed,
        same=outcome.same,
        refusal=found.refusal or None,
    )
