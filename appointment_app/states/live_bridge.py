"""From the hub to open tabs: the one place that touches Reflex's private parts.

A tab says what it shows and which event handler reads it anew. When one of its keys changes, that
event is enqueued for the tab as if its page had sent it: it waits its turn behind the tab's own
events, the guards see it, and rights are checked as ever.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import reflex as rx
from reflex.event import Event

from appointment_app import clock
from appointment_app.live.hub import Hub
from appointment_app.live.running import running_hub
from appointment_app.states.session_state import SessionState

# Nothing changes by time alone within less; and a sleep of many days is none of a timer's business.
_SHORTEST_WAKE, _LONGEST_WAKE = 0.2, 24 * 3600.0


class LiveBridge:
    """The hub of this process and what each tab asked to have called."""

    def __init__(self, app: rx.App) -> None:
        """Reach the tabs of ``app``."""
        self._app = app
        self._hub: Hub | None = None
        self._handlers: dict[str, str] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Tell tabs of changes as long as the server runs."""
        async with running_hub(self._deliver) as hub:
            self._hub = hub
            try:
                yield
            finally:
                self._hub = None
                self._handlers.clear()

    def watch(
        self,
        token: str,
        handler: str,
        keys: Mapping[str, int | None],
        wake_at: datetime | None = None,
    ) -> None:
        """Call the event ``handler`` (its full name) of a tab when one of ``keys`` changes."""
        if self._hub is None:
            return
        wake_in = None
        if wake_at is not None:
            seconds = (wake_at - clock.now()).total_seconds()
            wake_in = min(max(seconds, _SHORTEST_WAKE), _LONGEST_WAKE)
        self._handlers[token] = handler
        self._hub.watch(token, keys, wake_in=wake_in)

    async def _deliver(self, token: str) -> bool:
        handler = self._handlers.get(token)
        if handler is None or not self._is_connected(token):
            self._handlers.pop(token, None)
            return False
        await self._app.event_processor.enqueue(token, Event(name=handler))
        return True

    def _is_connected(self, token: str) -> bool:
        """Tell whether the tab's socket is open, to this very process."""
        namespace: Any = self._app.event_namespace
        manager = namespace._token_manager
        record = manager.token_to_socket.get(token)
        return record is not None and record.instance_id == manager.instance_id


_bridges: list[LiveBridge] = []


def connect_live(app: rx.App) -> None:
    """Let the tabs of ``app`` be told of changes."""
    bridge = LiveBridge(app)
    _bridges[:] = [bridge]
    app.register_lifespan_task(bridge.running)


def keep_current(
    state: SessionState,
    handler: rx.event.EventHandler,
    keys: Mapping[str, int | None],
    *,
    wake_at: datetime | None = None,
) -> None:
    """Have ``handler`` called for the tab of ``state`` when one of ``keys`` changes.

    ``keys`` come with the revision that is shown, ``wake_at`` (UTC) is when the page changes by
    time alone. Another call replaces all that the tab watched before.
    """
    name = f"{type(state).get_full_name()}.{handler.fn.__name__}"
    for bridge in _bridges:
        bridge.watch(state.router.session.client_token, name, keys, wake_at)
