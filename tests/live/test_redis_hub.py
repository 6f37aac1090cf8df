"""Two processes, played by two hubs over a real Redis; also when it stops and comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from appointment_app import clock
from appointment_app.live import redis_hub
from appointment_app.live.redis_hub import RedisHub
from tests.redis_server import REDIS_URL, reachable_redis

NOBODY_THERE = "redis://127.0.0.1:1/0"
DOCTOR = "doctor:1"
_SECONDS = 5.0


@pytest.fixture(autouse=True)
async def own_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    """A channel that no other run of the tests hears; skips where there is no Redis."""
    monkeypatch.setattr(redis_hub, "CHANNEL", f"test:{uuid4().hex}")
    monkeypatch.setattr(redis_hub, "_RETRY_SECONDS", 0.05)
    await (await reachable_redis()).aclose()


@asynccontextmanager
async def process(told: list[str], url: str = REDIS_URL) -> AsyncIterator[RedisHub]:
    async def deliver(token: str) -> bool:
        told.append(token)
        return True

    hub = RedisHub(url, deliver)
    await hub.start()
    try:
        yield hub
    finally:
        await hub.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(_SECONDS):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def hears(count: int) -> None:
    """Wait until as many processes hear the channel."""
    client = Redis.from_url(REDIS_URL)
    async with asyncio.timeout(_SECONDS):
        while dict(await client.pubsub_numsub(redis_hub.CHANNEL)).popitem()[1] < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await client.aclose()


async def test_a_change_is_told_in_every_process_once() -> None:
    here: list[str] = []
    there: list[str] = []
    async with process(here) as one, process(there) as other:
        await hears(2)
        one.watch("ada", {DOCTOR: None})
        other.watch("ben", {DOCTOR: None})
        other.watch("cy", {"doctor:2": None})
        one.publish(DOCTOR)
        await until(lambda: bool(here and there))
        await asyncio.sleep(0.2)
    assert (here, there) == (["ada"], ["ben"])


async def test_what_ends_by_itself_is_told_again_in_every_process() -> None:
    here: list[str] = []
    there: list[str] = []
    async with process(here) as one, process(there) as other:
        await hears(2)
        one.watch("ada", {DOCTOR: None})
        other.watch("ben", {DOCTOR: None})
        one.publish_at(clock.now() + timedelta(seconds=0.3), DOCTOR)
        await asyncio.sleep(0.1)
        assert (here, there) == ([], [])
        await until(lambda: (here, there) == (["ada"], ["ben"]))


async def test_without_redis_the_own_watchers_are_told() -> None:
    here: list[str] = []
    async with process(here, NOBODY_THERE) as one:
        one.watch("ada", {DOCTOR: None})
        one.publish(DOCTOR)
        await until(lambda: bool(here))


async def test_who_hears_again_tells_everybody_once() -> None:
    """What was published while the connection was lost is made up for."""
    here: list[str] = []
    async with process(here) as one:
        await hears(1)
        one.watch("ada", {DOCTOR: None})
        await one._redis.connection_pool.disconnect()
        await until(lambda: here == ["ada"])


async def test_nonsense_on_the_channel_is_passed_over() -> None:
    here: list[str] = []
    async with process(here) as one:
        await hears(1)
        one.watch("ada", {DOCTOR: None})
        client = Redis.from_url(REDIS_URL)
        for nonsense in ("", "[]", "1", '{"from": "x"}', '{"from": "x", "keys": 1}'):
            await client.publish(redis_hub.CHANNEL, nonsense)
        await client.publish(redis_hub.CHANNEL, f'{{"from": "x", "keys": ["{DOCTOR}"], "at": ""}}')
        await client.aclose()
        await until(lambda: here == ["ada"])
