"""The record over HTTP: as a file."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Form
from pydantic import AfterValidator
from starlette.responses import StreamingResponse

from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.openapi import answers_file
from appointment_app.api.sessions import DatabaseSession
from appointment_app.database import get_database
from appointment_app.record.csv_file import FILE_NAME, MEDIA_TYPE, csv_pieces
from appointment_app.record.reading import Question, note_export

router = APIRouter(prefix="/record", tags=["record"])


def _known(zone: str) -> str:
    if zone not in available_timezones():
        raise ValueError("not an IANA time zone")
    return zone


Text = Annotated[str, Form(max_length=200)]
Day = Annotated[date | None, Form()]
Zone = Annotated[str, Form(max_length=64), AfterValidator(_known)]


@router.post(
    ".csv",
    response_class=StreamingResponse,
    responses=answers_file(MEDIA_TYPE, "when,who,action\r\n2026-11-24,Mara Keller,booked\r\n"),
)
async def record_file(
    session: DatabaseSession,
    identity: CurrentIdentity,
    person: Text = "",
    actor: Text = "",
    action: Text = "",
    record: Text = "",
    first_day: Day = None,
    last_day: Day = None,
    zone: Zone = "UTC",
) -> StreamingResponse:
    """Answer with the entries that match, as CSV, to whoever may read the record.

    What is asked for comes as a form: a name in an address would stand in every log of addresses.
    The days are those of ``zone``, times in the file are of UTC.
    """
    await note_export(session, identity.actor)
    question = Question(person, actor, action, record, first_day, last_day, zone)
    return StreamingResponse(
        csv_pieces(get_database(), identity.actor, question),
        media_type=MEDIA_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="{FILE_NAME}"',
            "Cache-Control": "private, no-store",
        },
    )
