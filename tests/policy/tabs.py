"""Tabs whose events go the real way: socket, guards, state, service, and back as JSON."""

from __future__ import annotations

import asyncio
import copy
import pickle
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

import pytest
import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import BaseStateToken
from reflex_base.registry import RegistrationContext
from reflex_base.utils.format import json_dumps

from appointment_app.appointment_app import app

_OURS = "appointment_app."
_SECONDS = 20


@cache
def handlers() -> dict[str, str]:
    """Our event handlers, as ``State.handler``, with the names that a browser calls them by."""
    return {
        f"{registered.states[0].__name__}.{name.rpartition('.')[2]}": name
        for name, registered in RegistrationContext.get().event_handlers.items()
        if registered.handler.fn.__module__.startswith(_OURS)
    }


def state_classes() -> list[type[rx.State]]:
    """Our state classes."""
    found = RegistrationContext.get().base_states.values()
    return [each for each in found if each.__module__.startswith(_OURS)]


class Tab:
    """A tab of somebody's browser, at an address; ``cookie`` is what its socket carries."""

    def __init__(self, sockets: Sockets, address: str, cookie: str, token: str) -> None:
        self._sockets = sockets
        self.address = address
        self._cookie = cookie
        self.token = token
        self.socket = uuid4().hex

    async def connect(self) -> None:
        """Open the socket."""
        headers = [(b"cookie", self._cookie.encode()), (b"origin", b"http://testserver")]
        environ = {
            "QUERY_STRING": f"token={self.token}",
            "asgi.scope": {"headers": headers, "client": ("192.0.2.7", 4711)},
        }
        await app.event_namespace.on_connect(self.socket, environ)

    async def disconnect(self) -> None:
        """Close the socket; the state stays on the server."""
        await app.event_namespace.on_disconnect(self.socket)

    async def send(self, handler: str, arguments: Any = None) -> str:
        """Send an event and return, as JSON, all that came back. ``handler`` may be any name."""
        sent = self._sockets.sent.setdefault(self.socket, [])
        sent.clear()
        path, _, query = self.address.partition("?")
        event = {
            "name": handlers().get(handler, handler),
            "payload": {} if arguments is None else arguments,
            "router_data": {
                "pathname": path,
                "asPath": self.address,
                "query": dict(parse_qsl(query)),
            },
        }
        await app.event_namespace.on_event(self.socket, event)
        await _until_done()
        return "\n".join(sent)

    async def held(self, state_class: type[rx.State]) -> dict[str, Any]:
        """Return a copy of what this tab holds of a state."""
        names = [name for name, var in state_class.__fields__.items() if var._owner is state_class]
        async with self.states() as root:
            state = await root.get_state(state_class)
            return {name: _unwatched(getattr(state, name)) for name in names}

    async def hold(self, state_class: type[rx.State], held: dict[str, Any]) -> None:
        """Put into this tab what another has ``held`` of a state.

        Not even a tab that held somebody else's data gives the right to act on it.
        """
        async with self.states() as root:
            state = await root.get_state(state_class)
            for name, value in held.items():
                setattr(state, name, copy.deepcopy(value))
            root._clean()

    async def saved(self) -> bytes:
        """Return all that this tab holds, for ``put_back``."""
        async with self.states() as root:
            return pickle.dumps([vars(state) for state in _tree(root)])

    async def put_back(self, saved: bytes) -> None:
        """Let the tab hold what it held when it was ``saved``."""
        async with self.states() as root:
            for state, held in zip(_tree(root), pickle.loads(saved), strict=True):
                vars(state).clear()
                vars(state).update(held)
            root._clean()

    @asynccontextmanager
    async def states(self) -> AsyncIterator[rx.State]:
        """The states of this tab on the server."""
        token = BaseStateToken(ident=self.token, cls=rx.State)
        async with app.state_manager.modify_state(token) as root:
            yield root


class Sockets:
    """The server's end of all sockets, with what it sent to each."""

    def __init__(self) -> None:
        self.sent: dict[str, list[str]] = {}

    async def open(self, address: str, cookie: str = "", *, token: str = "") -> Tab:
        """Open a tab; with the ``token`` of another it asks for that one's states."""
        tab = Tab(self, address, cookie, token or str(uuid4()))
        await tab.connect()
        return tab


@asynccontextmanager
async def running_sockets(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sockets]:
    """Let the front door process events, on states that nobody has used before."""
    sockets = Sockets()
    namespace = app.event_namespace

    async def emit(event: str, data: Any = None, to: str = "", **_: Any) -> None:
        sockets.sent.setdefault(to, []).append(json_dumps(data))

    monkeypatch.setattr(namespace, "emit", emit)
    monkeypatch.setattr(app, "_state_manager", StateManagerMemory())
    async with app._setup_event_processor():
        yield sockets
    namespace._static_router_data.clear()
    namespace._token_manager.token_to_socket.clear()
    namespace._token_manager.sid_to_token.clear()


def _tree(state: rx.State) -> list[rx.State]:
    return [state, *(each for below in state.substates.values() for each in _tree(below))]


def _unwatched(value: Any) -> Any:
    """A copy of a var's value that no state watches."""
    return copy.deepcopy(getattr(value, "__wrapped__", value))


async def _until_done() -> None:
    processor = app.event_processor
    async with asyncio.timeout(_SECONDS):
        while processor._tasks or processor._token_queues or not processor._queue.empty():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
