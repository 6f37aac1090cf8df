"""Scratch databases for tests: migrated once per run, copied for each test, dropped at its end."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy.engine import make_url
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.database import Database, get_database
from appointment_app.settings import PROJECT_ROOT, get_settings

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
BACKENDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file without rows; copy it."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    _migrate(sa.create_engine(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """The name of a migrated PostgreSQL database without rows, to be used as TEMPLATE.

    Without a PostgreSQL server the tests that need one are skipped, except with ``CI=true``.
    """
    name = f"scratch_template_{uuid4().hex[:12]}"
    try:
        _on_postgres("CREATE DATABASE {}", name)
    except psycopg.OperationalError as unreachable:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL at TEST_POSTGRES_URL: {unreachable}")
    try:
        _migrate(sa.create_engine(_postgres_url(name)))
        yield name
    finally:
        _drop(name)


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Each database we support in turn; a test that names one alone overrides it by marker.

    ``@pytest.mark.parametrize("backend", ["sqlite"])`` runs a test on SQLite only.
    """
    return str(request.param)


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh migrated database, for processes that open it themselves."""
    if backend == "sqlite":
        path = tmp_path / "scratch.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("postgres_template")
    name = f"scratch_{uuid4().hex[:12]}"
    _on_postgres("CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        yield _postgres_url(name)
    finally:
        _drop(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh migrated database."""
    opened = Database(database_url)
    yield opened
    await opened.dispose()


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """A session of the fresh database, for what a test prepares and looks up."""
    async with database.session() as opened:
        yield opened


@pytest.fixture
async def installed_database(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Database]:
    """A fresh migrated database that ``get_database()`` returns, for API routes and states."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    get_settings.cache_clear()
    get_database.cache_clear()
    yield get_database()
    await get_database().dispose()
    get_database.cache_clear()
    get_settings.cache_clear()


def _migrate(engine: sa.Engine) -> None:
    config = Config(PROJECT_ROOT / "alembic.ini")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()


def _postgres_url(name: str) -> str:
    url = make_url(POSTGRES_URL).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


def _drop(name: str) -> None:
    _on_postgres("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _on_postgres(statement: str, *names: str) -> None:
    with psycopg.connect(POSTGRES_URL, autocommit=True, connect_timeout=5) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
