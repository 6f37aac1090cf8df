"""Every refusal has one shape, whoever finds it: a service, FastAPI or the router."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from appointment_app.accounts.errors import TryAgainLater, WrongLogin
from appointment_app.api.app import create_api
from appointment_app.api.problems import STATUS_OF_CODE, refused
from appointment_app.errors import (
    Busy,
    DomainError,
    Forbidden,
    Invalid,
    LoginRequired,
    NotFound,
    StaleVersion,
)
from appointment_app.models import AppointmentStatus
from appointment_app.scheduling import errors as scheduling_errors
from appointment_app.scheduling.errors import (
    OutsideAvailability,
    PatientBusy,
    SlotTaken,
    StatusConflict,
    TextTooLong,
    TooSoon,
)
from appointment_app.scheduling.overbooking import Conflict, ConflictKind, OverbookingNeeded
from tests.api.clients import bare_api

CONFLICT = Conflict(ConflictKind.OUTSIDE_HOURS, "outside_hours", "Outside the hours.")


async def answered(error: Exception) -> httpx.Response:
    """The answer of a route that is refused with ``error``."""
    api = create_api()

    @api.get("/refuse")
    async def refuse(number: int = 0) -> None:
        raise error

    return await asked(api, "GET", "/refuse")


async def asked(api: Any, method: str, path: str, **options: Any) -> httpx.Response:
    transport = httpx.ASGITransport(api)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        return await client.request(method, path, **options)


@pytest.mark.parametrize(
    ("error", "status", "title", "code"),
    [
        (LoginRequired(), 401, "Unauthorized", "LOGIN_REQUIRED"),
        (WrongLogin(), 401, "Unauthorized", "WRONG_LOGIN"),
        (Forbidden(), 403, "Forbidden", "FORBIDDEN"),
        (NotFound(), 404, "Not Found", "NOT_FOUND"),
        (SlotTaken(), 409, "Conflict", "SLOT_TAKEN"),
        (PatientBusy(), 409, "Conflict", "SLOT_TAKEN"),
        (StatusConflict(AppointmentStatus.CANCELLED), 409, "Conflict", "STATUS_CONFLICT"),
        (StaleVersion(), 412, "Precondition Failed", "STALE_VERSION"),
        (OutsideAvailability(), 422, "Unprocessable Content", "OUTSIDE_AVAILABILITY"),
        (TooSoon(), 422, "Unprocessable Content", "TOO_SOON"),
        (Busy(), 503, "Service Unavailable", "BUSY"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_each_kind_of_refusal(error: DomainError, status: int, title: str, code: str) -> None:
    answer = await answered(error)
    assert answer.headers["content-type"] == "application/problem+json"
    # Python before 3.13 calls 422 by its old name.
    title = title if status != 422 else answer.json()["title"]
    assert (answer.status_code, answer.json()) == (
        status,
        {
            "type": "about:blank",
            "title": title,
            "status": status,
            "code": code,
            "detail": error.sentence,
            "errors": {},
        },
    )


async def test_who_is_not_logged_in_is_told_how_to() -> None:
    assert (await answered(LoginRequired())).headers["www-authenticate"] == "Bearer"
    assert "www-authenticate" not in (await answered(Forbidden())).headers


async def test_who_has_to_wait_is_told_how_long() -> None:
    answer = await answered(TryAgainLater(90))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "90")


async def test_fields_have_their_sentences() -> None:
    answer = await answered(Invalid({"name": "Too long.", "day": "Past."}))
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID")
    assert answer.json()["errors"] == {"name": "Too long.", "day": "Past."}
    answer = await answered(TextTooLong("reason", 3))
    assert set(answer.json()["errors"]) == {"reason"}


async def test_overbooking_says_over_what() -> None:
    answer = await answered(OverbookingNeeded((CONFLICT,)))
    assert answer.status_code == 409
    assert answer.json()["conflicts"] == [
        {"kind": "outside_hours", "key": "outside_hours", "sentence": "Outside the hours."}
    ]


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("GET", "/nothing", {}, 404, "NOT_FOUND"),
        ("DELETE", "/health", {}, 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/auth/login", {"content": b"{"}, 400, "MALFORMED"),
        ("POST", "/auth/login", {"content": b"\xff"}, 400, "MALFORMED"),
        ("POST", "/auth/login", {"json": []}, 400, "MALFORMED"),
        ("GET", "/appointments/7.ics", {}, 400, "MALFORMED"),
    ],
)
async def test_what_never_reaches_a_service(
    method: str, path: str, options: dict[str, Any], status: int, code: str
) -> None:
    headers = {"content-type": "application/json"}
    answer = await asked(bare_api(), method, path, headers=headers, **options)
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert set(body) == {"type", "title", "status", "code", "detail", "errors"}
    assert body["detail"]


def codes(cls: type[DomainError] = DomainError) -> Iterator[str]:
    """All codes of refusals."""
    yield cls.code
    for each in cls.__subclasses__():
        yield from codes(each)


def test_conflicts_are_what_others_did_and_rules_are_what_the_request_breaks() -> None:
    assert scheduling_errors.SchedulingError in DomainError.__subclasses__()
    rules = set(codes()) - set(STATUS_OF_CODE)
    assert {"INVALID", "TOO_SOON", "OUTSIDE_AVAILABILITY", "NOT_BOOKABLE"} <= rules
    assert not {code for code in rules if code.endswith(("_TAKEN", "_CONFLICT", "_VERSION"))}


async def test_moments_have_an_offset() -> None:
    answer = refused(SlotTaken(), nearest=[datetime(2026, 11, 24, 9, tzinfo=UTC)])
    assert b'"nearest":["2026-11-24T09:00:00+00:00"]' in bytes(answer.body)
