"""Keeps the bounds of first free starts near the truth, so that no visitor pays for it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from appointment_app import clock
from appointment_app.aside import aside
from appointment_app.database import Database, get_database
from appointment_app.errors import Busy
from appointment_app.models import DoctorAtClinic
from appointment_app.scheduling import next_free
from appointment_app.scheduling.doctors import load_visit_types
from appointment_app.scheduling.earliest import begin_at, learned_from, look
from appointment_app.scheduling.rules import UNREAD, Place, bookable_places

_A_BATCH = 50
_IDLE_SECONDS = 15
# After a batch the others have the server for so many times as long as it took.
_GIVING_WAY = 2

_log = structlog.get_logger(__name__)


async def warm_some(database: Database, most: int = _A_BATCH) -> int:
    """Find out bounds that are unknown or behind the minimum notice; returns how many were."""
    now = clock.now()
    bound, notice = col(DoctorAtClinic.next_free_at), col(DoctorAtClinic.minimum_notice)
    async with database.session() as session:
        notices = await session.exec(select(DoctorAtClinic.minimum_notice).distinct())
        is_behind = [
            sa.and_(notice == minutes, bound < now + timedelta(minutes=minutes))
            for minutes in notices
        ]
        statement = bookable_places().where(sa.or_(bound.is_(None), *is_behind)).limit(most)
        rows = (await session.exec(statement)).all()
        places = [Place(doctor, clinic, at_clinic, UNREAD) for at_clinic, doctor, clinic in rows]
        types = await load_visit_types(session, places)
        seen = [begin_at(place, types[place.id], None) for place in places]
        await look(session, seen)
        await look(session, [each for each in seen if not each.slots], far=True)
    async with database.session() as session:
        await next_free.keep(session, learned_from(seen))
    return len(places)


@asynccontextmanager
async def keeping_warm() -> AsyncIterator[None]:
    """Keep the bounds warm as long as the block lasts; to be registered as a lifespan task."""
    async with aside(_run(get_database())):
        yield


async def _run(database: Database) -> None:
    while True:
        began = time.monotonic()
        try:
            found = await warm_some(database)
        except (SQLAlchemyError, Busy, OSError) as error:
            _log.warning("warming_failed", error=type(error).__name__)
            found = 0
        if found < _A_BATCH:
            # Several processes shall not do the same at the same time.
            await asyncio.sleep(random.uniform(0.5, 1.5) * _IDLE_SECONDS)
        else:
            await asyncio.sleep(_GIVING_WAY * (time.monotonic() - began))
