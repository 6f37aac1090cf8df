"""Values that many routes read and answer: days, moments, short texts, pages of lists."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, date, datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, PlainSerializer

from appointment_app.errors import Invalid
from appointment_app.i18n import t
from appointment_app.texts import fit

MOST_ITEMS = 100
_FIRST_YEAR, _LAST_YEAR = 2000, 2199

Item = TypeVar("Item")


def _near(year: int) -> None:
    """Refuse years with which no arithmetic should have to deal."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError("a year from 2000 to 2199")


def _near_day(day: date) -> date:
    _near(day.year)
    return day


def _in_utc(moment: datetime) -> datetime:
    _near(moment.year)
    return moment.astimezone(UTC)


Day = Annotated[
    date, AfterValidator(_near_day), Field(examples=["2026-11-24"], description="A local day.")
]
Moment = Annotated[
    AwareDatetime,
    AfterValidator(_in_utc),
    Field(examples=["2026-11-24T10:00:00+01:00"], description="ISO 8601 with an offset."),
]
# What is answered is UTC already; clocks of the database may lose the zone, never the meaning.
MomentOut = Annotated[
    datetime,
    PlainSerializer(lambda moment: moment.astimezone(UTC).isoformat(), return_type=str),
    Field(examples=["2026-11-24T09:00:00+00:00"], json_schema_extra={"format": "date-time"}),
]
Line = Annotated[str, Field(max_length=1000), AfterValidator(fit)]

Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS, description="How many items at most.")]
Cursor = Annotated[
    str, Query(max_length=200, description="`next_cursor` of the page before.", examples=[""])
]


class Page(BaseModel, Generic[Item]):
    """A part of a list; hand ``next_cursor`` back as ``cursor`` for what follows."""

    items: list[Item]
    next_cursor: str | None = Field(
        default=None, description="None on the last page.", examples=["MjA"]
    )


def page_of(found: list[Item], limit: int, cursor: str) -> Page[Item]:
    """Return a page of what was ``found`` for ``limit`` + 1 items from ``offset_of(cursor)`` on."""
    following = write_cursor(str(offset_of(cursor) + limit)) if len(found) > limit else None
    return Page(items=found[:limit], next_cursor=following)


def offset_of(cursor: str) -> int:
    """Return how many items come before the page of a cursor; raises ``Invalid``."""
    offset = read_cursor(cursor) or "0"
    if not (offset.isascii() and offset.isdigit() and len(offset) < 8):
        raise _unreadable()
    return int(offset)


def write_cursor(text: str) -> str:
    """Return a text in a form that nobody is tempted to make up."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> str:
    """Return the text of a cursor that we wrote; raises ``Invalid``."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise _unreadable() from error


def _unreadable() -> Invalid:
    return Invalid({"cursor": t("This is no cursor of ours.")})
