"""How many requests a network address and an account may send in a minute.

Counted in this process, or for all processes in Redis where ``REDIS_URL`` names one. While Redis
is away nobody is refused: wrong passwords are counted in the database, whatever happens here.
"""

from __future__ import annotations

import time
from functools import lru_cache

import structlog
from fastapi import Depends, Request
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError

from appointment_app.accounts.errors import TokenInvalid, TryAgainLater
from appointment_app.accounts.network import network_of
from appointment_app.api.identity import client_address, get_identity
from appointment_app.settings import get_settings

_log = structlog.get_logger(__name__)


async def limit_address(request: Request) -> None:
    """Count a request of a network address; raises ``TryAgainLater``."""
    most = get_settings().requests_per_address
    await _count(most, "address", network_of(client_address(request)))


async def limit_account(request: Request) -> None:
    """Count a request of an account; raises ``TryAgainLater``."""
    try:
        actor = (await get_identity(request)).actor
    except TokenInvalid:
        return  # Not everything asks who it is: a token that is over is no hindrance to a new one.
    if actor.user_id is not None:
        await _count(get_settings().requests_per_account, "account", str(actor.user_id))


def forget_requests() -> None:
    """Count anew."""
    _limiter.cache_clear()


RATE_LIMITS = (Depends(limit_address), Depends(limit_account))


async def _count(most: int, kind: str, who: str) -> None:
    if not most:
        return
    limiter, item = _limiter(get_settings().redis_url), RateLimitItemPerMinute(most)
    try:
        if await limiter.hit(item, kind, who):
            return
        window = await limiter.get_window_stats(item, kind, who)
    except (StorageError, OSError) as error:
        _log.warning("requests_not_counted", error=type(error).__name__)
        return
    raise TryAgainLater(max(1, round(window.reset_time - time.time())))


@lru_cache
def _limiter(redis_url: str) -> SlidingWindowCounterRateLimiter:
    storage: Storage = MemoryStorage()
    if redis_url:
        storage = RedisStorage(
            redis_url,
            wrap_exceptions=True,
            implementation="redispy",
            key_prefix="requests",
            socket_connect_timeout=2,
            socket_timeout=2,
        )
    return SlidingWindowCounterRateLimiter(storage)
