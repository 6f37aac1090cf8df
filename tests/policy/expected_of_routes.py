"""What each route of the API answers to whom, written by hand: never take it from the code.

Whoever adds a route says here what everybody gets from it.
"""

from __future__ import annotations

from tests.policy.expected_of_bookings import BOOKING_ROWS
from tests.policy.expected_of_figures import ROUTES as FIGURE_ROWS
from tests.policy.expected_of_keeping_routes import KEEPING_ROWS
from tests.policy.expected_of_people_routes import PEOPLE_ROWS
from tests.policy.expected_of_practices import PRACTICE_ROWS
from tests.policy.route_rows import ACCEPTED, ALL, SOMEBODY, Row

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
            "agrees": True,
        },
        changes=_ACCOUNT | {"consent", "person", "role_assignment"},
    ),
    Row(
        "POST /auth/register-doctor",
        ACCEPTED,
        body={
            "email": "fresh@mail.example",
            "password": "{password}",
            "given_name": "Nora",
            "family_name": "New",
            "agrees": True,
            "licence_number": "LIC-NORA",
            "specialties": ["dermatology"],
            "clinic": "{harbour}",
        },
        changes=_ACCOUNT
        | {"consent", "doctor", "doctor_at_clinic", "doctor_specialty"}
        | {"person", "role_assignment"},
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
    Row(
        "POST /auth/change-password",
        SOMEBODY,
        body={"password": "{password}", "new_password": "eight blue kettles"},
        changes=frozenset({"audit_event", "outbox_message", "user_account"}),
    ),
    Row(
        "POST /auth/change-email",
        (401, 202, 202, 202, 202, 202, 202, 202),
        body={"password": "{password}", "email": "pia.new@secret.example"},
        changes=frozenset({"account_token", "audit_event", "outbox_message"}),
    ),
    Row(
        "POST /auth/confirm-email",
        ALL,
        body={"token": "{new_address}"},
        changes=frozenset({"account_token", "audit_event", "outbox_message", "user_account"}),
    ),
    # Whoever has the link
    Row(
        "POST /auth/own-account",
        ALL,
        body={"token": "{own_account}", "password": "eight blue kettles", "agrees": True},
        changes=_LOGIN
        | {
            "account_token",
            "consent",
            "guardianship",
            "outbox_message",
            "person",
            "role_assignment",
        },
    ),
    # Everybody here has agreed already.
    Row("POST /auth/consent", SOMEBODY, body={"next": "/appointments"}, shows="/appointments"),
    # Without a picture; whoever may set one is told so, and nothing changes.
    Row("GET /doctors/{doctor_id}/photo", (404,) * 8, address="/doctors/{dora}/photo"),
    Row(
        "POST /doctors/{doctor_id}/photo",
        (401, 403, 403, 422, 403, 422, 403, 403),
        address="/doctors/{dora}/photo",
    ),
    Row(
        "DELETE /doctors/{doctor_id}/photo",
        (401, 403, 403, 204, 403, 204, 403, 403),
        address="/doctors/{dora}/photo",
    ),
    Row("GET /auth/me", SOMEBODY, shows="display_name"),
    # A form, not JSON: what is sent here cannot be read.
    Row("POST /auth/token", (400,) * 8),
    Row("POST /auth/refresh", (401,) * 8, body={"refresh_token": "of nobody"}),
    Row("GET /auth/sessions", SOMEBODY, shows='"is_current":true'),
    Row(
        "DELETE /auth/sessions",
        (401, *(204,) * 7),
    ),
    Row(
        "DELETE /auth/sessions/{login_id}",
        (401, *(404,) * 7),
        address="/auth/sessions/{pending}",
    ),
    *BOOKING_ROWS,
    *FIGURE_ROWS,
    *PRACTICE_ROWS,
    *PEOPLE_ROWS,
    *KEEPING_ROWS,
    Row(
        "GET /privacy/{person_id}/data.zip",
        (401, 200, 404, 404, 404, 403, 404, 404),
        address="/privacy/{pia}/data.zip",
        changes=frozenset({"audit_event"}),
    ),
    Row(
        "POST /privacy/{person_id}/erase",
        (401, 200, 404, 404, 404, 403, 404, 404),
        address="/privacy/{zoe}/erase",
        body={"password": "{password}"},
        changes=frozenset(
            {
                "account_token",
                "audit_event",
                "guardianship",
                "outbox_message",
                "person",
                "person_key",
            }
        ),
    ),
    # Who took the record away stands in it.
    Row(
        "POST /record.csv",
        (401, 403, 403, 403, 403, 200, 200, 403),
        changes=frozenset({"audit_event"}),
        shows="Entry,Time (UTC)",
    ),
)

# What Reflex serves beside the API and the pages; nothing of it is anybody's.
OF_REFLEX = {
    "/_event": "the websocket of the pages",
    "/_health": "whether the server is up",
    "/ping": "likewise",
}
