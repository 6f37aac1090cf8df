"""The Redis that tests use: on this machine, or where ``TEST_REDIS_URL`` says."""

from __future__ import annotations

import os

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")


async def reachable_redis() -> Redis:
    """A client; skips where there is no Redis, and fails where everything has to run."""
    client = Redis.from_url(REDIS_URL, socket_connect_timeout=2)
    try:
        await client.ping()
    except (RedisError, OSError) as unreachable:
        await client.aclose()
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(
            f"no Redis to be reached; start one, or name one in TEST_REDIS_URL: {unreachable}"
        )
    return client
