"""What each event handler of the staff page does for whom, written by hand."""

from __future__ import annotations

from typing import Any

from tests.policy.handler_rows import (
    ADMINISTRATORS,
    SCREEN,
    THE_ADMINISTRATOR,
    Gets,
    Row,
    Step,
)
from tests.policy.who_sees_what import Who

_INVITED_AGAIN = frozenset({"account_token", "outbox_message"})
_INVITED = _INVITED_AGAIN | {"audit_event", "role_assignment", "user_account"}
_RITA = {"member": "{harbour}/reception/{rita}"}
_NEWCOMER = {"member": "{harbour}/administrator/{newcomer}"}


def _staff(handler: str, gets: tuple[Gets, ...], *before: Step, **row: Any) -> Row:
    row = {"owner": Who.ADMINISTRATOR, "before": ("load", *before)} | row
    return Row(f"AdminStaff.{handler}", gets, "/admin/staff", **row)


ROWS = (
    # Who works at the clinics that the actor administers, whatever the tab holds
    _staff("load", ADMINISTRATORS, owner=None, before=(), shows="Parkside Clinic"),
    _staff("add", SCREEN, arguments={"place": "{harbour}"}),
    _staff("choose_role", SCREEN, arguments={"role": "administrator"}),
    _staff("close", SCREEN),
    _staff(
        "submit",
        THE_ADMINISTRATOR,
        ("add", {"place": "{harbour}"}),
        arguments={"typed": {"email": "fresh@mail.example"}},
        changes=_INVITED,
    ),
    _staff("invite_again", THE_ADMINISTRATOR, arguments=_NEWCOMER, changes=_INVITED_AGAIN),
    _staff("ask_removal", SCREEN, arguments=_RITA),
    _staff("keep", SCREEN),
    _staff(
        "remove",
        THE_ADMINISTRATOR,
        ("ask_removal", _RITA),
        changes=frozenset({"audit_event", "role_assignment"}),
    ),
)
