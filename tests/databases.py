"""Scratch databases for tests: migrated once per run, empty for each test, dropped at its end."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

import asyncmy
import psycopg
import pytest
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.database import Database, Limits, get_database
from appointment_app.models import APPEND_ONLY, UncountedChange
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
def database_url(backend: str, request: pytest.FixtureRequest) -> str:
    """The address of a fresh migrated database, for processes that open it themselves."""
    if backend == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        return f"sqlite:///{copied(template, template.with_name('scratch.db'))}"
    if backend == "mariadb":
        return request.getfixturevalue("mariadb_scratch").fresh()
    return request.getfixturevalue("postgres_scratch").fresh()


def copied(template: Path, path: Path) -> Path:
    """Put a copy of the SQLite file ``template`` at ``path``, where another may have been."""
    for leftover in ("", "-wal", "-shm"):
        path.with_name(path.name + leftover).unlink(missing_ok=True)
    shutil.copyfile(template, path)
    return path


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh migrated database."""
    opened = with_kept_engine(Database(database_url))
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
    yield with_kept_engine(get_database())
    await get_database().dispose()
    get_database.cache_clear()
    get_settings.cache_clear()


_kept_engines: dict[tuple[URL, Limits], AsyncEngine] = {}


def with_kept_engine(database: Database) -> Database:
    """Let ``database`` have the engine that an earlier test had at this address.

    An engine keeps what it has compiled; half of a short test would go into compiling anew.
    """
    database.engine = _kept_engines.setdefault((database.url, database.limits), database.engine)
    database._sessions.configure(bind=database.engine)
    return database


class PostgresScratch:
    """A PostgreSQL database that one test after another has for itself.

    To copy a database takes PostgreSQL far longer than to empty its tables. Only after a
    test that changed the schema it is copied anew.
    """

    def __init__(self) -> None:
        name = f"scratch_{uuid4().hex[:12]}"
        self._name, self._template = name, f"{name}_template"
        _on_postgres("CREATE DATABASE {}", self._template)
        _migrate(_postgres_url(self._template))
        _begin_ids_apart(self._template)
        self._copy()

    def fresh(self) -> str:
        """Return the address of the database, migrated and without rows."""
        # Of a process that a test has killed, a transaction may not have ended yet.
        self._connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        if self._connection.execute(_POSTGRES_SCHEMA).fetchone() != self._schema:
            self._connection.close()
            _drop(self._name)
            self._copy()
        filled = {table for (table,) in self._connection.execute(self._any_rows)}
        # As a replica it deletes without looking at foreign keys.
        self._connection.execute(
            "; ".join(
                [
                    "SET session_replication_role = replica",
                    *(f"DELETE FROM {table}" for table in filled | {"alembic_version"}),
                    f"INSERT INTO alembic_version VALUES ('{self._revision}')",
                ]
            )
        )
        return _postgres_url(self._name)

    def _copy(self) -> None:
        _on_postgres("CREATE DATABASE {} TEMPLATE {}", self._name, self._template)
        # No test looks whether a server that loses its power loses what it said to have written.
        _on_postgres("ALTER DATABASE {} SET synchronous_commit = off", self._name)
        url = make_url(_postgres_url(self._name)).set(drivername="postgresql")
        # One connection for all tests: what it knows of the tables takes it long to read.
        self._connection = psycopg.connect(url.render_as_string(False), autocommit=True)
        self._schema = self._connection.execute(_POSTGRES_SCHEMA).fetchone()
        tables = self._connection.execute(
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        self._any_rows = _any_rows(table for (table,) in tables)
        ((self._revision,),) = self._connection.execute("SELECT version_num FROM alembic_version")

    def drop(self) -> None:
        """Remove it from the server."""
        self._connection.close()
        _drop(self._name)
        _drop(self._template)


def _begin_ids_apart(name: str) -> None:
    """Let each table's ids begin elsewhere, so that no test passes because two are alike."""
    url = make_url(_postgres_url(name)).set(drivername="postgresql")
    address = url.render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        found = connection.execute("SELECT sequencename FROM pg_sequences ORDER BY 1").fetchall()
        for number, (sequence,) in enumerate(found, start=1):
            restart = sql.SQL("ALTER SEQUENCE {} RESTART WITH {}")
            connection.execute(restart.format(sql.Identifier(sequence), number * 10_000))


# How many rows the catalogue has of whatever belongs to a schema, and which was written last.
_POSTGRES_SCHEMA = "SELECT " + ", ".join(
    f"(SELECT (count(*), max(xmin::text::bigint))::text FROM {catalogue})"
    for catalogue in ("pg_class", "pg_attribute", "pg_constraint", "pg_trigger", "pg_proc")
)


def _any_rows(tables: Iterable[str]) -> str:
    """Return the query for the names of the tables that have rows."""
    return " UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in tables)


# Counts every change of a schema that anybody on the server has made.
_MARIADB_CHANGES = "SHOW GLOBAL STATUS WHERE Variable_name REGEXP '^Com_(create|drop|alter|rename)'"


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
        (((self._revision,),),) = self._run("SELECT version_num FROM alembic_version")
        self._look = _MARIADB_CHANGES, _any_rows(self._tables)
        self._changes, _ = self._run(*self._look)

    def fresh(self) -> str:
        """Return the address of the database, migrated and without rows."""
        changes, found = self._run(*self._look)
        if changes != self._changes and self._is_changed():
            self.drop()
            _on_mariadb(f"CREATE DATABASE {self._name}")
            self._run(*self._tables.values(), *self._triggers.values())
            changes, found = self._run(*self._look)
        self._changes = changes
        filled = {table for (table,) in found}
        self._run(
            # Where triggers refuse to delete; that takes longer.
            *(f"TRUNCATE {table}" for table in APPEND_ONLY if table in filled),
            "BEGIN",
            *(f"DELETE FROM {table}" for table in filled.difference(APPEND_ONLY)),
            # By triggers what is deleted above is noted here.
            f"DELETE FROM {UncountedChange.__tablename__}",
            f"REPLACE INTO alembic_version VALUES ('{self._revision}')",
            "COMMIT",
        )
        return self._url

    def drop(self) -> None:
        """Remove it from the server."""
        _on_mariadb(f"DROP DATABASE {self._name}")

    def _is_changed(self) -> bool:
        (added,) = self._run("SHOW FUNCTION STATUS WHERE Db = DATABASE()")
        found = self._find_tables(), self._find_triggers()
        return bool(added) or found != (self._tables, self._triggers)

    def _find_tables(self) -> dict[str, str]:
        """Return the statement that creates each table, by the table's name."""
        (names,) = self._run("SHOW TABLES")
        found = self._run(*(f"SHOW CREATE TABLE {name}" for (name,) in names))
        return {name: re.sub(r" AUTO_INCREMENT=\d+", "", create) for ((name, create),) in found}

    def _find_triggers(self) -> dict[str, str]:
        """Return the statement that creates each trigger, by the trigger's name."""
        (triggers,) = self._run("SHOW TRIGGERS")
        names = sorted(name for (name, *_) in triggers)
        found = self._run(*(f"SHOW CREATE TRIGGER {name}" for name in names))
        return {name: create for ((name, _, create, *_),) in found}

    def _run(self, *statements: str) -> list[Any]:
        return _on_mariadb(f"USE {self._name}", "SET foreign_key_checks = 0", *statements)[2:]


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
    """Execute the statements on one connection; returns the rows of each."""

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
        rows = []
        async with connection, connection.cursor() as cursor:
            for statement in statements:
                await cursor.execute(statement)
                rows.append(await cursor.fetchall())
        return rows

    return asyncio.run(execute())
