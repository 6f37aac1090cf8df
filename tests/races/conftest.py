"""The scene of the races, how many rounds they have, and the table of how they ended."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from appointment_app.database import Database
from tests.races.crew import Crew
from tests.races.scene import HORIZON_DAYS, Scene, make_scene
from tests.races.worker import DONE, Attempt, Outcome

_RESULTS: list[tuple[str, ...]] = []
_HEADINGS = (
    "scenario",
    "database",
    "rounds",
    "attempts",
    "done",
    "refused",
    "deadlocks retried",
    "seconds",
)


@pytest.fixture(scope="session")
def rounds() -> int:
    """How often each race is run: ``RACE_ROUNDS``, 15 by default."""
    return min(int(os.environ.get("RACE_ROUNDS", "15")), HORIZON_DAYS - 1)


@pytest.fixture(scope="session")
def some_rounds(rounds: int) -> int:
    """A third of them, for what is raced for beside the main scenarios."""
    return max(1, rounds // 3)


@pytest.fixture
async def scene(database: Database) -> Scene:
    """A clinic with two doctors and a patient for every attempt."""
    async with database.session() as session:
        return await make_scene(session)


class Race:
    """One scenario run round after round, and how often each code came."""

    def __init__(self, crew: Crew | None) -> None:
        self._crew = crew
        self.rounds = 0
        self.codes: Counter[str] = Counter()

    def run(self, attempts: Sequence[Attempt]) -> list[Outcome]:
        """Run a round; returns how each of the ``attempts`` ended, in their order."""
        assert self._crew is not None
        return self.count(self._crew.race(attempts))

    def count(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Count the outcomes of a round; returns them."""
        self.rounds += 1
        self.codes += codes_of(outcomes)
        return outcomes


class Scoreboard:
    """Writes the lines of the table at the end."""

    def __init__(self, backend: str) -> None:
        self._backend = backend

    @contextmanager
    def race(self, scenario: str, crew: Crew | None = None) -> Iterator[Race]:
        """Watch a race, that ``crew`` runs if any; a line tells of it when it went well."""
        race, started = Race(crew), time.perf_counter()
        retries = crew.retries if crew else 0
        yield race
        codes = race.codes
        _RESULTS.append(
            (
                scenario,
                self._backend,
                str(race.rounds),
                str(codes.total()),
                str(codes[DONE]),
                ", ".join(f"{c} {n}" for c, n in codes.most_common() if c != DONE) or "none",
                str(crew.retries - retries) if crew else "0",
                f"{time.perf_counter() - started:.1f}",
            )
        )


def codes_of(outcomes: Iterable[Outcome]) -> Counter[str]:
    """How often each code came."""
    return Counter(outcome.code for outcome in outcomes)


@pytest.fixture
def scoreboard(backend: str) -> Scoreboard:
    """Writes the lines of the table at the end."""
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
