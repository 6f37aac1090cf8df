"""One process of a race: it does what it is told, all at once, and says how each try ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock, database
from appointment_app.accounts.actor import Actor
from appointment_app.database import Database, Limits
from appointment_app.errors import Busy, DomainError
from appointment_app.scheduling import locks

DONE = "DONE"
ABOUT_TO_COMMIT = "about to commit"


class Sabotage(Enum):
    """What is broken on purpose in a worker, to test the tests."""

    NOTHING = "nothing"
    NO_LOCK = "no lock"
    STOPS_BEFORE_COMMIT = "stops before it commits, until it is told to go on"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A deed of the service that somebody is going to try."""

    deed: Callable[..., Coroutine[Any, Any, Any]]
    actor: Actor
    arguments: tuple[Any, ...]
    named: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended: ``DONE`` with its result, the code of the refusal, or the text of an error."""

    code: str
    result: Any = None


@dataclass(frozen=True, slots=True)
class Report:
    """How all attempts of a process ended, and how often the database broke a deadlock."""

    outcomes: list[Outcome]
    retries: int


def work(
    url: str,
    now: datetime,
    connections: int,
    sabotage: Sabotage,
    barrier: Barrier,
    commands: Connection,
) -> None:
    """Try each list of attempts that ``commands`` brings, until it brings None.

    The clock of this process stands at ``now``.
    """
    asyncio.run(_work(url, now, connections, sabotage, barrier, commands))


async def _work(
    url: str,
    now: datetime,
    connections: int,
    sabotage: Sabotage,
    barrier: Barrier,
    commands: Connection,
) -> None:
    opened = Database(url, Limits(pool_size=connections, pool_seconds=30))
    if sabotage is Sabotage.NO_LOCK:
        _take_out_the_lock(opened)
    elif sabotage is Sabotage.STOPS_BEFORE_COMMIT:
        _stop_before_commit(opened, commands)
    retries = _Retries()
    with clock.frozen(now):
        attempts: Sequence[Attempt]
        while (attempts := commands.recv()) is not None:
            barrier.wait()  # Nothing else runs on this loop meanwhile.
            stubborn = sabotage is Sabotage.NO_LOCK
            outcomes = await asyncio.gather(
                *(attempted(opened, attempt, stubborn=stubborn) for attempt in attempts)
            )
            commands.send(Report(outcomes, retries.counted()))
    await opened.dispose()


async def attempted(opened: Database, attempt: Attempt, *, stubborn: bool = False) -> Outcome:
    """Try it; the ``stubborn`` start again when deadlocks wore the service out."""
    while True:
        try:
            async with opened.session() as session:
                result = await attempt.deed(
                    session, attempt.actor, *attempt.arguments, **attempt.named
                )
                return Outcome(DONE, result)
        except Busy as busy:
            if not stubborn:
                return Outcome(busy.code)
        except DomainError as refusal:
            return Outcome(refusal.code)
        except Exception as error:
            return Outcome(f"{type(error).__name__}: {error}")


class _Retries:
    """Counts the transactions of this process that were started again."""

    def __init__(self) -> None:
        self._count = 0
        self._is_retryable = database.is_retryable
        database.is_retryable = self._asked

    def counted(self) -> int:
        """Return how many there were since the last call."""
        count, self._count = self._count, 0
        return count

    def _asked(self, error: DBAPIError) -> bool:
        retryable = self._is_retryable(error)
        self._count += retryable
        return retryable


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


def _stop_before_commit(opened: Database, commands: Connection) -> None:
    """Stop once everything is written and nothing is committed, until a command comes."""

    def stop(connection: sa.Connection) -> None:
        commands.send(ABOUT_TO_COMMIT)
        commands.recv()

    event.listen(opened.engine.sync_engine, "commit", stop)
