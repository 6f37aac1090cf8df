from __future__ import annotations

import random
from collections.abc import AsyncIterator

import pytest

from appointment_app.api import rate_limits
from appointment_app.database import Database
from appointment_app.settings import get_settings
from tests.accounts.people import add_user
from tests.api.clients import program
from tests.api.practice import caller
from tests.api.test_auth import problem
from tests.redis_server import REDIS_URL, reachable_redis

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture(params=["in this process", "in Redis"])
async def network(
    request: pytest.FixtureRequest, installed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """A network whose requests are counted; nobody has sent any from there."""
    if request.param == "in Redis":
        await (await reachable_redis()).aclose()
        monkeypatch.setattr(get_settings(), "redis_url", REDIS_URL)
    rate_limits.forget_requests()
    yield f"2001:db8:{random.randrange(1, 0xFFFF):x}:{random.randrange(1, 0xFFFF):x}"
    rate_limits.forget_requests()


async def test_an_address_may_send_so_many(network: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "requests_per_address", 3)
    async with program(f"{network}::1") as script, program("2001:db8::1") as other:
        for _ in range(3):
            assert (await script.get("/specialties")).status_code == 200
        answer = await script.get("/specialties")
        problem(answer, 429, "TRY_AGAIN_LATER")
        assert 0 < int(answer.headers["retry-after"]) <= 120
        # The neighbour in the same network is the same, another network is not.
        async with program(f"{network}::2") as neighbour:
            assert (await neighbour.get("/specialties")).status_code == 429
        assert (await other.get("/specialties")).status_code == 200


async def test_an_account_may_send_so_many_wherever_it_is(
    installed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "requests_per_account", 2)
    user_id = await add_user(installed_database, "mira@mail.example")
    for number, status in enumerate((200, 200, 429)):
        async with await caller(installed_database, user_id) as mira:
            mira._transport = program(f"192.0.2.{number}")._transport
            assert (await mira.get("/auth/me")).status_code == status
    async with program() as anybody:
        for _ in range(3):
            assert (await anybody.get("/specialties")).status_code == 200


async def test_none_is_no_limit(
    installed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "requests_per_address", 0)
    async with program() as script:
        for _ in range(5):
            assert (await script.get("/health")).status_code == 200


async def test_without_redis_nobody_is_refused(
    installed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "redis_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(get_settings(), "requests_per_address", 1)
    rate_limits.forget_requests()
    async with program() as script:
        for _ in range(2):
            assert (await script.get("/health")).status_code == 200
    rate_limits.forget_requests()


async def test_a_token_that_is_over_is_no_hindrance(installed_database: Database) -> None:
    async with program(authorization="Bearer x") as script:
        assert (await script.get("/health")).status_code == 200
        answer = await script.post("/auth/refresh", json={"refresh_token": "x"})
        problem(answer, 401, "INVALID_TOKEN")
