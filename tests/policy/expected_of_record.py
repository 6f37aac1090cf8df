"""What each event handler of the record's page does for whom, written by hand."""

from __future__ import annotations

from typing import Any

from tests.policy.handler_rows import (
    ADMINISTRATORS,
    DONE,
    FORBIDDEN,
    LOGIN,
    MISSING,
    SCREEN,
    SOMEBODY,
    Gets,
    Row,
)
from tests.policy.who_sees_what import Who

# The entry belongs to the first clinic, of which another clinic's administrator knows nothing.
_OF_THE_CLINIC = (LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, DONE, MISSING, FORBIDDEN)


def _record(handler: str, gets: tuple[Gets, ...], **row: Any) -> Row:
    return Row(f"AdminRecord.{handler}", gets, "/admin/record", **row)


ROWS = (
    _record("load", ADMINISTRATORS),
    _record("search", ADMINISTRATORS, arguments={"typed": {"action": "resource.created"}}),
    _record("more", SCREEN, owner=Who.ADMINISTRATOR, before=("load",)),
    _record(
        "show_values",
        _OF_THE_CLINIC,
        arguments={"number": 1},
        owner=Who.ADMINISTRATOR,
        before=("load",),
        changes=frozenset({"audit_event"}),
    ),
    _record("close", SCREEN),
    # Each sees themselves
    Row("YourData.load", SOMEBODY, "/your-data"),
)
