"""Who watches which key in this process, and when each is told.

A watcher is a token that somebody above can reach. It is told of a change by a call of ``deliver``,
at once: a transaction names all that it changed together. The next call comes ``SPACING`` after
that one at the earliest, for all that changed meanwhile. So a hundred changes in a second cost a
watcher two calls.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime

from appointment_app import clock
from appointment_app.live.shared_reads import note_all_told, note_told

SPACING = 1.0  # seconds between two calls for one watcher

Deliver = Callable[[str], Awaitable[bool]]
Lost = Callable[[], Awaitable[None]]

_log = logging.getLogger(__name__)


class Hub:
    """The watchers of one process. All methods belong to its event loop."""

    def __init__(self, deliver: Deliver) -> None:
        """Tell watchers by ``deliver``, which answers False when the watcher is gone."""
        self._deliver = deliver
        self._keys: dict[str, dict[str, int | None]] = {}
        self._tokens: defaultdict[str, set[str]] = defaultdict(set)
        self._told: dict[str, float] = {}
        self._due: dict[str, asyncio.TimerHandle] = {}
        self._wakes: dict[str, asyncio.TimerHandle] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin; the hub of one process needs nothing for it."""

    async def stop(self) -> None:
        """Forget every watcher and end what is under way."""
        for token in list(self._keys):
            self.forget(token)
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    @property
    def is_connected(self) -> bool:
        """Whether what the processes share can be reached; one process shares nothing."""
        return True

    async def is_alive(self, name: str) -> bool:
        """Tell whether the process of that ``name`` runs; there is no other than this."""
        return False

    def watch(
        self, token: str, keys: Mapping[str, int | None], *, wake_in: float | None = None
    ) -> None:
        """Tell ``token`` of changes of ``keys``, and of nothing that it watched before.

        Beside a key stands the revision that the watcher shows, where there is one. It is also
        told ``wake_in`` seconds from now, when what it shows changes by time alone.
        """
        self._unwatch(token)
        self._keys[token] = dict(keys)
        for key in self._keys[token]:
            self._tokens[key].add(token)
        if wake_in is not None:
            self._wakes[token] = self._later(wake_in, self._wake, token)

    def forget(self, token: str) -> None:
        """Tell ``token`` nothing any more."""
        self._unwatch(token)
        self._keys.pop(token, None)
        self._told.pop(token, None)
        if (due := self._due.pop(token, None)) is not None:
            due.cancel()

    def publish(self, *keys: str) -> None:
        """Tell everybody who watches one of ``keys``; never raises."""
        self.tell(keys)

    def publish_at(self, moment: datetime, *keys: str) -> None:
        """Publish ``keys`` once more at ``moment`` (UTC), when something ends by itself."""
        self.tell_at(moment, keys)

    def tell_at(self, moment: datetime, keys: Iterable[str]) -> None:
        """Tell the watchers of this process at ``moment``."""
        wait = max(0.0, (moment - clock.now()).total_seconds())
        empty = contextvars.Context()
        asyncio.get_running_loop().call_later(wait, self.tell, list(keys), context=empty)

    def tell(self, keys: Iterable[str]) -> None:
        """Tell the watchers of this process."""
        keys = list(keys)
        note_told(keys)
        for token in {token for key in keys for token in self._tokens.get(key, ())}:
            self._call(token)

    def tell_if_stale(self, key: str, revision: int) -> None:
        """Tell the watchers of this process that show another ``revision`` of ``key``."""
        for token in list(self._tokens.get(key, ())):
            if self._keys[token][key] not in {None, revision}:
                note_told([key])
                self._call(token)

    def tell_all(self) -> None:
        """Tell every watcher of this process: something may have been missed."""
        note_all_told()
        for token in list(self._keys):
            self._call(token)

    @property
    def watched(self) -> set[str]:
        """The keys that somebody watches in this process."""
        return set(self._tokens)

    @property
    def watchers(self) -> int:
        """How many watch in this process."""
        return len(self._keys)

    def _call(self, token: str) -> None:
        if token in self._due or token not in self._keys:
            return
        now = asyncio.get_running_loop().time()
        wait = max(0.0, self._told.get(token, -SPACING) + SPACING - now)
        self._due[token] = self._later(wait, self._begin, token)

    def _later(
        self, seconds: float, function: Callable[[str], None], token: str
    ) -> asyncio.TimerHandle:
        # A context of its own: who publishes is in the middle of somebody's event, and what the
        # watcher does because of it is no part of that.
        empty = contextvars.Context()
        return asyncio.get_running_loop().call_later(seconds, function, token, context=empty)

    def _wake(self, token: str) -> None:
        # Time alone makes no bursts: a change that comes just after it need not wait.
        if token not in self._due and token in self._keys:
            self._start(token)

    def _begin(self, token: str) -> None:
        self._due.pop(token, None)
        self._told[token] = asyncio.get_running_loop().time()
        self._start(token)

    def _start(self, token: str) -> None:
        task = asyncio.get_running_loop().create_task(self._tell(token))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _tell(self, token: str) -> None:
        try:
            is_there = await self._deliver(token)
        except Exception:
            _log.exception("A watcher could not be told of a change.")
            return
        if not is_there:
            self.forget(token)

    def _unwatch(self, token: str) -> None:
        for key in self._keys.get(token, ()):
            self._tokens[key].discard(token)
            if not self._tokens[key]:
                del self._tokens[key]
        if (wake := self._wakes.pop(token, None)) is not None:
            wake.cancel()
