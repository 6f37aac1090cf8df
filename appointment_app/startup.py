"""What happens before the server answers, and after it stops."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from appointment_app import clock
from appointment_app.clinics.specialties import renew_standard_specialties
from appointment_app.database import get_database
from appointment_app.demo.guard import refuse_demo_accounts
from appointment_app.migrations import ensure_migrated
from appointment_app.settings import get_settings


@asynccontextmanager
async def database_ready() -> AsyncIterator[None]:
    """Serve only with a migrated database, in production only without demo accounts."""
    if (moment := get_settings().clock_start) is not None:
        clock.start_at(moment)
    await asyncio.to_thread(ensure_migrated)
    async with get_database().session() as session:
        await renew_standard_specialties(session)
    await refuse_demo_accounts(get_settings())
    _leave_out_of_collections()
    yield
    await get_database().dispose()


def _leave_out_of_collections() -> None:
    """Let the garbage collector pass over what is loaded: it stays as long as the process.

    A full collection of it takes a tenth of a second and more, in the middle of whatever somebody
    asked for.
    """
    gc.collect()
    gc.freeze()
