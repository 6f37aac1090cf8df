"""Bringing the database to the schema that this version of the program needs."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from appointment_app.database import Database, async_url
from appointment_app.settings import PROJECT_ROOT, get_settings


class NotMigrated(Exception):
    """The database has another schema than this version needs, and is is not ours to change."""


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
    if asyncio.run(_is_migrated()):
        return
    if async_url(get_settings().database_url).get_backend_name() != "sqlite":
        raise NotMigrated(
            "The database is not at this version's schema. Type: "
            "python -m appointment_app.manage migrate"
        )
    migrate()


async def _is_migrated() -> bool:
    _make_room_for_sqlite()
    database = Database(get_settings().database_url)
    try:
        async with database.engine.connect() as connection:
            applied = await connection.run_sync(_applied_revisions)
    finally:
        await database.dispose()
    return applied == set(ScriptDirectory.from_config(_alembic()).get_heads())


def _make_room_for_sqlite() -> None:
    url = async_url(get_settings().database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def _applied_revisions(connection: Connection) -> set[str]:
    return set(MigrationContext.configure(connection).get_current_heads())


def _alembic() -> Config:
    return Config(PROJECT_ROOT / "alembic.ini")
