"""What a race left in the database, asked in plain SQL that knows nothing of the service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import UTCDateTime

from appointment_app.database import Database
from appointment_app.models import DOCTOR_OVERLAP, PERSON_OVERLAP

_OVERLAPS = """
    SELECT count(*) FROM {table} AS one JOIN {table} AS other ON one.{key} = other.{key}
    WHERE one.id < other.id AND one.active AND other.active
    AND one.{starts} < other.{ends} AND other.{starts} < one.{ends}
"""
_DOCTOR_OVERLAPS = _OVERLAPS.format(
    table="busy_block", key="doctor_id", starts="busy_from", ends="busy_until"
)
_PERSON_OVERLAPS = _OVERLAPS.format(
    table="appointment", key="person_id", starts="starts_at", ends="ends_at"
)
_RESOURCE_OVERLAPS = _OVERLAPS.format(
    table="resource_use", key="resource_id", starts="busy_from", ends="busy_until"
)
# Two in one seat, on a seat that there is not, or in a block that is free again.
_CROWDED_SEATS = """
    SELECT count(*) FROM appointment AS one JOIN busy_block ON busy_block.id = one.block_id
    WHERE one.active AND (
        one.seat >= busy_block.capacity OR NOT busy_block.active OR EXISTS (
            SELECT 1 FROM appointment AS other WHERE other.block_id = one.block_id
            AND other.id < one.id AND other.seat = one.seat AND other.active
        )
    )
"""

_ALTER_TABLES = (
    f"ALTER TABLE busy_block DROP CONSTRAINT {DOCTOR_OVERLAP}",
    f"ALTER TABLE appointment DROP CONSTRAINT {PERSON_OVERLAP}",
)
_DROP_CONSTRAINTS = {
    "postgresql": _ALTER_TABLES,
    "mariadb": _ALTER_TABLES,
    "sqlite": tuple(
        f"DROP TRIGGER {rule}_{moment}"
        for rule in (DOCTOR_OVERLAP, PERSON_OVERLAP)
        for moment in ("insert", "update")
    ),
}


@dataclass(frozen=True)
class Stored:
    """When the active appointments begin, what is taken, and what should not be."""

    appointments: dict[UUID, datetime]
    blocks: int
    resource_uses: int
    doctor_overlaps: int
    person_overlaps: int
    resource_overlaps: int
    crowded_seats: int

    @property
    def overlaps(self) -> int:
        """How many pairs there are in which somebody or something is wanted twice."""
        return (
            self.doctor_overlaps
            + self.person_overlaps
            + self.resource_overlaps
            + self.crowded_seats
        )


async def look(database: Database) -> Stored:
    """Count what is active and what overlaps."""
    async with database.engine.connect() as connection:
        active = sa.text("SELECT public_id, starts_at FROM appointment WHERE active").columns(
            public_id=sa.Uuid, starts_at=UTCDateTime
        )
        rows = (await connection.execute(active)).all()
        return Stored(
            appointments={row.public_id: row.starts_at for row in rows},
            blocks=await _count(connection, "SELECT count(*) FROM busy_block WHERE active"),
            resource_uses=await _count(
                connection, "SELECT count(*) FROM resource_use WHERE active"
            ),
            doctor_overlaps=await _count(connection, _DOCTOR_OVERLAPS),
            person_overlaps=await _count(connection, _PERSON_OVERLAPS),
            resource_overlaps=await _count(connection, _RESOURCE_OVERLAPS),
            crowded_seats=await _count(connection, _CROWDED_SEATS),
        )


async def drop_constraints(database: Database) -> None:
    """Take the constraints against overlaps out of the database."""
    async with database.engine.begin() as connection:
        for statement in _DROP_CONSTRAINTS[database.engine.dialect.name]:
            await connection.exec_driver_sql(statement)


async def break_deadlocks_soon(database: Database) -> None:
    """Have PostgreSQL look for deadlocks after 20 ms, not after a second: there will be many."""
    if database.engine.dialect.name == "postgresql":
        async with database.engine.begin() as connection:
            name = database.engine.url.database
            await connection.exec_driver_sql(f"ALTER DATABASE {name} SET deadlock_timeout = '20ms'")


async def _count(connection: AsyncConnection, statement: str) -> int:
    return int((await connection.exec_driver_sql(statement)).scalar_one())
