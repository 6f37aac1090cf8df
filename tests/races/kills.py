"""Deeds that stop at a statement each, so that their process can be killed there.

One process carries out many deeds at once, each in a world of its own: with a doctor and a
patient whom no other deed touches, on SQLite in a file of its own. Each stops where it was told to,
in the middle of its transaction, and holds what it has locked. Then one SIGKILL ends them all.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.util import await_only

from appointment_app import clock
from appointment_app.database import Database, Limits
from tests.races.processes import processes
from tests.races.worker import Attempt, Outcome, attempted

ALL_STOPPED = "all stopped"
PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Point:
    """Where a deed stops: before its n-th statement, its commit, or after it."""

    statement: int | None = None
    at_commit: bool = False

    def __str__(self) -> str:
        if self.statement is not None:
            return f"before statement {self.statement}"
        return "before the commit" if self.at_commit else "after the commit"


BEFORE_COMMIT = Point(at_commit=True)
AFTER_COMMIT = Point()


@dataclass(frozen=True, slots=True)
class Doomed:
    """A deed, the database in which it is done, and where it stops; None where it does not."""

    url: str
    attempt: Attempt
    point: Point | None = None


def points_of(statements: int) -> list[Point]:
    """Return every point of a deed that sends so many statements."""
    return [*(Point(number) for number in range(1, statements + 1)), BEFORE_COMMIT, AFTER_COMMIT]


def kill_at_their_points(doomed: Sequence[Doomed], now: datetime) -> None:
    """Carry out every deed up to its point, in one process, and kill it there (SIGKILL)."""
    ours, theirs = processes.Pipe()
    worker = processes.Process(target=_stop_all, args=(doomed, now, theirs), daemon=True)
    worker.start()
    try:
        if not ours.poll(PATIENCE_SECONDS):
            raise TimeoutError("Not every deed reached its point.")
        answer = ours.recv()
        assert answer == ALL_STOPPED, f"A deed did not stop: {answer}"
    finally:
        worker.kill()
        worker.join(PATIENCE_SECONDS)


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """How a deed ended that did not stop, and what it cost."""

    outcome: Outcome
    statements: int
    seconds: float


async def carry_out(doomed: Sequence[Doomed], now: datetime) -> list[CarriedOut]:
    """Carry out every deed to its end, one by one; returns how each ended."""
    results, opened = [], {url: Database(url) for url in {each.url for each in doomed}}
    sent: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        sent.append(statement)

    for database in opened.values():
        event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    with clock.frozen(now):
        for each in doomed:
            began = time.monotonic()
            sent.clear()
            outcome = await attempted(opened[each.url], each.attempt)
            results.append(CarriedOut(outcome, len(sent), time.monotonic() - began))
    for database in opened.values():
        await database.dispose()
    return results


def _stop_all(doomed: Sequence[Doomed], now: datetime, pipe: Connection) -> None:
    with clock.frozen(now):
        asyncio.run(_stop_each(doomed, pipe))


async def _stop_each(doomed: Sequence[Doomed], pipe: Connection) -> None:
    stopped: asyncio.Queue[Point | Outcome] = asyncio.Queue()
    deeds = [asyncio.create_task(_stop(each, stopped)) for each in doomed]
    for _ in doomed:
        reached = await stopped.get()
        if isinstance(reached, Outcome):
            pipe.send(reached)
    pipe.send(ALL_STOPPED)
    await asyncio.gather(*deeds)


async def _stop(doomed: Doomed, stopped: asyncio.Queue[Point | Outcome]) -> None:
    """Carry out a deed up to its point, say so, and wait for the end."""
    opened, point = Database(doomed.url, Limits(pool_size=1)), doomed.point
    sent = 0

    def stop(reached: Point) -> None:
        if reached == point:
            stopped.put_nowait(reached)
            await_only(asyncio.Event().wait())

    def before_statement(*_: Any) -> None:
        nonlocal sent
        sent += 1
        stop(Point(sent))

    def before_commit(_: sa.Connection) -> None:
        stop(BEFORE_COMMIT)

    event.listen(opened.engine.sync_engine, "before_cursor_execute", before_statement)
    event.listen(opened.engine.sync_engine, "commit", before_commit)
    outcome = await attempted(opened, doomed.attempt)
    stopped.put_nowait(point if point == AFTER_COMMIT else outcome)
    await asyncio.Event().wait()
