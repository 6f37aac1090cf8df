"""From the hub to open tabs: the one place that touches Reflex's private parts.

A tab says what it shows and which event handler reads it anew. When one of its keys changes, that
event is enqueued for the tab as if its page had sent it: it waits its turn behind the tab's own
events, the guards see it, and rights are checked as ever.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import reflex as rx
from redis.exceptions import RedisError
from reflex.event import Event
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import BaseStateToken
from socketio.exceptions import ConnectionRefusedError as Refused

from appointment_app import clock
from appointment_app.live.connections import close_sockets, requests_answered
from appointment_app.live.hub import Hub
from appointment_app.live.running import running_hub
from appointment_app.states.session_state import SessionState, all_state_classes

# Nothing changes by time alone within less; and a sleep of many days is none of a timer's business.
_SHORTEST_WAKE, _LONGEST_WAKE = 0.2, 24 * 3600.0
# What is under way when the server stops has so long to come to its end.
_FINISH_SECONDS = 6.0
# So long a process that stops may take to say that it serves a tab no more.
_LEAVING_SECONDS = 0.3

# Far more often than what a tab holds expires, so that a page which stays open keeps it.
_KEEP_SECONDS = 15 * 60.0

_log = logging.getLogger(__name__)


class LiveBridge:
    """The hub of this process, what each tab asked to have called, and who may connect.

    A tab's state is shared by the processes. Where it cannot be reached no tab is served: its
    socket is closed, so the page says that the connection is lost, tries again by itself, and reads
    all anew once it is let in.
    """

    def __init__(self, app: rx.App) -> None:
        """Reach the tabs of ``app``."""
        self._app = app
        self._hub: Hub | None = None
        self._handlers: dict[str, str] = {}
        self._is_stopping = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Tell tabs of changes as long as the server runs.

        At its end tabs are sent away, to find another process, and what they have begun is done.
        """
        name = self._namespace._token_manager.instance_id
        async with running_hub(self._deliver, close_sockets, name) as hub:
            self._hub = hub
            keeping = asyncio.create_task(self._keep_states())
            try:
                yield
            finally:
                keeping.cancel()
                self._is_stopping = True
                await self._forget_tabs()
                await close_sockets()
                await self._finish()
                self._hub, self._is_stopping = None, False
                self._handlers.clear()

    async def admit(self, token: str) -> None:
        """Let a tab connect that shows its ``token``.

        Raises ``Refused`` when this process cannot serve it now; its page tries again by itself.
        """
        if self._hub is None:
            return
        if self._is_stopping or not self._hub.is_connected:
            raise Refused("This server cannot serve pages now.")
        await self._take_over(token)

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
        manager = self._namespace._token_manager
        record = manager.token_to_socket.get(token)
        return record is not None and record.instance_id == manager.instance_id

    async def _take_over(self, token: str) -> None:
        """Forget that a process which died was serving the tab; wait for one that just stops.

        Else Reflex takes it for the copy of a tab that is still open, and gives it a new state.
        """
        manager = self._namespace._token_manager
        if self._hub is None or not hasattr(manager, "redis"):
            return
        for wait in (0.0, _LEAVING_SECONDS):
            await asyncio.sleep(wait)
            owner = await manager._get_token_owner(token, refresh=True)
            if owner is None or owner == manager.instance_id:
                return
            if not await self._hub.is_alive(owner):
                break
        else:
            return
        record = manager.token_to_socket.pop(token, None)
        manager.sid_to_token.pop(record.sid if record else "", None)
        await manager.redis.delete(manager._get_redis_key(token))

    async def _keep_states(self) -> None:
        """Let what open tabs hold not expire, for ever.

        A calendar may be looked at for hours without an event.
        """
        while True:
            await asyncio.sleep(_KEEP_SECONDS)
            for token in list(self._namespace._token_manager.sid_to_token.values()):
                try:
                    await self._keep_state(token)
                except (RedisError, OSError) as error:
                    _log.warning("A tab's state may expire: %s", error)

    async def _keep_state(self, token: str) -> None:
        manager, key = self._app.state_manager, BaseStateToken(ident=token, cls=rx.State)
        if not isinstance(manager, StateManagerRedis):
            await manager.get_state(key)
            return
        pipeline = manager.redis.pipeline(transaction=False)
        for state_class in all_state_classes(rx.State):
            pipeline.expire(key._state_key(state_class), manager.token_expiration)
        await pipeline.execute()

    async def _forget_tabs(self) -> None:
        """Say that no tab is served here, so that no other process takes it for a copied one."""
        manager = self._namespace._token_manager
        served = list(manager.sid_to_token.items())
        await asyncio.gather(*(manager.disconnect_token(token, sid) for sid, token in served))

    async def _finish(self) -> None:
        """Wait until what tabs and requests have begun has come to its end."""
        processor: Any = self._app.event_processor
        try:
            async with asyncio.timeout(_FINISH_SECONDS):
                while processor._tasks or processor._token_queues:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
                await requests_answered()
        except TimeoutError:
            _log.warning("The server stops before all that was begun is done.")

    @property
    def _namespace(self) -> Any:
        return self._app.event_namespace


_bridges: list[LiveBridge] = []


def connect_live(app: rx.App) -> None:
    """Let the tabs of ``app`` be told of changes."""
    bridge = LiveBridge(app)
    _bridges[:] = [bridge]
    app.register_lifespan_task(bridge.running)
    namespace: Any = app.event_namespace
    connect = namespace.on_connect

    async def on_connect(sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        tokens = parse_qs(environ.get("QUERY_STRING", "")).get("token", [""])
        await bridge.admit(tokens[0])
        await connect(sid, environ, auth)

    namespace.on_connect = on_connect


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
