"""Deletes what was promised to be kept for a day only: keys of requests, and files to bring in.

A few rows at a time, so that nobody waits for it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError

from appointment_app.accounts import request_keys
from appointment_app.aside import aside
from appointment_app.bulk import files
from appointment_app.database import Database, get_database
from appointment_app.errors import Busy

BATCH = 500
_EVERY_SECONDS = 15 * 60
_BREATH_SECONDS = 0.2

_log = structlog.get_logger(__name__)


async def tidy_up(database: Database) -> int:
    """Delete everything that is too old, each batch in its own transaction; return how much."""
    deleted = 0
    for delete_old in (request_keys.delete_old, files.delete_old):
        while True:
            async with database.session() as session:
                found = await delete_old(session, BATCH)
            deleted += found
            if found < BATCH:
                break
            await asyncio.sleep(_BREATH_SECONDS)
    return deleted


@asynccontextmanager
async def tidying() -> AsyncIterator[None]:
    """Tidy up four times an hour as long as the block lasts; a lifespan task."""
    async with aside(_tidy_for_ever(get_database())):
        yield


async def _tidy_for_ever(database: Database) -> None:
    while True:
        # Processes that were started together do not come together.
        await asyncio.sleep(_EVERY_SECONDS * random.uniform(0.5, 1.5))
        try:
            await tidy_up(database)
        except (SQLAlchemyError, Busy, OSError) as error:
            _log.warning("not_tidied", error=type(error).__name__)
