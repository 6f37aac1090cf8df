"""How soon every open page is right: ``make bench-live``, in real websockets and two browsers.

Each figure stands beside its bound: a bare Socket.IO server that sends a text of the same size to
as many clients in the same run. ``--size small`` takes two minutes, the full size five; ``SOAK`` is
how many minutes the long run takes, 1 without it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Row, print_table
from benchmarks.live_clicks import click_row
from benchmarks.live_soak import reconnect_row, soak_rows
from benchmarks.live_watchers import bare_seconds, watcher_row
from benchmarks.scratch import scratch_postgres
from benchmarks.site import own_redis, running
from benchmarks.world import build


@dataclass(frozen=True, slots=True)
class Size:
    """How many watch one doctor, how often something changes, and how large the long run is."""

    watchers: int
    rounds: int
    tabs: int
    doctors: int
    minutes: float
    reconnecting: int
    clicks: int


SIZES = {
    "small": Size(50, 5, 100, 20, 0.5, 50, 5),
    "full": Size(200, 20, 1_000, 50, 1, 100, 30),
}
_DOCTORS, _APPOINTMENTS = 200, 40


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="full")
    size = SIZES[parser.parse_args().size]
    minutes = float(os.environ.get("SOAK", size.minutes))
    load = ", ".join(f"{each:.2f}" for each in os.getloadavg())
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}")
    print(f"load before: {load}", flush=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(scratch_postgres())
        build(url, _DOCTORS, _APPOINTMENTS)
        with running(folder, url, 1) as site:
            one, letters = asyncio.run(watcher_row(url, site, 2, size.watchers, size.rounds))
        bare, to_two, to_few = (
            asyncio.run(bare_seconds(folder, clients, size.rounds, letters))
            for clients in (size.watchers, 2, size.tabs // size.doctors)
        )
        redis = stack.enter_context(own_redis(folder))
        with running(folder, url, 2, redis) as site:
            two, _ = asyncio.run(watcher_row(url, site, 3, size.watchers, size.rounds))
            rows = [
                _row("one process", size.watchers, bare, one, 0.4),
                _row("two processes with Redis", size.watchers, bare, two, 0.3),
                click_row(url, site, 120, size.clicks, to_two),
            ]
            print_table(rows)
            print(flush=True)
            soak = soak_rows(url, redis, site, size.tabs, size.doctors, minutes, to_few)
            rows += asyncio.run(soak)
            rows.append(asyncio.run(reconnect_row(url, redis, site, size.reconnecting, folder)))
    print_table(rows)


def _row(where: str, watchers: int, bare: float, seconds: float, aim: float) -> Row:
    met = "" if seconds <= aim else ": MISSED"
    return Row(
        f"commit to the last of {watchers} watchers, {where}, p95 (aim {aim * 1000:.0f} ms{met})",
        f"{bare * 1000:.0f} ms bare broadcast",
        f"{seconds * 1000:.0f} ms",
        seconds / bare,
    )


if __name__ == "__main__":
    main()
