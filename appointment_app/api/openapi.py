"""The OpenAPI document: what FastAPI writes of the routes, and the refusals of each of them."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from appointment_app.api.openapi_examples import add_examples, refusal
from appointment_app.api.openapi_links import add_links
from appointment_app.api.problems import MEDIA_TYPE, Problem

DESCRIPTION = """\
Everything that the pages can do, for programs: the same rules, because it is the same service.

* **Times** are ISO 8601 with an offset, answers in UTC; a `zone` beside them is the clinic's.
* **Refusals** are problem details (RFC 9457) with a stable `code`.
* **Lists** come in pages: hand `next_cursor` back as `cursor` for the next one.
* **Versions**: what two people may edit has an `ETag`; send it back as `If-Match`.
* **Retries**: bookings take an `Idempotency-Key`; the same key again gives the same answer.
* **Changes**: fields and operations may be added at any time. What goes away is marked
  `deprecated` here, and answers with `Deprecation` and `Sunset` headers, for six months before.
"""

_TAGS = {
    "accounts": "Registering, logging in and out, tokens, and one's own logins.",
    "clinics": "Clinics and specialties.",
    "doctors": "Finding doctors, earliest free time first.",
    "slots": "Free times, computed for whoever asks.",
    "events": "Changes as they happen.",
    "health": "Whether the server lives and can do its work.",
    "appointments": "The life of an appointment.",
    "holds": "Keeping a free time for some minutes.",
    "series": "Appointments that repeat.",
    "patients": "Profiles, and the patients whom a doctor knows.",
    "availability": "What makes a doctor's slots.",
    "visit types": "What patients book with a doctor.",
    "front desk": "Who comes to a clinic on a day.",
    "administration": "The clinics that one administers.",
    "rooms": "Rooms and devices of clinics.",
    "approvals": "Which doctors patients may see.",
}

_MEANINGS = {
    "400": "The request cannot be read.",
    "401": "Nobody is logged in, or the login is over.",
    "403": "Whoever is logged in may not do this, or another site's page sent it.",
    "404": "It does not exist, or one may not know that it does.",
    "409": "Something stands in the way; where a time was taken, the nearest free ones are named.",
    "410": "The link was used before or is too old.",
    "412": "Somebody else changed it meanwhile.",
    "422": "A rule of the service refuses it.",
    "428": "Send the version that you saw as `If-Match`.",
    "429": "Too many requests; `Retry-After` says when to come back.",
    "503": "The database is away or very busy; `Retry-After` says when to come back.",
}

_SECURITY_SCHEMES = {
    "token": {
        "type": "oauth2",
        "description": "An access token, sent as `Authorization: Bearer`; good for 30 minutes.",
        "flows": {"password": {"tokenUrl": "/api/v1/auth/token", "scopes": {}}},
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "session",
        "description": "The login of a browser, for our own pages.",
    },
}
# Nobody in particular may ask too: what they get is what the service gives them.
_SECURITY: list[dict[str, list[str]]] = [{}, {"token": []}, {"cookie": []}]

_PROBLEM = {"$ref": "#/components/schemas/Problem"}


def refuses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the refusals of a route beside those that every route of its kind has."""
    return {status: {"description": _MEANINGS[str(status)]} for status in statuses}


def answers(example: Any, media_type: str = "application/json") -> dict[int | str, dict[str, Any]]:
    """Return the answer of a route whose fields have no names of their own, by an example."""
    return {200: {"description": "Success.", "content": {media_type: {"example": example}}}}


def answers_file(media_type: str, example: str | None = None) -> dict[int | str, dict[str, Any]]:
    """Return the answer of a route that is a file: text with an ``example``, or anything else."""
    media_type = media_type.partition(";")[0]
    if example is None:
        body: dict[str, Any] = {"schema": {"type": "string", "contentMediaType": media_type}}
    else:
        body = {"schema": {"type": "string"}, "example": example}
    return {200: {"description": "The file.", "content": {media_type: body}}}


def operation_id(route: APIRoute) -> str:
    """Return the name by which generated clients call a route."""
    return "_".join([*map(str, route.tags[:1]), route.name]).replace(" ", "_")


def install(api: FastAPI) -> None:
    """Let ``api`` describe itself, every refusal included."""

    def described() -> dict[str, Any]:
        if api.openapi_schema is None:
            api.openapi_schema = _complete(
                get_openapi(
                    title=api.title,
                    version=api.version,
                    description=DESCRIPTION,
                    routes=api.routes,
                    tags=[{"name": name, "description": what} for name, what in _TAGS.items()],
                )
            )
        return api.openapi_schema

    api.openapi = described  # type: ignore[method-assign]


def _complete(document: dict[str, Any]) -> dict[str, Any]:
    document["security"] = _SECURITY
    document.setdefault("components", {})["securitySchemes"] = _SECURITY_SCHEMES
    schemas = document["components"].setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["summary"] = operation.get("description", "").split("\n")[0].rstrip(".")
            _document_refusals(operation)
            add_examples(operation, schemas)
    add_links(
        {
            operation["operationId"]: operation
            for operations in document["paths"].values()
            for operation in operations.values()
        }
    )
    return document


def _document_refusals(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    # FastAPI names its own refusal of what it cannot read; ours is 400.
    if responses.get("422", {}).get("description") == "Validation Error":
        del responses["422"]
    usual = {"401", "403", "429", "503"}
    if operation.get("parameters") or operation.get("requestBody"):
        usual |= {"400", "404", "422"}
    for status in sorted(usual | responses.keys()):
        if status >= "400" and not responses.get(status, {}).get("content"):
            responses[status] = {
                "description": _MEANINGS[status],
                "content": {MEDIA_TYPE: {"schema": _PROBLEM, "example": refusal(status)}},
            }
