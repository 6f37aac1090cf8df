"""How Alembic reaches the database: through the settings, or a connection that it is handed."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy import Connection

from appointment_app.database import Database
from appointment_app.models import metadata
from appointment_app.settings import get_settings


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _migrate_configured_database() -> None:
    url = context.config.get_main_option("sqlalchemy.url") or get_settings().database_url
    database = Database(url)
    async with database.engine.connect() as connection:
        await connection.execution_options(**database.begins_writing)
        if connection.dialect.name == "sqlite":
            # A table that is made anew is dropped first, and others refer to it. Inside of a
            # transaction this cannot be switched.
            driver = await connection.get_raw_connection()
            await driver.driver_connection.execute("PRAGMA foreign_keys=OFF")
        async with connection.begin():
            await connection.run_sync(_migrate)
            if connection.dialect.name == "sqlite":
                broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
                if broken:
                    raise RuntimeError(f"The migration would leave broken references: {broken}")
    await database.dispose()


if (given := context.config.attributes.get("connection")) is not None:
    _migrate(given)
else:
    asyncio.run(_migrate_configured_database())
