"""How many bookings a second: the service, and the same statements by the bare driver."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url

from appointment_app.accounts.actor import Actor
from appointment_app.database import Database, Limits
from appointment_app.scheduling.booking import BookingRequest, book
from benchmarks.figures import Row
from benchmarks.reading import offers_of
from benchmarks.replay import (
    Transaction,
    listening,
    recorded,
    replay_on_postgres,
    replay_on_sqlite,
)
from benchmarks.world import user_of_person

CLIENTS = 8
_DAYS_AHEAD, _SLOTS_A_DAY = 35, 16

Plan = list[list[tuple[Actor, BookingRequest]]]
Bare = Callable[[list[list[Transaction]], list[Transaction]], Awaitable[None]]


async def plan_round(database: Database, number: int, each: int, *, one_doctor: bool) -> Plan:
    """Return what each client books in a round, on one doctor or each on another."""
    first = 2 + number * CLIENTS
    doctors = [first if one_doctor else first + client for client in range(CLIENTS)]
    offers = await offers_of(database, doctors)
    plan: Plan = []
    for client, offer in enumerate(offers):
        # A patient of its own, so that only doctors are shared.
        person = first + client
        actor = Actor(user_id=user_of_person(person), person_id=person)
        begin = client * each if one_doctor else 0
        requests = [
            BookingRequest(offer, _slot(begin + index), "A rash", uuid4().hex)
            for index in range(each)
        ]
        plan.append([(actor, request) for request in requests])
    return plan


async def postgres_rows(url: str, copy_url: str, rounds: int, each: int) -> list[Row]:
    """Return the rows of bookings on PostgreSQL; ``copy_url`` is the same database once more."""
    rows = []
    database = Database(url, Limits(pool_size=CLIENTS))
    async with _connections(copy_url) as connections:

        async def bare(clients: list[list[Transaction]], _: list[Transaction]) -> None:
            await asyncio.gather(
                *(
                    _replay_client(connection, transactions)
                    for connection, transactions in zip(connections, clients, strict=True)
                )
            )

        first = 0
        for one_doctor in (False, True):
            plans = [
                await plan_round(database, first + number, each, one_doctor=one_doctor)
                for number in range(rounds + 1)
            ]
            first += len(plans)
            whom = "all on one doctor" if one_doctor else "distinct doctors"
            aim = None if one_doctor else 0.5
            rows.append(await _compared(f"{whom}, PostgreSQL", database, plans, bare, aim))
    await database.dispose()
    return [*rows, _pgbench_row(copy_url)]


async def sqlite_row(url: str, rounds: int, each: int) -> Row:
    """Return the row of bookings on SQLite."""
    path = Path(make_url(url).database or "")
    copy = path.with_suffix(".copy")
    shutil.copyfile(path, copy)
    database = Database(url)
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA foreign_keys=ON")

        async def bare(_: list[list[Transaction]], done: list[Transaction]) -> None:
            for sent in done:
                replay_on_sqlite(connection, sent)

        plans = [
            await plan_round(database, number, each, one_doctor=False)
            for number in range(rounds + 1)
        ]
        row = await _compared("SQLite", database, plans, bare, 0.5)
    await database.dispose()
    return row


async def _compared(
    where: str, database: Database, plans: list[Plan], bare: Bare, aim: float | None
) -> Row:
    """Book one plan after the other, and replay each at once; the first round fills caches."""
    service_rates, bare_rates, statements = [], [], 0
    for plan in plans:
        done: list[Transaction] = []
        bookings = sum(map(len, plan))
        began = time.perf_counter()
        clients = await _book_all(database, plan, done)
        booked = time.perf_counter()
        await bare(clients, done)
        service_rates.append(bookings / (booked - began))
        bare_rates.append(bookings / (time.perf_counter() - booked))
        statements = max(map(len, done))
    measured, bound = statistics.median(service_rates[1:]), statistics.median(bare_rates[1:])
    return Row(
        f"bookings of {statements} statements, {CLIENTS} clients, {where}",
        f"{bound:.0f}/s by the bare driver",
        f"{measured:.0f}/s",
        measured / bound,
        at_least=aim,
    )


async def _book_all(
    database: Database, plan: Plan, done: list[Transaction]
) -> list[list[Transaction]]:
    """Book what is planned, a task for each client; returns what each sent.

    ``done`` is all that was sent, in the order in which it was committed.
    """

    async def client(bookings: list[tuple[Actor, BookingRequest]]) -> list[Transaction]:
        transactions = []
        for actor, request in bookings:
            async with recorded() as sent, database.session() as session:
                await book(session, actor, request)
            transactions.append(sent)
            done.append(sent)
        return transactions

    with listening(database):
        return await asyncio.gather(*map(client, plan))


async def _replay_client(
    connection: psycopg.AsyncConnection[Any], transactions: list[Transaction]
) -> None:
    for sent in transactions:
        await replay_on_postgres(connection, sent)


@asynccontextmanager
async def _connections(url: str) -> AsyncIterator[list[psycopg.AsyncConnection[Any]]]:
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                await psycopg.AsyncConnection.connect(
                    url, autocommit=True, options="-c timezone=UTC"
                )
            )
            for _ in range(CLIENTS)
        ]


def _slot(index: int) -> datetime:
    """Return one of the free starts that lie beyond all appointments of the world."""
    day, slot = divmod(index, _SLOTS_A_DAY)
    first = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0)
    return first + timedelta(days=_DAYS_AHEAD + day, minutes=30 * slot)


def _pgbench_row(url: str) -> Row:
    """Return how many constrained rows pgbench inserts, one a transaction."""
    work = f"pgbench: one constrained row, {CLIENTS} clients"
    if shutil.which("pgbench") is None:
        return Row(work, measured="pgbench is not installed")
    script = (
        "INSERT INTO busy_block (doctor_id, kind, busy_from, busy_until, capacity, published,"
        " overbooked, active, created_at) SELECT 1 + n % 100, 'visit', start,"
        " start + interval '30 minutes', 1, false, false, true, now() FROM (SELECT n,"
        " timestamptz '2100-01-01' + n * interval '1 hour' AS start FROM"
        " nextval('bench_number') n) AS next;"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SEQUENCE bench_number")
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        found = subprocess.run(
            ["pgbench", "-n", "-c", str(CLIENTS), "-j", "2", "-T", "5", "-f", file.name, url],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    rate = re.search(r"tps = ([\d.]+)", found)
    return Row(work, measured=f"{float(rate[1]):.0f}/s" if rate else "no figure")
