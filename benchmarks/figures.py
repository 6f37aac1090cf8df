"""Medians of what is measured in turns, and the table that they are printed in."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; ``ratio`` is what the aim is about, where there is one."""

    work: str
    bound: str = ""
    measured: str = ""
    ratio: float | None = None
    at_most: float | None = None
    at_least: float | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The line in words."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return self.work, self.bound, self.measured, ratio, self._aim

    @property
    def _aim(self) -> str:
        if self.ratio is None or (self.at_most is None and self.at_least is None):
            return "reported"
        if self.at_most is not None:
            met, aim = self.ratio <= self.at_most, f"at most {self.at_most:g}"
        else:
            assert self.at_least is not None
            met, aim = self.ratio >= self.at_least, f"at least {self.at_least:g}"
        return aim if met else f"{aim}: MISSED"


async def seconds(work: Work) -> float:
    """Return how long it takes once."""
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def medians(rounds: int, *works: Work) -> list[float]:
    """Return the median seconds of each of the ``works``, done in turns."""
    taken: list[list[float]] = [[] for _ in works]
    for number in range(rounds + 2):
        for work, times in zip(works, taken, strict=True):
            time_taken = await seconds(work)
            # The first two rounds fill caches.
            if number >= 2:
                times.append(time_taken)
    return [statistics.median(times) for times in taken]


def milliseconds(value: float) -> str:
    """Return seconds in words."""
    return f"{value * 1000:.2f} ms"


def print_table(rows: list[Row]) -> None:
    """Print the rows under their headings."""
    table = [("work", "bound", "measured", "ratio", "aim"), *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(5)]
    for line in table:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )
