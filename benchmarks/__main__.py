"""The speed of the engine, as ratios to bounds measured in the same run: ``make bench``.

``python -m benchmarks --size small`` takes a third of the doctors and about a minute.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg

from appointment_app.database import Database
from benchmarks.bookings import postgres_rows, sqlite_row
from benchmarks.figures import Row, print_table
from benchmarks.figures_pages import figure_rows
from benchmarks.reading import month_rows, search_rows
from benchmarks.scratch import SERVER, scratch_postgres, scratch_sqlite
from benchmarks.world import build, copy_to_sqlite


@dataclass(frozen=True, slots=True)
class Size:
    """How large the world is and how often things are done; appointments are a doctor's.

    ``group`` is how many doctors the hospital group has whose figures are looked at.
    """

    doctors: int
    appointments: int
    rounds: int
    booking_rounds: int
    bookings_of_a_client: int
    group: int


SIZES = {
    "small": Size(3_000, 100, 30, 3, 10, 50),
    "full": Size(10_000, 100, 200, 5, 40, 500),
}
# What each doctor of a hospital group sees: a hundred working days.
_OF_A_GROUP = 2_000
_FEW_DOCTORS = 200
_FIGURE_ROUNDS = 5


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="full")
    size = SIZES[parser.parse_args().size]
    load = ", ".join(f"{each:.2f}" for each in os.getloadavg())
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}, {_server()}")
    print(f"load before: {load}", flush=True)
    with ExitStack() as stack:
        began = time.monotonic()
        urls = [stack.enter_context(scratch_postgres()) for _ in range(4)]
        build(urls[0], size.doctors, size.appointments)
        build(urls[1], size.doctors, size.appointments // 10)
        build(urls[2], _FEW_DOCTORS, 10)
        build(urls[3], size.group, _OF_A_GROUP)
        copy = stack.enter_context(scratch_postgres(template=urls[0]))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sqlite = stack.enter_context(scratch_sqlite(folder))
        copy_to_sqlite(urls[2], sqlite)
        print(f"worlds built in {time.monotonic() - began:.0f} s\n", flush=True)
        rows = asyncio.run(_measure(size, urls[0], urls[1], copy, sqlite))
        rows += asyncio.run(_measure_figures(urls[3]))
    print_table(rows)


async def _measure(size: Size, url: str, smaller_url: str, copy: str, sqlite: str) -> list[Row]:
    database, smaller = Database(url), Database(smaller_url)
    rows, month = await month_rows(url, database, size.rounds)
    rows += await search_rows(
        database,
        smaller,
        month,
        size.rounds,
        (_named(size.doctors, size.appointments), _named(size.doctors, size.appointments // 10)),
    )
    await database.dispose()
    await smaller.dispose()
    rows += await postgres_rows(url, copy, size.booking_rounds, size.bookings_of_a_client)
    rows.append(await sqlite_row(sqlite, size.booking_rounds, size.bookings_of_a_client))
    return rows


async def _measure_figures(url: str) -> list[Row]:
    database = Database(url)
    rows = await figure_rows(url, database, _FIGURE_ROUNDS)
    await database.dispose()
    return rows


def _named(doctors: int, appointments: int) -> str:
    return f"{doctors:,} doctors, {doctors * appointments:,} appointments"


def _server() -> str:
    with psycopg.connect(SERVER) as connection:
        return f"PostgreSQL {connection.info.parameter_status('server_version')}"


if __name__ == "__main__":
    main()
