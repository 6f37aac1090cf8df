"""Scratch databases for tests: migrated once per run, empty for each test, dropped at its end."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

import asyncmy
import psycopg
import pytest
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy.engine import make_url
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.database import Database, get_database
from appointment_app.models import APPEND_ONLY
from appointment_app.settings import PROJECT_ROOT, get_settings

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
MARIADB_URL = os.environ.get("TEST_MARIADB_URL", "mariadb://root@127.0.0.1:3306/")
BACKENDS = ("sqlite", "postgresql", "mariadb")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file without rows; copy it."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_scratch() -> Iterator[PostgresScratch]:
    """The PostgreSQL database of this run; ``fresh`` empties it."""
    try:
        scratch = PostgresScratch()
    except psycopg.OperationalError as unreachable:
        _skip_without("PostgreSQL", "TEST_POSTGRES_URL", unreachable)
    yield scratch
    scratch.drop()


@pytest.fixture(scope="session")
def mariadb_scratch() -> Iterator[MariadbScratch]:
    """The MariaDB database of this run; ``fresh`` empties it."""
    try:
        scratch = MariadbScratch()
    except asyncmy.errors.OperationalError as unreachable:
        _skip_without("MariaDB", "TEST_MARIADB_URL", unreachable)
    yield scratch
    scratch.drop()


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
    if backend == "mariadb":
        yield request.getfixturevalue("mariadb_scratch").fresh()
        return
    yield request.getfixturevalue("postgres_scratch").fresh()


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


class PostgresScratch:
    """A PostgreSQL database that one test after another has for itself.

    To copy a database takes PostgreSQL thirty times as long as to empty its tables. Only after a
    test that changed the schema it is copied anew.
    """

    def __init__(self) -> None:
        name = f"scratch_{uuid4().hex[:12]}"
        self._name, self._template = name, f"{name}_template"
        _on_postgres("CREATE DATABASE {}", self._template)
        _migrate(_postgres_url(self._template))
        _begin_ids_apart(self._template)
        _on_postgres("CREATE DATABASE {} TEMPLATE {}", self._name, self._template)
        with self._connect() as connection:
            self._schema = connection.execute(_POSTGRES_SCHEMA).fetchall()
            tables = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            ((revision,),) = connection.execute("SELECT version_num FROM alembic_version")
        # As a replica it deletes without looking at foreign keys.
        self._empty = "; ".join(
            [
                "SET session_replication_role = replica",
                *(f"DELETE FROM {table}" for (table,) in tables),
                f"INSERT INTO alembic_version VALUES ('{revision}')",
            ]
        )

    def fresh(self) -> str:
        """Return the address of the database, migrated and without rows."""
        with self._connect() as connection:
            # Of a process that a test has killed, a transaction may not have ended yet.
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            is_changed = connection.execute(_POSTGRES_SCHEMA).fetchall() != self._schema
            if not is_changed:
                connection.execute(self._empty)
        if is_changed:
            _drop(self._name)
            _on_postgres("CREATE DATABASE {} TEMPLATE {}", self._name, self._template)
        return _postgres_url(self._name)

    def drop(self) -> None:
        """Remove it from the server."""
        _drop(self._name)
        _drop(self._template)

    def _connect(self) -> psycopg.Connection[Any]:
        url = make_url(_postgres_url(self._name)).set(drivername="postgresql")
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def _begin_ids_apart(name: str) -> None:
    """Let each table's ids begin elsewhere, so that no test passes because two are alike."""
    url = make_url(_postgres_url(name)).set(drivername="postgresql")
    address = url.render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        found = connection.execute("SELECT sequencename FROM pg_sequences ORDER BY 1").fetchall()
        for number, (sequence,) in enumerate(found, start=1):
            restart = sql.SQL("ALTER SEQUENCE {} RESTART WITH {}")
            connection.execute(restart.format(sql.Identifier(sequence), number * 10_000))


# Everything of a schema that a test may change: columns, constraints, indexes, triggers, functions.
_POSTGRES_SCHEMA = """
    SELECT 'column', attrelid::regclass::text, attname, format_type(atttypid, atttypmod),
           attnotnull::text || atthasdef::text
      FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
    UNION ALL
    SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), ''
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index', tablename::text, indexname, indexdef, ''
      FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT 'trigger', tgrelid::regclass::text, tgname, tgenabled::text, ''
      FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT 'function', oid::regprocedure::text, '', '', ''
      FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ORDER BY 1, 2, 3, 4
"""


_ANY_ROW = "SELECT 1 FROM {} LIMIT 1"


class MariadbScratch:
    """A MariaDB database that one test after another has for itself.

    To make the tables takes MariaDB a hundred times as long as to empty them, and it cannot
    copy a database. Only after a test that changed the schema they are made anew.
    """

    def __init__(self) -> None:
        self._name = f"scratch_{uuid4().hex[:12]}"
        self._url = make_url(MARIADB_URL).set(database=self._name).render_as_string(False)
        _on_mariadb(f"CREATE DATABASE {self._name}")
        _migrate(self._url)
        self._tables = self._find_tables()
        self._triggers = self._find_triggers()
        ((self._revision,),) = self._run("SELECT version_num FROM alembic_version")

    def fresh(self) -> str:
        """Return the address of the database, migrated and without rows."""
        if self._is_changed():
            self.drop()
            _on_mariadb(f"CREATE DATABASE {self._name}")
            self._run(*self._tables.values(), *self._triggers.values())
        self._run(
            # Where triggers refuse to delete; that takes longer.
            *(f"TRUNCATE {table}" for table in APPEND_ONLY if self._run(_ANY_ROW.format(table))),
            "BEGIN",
            *(f"DELETE FROM {table}" for table in self._tables if table not in APPEND_ONLY),
            f"INSERT INTO alembic_version VALUES ('{self._revision}')",
            "COMMIT",
        )
        return self._url

    def drop(self) -> None:
        """Remove it from the server."""
        _on_mariadb(f"DROP DATABASE {self._name}")

    def _is_changed(self) -> bool:
        added = self._run("SHOW FUNCTION STATUS WHERE Db = DATABASE()")
        found = self._find_tables(), self._find_triggers()
        return bool(added) or found != (self._tables, self._triggers)

    def _find_tables(self) -> dict[str, str]:
        """Return the statement that creates each table, by the table's name."""
        names = [name for (name,) in self._run("SHOW TABLES")]
        found = self._run(*(f"SHOW CREATE TABLE {name}" for name in names))
        return {name: re.sub(r" AUTO_INCREMENT=\d+", "", create) for name, create in found}

    def _find_triggers(self) -> dict[str, str]:
        """Return the statement that creates each trigger, by the trigger's name."""
        names = sorted(name for (name, *_) in self._run("SHOW TRIGGERS"))
        found = self._run(*(f"SHOW CREATE TRIGGER {name}" for name in names))
        return {name: create for name, _, create, *_ in found}

    def _run(self, *statements: str) -> list[Any]:
        return _on_mariadb(f"USE {self._name}", "SET foreign_key_checks = 0", *statements)


def _migrate(url: str) -> None:
    config = Config(PROJECT_ROOT / "alembic.ini")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")


def _skip_without(server: str, variable: str, unreachable: Exception) -> NoReturn:
    """Skip what needs ``server``; where everything has to run, there has to be one."""
    if os.environ.get("CI") == "true":
        raise unreachable
    pytest.skip(f"no {server} to be reached; start one, or name one in {variable}: {unreachable}")


def _postgres_url(name: str) -> str:
    url = make_url(POSTGRES_URL).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


def _drop(name: str) -> None:
    _on_postgres("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _on_postgres(statement: str, *names: str) -> None:
    with psycopg.connect(POSTGRES_URL, autocommit=True, connect_timeout=5) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _on_mariadb(*statements: str) -> list[Any]:
    """Execute the statements on one connection; returns the rows of all."""

    async def execute() -> list[Any]:
        url = make_url(MARIADB_URL)
        connection = await asyncmy.connect(
            host=url.host,
            port=url.port or 3306,
            user=url.username,
            password=url.password or "",
            autocommit=True,
            connect_timeout=5,
        )
        rows: list[Any] = []
        async with connection, connection.cursor() as cursor:
            for statement in statements:
                await cursor.execute(statement)
                rows += await cursor.fetchall()
        return rows

    return asyncio.run(execute())
