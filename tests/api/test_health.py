"""Alive and ready are two questions, asked of a running server with and without what it needs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import text

from appointment_app.api.app import create_api
from appointment_app.database import Database, get_database
from appointment_app.settings import get_settings

NOBODY_THERE = "redis://127.0.0.1:1/0"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_api())
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as opened:
        yield opened


async def test_alive_and_ready(installed_database: Database, client: httpx.AsyncClient) -> None:
    assert (await client.get("/health")).json() == {"status": "ok"}
    answer = await client.get("/ready")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "database": "ok", "redis": "not used"}


async def test_another_schema_is_not_ready(
    installed_database: Database, client: httpx.AsyncClient
) -> None:
    async with installed_database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = await client.get("/ready")
    assert (answer.status_code, answer.json()["database"]) == (503, "another schema")


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_without_redis_it_lives_but_is_not_ready(
    installed_database: Database, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "redis_url", NOBODY_THERE)
    answer = await client.get("/ready")
    assert (answer.status_code, answer.json()["redis"]) == (503, "unavailable")
    assert (await client.get("/health")).status_code == 200


async def test_without_a_database_it_lives_but_is_not_ready(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    get_settings.cache_clear()
    get_database.cache_clear()
    try:
        answer = await client.get("/ready")
        assert (answer.status_code, answer.json()["database"]) == (503, "unavailable")
        assert (await client.get("/health")).status_code == 200
        answer = await client.post(
            "/auth/login", json={"email": "ada@clinic.example", "password": "seven green kettles"}
        )
        assert (answer.status_code, answer.json()["code"]) == (503, "BUSY")
        assert int(answer.headers["Retry-After"]) > 0
    finally:
        await get_database().dispose()
        get_settings.cache_clear()
        get_database.cache_clear()
