"""Whatever is asked for below /api, the answer is one of the API."""

from __future__ import annotations

import httpx
import pytest

from appointment_app.database import Database
from tests.api.clients import served
from tests.api.test_auth import problem

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
LONG = "x" * 20_000


async def asked(method: str, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(served())
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        return await client.request(method, path)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v2/doctors",
        "/api/v1/doctors/a%0Ab",
        "/api/v1/doctors/%0A/slots",
        "/api/v1/appointments/..",
        "/api/v1/appointments/../..",
        f"/api/{LONG}",
        f"/api/v1/{LONG}",
        "/api/v1/%00",
    ],
    ids=lambda path: path[:40],
)
async def test_where_nothing_is(method: str, path: str, installed_database: Database) -> None:
    problem(await asked(method, path), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/doctors/%2E%2E",
        "/api/v1/doctors/%2e%2e/slots",
        f"/api/v1/doctors/{LONG}",
        "/api/v1/doctors/%F0%9F%A9%BA",
        "/api/v1/appointments/7.ics",
    ],
    ids=lambda path: path[:40],
)
async def test_what_is_no_id(path: str, installed_database: Database) -> None:
    problem(await asked("GET", path), 400, "MALFORMED")


async def test_a_file_of_the_documentation_that_is_not_there(installed_database: Database) -> None:
    problem(await asked("GET", "/api/docs-files/nothing.js"), 404, "NOT_FOUND")
    problem(await asked("POST", "/api/docs-files/redoc.standalone.js"), 405, "METHOD_NOT_ALLOWED")


async def test_what_is_not_below_api_is_left_to_the_pages(installed_database: Database) -> None:
    answer = await asked("GET", "/apiary")
    assert "json" not in answer.headers.get("content-type", "")
