"""What many tabs read at the same moment, because all were told of one change: read once for all.

A read counts for whoever was told before it began. Once its key is told again, or time has changed
what was read, the next one reads anew.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from appointment_app import clock

T = TypeVar("T")

_MOST = 1000  # reads that are kept, and keys that are remembered
# Nothing is kept for longer than the loss of a message takes to be noticed.
LOST_SECONDS = 20.0

_told: dict[str, float] = {}
_all_told = 0.0


def note_told(keys: Iterable[str]) -> None:
    """Let everything that was read of ``keys`` count no more."""
    now = time.monotonic()
    for key in keys:
        _told.pop(key, None)
        _told[key] = now
    if len(_told) > _MOST:
        note_all_told()


def note_all_told() -> None:
    """Let nothing that was read count any more."""
    global _all_told
    _all_told = time.monotonic()
    _told.clear()


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """What was read of the things with this ``key``; time alone changes it at ``good_until``."""

    value: T
    key: str
    good_until: datetime


@dataclass(slots=True)
class _Entry(Generic[T]):
    began: float
    key: str
    task: asyncio.Task[Read[T]]


class SharedReads(Generic[T]):
    """The reads of one kind in this process, by name."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._entries: dict[Hashable, _Entry[T]] = {}

    async def get(
        self,
        name: Hashable,
        read: Callable[[], Awaitable[Read[T]]],
        *,
        seconds: float = LOST_SECONDS,
    ) -> T:
        """Return what ``read`` returns, or what it returned for another ``seconds`` ago at most."""
        entry = self._entries.get(name)
        if entry is None or not self._counts(entry, seconds):
            return await self._anew(name, read)
        return (await asyncio.shield(entry.task)).value

    async def _anew(self, name: Hashable, read: Callable[[], Awaitable[Read[T]]]) -> T:
        before = self._entries.pop(name, None)
        task = asyncio.ensure_future(read())
        entry = _Entry(time.monotonic(), before.key if before else "", task)
        self._entries[name] = entry
        self._let_go()
        try:
            found = await asyncio.shield(task)
        except BaseException:
            if self._entries.get(name) is entry:
                del self._entries[name]
            raise
        entry.key = found.key
        return found.value

    def _let_go(self) -> None:
        """Keep nothing that counts no more, however many pages are asked for."""
        since = time.monotonic() - LOST_SECONDS
        while self._entries:
            oldest = next(iter(self._entries))
            if len(self._entries) <= _MOST and self._entries[oldest].began >= since:
                return
            del self._entries[oldest]

    @staticmethod
    def _counts(entry: _Entry[T], seconds: float) -> bool:
        if (
            time.monotonic() - entry.began > seconds
            or max(_told.get(entry.key, 0.0), _all_told) >= entry.began
        ):
            return False
        if not entry.task.done():
            # What was never read before may be about anything that was told meanwhile.
            return bool(entry.key) or max(_told.values(), default=0.0) < entry.began
        return clock.now() < entry.task.result().good_until
