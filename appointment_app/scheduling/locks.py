"""The order in which bookings wait for each other: doctors, rooms and devices, persons, by id.

The lock gives order, the constraint of the database gives certainty (``models/overlaps.py``).
On SQLite ``BEGIN IMMEDIATE`` has already let this transaction in alone.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.live.keys import doctor_key
from appointment_app.live.publishing import note
from appointment_app.models import Doctor, Person, Resource
from appointment_app.scheduling import next_free


async def lock_doctor(session: AsyncSession, doctor_id: int, *, frees_time: bool = True) -> None:
    """Wait until nobody else changes this doctor's calendar, and count the change.

    What is known of the doctor's first free starts is forgotten where the change ``frees_time``,
    or may do so.

    Raising ``revision`` touches no key, so PostgreSQL takes the row ``FOR NO KEY UPDATE``:
    foreign-key checks of others go on.
    """
    statement = (
        update(Doctor).where(col(Doctor.id) == doctor_id).values(revision=Doctor.revision + 1)
    )
    await session.exec(statement.execution_options(synchronize_session=False))
    if frees_time:
        await next_free.forget(session, doctor_id)
    note(session, doctor_key(doctor_id))


async def lock_doctor_of_offer(session: AsyncSession, doctor_id: UUID) -> bool:
    """Lock and count as ``lock_doctor`` does, by public id, for what only takes time.

    What is known of first free starts stays: ``free_check`` forgets what the taking makes untrue.
    The change is published by ``changes.record_deed``, which knows the internal id. Returns False
    when there is no such doctor.
    """
    connection = await session.connection()
    return bool((await connection.execute(_LOCK_BY_PUBLIC_ID, {"wanted": doctor_id})).rowcount)


async def lock_resources(session: AsyncSession, ids: Any, *columns: Any) -> list[Any]:
    """Wait until nobody else takes any of some rooms and devices; returns ``columns`` of each.

    ``ids`` is a select of them; none of the doctors' locks is taken any more after this one.
    """
    statement = select(*columns).where(col(Resource.id).in_(ids)).order_by(col(Resource.id))
    locked = statement.with_for_update(key_share=True)
    return list((await session.exec(locked)).all())  # type: ignore[call-overload]


async def lock_person(session: AsyncSession, person_id: int) -> None:
    """Wait until nobody else books for this person."""
    await session.exec(locking_person(person_id))


def locking_person(person_id: Any, *columns: Any) -> Any:
    """Return the statement of ``lock_person``, which selects the id and ``columns``."""
    statement = select(col(Person.id), *columns).where(col(Person.id) == person_id)
    return statement.with_for_update(key_share=True)


_DOCTOR = Doctor.__table__  # type: ignore[attr-defined]
_LOCK_BY_PUBLIC_ID = (
    update(_DOCTOR)
    .where(_DOCTOR.c.public_id == bindparam("wanted"))
    .values(revision=_DOCTOR.c.revision + 1)
)
