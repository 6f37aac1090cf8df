"""What this process is serving: its open websockets, and the requests that it is answering."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

_sockets: set[asyncio.Task[None]] = set()
_requests: set[asyncio.Task[None]] = set()


class Connections:
    """ASGI middleware that notes what is open."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the connection in a task that the functions below can reach."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        open_here = _sockets if scope["type"] == "websocket" else _requests
        task: asyncio.Task[None] = asyncio.create_task(_serve(self._app, scope, receive, send))
        open_here.add(task)
        try:
            await task
        finally:
            open_here.discard(task)


async def close_sockets() -> None:
    """Close every websocket, as if the connection broke: pages then come again by themselves."""
    for task in list(_sockets):
        task.cancel()
    if _sockets:
        await asyncio.wait(_sockets, timeout=1)


async def requests_answered() -> None:
    """Wait until every request that is under way has its answer."""
    if _requests:
        await asyncio.wait(_requests)


async def _serve(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)
