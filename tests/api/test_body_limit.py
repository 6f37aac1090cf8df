"""Nobody makes the server keep more of a request than one may hold."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from appointment_app.api.body_limit import MOST_BYTES
from appointment_app.database import Database
from tests.api.clients import program
from tests.api.test_auth import problem

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
PART = b" " * 100_000


async def test_a_body_without_an_end_is_not_read_to_it(installed_database: Database) -> None:
    parts = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal parts
        while parts < 1000:
            parts += 1
            yield PART

    async with program() as script:
        json = {"content-type": "application/json"}
        answer = await script.post("/auth/login", content=endless(), headers=json)
        problem(answer, 413, "TOO_LARGE")
        assert parts <= MOST_BYTES // len(PART) + 1
        parts = 0
        form = {"content-type": "application/x-www-form-urlencoded"}
        answer = await script.post("/auth/token", content=endless(), headers=form)
        assert 400 <= answer.status_code < 500
        assert parts <= MOST_BYTES // len(PART) + 1


async def test_what_fits_is_read(installed_database: Database) -> None:
    async with program() as script:
        answer = await script.post("/auth/login", content=b"{" + b" " * (MOST_BYTES - 2) + b"}")
        problem(answer, 400, "MALFORMED")
