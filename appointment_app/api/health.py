"""Whether the server is alive, and whether it can do its work."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import cast

from fastapi import APIRouter, Response, status
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from appointment_app.api.openapi import answers
from appointment_app.database import get_database
from appointment_app.migrations import is_migrated
from appointment_app.settings import get_settings

router = APIRouter(tags=["health"])

_OK, _AWAY, _OTHER_SCHEMA, _UNUSED = "ok", "unavailable", "another schema", "not used"


@router.get("/health", responses=answers({"status": _OK}))
async def health() -> dict[str, str]:
    """Answer as long as the process lives; whoever restarts it asks this."""
    return {"status": "ok"}


@router.get("/ready", responses=answers({"status": "ready", "database": _OK, "redis": _UNUSED}))
async def ready(response: Response) -> dict[str, str]:
    """Say of each thing that is needed whether it is there; 503 when one is not.

    Whoever sends visitors here asks this.
    """
    found = {"database": await _database(), "redis": await _redis()}
    is_ready = found["database"] == _OK and found["redis"] in {_OK, _UNUSED}
    if not is_ready:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return {"status": "ready" if is_ready else "not ready", **found}


async def _database() -> str:
    try:
        return _OK if await is_migrated(get_database()) else _OTHER_SCHEMA
    except (SQLAlchemyError, OSError):
        return _AWAY


async def _redis() -> str:
    url = get_settings().redis_url
    if not url:
        return _UNUSED
    client = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    try:
        await cast("Awaitable[bool]", client.ping())
    except (RedisError, OSError):
        return _AWAY
    finally:
        await client.aclose()
    return _OK
