"""A statement on SQLite is one journey to the thread that executes it, and loses nothing by it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from appointment_app.sqlite_connection import SQLiteConnection, connect


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[SQLiteConnection]:
    """A connection to an empty file."""
    async with connect(str(tmp_path / "some.db")) as opened:
        await opened.cursor().execute("CREATE TABLE doctor (id INTEGER PRIMARY KEY, name TEXT)")
        yield opened


async def test_a_statement_is_one_journey(
    connection: SQLiteConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    journeys = []
    travel = connection._execute

    async def counted(work: Any, *arguments: Any) -> Any:
        journeys.append(work)
        return await travel(work, *arguments)

    monkeypatch.setattr(connection, "_execute", counted)
    cursor = await connection.cursor().__aenter__()
    await cursor.execute("SELECT 1, 'a' UNION SELECT 2, 'b'")
    rows = await cursor.fetchall()
    await cursor.close()

    assert rows == [(1, "a"), (2, "b")]
    assert len(journeys) == 1


async def test_says_what_a_statement_did(connection: SQLiteConnection) -> None:
    cursor = connection.cursor()
    assert (cursor.description, cursor.rowcount, cursor.lastrowid) == (None, -1, None)

    await cursor.executemany("INSERT INTO doctor (name) VALUES (?)", [("Meier",), ("Lind",)])
    assert (cursor.description, cursor.rowcount) == (None, 2)
    await cursor.execute("INSERT INTO doctor (name) VALUES (?)", ("Okafor",))
    assert (cursor.rowcount, cursor.lastrowid) == (1, 3)
    await cursor.execute("SELECT name FROM doctor WHERE id < ?", (0,))
    assert [column[0] for column in cursor.description] == ["name"]
    assert await cursor.fetchall() == []


async def test_a_refused_statement_leaves_the_connection_whole(
    connection: SQLiteConnection,
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=r"doctor\.id"):
        await connection.cursor().executemany("INSERT INTO doctor (id) VALUES (?)", [(1,), (1,)])
    cursor = await connection.cursor().execute("SELECT 1")
    assert await cursor.fetchall() == [(1,)]
