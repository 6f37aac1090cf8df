"""Refusals as RFC 9457 problem details: one shape for every error of the API.

``code`` is for programs, ``detail`` is the sentence for a person, ``errors`` maps the name of a
field to its sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from appointment_app.accounts.errors import TryAgainLater
from appointment_app.accounts.patients import LikelyDuplicates
from appointment_app.database_errors import busy_of
from appointment_app.errors import Busy, DomainError, Invalid
from appointment_app.i18n import t
from appointment_app.scheduling.overbooking import OverbookingNeeded

MEDIA_TYPE = "application/problem+json"
MALFORMED = "MALFORMED"
_BUSY_SECONDS = "2"
_CHALLENGE = "Bearer"

# Every other refusal is a rule of the service that the request breaks: 422.
STATUS_OF_CODE = {
    MALFORMED: status.HTTP_400_BAD_REQUEST,
    "LOGIN_REQUIRED": status.HTTP_401_UNAUTHORIZED,
    "WRONG_LOGIN": status.HTTP_401_UNAUTHORIZED,
    "INVALID_TOKEN": status.HTTP_401_UNAUTHORIZED,
    "TOKEN_REUSED": status.HTTP_401_UNAUTHORIZED,
    "FORBIDDEN": status.HTTP_403_FORBIDDEN,
    "SUSPENDED": status.HTTP_403_FORBIDDEN,
    "ADDRESS_NOT_VERIFIED": status.HTTP_403_FORBIDDEN,
    "FOREIGN_ORIGIN": status.HTTP_403_FORBIDDEN,
    "NOT_FOUND": status.HTTP_404_NOT_FOUND,
    # What others did meanwhile, or what is there already, stands in the way.
    "SLOT_TAKEN": status.HTTP_409_CONFLICT,
    "DAY_FULL": status.HTTP_409_CONFLICT,
    "CANNOT_MERGE": status.HTTP_409_CONFLICT,
    "CHANGED_MEANWHILE": status.HTTP_409_CONFLICT,
    "CLINIC_IN_USE": status.HTTP_409_CONFLICT,
    "CLINIC_NAME_TAKEN": status.HTTP_409_CONFLICT,
    "LAST_ADMINISTRATOR": status.HTTP_409_CONFLICT,
    "LIKELY_DUPLICATES": status.HTTP_409_CONFLICT,
    "STILL_EXPECTED": status.HTTP_409_CONFLICT,
    "STILL_NEEDED": status.HTTP_409_CONFLICT,
    "HOLD_LIMIT": status.HTTP_409_CONFLICT,
    "LICENCE_KNOWN": status.HTTP_409_CONFLICT,
    "OVERBOOKING_NEEDED": status.HTTP_409_CONFLICT,
    "REFUSED": status.HTTP_409_CONFLICT,
    "STATUS_CONFLICT": status.HTTP_409_CONFLICT,
    "TIMES_CHANGED": status.HTTP_409_CONFLICT,
    "ADDRESS_TAKEN": status.HTTP_409_CONFLICT,
    "LINK_INVALID": status.HTTP_410_GONE,
    "STALE_VERSION": status.HTTP_412_PRECONDITION_FAILED,
    "VERSION_REQUIRED": status.HTTP_428_PRECONDITION_REQUIRED,
    "TRY_AGAIN_LATER": status.HTTP_429_TOO_MANY_REQUESTS,
    "BUSY": status.HTTP_503_SERVICE_UNAVAILABLE,
}


class ConflictOut(BaseModel):
    """Something that stands against a time; ``key`` is handed back by who overbooks it."""

    model_config = ConfigDict(from_attributes=True)

    kind: str = Field(examples=["outside_hours"])
    key: str
    sentence: str


class LikelyOut(BaseModel):
    """Somebody who may be the same."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    birth_date: date | None


class Problem(BaseModel):
    """Why a request was refused (RFC 9457)."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Conflict"], description="What the status is called.")
    status: int = Field(examples=[409])
    code: str = Field(examples=["SLOT_TAKEN"], description="Stable, for programs.")
    detail: str = Field(
        examples=["This time was just taken by somebody else. Nothing was booked."],
        description="A sentence for the person.",
    )
    errors: dict[str, str] = Field(description="The sentence of each field that is wrong.")
    nearest: list[datetime] | None = Field(
        default=None, description="The nearest free times, where a time was taken."
    )
    conflicts: list[ConflictOut] | None = Field(
        default=None, description="What would be overbooked, with `OVERBOOKING_NEEDED`."
    )
    likely: list[LikelyOut] | None = Field(
        default=None, description="Who may be the same, with `LIKELY_DUPLICATES`."
    )


def install(api: FastAPI) -> None:
    """Let ``api`` answer every refusal with problem details."""
    api.add_exception_handler(DomainError, _refusal)
    api.add_exception_handler(RequestValidationError, _unreadable_request)
    api.add_exception_handler(HTTPException, _http_error)
    api.add_exception_handler(SQLAlchemyError, _database_error)


def refused(error: DomainError, *, nearest: Sequence[datetime] | None = None) -> JSONResponse:
    """Return the answer to a refusal; ``nearest`` are free times (UTC) to go on with."""
    if isinstance(error, Invalid):
        errors = error.errors
    else:
        errors = {error.field: error.sentence} if error.field else {}
    headers = {}
    if isinstance(error, TryAgainLater):
        headers["Retry-After"] = str(error.seconds)
    elif isinstance(error, Busy):
        headers["Retry-After"] = _BUSY_SECONDS
    more: dict[str, Any] = {}
    if nearest is not None:
        more["nearest"] = [start.isoformat() for start in nearest]
    if isinstance(error, OverbookingNeeded):
        more["conflicts"] = [
            ConflictOut.model_validate(each).model_dump() for each in error.conflicts
        ]
    if isinstance(error, LikelyDuplicates):
        more["likely"] = [
            LikelyOut.model_validate(each).model_dump(mode="json") for each in error.found
        ]
    status_code = STATUS_OF_CODE.get(error.code, status.HTTP_422_UNPROCESSABLE_CONTENT)
    return _problem(status_code, error.code, error.sentence, errors, headers, more)


async def nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer, as an ASGI application, that there is nothing at this address."""
    await of_http(HTTPException(status.HTTP_404_NOT_FOUND))(scope, receive, send)


async def _refusal(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)  # noqa: S101 (for the type checker)
    return refused(error)


async def _database_error(request: Request, error: Exception) -> JSONResponse:
    busy = busy_of(error)
    if busy is None:
        raise error
    return await _refusal(request, busy)


async def _unreadable_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    errors = {
        str(problem["loc"][1]): _sentence_for(problem)
        for problem in error.errors()
        if len(problem["loc"]) > 1
    }
    return _problem(
        status.HTTP_400_BAD_REQUEST,
        MALFORMED,
        t("Something in the request is missing or unreadable."),
        errors,
    )


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    return of_http(error)


def of_http(error: HTTPException) -> JSONResponse:
    """Return the answer to what the router or the server refuses."""
    codes = {
        status.HTTP_400_BAD_REQUEST: (MALFORMED, t("The request cannot be read.")),
        status.HTTP_404_NOT_FOUND: ("NOT_FOUND", t("There is nothing at this address.")),
        status.HTTP_413_CONTENT_TOO_LARGE: ("TOO_LARGE", error.detail),
        status.HTTP_405_METHOD_NOT_ALLOWED: (
            "METHOD_NOT_ALLOWED",
            t("This address does not answer to this method."),
        ),
    }
    code, sentence = codes.get(error.status_code, ("REFUSED", error.detail))
    return _problem(error.status_code, code, sentence, {}, dict(error.headers or {}))


def _sentence_for(problem: dict[str, Any]) -> str:
    if problem["type"] == "string_too_long":
        return t("Please use at most {count} characters.", count=problem["ctx"]["max_length"])
    if problem["type"] in {"missing", "string_too_short", "too_short"}:
        return t("Please fill this in.")
    return t("Please check this.")


def _problem(
    status_code: int,
    code: str,
    sentence: str,
    errors: dict[str, str],
    headers: dict[str, str] | None = None,
    more: dict[str, Any] | None = None,
) -> JSONResponse:
    body = {
        # What the status says is all that the type could: programs look at the code.
        "type": "about:blank",
        "title": HTTPStatus(status_code).phrase,
        "status": status_code,
        "code": code,
        "detail": sentence,
        "errors": errors,
    }
    headers = headers or {}
    if status_code == status.HTTP_401_UNAUTHORIZED:
        invalid = ' error="invalid_token"' if code == "INVALID_TOKEN" else ""
        headers["WWW-Authenticate"] = f"{_CHALLENGE}{invalid}"
    return JSONResponse(body | (more or {}), status_code, headers=headers, media_type=MEDIA_TYPE)
