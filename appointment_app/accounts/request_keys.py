"""Keys by which a program repeats a request, because it does not know whether the first arrived.

That the same key gives the same answer is the promise of whoever books; here is only seen to it
that a key is not used for something else. That is promised for a day: then a key is forgotten.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Insert
from sqlmodel import SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.errors import KeyReused
from appointment_app.database import transactional
from appointment_app.errors import LoginRequired
from appointment_app.inserting import insert_if_new
from appointment_app.models import RequestKey

FORGOTTEN_AFTER = timedelta(hours=24)
_TABLE = SQLModel.metadata.tables["request_key"]


@transactional
async def remember(session: AsyncSession, actor: Actor, key: str, sent: bytes) -> None:
    """Keep what the actor ``sent`` with a key of at most 64 characters.

    Raises ``LoginRequired``, and ``KeyReused`` when they sent something else with it before.
    """
    if actor.user_id is None:
        raise LoginRequired
    fingerprint = hashlib.sha256(sent).hexdigest()
    own = {"user_id": actor.user_id, "key": key}
    new = own | {"fingerprint": fingerprint, "created_at": clock.now()}
    # Nearly every key is new, so nobody asks first whether it is.
    while not await _insert(session, new):
        by_key = select(RequestKey).filter_by(**own).with_for_update()
        row = (await session.exec(by_key)).one_or_none()
        if row is None:
            continue  # deleted as too old at this moment: it is new
        if row.fingerprint != fingerprint:
            if clock.now() - row.created_at < FORGOTTEN_AFTER:
                raise KeyReused
            row.fingerprint, row.created_at = fingerprint, clock.now()
        return


@transactional
async def delete_old(session: AsyncSession, most: int) -> int:
    """Delete at most so many keys that nobody is held to any more; return how many."""
    is_old = col(RequestKey.created_at) <= clock.now() - FORGOTTEN_AFTER
    oldest = select(RequestKey.id).where(is_old).order_by(col(RequestKey.id)).limit(most)
    found = (await session.exec(oldest)).all()
    if found:
        # One of them may have become a new one meanwhile.
        await session.exec(delete(RequestKey).where(col(RequestKey.id).in_(found), is_old))
    return len(found)


async def _insert(session: AsyncSession, new: dict[str, Any]) -> bool:
    """Tell whether the key was not there yet."""
    connection = await session.connection()
    inserted = await connection.execute(
        _insert_statement(connection.dialect.name),
        new,
        execution_options={"preserve_rowcount": True},
    )
    return inserted.rowcount == 1


@lru_cache
def _insert_statement(dialect: str) -> Insert:
    """Return the statement for a key: to make it takes longer than to run it."""
    return insert_if_new(dialect, _TABLE).inline()
