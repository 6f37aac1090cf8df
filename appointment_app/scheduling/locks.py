"""The order in which bookings wait for each other: doctors by id, then persons by id.

The lock gives order, the constraint of the database gives certainty (``models/overlaps.py``).
On SQLite ``BEGIN IMMEDIATE`` has already let this transaction in alone.
"""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import Doctor, Person
from appointment_app.scheduling import next_free


async def lock_doctor(
    session: AsyncSession, doctor_id: int, *, only_takes_time: bool = False
) -> None:
    """Wait until nobody else changes this doctor's calendar, and count the change.

    What is known of the doctor's first free starts is forgotten with it, unless the change
    ``only_takes_time``, as a booking does: whatever may free some must not say so.

    Raising ``revision`` touches no key, so PostgreSQL takes the row ``FOR NO KEY UPDATE``:
    foreign-key checks of others go on.
    """
    statement = (
        update(Doctor).where(col(Doctor.id) == doctor_id).values(revision=Doctor.revision + 1)
    )
    await session.exec(statement.execution_options(synchronize_session=False))
    if not only_takes_time:
        await next_free.forget(session, doctor_id)


async def lock_person(session: AsyncSession, person_id: int) -> None:
    """Wait until nobody else books for this person."""
    await session.exec(
        select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    )
