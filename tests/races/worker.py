"""One process of a race: it books what it is told, all at once, and says how each try ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock, database
from appointment_app.accounts.actor import Actor
from appointment_app.database import Database
from appointment_app.errors import Busy, DomainError
from appointment_app.scheduling import booking, locks
from appointment_app.scheduling.booking import BookingRequest

BOOKED = "BOOKED"
ABOUT_TO_COMMIT = "about to commit"


class Sabotage(Enum):
    """What is broken on purpose in a worker, to test the tests."""

    NOTHING = "nothing"
    NO_LOCK = "no lock"
    HANGS_BEFORE_COMMIT = "hangs before it commits"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A booking that somebody is going to try."""

    actor: Actor
    request: BookingRequest


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended: ``BOOKED``, the code of the refusal, or the text of an error."""

    code: str
    appointment_id: UUID | None = None


def work(
    url: str,
    now: datetime,
    bookers: int,
    sabotage: Sabotage,
    barrier: Barrier,
    commands: Connection,
) -> None:
    """Try each list of attempts that ``commands`` brings, until it brings None.

    The clock stands at ``now``; each of the ``bookers`` has a connection of its own.
    """
    asyncio.run(_work(url, now, bookers, sabotage, barrier, commands))


async def _work(
    url: str,
    now: datetime,
    bookers: int,
    sabotage: Sabotage,
    barrier: Barrier,
    commands: Connection,
) -> None:
    opened = Database(url, pool_size=bookers)
    if sabotage is Sabotage.NO_LOCK:
        _take_out_the_lock(opened)
    elif sabotage is Sabotage.HANGS_BEFORE_COMMIT:
        _hang_before_commit(opened, commands)
    with clock.frozen(now):
        attempts: Sequence[Attempt]
        while (attempts := commands.recv()) is not None:
            barrier.wait()  # Nothing else runs on this loop meanwhile.
            stubborn = sabotage is Sabotage.NO_LOCK
            outcomes = await asyncio.gather(
                *(_try(opened, attempt, stubborn=stubborn) for attempt in attempts)
            )
            commands.send(outcomes)
    await opened.dispose()


async def _try(opened: Database, attempt: Attempt, *, stubborn: bool) -> Outcome:
    """Book; a ``stubborn`` booker starts again when deadlocks wore the service out."""
    while True:
        try:
            async with opened.session() as session:
                return Outcome(BOOKED, await booking.book(session, attempt.actor, attempt.request))
        except Busy as busy:
            if not stubborn:
                return Outcome(busy.code)
        except DomainError as refusal:
            return Outcome(refusal.code)
        except Exception as error:
            return Outcome(f"{type(error).__name__}: {error}")


def _take_out_the_lock(opened: Database) -> None:
    """Let bookings in at once, so that only the constraint stands between them.

    On SQLite the lock is ``BEGIN IMMEDIATE``, and a queue before it in each process. ``BEGIN
    DEFERRED`` alone does not undo it: the first write locks the file, and SQLite refuses to
    write on what it read before others wrote. So the checks and the insert also become two
    transactions there.
    """

    async def come_in(*_: Any) -> bool:
        return True

    def without_waiting(statement: Any, **_: Any) -> Any:
        return statement

    @asynccontextmanager
    async def without_a_queue(session: AsyncSession) -> AsyncIterator[None]:
        yield

    monkey = pytest.MonkeyPatch()
    monkey.setattr(locks, "lock_doctor", come_in)
    monkey.setattr(locks, "lock_doctor_of_offer", come_in)
    monkey.setattr(sa.Select, "with_for_update", without_waiting)
    monkey.setattr(database, "_turn", without_a_queue)
    engine = opened.engine.sync_engine
    if engine.dialect.name == "sqlite":
        event.remove(engine, "begin", database._begin_sqlite)
        event.listen(engine, "begin", _begin_deferred)
        event.listen(engine, "before_cursor_execute", _let_others_in_before_the_insert)


def _begin_deferred(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN DEFERRED")


def _let_others_in_before_the_insert(
    connection: sa.Connection, cursor: Any, statement: str, *_: Any
) -> None:
    if statement.startswith("INSERT INTO busy_block"):
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN DEFERRED")


def _hang_before_commit(opened: Database, commands: Connection) -> None:
    """Stop for good once everything is written and nothing is committed."""

    def hang(connection: sa.Connection) -> None:
        commands.send(ABOUT_TO_COMMIT)
        time.sleep(3600)

    event.listen(opened.engine.sync_engine, "commit", hang)
