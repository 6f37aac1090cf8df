"""What each route of the API answers to whom, written by hand: never take it from the code.

Whoever adds a route says here what everybody gets from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.policy.world import Who


@dataclass(frozen=True)
class Row:
    """One route in one situation.

    ``answers`` are the HTTP statuses in the order of ``Who``; ``changes`` are the tables in
    which a successful request changes something, ``changes_for_nobody`` where those differ.
    """

    route: str
    answers: tuple[int, ...]
    address: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    changes: frozenset[str] = frozenset()
    changes_for_nobody: frozenset[str] | None = None
    shows: str = ""

    def expected(self, who: Who) -> int:
        """The status that ``who`` gets."""
        return self.answers[list(Who).index(who)]

    def changed_for(self, who: Who) -> frozenset[str]:
        """The tables in which something changes when ``who`` succeeds."""
        if who is Who.NOBODY and self.changes_for_nobody is not None:
            return self.changes_for_nobody
        return self.changes

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.route.partition(" ")[0]

    @property
    def path(self) -> str:
        """The path to ask for, with the names of ids in braces."""
        return self.address or self.route.partition(" ")[2]


# Columns:  nobody  patient  another    doctor   another    administrator  another clinic's
#                            patient             doctor     of all         administrator
# and last the reception of the doctor's clinic
ALL = (200,) * 8
ACCEPTED = (202,) * 8
SOMEBODY = (401, 200, 200, 200, 200, 200, 200, 200)
DONE = (204,) * 8
CONCERNED = (401, 200, 404, 200, 404, 200, 404, 403)

_ACCOUNT = frozenset(
    {"account_token", "audit_event", "login_throttle", "outbox_message", "user_account"}
)
_LOGIN = frozenset({"audit_event", "login_session", "user_account"})

ROWS = (
    Row("GET /health", ALL),
    Row("GET /ready", ALL),
    Row("GET /openapi.json", ALL),
    # Accounts: whoever asks, and whoever they were before
    Row(
        "POST /auth/register",
        ACCEPTED,
        body={
            "email": "fresh@mail.example",
            "password": "{password}",
            "given_name": "Nora",
            "family_name": "New",
        },
        changes=_ACCOUNT | {"person", "role_assignment"},
    ),
    Row(
        "POST /auth/register-doctor",
        ACCEPTED,
        body={
            "email": "fresh@mail.example",
            "password": "{password}",
            "given_name": "Nora",
            "family_name": "New",
            "licence_number": "LIC-NORA",
            "specialties": ["dermatology"],
            "clinic": "{harbour}",
        },
        changes=_ACCOUNT
        | {"doctor", "doctor_at_clinic", "doctor_specialty", "person", "role_assignment"},
    ),
    Row("POST /auth/verify", ALL, body={"token": "{verify}"}, changes=_LOGIN | {"account_token"}),
    Row(
        "POST /auth/login",
        ALL,
        body={"email": "pia@secret.example", "password": "{password}"},
        changes=_LOGIN,
    ),
    Row(
        "POST /auth/logout",
        ALL,
        changes=frozenset({"audit_event", "login_session"}),
        changes_for_nobody=frozenset(),
    ),
    Row(
        "POST /auth/forgot-password",
        ACCEPTED,
        body={"email": "pia@secret.example"},
        changes=frozenset({"account_token", "login_throttle", "outbox_message"}),
    ),
    Row(
        "POST /auth/reset-password",
        ALL,
        body={"token": "{reset}", "password": "eight blue kettles"},
        changes=_LOGIN | {"account_token", "outbox_message"},
    ),
    Row("GET /auth/me", SOMEBODY, shows="display_name"),
    Row(
        "GET /appointments/{appointment_id}.ics",
        CONCERNED,
        address="/appointments/{pending}.ics",
        shows="https://meet.example/pia-and-dora",
    ),
    # Nobody here keeps this one, so that nobody gives it up.
    Row("POST /holds/{hold_id}/release", DONE, address="/holds/{pending}/release"),
)

# What Reflex serves beside the API and the pages; nothing of it is anybody's.
OF_REFLEX = {
    "/_event": "the websocket of the pages",
    "/_health": "whether the server is up",
    "/ping": "likewise",
}
