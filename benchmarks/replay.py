"""Records the statements of the service, and sends the same ones with the bare driver.

So the bound of a measurement follows the code: it is what the same statements take without any of
our Python around them. An id that the database gives to a new row is put where the recorded one
stood, as each database counts for itself.
"""

from __future__ import annotations

import contextvars
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlmodel import SQLModel

from appointment_app.database import Database

_INSERT = re.compile(r"INSERT INTO (\w+)")


@dataclass(frozen=True, slots=True)
class Sent:
    """One statement as the driver was given it."""

    statement: str
    parameters: Any
    is_many: bool


Transaction = list[Sent]
_recording: contextvars.ContextVar[Transaction | None] = contextvars.ContextVar(
    "recording", default=None
)


@contextmanager
def listening(database: Database) -> Iterator[None]:
    """Let ``recorded`` see what is sent to ``database``."""

    def note(_c: Any, _k: Any, statement: str, parameters: Any, _x: Any, is_many: bool) -> None:
        sent = _recording.get()
        if sent is not None and not statement.startswith("BEGIN"):
            sent.append(Sent(statement, parameters, is_many))

    engine = database.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


@asynccontextmanager
async def recorded() -> AsyncIterator[Transaction]:
    """The statements that this task sends in the block."""
    sent: Transaction = []
    token = _recording.set(sent)
    try:
        yield sent
    finally:
        _recording.reset(token)


async def replay_on_postgres(
    connection: psycopg.AsyncConnection[Any], transaction: Transaction
) -> None:
    """Send a recorded transaction, and commit it."""
    new_ids: dict[str, Any] = {}
    async with connection.transaction(), connection.cursor() as cursor:
        for sent in transaction:
            if sent.is_many:
                await cursor.executemany(
                    sent.statement, [_with_ids(each, new_ids) for each in sent.parameters]
                )
                continue
            await cursor.execute(sent.statement, _with_ids(sent.parameters, new_ids))
            rows = await cursor.fetchall() if cursor.description else []
            if rows and (insert := _INSERT.match(sent.statement)):
                new_ids |= dict.fromkeys(_references_to(insert[1]), rows[0][0])


def read_on_postgres(connection: psycopg.Connection[Any], transaction: Transaction) -> int:
    """Send recorded reads on a connection that commits by itself; returns how many rows came."""
    return sum(
        len(connection.execute(sent.statement, sent.parameters).fetchall()) for sent in transaction
    )


def replay_on_sqlite(connection: sqlite3.Connection, transaction: Transaction) -> None:
    """Send a recorded transaction; a file counts its ids as the recorded one did."""
    connection.execute("BEGIN IMMEDIATE")
    for sent in transaction:
        if sent.is_many:
            connection.executemany(sent.statement, sent.parameters)
        else:
            connection.execute(sent.statement, sent.parameters).fetchall()
    connection.execute("COMMIT")


def _with_ids(parameters: Any, new_ids: dict[str, Any]) -> Any:
    known = new_ids.keys() & parameters.keys()
    return parameters | {name: new_ids[name] for name in known} if known else parameters


@lru_cache
def _references_to(table: str) -> tuple[str, ...]:
    """Return the names of the columns that hold ids of ``table``."""
    return tuple(
        column.name
        for each in SQLModel.metadata.sorted_tables
        for column in each.columns
        for key in column.foreign_keys
        if key.target_fullname == f"{table}.id"
    )
