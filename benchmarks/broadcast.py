"""The bound of everything live: a bare Socket.IO server that sends one text to all who listen.

``python -m benchmarks.broadcast PORT LETTERS`` serves it on the web server that we use. A client
that sends "go" makes it send as many letters to every client; one that sends "me" gets them alone.
"""

from __future__ import annotations

import sys
from typing import Any

import socketio
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

NAMESPACE = "/_event"


def create() -> Any:
    """Return the server as an ASGI application."""
    server = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins="*")
    text = "x" * int(sys.argv[2])

    @server.on("connect", namespace=NAMESPACE)
    async def connect(sid: str, environ: Any, auth: Any = None) -> None:
        pass

    @server.on("go", namespace=NAMESPACE)
    async def go(sid: str) -> None:
        await server.emit("event", text, namespace=NAMESPACE)

    @server.on("me", namespace=NAMESPACE)
    async def me(sid: str) -> None:
        await server.emit("event", text, to=sid, namespace=NAMESPACE)

    return socketio.ASGIApp(server, socketio_path="_event")


def main() -> None:
    """Serve until stopped."""
    Server(
        "benchmarks.broadcast:create",
        factory=True,
        port=int(sys.argv[1]),
        interface=Interfaces.ASGI,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
