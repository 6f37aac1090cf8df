"""How the demo's rows get into the tables, and which public ids they have there."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID, uuid5

from sqlmodel import SQLModel, insert
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import metadata

_NAMESPACE = UUID("6f1c3f64-6ad5-4c0e-9d6e-2f7a0a6c8f11")


async def insert_rows(session: AsyncSession, rows: Sequence[SQLModel]) -> None:
    """Insert ``rows`` of one table in their order, without asking for their ids.

    Asking would make SQLite take them one by one.
    """
    table = metadata.tables[str(type(rows[0]).__tablename__)]
    connection = await session.connection()
    await connection.execute(insert(table), [row.model_dump(exclude={"id"}) for row in rows])


def public_id(kind: str, key: str) -> UUID:
    """Return an id that stays the same from one reset to the next, so that links live on."""
    return uuid5(_NAMESPACE, f"{kind}/{key}")


def patient_number(key: str) -> str:
    """Return a patient's number that stays the same, too."""
    digits = hashlib.sha256(key.encode()).hexdigest()[:9].upper()
    return digits.translate(str.maketrans("01", "XY"))
