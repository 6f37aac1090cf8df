"""Heals what was never published: a crash between commit and publish, or a lost message."""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from appointment_app.database import Database
from appointment_app.live.hub import Hub
from appointment_app.live.keys import doctor_key, doctor_of
from appointment_app.models import Doctor

EVERY = 20.0  # seconds

_log = logging.getLogger(__name__)


async def compare_revisions(hub: Hub, database: Database, *, every: float = EVERY) -> None:
    """Compare the revisions of all watched doctors with what is shown, for ever.

    One statement each time, none when nobody watches a doctor.
    """
    while True:
        await asyncio.sleep(every)
        try:
            await _compare(hub, database)
        except (SQLAlchemyError, OSError) as error:
            _log.warning("Revisions could not be compared: %s", error)


async def _compare(hub: Hub, database: Database) -> None:
    watched = {number for key in hub.watched if (number := doctor_of(key)) is not None}
    if not watched:
        return
    async with database.session() as session:
        statement = select(Doctor.id, Doctor.revision).where(col(Doctor.id).in_(watched))
        for doctor_id, revision in await session.exec(statement):
            if doctor_id is not None:
                hub.tell_if_stale(doctor_key(doctor_id), revision)
