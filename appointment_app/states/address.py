"""Reading what an address asks for: anybody may write anything into it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

_TEXT_LIMIT = 100


def typed_text(value: Any) -> str:
    """Return ``value`` as one line of printable text of bounded length."""
    if not isinstance(value, str):
        return ""
    printable = "".join(letter if letter.isprintable() else " " for letter in value[:_TEXT_LIMIT])
    return " ".join(printable.split())


def public_id(value: Any) -> UUID | None:
    """Return the public id that ``value`` is, or None."""
    if not isinstance(value, str):
        return None
    try:
        return UUID(value)
    except ValueError:
        return None


def iso_day(value: Any) -> date | None:
    """Return the day that ``value`` names as ``2026-11-23``, or None."""
    if not isinstance(value, str):
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    # Python reads other forms too, such as 2026-W48-1, which a date field does not show.
    return day if day.isoformat() == value else None


def moment(value: Any) -> datetime | None:
    """Return the minute, in UTC, that ``value`` names as ``2026-11-23T10:00:00Z``, or None."""
    if not isinstance(value, str):
        return None
    try:
        named = datetime.fromisoformat(value)
    except ValueError:
        return None
    # Without a zone it could be anywhere; at the ends of the calendar arithmetic overflows.
    if named.tzinfo is None or not 2000 <= named.year <= 2200:
        return None
    return named.astimezone(UTC).replace(second=0, microsecond=0)


def moment_text(named: datetime) -> str:
    """Return a moment (UTC) as addresses name it, such as ``2026-11-23T10:00:00Z``."""
    return named.strftime("%Y-%m-%dT%H:%M:%SZ")


def address(path: str, **query: object) -> str:
    """Return ``path`` with those of the ``query`` that are not empty."""
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path
