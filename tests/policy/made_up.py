"""Requests that are made up from the OpenAPI document, and how they are sent and judged."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import httpx
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from appointment_app.api.app import API_PREFIX
from tests.api.clients import bare_api, served
from tests.policy.who_sees_what import Who

DOCUMENT = schemathesis.openapi.from_dict(bare_api().openapi())
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
PEOPLE = (Who.NOBODY, Who.PATIENT, Who.DOCTOR, Who.ADMINISTRATOR)
# Which of the world's ids stands for a name in a path or in a query.
KNOWN = {
    "appointment_id": "pending",
    "clinic": "harbour",
    "clinic_id": "harbour",
    "doctor": "dora",
    "doctor_id": "dora",
    "patient": "pia",
    "patient_id": "pia",
    "room_id": "room",
    "visit_type": "visit",
    "visit_type_id": "visit",
}
# The same, where a list of ids is sent.
KNOWN_LISTS = {"clinics": "harbour", "resources": "room"}


async def answers(case: Any, cookies: Iterable[str]) -> list[httpx.Response]:
    """Return the answers that browsers with these cookies get."""
    request = case.as_transport_kwargs(base_url=f"http://testserver{API_PREFIX}")
    own = {"origin": "http://testserver"}
    headers = {name: str(value) for name, value in dict(request["headers"]).items()}
    transport = httpx.ASGITransport(served(), client=("192.0.2.7", 4711))
    async with httpx.AsyncClient(transport=transport, headers=own) as client:
        sent = [
            client.build_request(
                request["method"],
                request["url"],
                params=request.get("params"),
                headers=headers | ({"cookie": cookie} if cookie else {}),
                json=request.get("json"),
                data=request.get("data"),
            )
            for cookie in cookies
        ]
        return [await client.send(each) for each in sent]


def example_of(operation: Any) -> Any:
    """Return a copy of the example of what an operation reads, None when it has none."""
    body = operation.definition.raw.get("requestBody", {}).get("content", {})
    return copy.deepcopy(next((each.get("example") for each in body.values()), None))


def required_query(operation: Any) -> set[str]:
    """Return the names of what an operation has to find in its query."""
    parameters = operation.definition.raw.get("parameters", ())
    return {each["name"] for each in parameters if each["in"] == "query" and each["required"]}
