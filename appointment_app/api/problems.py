"""Refusals as RFC 9457 problem details: one shape for every error of the API.

``code`` is for programs, ``detail`` is the sentence for a person, ``errors`` maps the name of a
field to its sentence.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from appointment_app.accounts.errors import TryAgainLater
from appointment_app.database_errors import busy_of
from appointment_app.errors import Busy, DomainError, Invalid
from appointment_app.i18n import t

_BUSY_SECONDS = "2"
MEDIA_TYPE = "application/problem+json"

# Every other refusal is a rule of the service that the request breaks: 409.
_STATUS_OF_CODE = {
    "LOGIN_REQUIRED": status.HTTP_401_UNAUTHORIZED,
    "WRONG_LOGIN": status.HTTP_401_UNAUTHORIZED,
    "FORBIDDEN": status.HTTP_403_FORBIDDEN,
    "ADDRESS_NOT_VERIFIED": status.HTTP_403_FORBIDDEN,
    "FOREIGN_ORIGIN": status.HTTP_403_FORBIDDEN,
    "NOT_FOUND": status.HTTP_404_NOT_FOUND,
    "LINK_INVALID": status.HTTP_410_GONE,
    "INVALID": status.HTTP_422_UNPROCESSABLE_CONTENT,
    "TRY_AGAIN_LATER": status.HTTP_429_TOO_MANY_REQUESTS,
    "BUSY": status.HTTP_503_SERVICE_UNAVAILABLE,
}


def install(api: FastAPI) -> None:
    """Let ``api`` answer every refusal with problem details."""
    api.add_exception_handler(DomainError, _refusal)
    api.add_exception_handler(RequestValidationError, _unreadable_request)
    api.add_exception_handler(HTTPException, _http_error)
    api.add_exception_handler(SQLAlchemyError, _database_error)


async def _refusal(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)  # noqa: S101 (for the type checker)
    if isinstance(error, Invalid):
        errors = error.errors
    else:
        errors = {error.field: error.sentence} if error.field else {}
    headers = {}
    if isinstance(error, TryAgainLater):
        headers["Retry-After"] = str(error.seconds)
    elif isinstance(error, Busy):
        headers["Retry-After"] = _BUSY_SECONDS
    return _problem(
        _STATUS_OF_CODE.get(error.code, status.HTTP_409_CONFLICT),
        error.code,
        error.sentence,
        errors,
        headers,
    )


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
        status.HTTP_422_UNPROCESSABLE_CONTENT,
        "INVALID",
        t("Something in the request is missing or unreadable."),
        errors,
    )


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    code = "NOT_FOUND" if error.status_code == status.HTTP_404_NOT_FOUND else "REFUSED"
    return _problem(error.status_code, code, error.detail, {}, dict(error.headers or {}))


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
) -> JSONResponse:
    body = {"type": "about:blank", "status": status_code, "code": code, "detail": sentence}
    return JSONResponse(
        body | {"errors": errors}, status_code, headers=headers, media_type=MEDIA_TYPE
    )
