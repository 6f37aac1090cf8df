"""The engine, its sessions and transactions, and what differs between the databases."""

from __future__ import annotations

import asyncio
import logging
import math
import random
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog
from sqlalchemy import Connection, DateTime, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql.compiler import DDLCompiler
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import sqlite_connection
from appointment_app.database_errors import busy_of, is_retryable
from appointment_app.errors import Busy
from appointment_app.settings import get_settings

_log = structlog.get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

_ATTEMPTS = 8
_CONNECT_SECONDS = 5
_DATABASE = "database"
# A connection that was used a moment ago is alive.
_IDLE_SECONDS = 5
_IDLE_SINCE = "idle_since"

_ASYNC_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+psycopg",
    "mysql": "mariadb+asyncmy",
    "mariadb": "mariadb+asyncmy",
}

_BEGINS_WRITING: dict[str, dict[str, Any]] = {
    "sqlite": {"sqlite_begin": "IMMEDIATE"},
    "postgresql": {"isolation_level": "READ COMMITTED"},
}


def async_url(url: str) -> URL:
    """Return ``url`` with the asynchronous driver that we use for its database."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    return parsed.set(drivername=_ASYNC_DRIVERS.get(backend, parsed.drivername))


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections a process has, and how many seconds it waits before it is ``Busy``."""

    pool_size: int = 10
    pool_seconds: float = 5
    lock_seconds: float = 10
    statement_seconds: float = 30


class Database:
    """One database: its engine and its sessions."""

    def __init__(self, url: str, limits: Limits = Limits()) -> None:
        """Prepare the connection pool to ``url``; nothing is opened yet."""
        self.url = async_url(url)
        self.limits = limits
        self.engine = _create_engine(self.url, limits)
        # What a connection is told of a transaction that writes.
        self.begins_writing = _BEGINS_WRITING.get(self.url.get_backend_name(), {})
        # Who waits for SQLite polls; among themselves the writers of a process queue instead.
        polls = self.url.get_backend_name() == "sqlite"
        self.writers = asyncio.Lock() if polls else None
        self._sessions = async_sessionmaker(
            self.engine, class_=AsyncSession, expire_on_commit=False, info={_DATABASE: self}
        )
        self._aside: set[asyncio.Task[None]] = set()

    def session(self) -> AsyncSession:
        """Return a new session, to be used as ``async with database.session() as session``."""
        return self._sessions()

    def do_aside(self, work: Callable[[AsyncSession], Coroutine[Any, Any, object]]) -> None:
        """Start ``work`` with a session of its own; nobody waits for it, a failure is logged."""

        async def run() -> None:
            try:
                async with self.session() as session:
                    await work(session)
            except Exception as error:
                _log.warning("work_aside_failed", error=type(error).__name__)

        task = asyncio.create_task(run())
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    async def settled(self) -> None:
        """Wait until nothing is done aside any more."""
        while self._aside:
            await asyncio.wait(self._aside)

    async def dispose(self) -> None:
        """Let what is done aside come to its end, and close every connection."""
        await self.settled()
        await self.engine.dispose()


@lru_cache
def get_database() -> Database:
    """Return the database of this process, as the settings name it."""
    settings = get_settings()
    limits = Limits(
        settings.database_pool_size,
        settings.database_pool_timeout,
        settings.database_lock_timeout,
        settings.database_statement_timeout,
    )
    return Database(settings.database_url, limits)


def database_of(session: AsyncSession) -> Database:
    """Return the database that gave out ``session``."""
    database: Database = session.info[_DATABASE]
    return database


def transactional(
    function: Callable[Concatenate[AsyncSession, P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate[AsyncSession, P], Coroutine[Any, Any, R]]:
    """Make a service function one write transaction of its first argument, a fresh session.

    The transaction is committed when the function returns, rolled back when it raises, and
    started again when the database had to break a deadlock. Raises ``Busy`` when the
    database does not get to it in time.
    """

    @wraps(function)
    async def run(session: AsyncSession, /, *args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(_ATTEMPTS):
            try:
                async with writing(session):
                    return await function(session, *args, **kwargs)
            except (DBAPIError, PoolTimeout) as error:
                if (busy := busy_of(error)) is not None:
                    raise busy from error
                if not (isinstance(error, DBAPIError) and is_retryable(error)):
                    raise
                session.expunge_all()
            await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))
        raise Busy

    return run


@asynccontextmanager
async def writing(session: AsyncSession) -> AsyncIterator[None]:
    """One transaction that may write: committed at the end of the block unless that raises.

    What only reads needs none; there ``session.begin()`` says how far what was read belongs
    together. Services write by ``transactional``, which begins again where it has to.
    """
    async with _turn(session), session.begin():
        await session.connection(execution_options=database_of(session).begins_writing)
        yield


@asynccontextmanager
async def reading_one_moment(session: AsyncSession) -> AsyncIterator[None]:
    """Let what ``session`` reads in the block be of one moment, unless it has begun to read.

    Otherwise each statement sees what is new; SQLite alone shows every transaction one moment.
    """
    if session.in_transaction():
        yield
        return
    if database_of(session).url.get_backend_name() != "sqlite":
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    yield
    # A rollback would throw away what the server has prepared.
    await session.commit()


@asynccontextmanager
async def _turn(session: AsyncSession) -> AsyncIterator[None]:
    """Wait for the turn to write, where the writers of this process queue."""
    database = database_of(session)
    writers = database.writers
    if writers is None:
        yield
        return
    try:
        async with asyncio.timeout(database.limits.lock_seconds):
            await writers.acquire()
    except TimeoutError as timeout:
        raise Busy from timeout
    try:
        yield
    finally:
        writers.release()


def _create_engine(url: URL, limits: Limits) -> AsyncEngine:
    backend = url.get_backend_name()
    # Errors end up in logs, and parameters are what people typed.
    options: dict[str, Any] = {"hide_parameters": True}
    if backend == "sqlite":
        arguments = {
            "timeout": limits.lock_seconds,
            "async_creator_fn": sqlite_connection.connect,
        }
        engine = create_async_engine(url, connect_args=arguments, **options)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    options |= {
        "pool_size": limits.pool_size,
        "max_overflow": 0,
        "pool_timeout": limits.pool_seconds,
    }
    if backend == "postgresql":
        timeouts = (
            f"-c lock_timeout={limits.lock_seconds}s"
            f" -c statement_timeout={limits.statement_seconds}s -c timezone=UTC"
        )
        arguments = {"options": timeouts, "connect_timeout": _CONNECT_SECONDS}
        # What only reads needs no transaction, which is two journeys to the server. Worse, when
        # one is rolled back the driver throws away every statement that the server has prepared.
        options["isolation_level"] = "AUTOCOMMIT"
        engine = create_async_engine(url, connect_args=arguments, **options)
        _ping_what_was_idle(engine)
        return engine
    # The driver logs every remark of the server: that a primary key has no name of its own there.
    logging.getLogger("asyncmy").setLevel(logging.ERROR)
    settings = (
        f"SET innodb_lock_wait_timeout = {math.ceil(limits.lock_seconds)},"
        f" max_statement_time = {limits.statement_seconds},"
        " time_zone = '+00:00', sql_mode = 'TRADITIONAL'"
    )
    engine = create_async_engine(
        url,
        # A snapshot taken before the wait for a lock shows the past: READ COMMITTED reads anew.
        isolation_level="READ COMMITTED",
        connect_args={"init_command": settings, "connect_timeout": _CONNECT_SECONDS},
        **options,
    )
    _ping_what_was_idle(engine)
    return engine


def _ping_what_was_idle(engine: AsyncEngine) -> None:
    """Look whether a connection still lives before it is used again, if it has been idle.

    To ask each time, as the pool itself can, costs every request a journey to the server.
    """

    def note(_: object, record: ConnectionPoolEntry) -> None:
        record.info[_IDLE_SINCE] = time.monotonic()

    def ping(connection: DBAPIConnection, record: ConnectionPoolEntry, _: object) -> None:
        idle_since = record.info.get(_IDLE_SINCE)
        if idle_since is None or time.monotonic() - idle_since < _IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error

    event.listen(engine.sync_engine, "checkin", note)
    event.listen(engine.sync_engine, "checkout", ping)


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver would begin late and deferred; _begin_sqlite begins when SQLAlchemy says so.
    connection.isolation_level = None
    # SQLite's own lower() knows ASCII only, and names have other letters too.
    connection.create_function("lower", 1, _lower)
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _lower(text: object) -> object:
    return text.lower() if isinstance(text, str) else text


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


@compiles(DateTime, "mariadb")
def _moment_on_mariadb(*_: Any, **__: Any) -> str:
    # Whole seconds unless told otherwise.
    return "DATETIME(6)"


@compiles(CreateTable, "mariadb")
def _create_table_on_mariadb(create: CreateTable, compiler: DDLCompiler, **options: Any) -> str:
    # Text is compared sign by sign, as on the other databases: not by what looks alike.
    statement: str = compiler.visit_create_table(create, **options)  # type: ignore[no-untyped-call]
    return statement + "ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
