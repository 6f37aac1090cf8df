"""The document says of every operation what it does and how it can be refused."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from appointment_app.api.problems import STATUS_OF_CODE
from tests.api.clients import bare_api

DOCUMENT: dict[str, Any] = bare_api().openapi()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}


def test_it_is_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_says_what_it_does_and_how_it_is_refused(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation["summary"]
    assert operation["tags"]
    refusals = {status: each for status, each in operation["responses"].items() if status >= "400"}
    expected = {"401", "403", "429", "503"}
    if "{" in name:
        expected |= {"400", "404"}
    if "requestBody" in operation:
        expected |= {"400", "422"}
    assert expected <= set(refusals)
    for each in refusals.values():
        assert each["description"]
        (problem,) = each["content"].items()
        assert problem[0] == "application/problem+json"
        assert problem[1]["schema"] == {"$ref": "#/components/schemas/Problem"}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_body_has_an_example_that_is_right(name: str) -> None:
    operation = OPERATIONS[name]
    answers = operation["responses"].items()
    assert any(status < "400" for status, _ in answers)
    without_body = {status for status, each in answers if "content" not in each}
    assert without_body <= {"204", "303", "304"}
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    for body in (each for content in bodies for each in content.get("content", {}).values()):
        if "contentMediaType" in body.get("schema", {}):  # a picture, an archive
            continue
        assert body["example"] not in ("", [], {})
        # An example means what it shows: formats such as dates are looked at too.
        jsonschema_rs.validator_for(
            body.get("schema", {}) | {"components": DOCUMENT["components"]}, validate_formats=True
        ).validate(body["example"])


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_example_of_a_refusal_is_one_that_the_api_gives(name: str) -> None:
    for status, each in OPERATIONS[name]["responses"].items():
        if status < "400":
            continue
        example = each["content"]["application/problem+json"]["example"]
        code = STATUS_OF_CODE.get(example["code"], 422)
        assert (str(example["status"]), str(code)) == (status, status)


def test_links_lead_to_operations_that_take_what_is_handed_on() -> None:
    by_id = {operation["operationId"]: operation for operation in OPERATIONS.values()}
    links = [
        link
        for operation in OPERATIONS.values()
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    ]
    assert len(links) > 100
    for link in links:
        target = by_id[link["operationId"]]
        taken = {each["name"] for each in target.get("parameters", ())}
        needed = {each["name"] for each in target.get("parameters", ()) if each["required"]}
        assert needed <= set(link.get("parameters", ())) <= taken
        assert "requestBody" not in link or "requestBody" in target


def test_names_of_operations_and_schemas_are_for_people() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(names) == len(set(names))
    assert not [name for name in DOCUMENT["components"]["schemas"] if name.startswith("_")]
    assert "HTTPValidationError" not in DOCUMENT["components"]["schemas"]


def test_a_problem_is_described() -> None:
    problem = DOCUMENT["components"]["schemas"]["Problem"]
    assert {"type", "title", "status", "code", "detail", "errors"} == set(problem["required"])
    assert "ConflictOut" in DOCUMENT["components"]["schemas"]
