"""Bringing the database to the schema that this version of the program needs."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from appointment_app.database import Database, async_url
from appointment_app.settings import PROJECT_ROOT, get_settings


class NotMigrated(Exception):
    """The database has another schema than this version needs, and it is not ours to change."""


def migrate() -> None:
    """Apply every migration that the configured database does not have yet.

    Alembic starts an event loop of its own: from async code, call this in a thread.
    """
    _make_room_for_sqlite()
    command.upgrade(_alembic(), "head")


def ensure_migrated() -> None:
    """Migrate an embedded SQLite file; leave any other database to its owner.

    Raises ``NotMigrated``, with the command to type, when another database is behind.
    Alembic starts an event loop of its own: from async code, call this in a thread.
    """
    if asyncio.run(_is_configured_migrated()):
        return
    if async_url(get_settings().database_url).get_backend_name() != "sqlite":
        raise NotMigrated(
            "The database is not at this version's schema. Type: "
            "python -m appointment_app.manage migrate"
        )
    migrate()


async def is_migrated(database: Database) -> bool:
    """Tell whether ``database`` has the schema of this version."""
    async with database.engine.connect() as connection:
        applied = await connection.run_sync(_applied_revisions)
    return applied == _newest_revisions()


@cache
def _newest_revisions() -> frozenset[str]:
    return frozenset(ScriptDirectory.from_config(_alembic()).get_heads())


async def _is_configured_migrated() -> bool:
    _make_room_for_sqlite()
    database = Database(get_settings().database_url)
    try:
        return await is_migrated(database)
    finally:
        await database.dispose()


def _make_room_for_sqlite() -> None:
    url = async_url(get_settings().database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def _applied_revisions(connection: Connection) -> frozenset[str]:
    return frozenset(MigrationContext.configure(connection).get_current_heads())


def _alembic() -> Config:
    return Config(PROJECT_ROOT / "alembic.ini")
