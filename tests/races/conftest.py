"""The scene of the races, how many rounds they have, and the table of how they ended."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable

import pytest

from appointment_app.database import Database
from tests.races.scenarios import HORIZON_DAYS, Scene, make_scene
from tests.races.worker import BOOKED, Outcome

_RESULTS: list[tuple[str, ...]] = []
_HEADINGS = ("database", "scenario", "rounds", "bookers", "booked", "refused", "seconds")


@pytest.fixture(scope="session")
def rounds() -> int:
    """How often each race is run: ``RACE_ROUNDS``, 15 by default."""
    return min(int(os.environ.get("RACE_ROUNDS", "15")), HORIZON_DAYS - 1)


@pytest.fixture
async def scene(database: Database) -> Scene:
    """A clinic with two doctors and a patient for every booker."""
    async with database.session() as session:
        return await make_scene(session)


class Scoreboard:
    """Counts the outcomes of one race for the table at the end."""

    def __init__(self, backend: str) -> None:
        self.backend = backend

    def begin(self, scenario: str) -> None:
        """Start the watch."""
        self.scenario = scenario
        self.rounds: list[int] = []
        self.codes: Counter[str] = Counter()
        self.started = time.perf_counter()

    def add(self, outcomes: Iterable[Outcome]) -> Counter[str]:
        """Count one round; returns how often each code came."""
        codes = Counter(outcome.code for outcome in outcomes)
        self.rounds.append(codes.total())
        self.codes += codes
        return codes

    def end(self) -> None:
        """Write the line."""
        seconds = time.perf_counter() - self.started
        refused = ", ".join(f"{c} {n}" for c, n in self.codes.most_common() if c != BOOKED)
        _RESULTS.append(
            (
                self.backend,
                self.scenario,
                str(len(self.rounds)),
                str(max(self.rounds, default=0)),
                str(self.codes[BOOKED]),
                refused or "none",
                f"{seconds:.1f}",
            )
        )


@pytest.fixture
def scoreboard(backend: str) -> Scoreboard:
    """Counts for the table at the end."""
    return Scoreboard(backend)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _RESULTS:
        return
    terminalreporter.section("races")
    rows = [_HEADINGS, *_RESULTS]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        terminalreporter.write_line(line.rstrip())
