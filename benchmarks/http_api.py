"""The speed of the REST API over real sockets: ``make bench-http``.

Eight clients in a process of their own book, and ask for free times, with one process of the
application and with two. Beside each figure stands its bound, measured in turns in the same run:
bare FastAPI routes on the same web server that insert, or select, the same rows. ``--size small``
takes about a minute.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.figures import Row, milliseconds, print_table
from benchmarks.http_bare import Server, bare_servers
from benchmarks.http_clients import HEALTH, Client, asked
from benchmarks.http_world import CLIENTS, DAY, MONTH, WEEK, HttpWorld
from benchmarks.scratch import scratch_postgres
from benchmarks.site import own_redis, processor_seconds, running, wait_until_at_rest
from benchmarks.world import build

_DOCTORS, _APPOINTMENTS = 600, 40
# Counted like everywhere, and never reached.
_NO_LIMITS = {"REQUESTS_PER_ADDRESS": "100000000", "REQUESTS_PER_ACCOUNT": "100000000"}
# What others were measured to reach on a machine of this kind.
_BEST_OTHER, _PHP = (75, 103), 61
_OTHERS_DAY, _OTHERS_MONTH = 0.011, 0.260
_MONTH_AIM = 0.012


@dataclass(frozen=True, slots=True)
class Size:
    """How often things are done: rounds, and in a round by each client."""

    rounds: int
    bookings: int
    queries: int
    single: int


SIZES = {"small": Size(2, 8, 15, 40), "full": Size(5, 25, 60, 200)}


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.http_api", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="full")
    size = SIZES[parser.parse_args().size]
    load = ", ".join(f"{each:.2f}" for each in os.getloadavg())
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}")
    print(f"load before: {load}", flush=True)
    rows = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(scratch_postgres())
        build(url, _DOCTORS, _APPOINTMENTS)
        copy = stack.enter_context(scratch_postgres(template=url))
        redis = stack.enter_context(own_redis(folder))
        world = HttpWorld(url)
        bare = asyncio.run(world.prepared(copy))
        for count, where in ((1, "one process"), (2, "two processes")):
            shared = redis if count > 1 else ""
            with running(folder, url, count, shared, **_NO_LIMITS) as site:
                ours = [Server(process.url, process.pid) for process in site]
                wait_until_at_rest([server.pid for server in ours])
                asyncio.run(world.log_in(ours[0].url))
                bare = replace(bare, letters=asyncio.run(world.letters(ours[0].url)))
                with bare_servers(folder, bare, count) as theirs:
                    rows += asyncio.run(_measure(size, world, ours, theirs, where))
        with running(folder, url, 1, redis, WORKERS="2", **_NO_LIMITS) as site:
            wait_until_at_rest([site[0].pid])
            rows.append(asyncio.run(_floor_row(size, site[0].url)))
    print_table(rows)


async def _measure(
    size: Size, world: HttpWorld, ours: Sequence[Server], theirs: Sequence[Server], where: str
) -> list[Row]:
    rows = []
    if len(ours) == 1:
        rows += await _alone(size, world, ours[0].url, theirs[0].url)
    booked, inserted = Side(ours), Side(theirs)
    listed, selected = Side(ours), Side(theirs)
    # The first round fills caches; after each the letters about its bookings are written.
    for _ in range(size.rounds + 1):
        await booked.run([world.bookings(*each, size.bookings) for each in _shared(ours)])
        await world.rested()
        booked.count_processor()
        await inserted.run([world.bare_bookings(*each, size.bookings) for each in _shared(theirs)])
        await listed.run([world.slots(WEEK, *each, size.queries) for each in _shared(ours)])
        await selected.run(
            [world.bare_slots(WEEK, url, size.queries) for _, url in _shared(theirs)]
        )
    work = f"bookings, {CLIENTS} clients, {where}"
    rows += [*_rate_rows(work, booked, inserted), *_beside(booked.rate)]
    work = f"a doctor's week of slots, {CLIENTS} clients, {where}"
    return rows + _rate_rows(work, listed, selected)


class Side:
    """What servers answer in a second, and what an answer takes of their processors."""

    def __init__(self, servers: Sequence[Server]) -> None:
        """Prepare it; nothing is asked yet."""
        self._pids = [server.pid for server in servers]
        self._rates: list[float] = []
        self._processor: list[float] = []
        self._before, self._answers = 0.0, 0

    async def run(self, clients: Sequence[Client]) -> None:
        """Let clients ask once more."""
        self._before = processor_seconds(self._pids)
        taken = await asked(clients)
        self._answers = len(taken.answers)
        self._rates.append(taken.rate)
        self._processor.append(0)
        self.count_processor()

    def count_processor(self) -> None:
        """Say that all that the servers did until now was for what they were asked last."""
        used = processor_seconds(self._pids) - self._before
        self._processor[-1] = used / self._answers

    @property
    def rate(self) -> float:
        """The median answers in a second."""
        return statistics.median(self._rates[1:])

    @property
    def processor(self) -> float:
        """The median seconds that an answer took of the processors."""
        return statistics.median(self._processor[1:])


async def _alone(size: Size, world: HttpWorld, ours: str, theirs: str) -> list[Row]:
    """Return the rows of one client, of which each answer is timed."""
    floor = await _median([Client(ours, [HEALTH] * size.single)])
    bare_floor = await _median([Client(theirs, [HEALTH] * size.single)])
    rows = [
        Row(
            "/health, one client, one process",
            milliseconds(bare_floor),
            milliseconds(floor),
            floor / bare_floor,
        )
    ]
    for name, others in ((DAY, _OTHERS_DAY), (MONTH, _OTHERS_MONTH)):
        taken = await _median([world.slots(name, 0, ours, size.single)])
        bare = await _median([world.bare_slots(name, theirs, size.single)])
        over, words = taken - floor, f"a {name} of slots of the doctor with 200 appointments"
        if name == MONTH:
            missed = "" if over <= _MONTH_AIM else ": MISSED"
            words += f" (aim {milliseconds(_MONTH_AIM)} over /health{missed})"
        rows += [
            Row(words, milliseconds(bare), milliseconds(taken), taken / bare),
            Row("  over /health", "", milliseconds(over)),
            Row("  the best other system", milliseconds(others), "", taken / others),
        ]
    return rows


async def _floor_row(size: Size, url: str) -> Row:
    floor = await _median([Client(url, [HEALTH] * size.single)])
    return Row("/health, one client, two workers on one port", "", milliseconds(floor))


async def _median(clients: Sequence[Client]) -> float:
    return (await asked(clients)).median


def _rate_rows(work: str, ours: Side, bare: Side) -> list[Row]:
    ratio = ours.rate / bare.rate
    return [
        Row(work, f"{bare.rate:.0f}/s bare", f"{ours.rate:.0f}/s", ratio, at_least=0.5),
        Row(
            "  each of the server's processors",
            f"{milliseconds(bare.processor)} bare",
            milliseconds(ours.processor),
            ours.processor / bare.processor,
        ),
    ]


def _beside(rate: float) -> list[Row]:
    """Return what the rate of bookings is beside those of others."""
    low, high = _BEST_OTHER
    return [
        Row("  the best other system, at most", f"{high}/s", f"{rate:.0f}/s", rate / high),
        Row("  the same, at least", f"{low}/s", f"{rate:.0f}/s", rate / low),
        Row("  a well-known system in PHP", f"{_PHP}/s", f"{rate:.0f}/s", rate / _PHP),
    ]


def _shared(servers: Sequence[Server]) -> list[tuple[int, str]]:
    """Return each client's number and the server that it asks."""
    return [(number, servers[number % len(servers)].url) for number in range(CLIENTS)]


if __name__ == "__main__":
    main()
