"""From the hub to open tabs: the one place that touches Reflex's private parts.

A tab says what it shows and which event handler reads it anew. When one of its keys changes, that
event is enqueued for the tab as if its page had sent it: it waits its turn behind the tab's own
events, the guards see it, and rights are checked as ever.

Where many tabs show the same, which everybody may see, what changed is read and put into words
once, and sent to each of them without loading its state: hundreds are told in the time that the
events of a few would take.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import parse_qs

import reflex as rx
from redis.exceptions import RedisError
from reflex.event import Event
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import BaseStateToken
from reflex.state import StateUpdate
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.utils.format import json_dumps
from socketio.exceptions import ConnectionRefusedError as Refused

from appointment_app import clock
from appointment_app.live.hub import Hub
from appointment_app.live.listeners import end_streams
from appointment_app.live.running import running_hub
from appointment_app.states.connections import close_sockets, requests_answered
from appointment_app.states.session_state import SessionState, all_state_classes

# Nothing changes by time alone within less; and a sleep of many days is none of a timer's business.
_SHORTEST_WAKE, _LONGEST_WAKE = 0.2, 24 * 3600.0
# What is under way when the server stops has so long to be answered, and again to come to its end.
_FINISH_SECONDS = 4.0
_LOOK_AGAIN_SECONDS = 0.02
# So long a process that stops may take to say that it serves a tab no more.
_LEAVING_SECONDS = 0.3

# Far more often than what a tab holds expires, so that a page which stays open keeps it.
_KEEP_SECONDS = 15 * 60.0

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Change:
    """What changed for tabs that show the same: the vars of their state, by name.

    ``keys`` are what they show now, with revisions; time alone changes it at ``wake_at`` (UTC).
    """

    vars: Mapping[str, Any]
    keys: Mapping[str, int | None]
    wake_at: datetime | None = None
    _update: StateUpdate | None = field(default=None, repr=False)

    def update_of(self, state_name: str) -> StateUpdate:
        """Return what is sent to the tabs, put into plain values once for all of them."""
        if self._update is None:
            delta = {state_name: {name + FIELD_MARKER: var for name, var in self.vars.items()}}
            self._update = StateUpdate(delta=json.loads(json_dumps(delta)))
        return self._update


class Shared(Protocol):
    """What a tab shows that others show alike."""

    async def fresh(self) -> tuple[Change, Shared] | None:
        """Return what changed and what is shown now; None where the tab has to look by itself."""


@dataclass(frozen=True, slots=True)
class _Tab:
    """The state of the page that a tab shows and its handler, both by their full names."""

    state: str
    handler: str
    shared: Shared | None


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
        self._tabs: dict[str, _Tab] = {}
        self._is_stopping = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Tell tabs of changes as long as the server runs.

        At its end what tabs have begun is done and answered, and they are sent away, to find
        another process.
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
                end_streams()
                await self._answer()
                await self._forget_tabs()
                await close_sockets()
                await self._finish()
                self._hub, self._is_stopping = None, False
                self._tabs.clear()

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
        tab: _Tab,
        keys: Mapping[str, int | None],
        wake_at: datetime | None = None,
    ) -> None:
        """Tell ``tab`` when one of ``keys`` changes."""
        if self._hub is None:
            return
        wake_in = None
        if wake_at is not None:
            seconds = (wake_at - clock.now()).total_seconds()
            wake_in = min(max(seconds, _SHORTEST_WAKE), _LONGEST_WAKE)
        self._tabs[token] = tab
        self._hub.watch(token, keys, wake_in=wake_in)

    async def _deliver(self, token: str) -> bool:
        tab = self._tabs.get(token)
        if tab is None or not self._is_connected(token):
            self._tabs.pop(token, None)
            return False
        if tab.shared is None or not await self._send(token, tab, tab.shared):
            await self._app.event_processor.enqueue(token, Event(name=tab.handler))
        return True

    async def _send(self, token: str, tab: _Tab, shared: Shared) -> bool:
        """Send the tab what changed, without its state; return False where it has to look itself.

        That state stays as it was: only what is shared by all may be shown in this way.
        """
        try:
            found = await shared.fresh()
        except Exception:
            _log.exception("What tabs share could not be read.")
            return False
        # While the tab does something itself, what it is sent has to wait its turn.
        is_busy = token in self._app.event_processor._token_queues
        if found is None or is_busy or self._tabs.get(token) is not tab:
            return False
        change, shared = found
        self.watch(token, replace(tab, shared=shared), change.keys, change.wake_at)
        if change.vars and self._is_connected(token):
            await self._namespace.emit_update(change.update_of(tab.state), token)
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
        # What it was doing for the tab will not be done: nobody waits for that.
        lock = StateManagerRedis._lock_key(BaseStateToken(ident=token, cls=rx.State))
        await manager.redis.delete(manager._get_redis_key(token), lock)

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

    async def _answer(self) -> None:
        """Let pages see the end of what they have begun; what they begin now is not waited for."""
        begun: Any = self._app.event_processor._token_queues
        busy = set(begun)
        with suppress(TimeoutError):
            async with asyncio.timeout(_FINISH_SECONDS):
                while busy:
                    await asyncio.sleep(_LOOK_AGAIN_SECONDS)
                    busy.intersection_update(begun)
        # The last answer may be on its way still.
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def _finish(self) -> None:
        """Wait until what tabs and requests have begun has come to its end."""
        processor: Any = self._app.event_processor
        try:
            async with asyncio.timeout(_FINISH_SECONDS):
                while processor._tasks or processor._token_queues:  # noqa: ASYNC110
                    await asyncio.sleep(_LOOK_AGAIN_SECONDS)
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
    shared: Shared | None = None,
) -> None:
    """Have ``handler`` called for the tab of ``state`` when one of ``keys`` changes.

    ``keys`` come with the revision that is shown, ``wake_at`` (UTC) is when the page changes by
    time alone. Another call replaces all that the tab watched before. A tab that shows what is
    ``shared`` is sent its changes without the handler wherever that is possible.
    """
    name = type(state).get_full_name()
    tab = _Tab(name, f"{name}.{handler.fn.__name__}", shared)
    for bridge in _bridges:
        bridge.watch(state.router.session.client_token, tab, keys, wake_at)


def shared_by(state: SessionState) -> Shared | None:
    """Return the last of what is shared that the tab of ``state`` was sent, if there is any."""
    name, token = type(state).get_full_name(), state.router.session.client_token
    tabs = [tab for bridge in _bridges if (tab := bridge._tabs.get(token)) is not None]
    return next((tab.shared for tab in tabs if tab.state == name), None)


def stop_sharing(state: SessionState) -> None:
    """Let the tab of ``state`` look by itself from now on."""
    token = state.router.session.client_token
    for bridge in _bridges:
        if (tab := bridge._tabs.get(token)) is not None:
            bridge._tabs[token] = replace(tab, shared=None)
