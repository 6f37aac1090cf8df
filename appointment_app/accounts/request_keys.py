"""Keys by which a program repeats a request, because it does not know whether the first arrived.

That the same key gives the same answer is the promise of whoever books; here is only seen to it
that a key is not used for something else.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlmodel import SQLModel, select
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
    # Nearly every key is new, so nobody asks first whether it is.
    connection = await session.connection()
    new = RequestKey(user_id=actor.user_id, key=key, fingerprint=fingerprint)
    inserted = await connection.execute(
        insert_if_new(connection.dialect.name, _TABLE).inline(),
        new.model_dump(exclude={"id"}),
        execution_options={"preserve_rowcount": True},
    )
    if inserted.rowcount == 1:
        return
    by_key = select(RequestKey).where(RequestKey.user_id == actor.user_id, RequestKey.key == key)
    row = (await session.exec(by_key)).one()
    if row.fingerprint == fingerprint:
        return
    if clock.now() - row.created_at < FORGOTTEN_AFTER:
        raise KeyReused
    row.fingerprint, row.created_at = fingerprint, clock.now()
