"""The record of who did what, over HTTP, for administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict

from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.sessions import DatabaseSession
from appointment_app.api.values import Cursor, Day, Line, MomentOut, Page, offset_of, write_cursor
from appointment_app.record import reading
from appointment_app.record.reading import Question

router = APIRouter(prefix="/audit-events", tags=["record"])
_Limit = Annotated[int, Query(ge=1, le=100)]


class EntryOut(BaseModel):
    """One deed: what, by whom, about whom, which fields, from which network address."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    at: MomentOut
    action: str
    record_type: str
    reference: str
    who: str
    person: str
    clinic: str
    fields: tuple[str, ...]
    address: str
    has_values: bool


class ChangeOut(BaseModel):
    """What became of a field; hidden when one may not know."""

    model_config = ConfigDict(from_attributes=True)

    field: str
    before: str
    after: str
    hidden: bool


@router.get("")
async def find(
    session: DatabaseSession,
    identity: CurrentIdentity,
    person: Line = "",
    actor: Line = "",
    action: Line = "",
    record: Line = "",
    first: Annotated[Day | None, Query(alias="from")] = None,
    last: Annotated[Day | None, Query(alias="to")] = None,
    limit: _Limit = 50,
    cursor: Cursor = "",
) -> Page[EntryOut]:
    """Find entries of the record, the newest first; days are of UTC."""
    found = await reading.find(
        session,
        identity.actor,
        Question(person, actor, action, record, first, last),
        before=offset_of(cursor) or None,
        limit=limit,
    )
    return Page(
        items=[EntryOut.model_validate(each) for each in found.entries],
        next_cursor=None if found.next is None else write_cursor(str(found.next)),
    )


@router.get("/{number}/values")
async def read_values(
    session: DatabaseSession,
    identity: CurrentIdentity,
    number: Annotated[int, Path(ge=1, le=2**31 - 1)],
) -> list[ChangeOut]:
    """Read what an entry says was changed; the look is on record."""
    found = await reading.read_values(session, identity.actor, number)
    return [ChangeOut.model_validate(each) for each in found]
