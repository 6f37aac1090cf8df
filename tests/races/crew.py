"""Several processes that act at the same moment, and the one that tells them what."""

from __future__ import annotations

import itertools
import multiprocessing.connection
from collections.abc import Sequence
from datetime import datetime
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from tests.races.processes import processes
from tests.races.worker import ABOUT_TO_COMMIT, Attempt, Outcome, Report, Sabotage, work

PATIENCE_SECONDS = 120


class Crew:
    """Processes that each hold a share of the attempts, started once and used for many rounds.

    ``clocks`` has the moment at which the clock of each process stands, and so their number;
    ``retries`` counts the deadlocks that the databases broke.
    """

    def __init__(
        self,
        url: str,
        clocks: Sequence[datetime],
        attempts: int,
        *,
        sabotage: Sabotage = Sabotage.NOTHING,
    ) -> None:
        self.retries = 0
        self._barrier = processes.Barrier(len(clocks), timeout=PATIENCE_SECONDS)
        self._pipes: list[Connection] = []
        share = -(-attempts // len(clocks))
        self._workers = []
        for now in clocks:
            ours, theirs = processes.Pipe()
            arguments = (url, now, share, sabotage, self._barrier, theirs)
            worker = processes.Process(target=work, args=arguments, daemon=True)
            worker.start()
            theirs.close()
            self._pipes.append(ours)
            self._workers.append(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # All are told before the first is waited for: each closes its connections by itself.
        leaving = [worker.is_alive() and error is None for worker in self._workers]
        for pipe, leaves in zip(self._pipes, leaving, strict=True):
            if leaves:
                pipe.send(None)
        for worker, pipe, leaves in zip(self._workers, self._pipes, leaving, strict=True):
            if leaves:
                worker.join(PATIENCE_SECONDS)
            worker.kill()
            pipe.close()

    def race(self, attempts: Sequence[Attempt]) -> list[Outcome]:
        """Let all the ``attempts`` start together; returns how each ended."""
        self.start(attempts)
        return self.finish()

    def start(self, attempts: Sequence[Attempt]) -> None:
        """Let all the ``attempts`` start together; ``finish`` returns how they ended."""
        for index, pipe in enumerate(self._pipes):
            pipe.send(attempts[index :: len(self._pipes)])

    def finish(self) -> list[Outcome]:
        """Wait for the attempts that were started; returns how each ended, in their order."""
        reports: list[Report] = [_received(pipe) for pipe in self._pipes]
        self.retries += sum(report.retries for report in reports)
        hands = itertools.zip_longest(*(report.outcomes for report in reports))
        return [outcome for hand in hands for outcome in hand if outcome is not None]

    def still_waits(self, seconds: float) -> bool:
        """Whether no process has an answer after ``seconds``."""
        return not multiprocessing.connection.wait(self._pipes, seconds)

    def wait_until_about_to_commit(self) -> None:
        """Wait until a crew of one, told to stop before it commits, is there."""
        assert _received(self._pipes[0]) == ABOUT_TO_COMMIT

    def go_on(self) -> None:
        """Let a crew of one commit that stopped before."""
        self._pipes[0].send("go on")

    def kill(self) -> None:
        """End every process where it stands (SIGKILL)."""
        for worker in self._workers:
            worker.kill()
            worker.join(PATIENCE_SECONDS)


def _received(pipe: Connection) -> Any:
    if not pipe.poll(PATIENCE_SECONDS):
        raise TimeoutError(f"No answer within {PATIENCE_SECONDS} seconds.")
    return pipe.recv()
