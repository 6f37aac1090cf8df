"""A connection to SQLite that asks its thread once for each statement.

SQLite blocks, so its driver for asyncio hands every call to a thread: making a cursor, executing,
fetching, closing. Each journey there and back costs more than most of our statements, and while a
booking makes them, no other one can be written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Self

import aiosqlite

Rows = list[Any]


class SQLiteConnection(aiosqlite.Connection):
    """A connection whose cursors have fetched all rows when a statement was executed."""

    def cursor(self) -> SQLiteCursor:  # type: ignore[override]
        """Return a cursor; it costs nothing before it executes."""
        return SQLiteCursor(self)

    async def in_thread(self, work: Callable[[sqlite3.Cursor], Rows]) -> Outcome:
        """Return what a statement gave: it is executed, fetched and closed in one journey."""
        outcome: Outcome = await self._execute(  # type: ignore[no-untyped-call]
            _carry_out, self._conn, work
        )
        return outcome


class Outcome:
    """What one statement left: its rows, their description, and what it did."""

    __slots__ = ("description", "lastrowid", "rowcount", "rows")

    def __init__(self, cursor: sqlite3.Cursor, rows: Rows) -> None:
        """Take it off a cursor that is about to be closed."""
        self.rows = rows
        self.description = cursor.description
        self.rowcount = cursor.rowcount
        self.lastrowid = cursor.lastrowid


class SQLiteCursor:
    """The cursor that SQLAlchemy's adapter for asyncio asks for, with nothing left to wait for."""

    arraysize = 1

    def __init__(self, connection: SQLiteConnection) -> None:
        """Belong to ``connection``."""
        self._connection = connection
        self._outcome: Outcome | None = None

    async def __aenter__(self) -> Self:
        """Return the cursor itself."""
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        """Execute one statement and fetch all its rows; raises what ``sqlite3`` raises."""
        self._outcome = await self._connection.in_thread(partial(_execute, statement, parameters))
        return self

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> Self:
        """Execute one statement with many parameters; raises what ``sqlite3`` raises."""
        self._outcome = await self._connection.in_thread(
            partial(_execute_many, statement, parameters)
        )
        return self

    async def fetchall(self) -> Rows:
        """Return the rows of the statement."""
        return self._outcome.rows if self._outcome else []

    async def close(self) -> None:
        """Do nothing: after each statement there is nothing open."""

    @property
    def description(self) -> Any:
        """The columns of the rows, None where the statement has none."""
        return self._outcome.description if self._outcome else None

    @property
    def rowcount(self) -> int:
        """How many rows were changed, -1 where that is not known."""
        return self._outcome.rowcount if self._outcome else -1

    @property
    def lastrowid(self) -> int | None:
        """The id of the last row that was inserted."""
        return self._outcome.lastrowid if self._outcome else None


def connect(path: str, **options: Any) -> SQLiteConnection:
    """Return a connection to the file at ``path``, to be awaited; ``options`` are ``sqlite3``'s."""
    connection = SQLiteConnection(partial(sqlite3.connect, path, **options), iter_chunk_size=64)
    # A connection that nobody closed must not keep the process alive.
    connection._thread.daemon = True
    return connection


def _carry_out(connection: sqlite3.Connection, work: Callable[[sqlite3.Cursor], Rows]) -> Outcome:
    cursor = connection.cursor()
    try:
        return Outcome(cursor, work(cursor))
    finally:
        cursor.close()


def _execute(statement: str, parameters: Sequence[Any], cursor: sqlite3.Cursor) -> Rows:
    return cursor.execute(statement, parameters).fetchall()


def _execute_many(
    statement: str, parameters: Sequence[Sequence[Any]], cursor: sqlite3.Cursor
) -> Rows:
    cursor.executemany(statement, parameters)
    return []
