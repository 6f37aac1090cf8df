"""How much somebody may send at once, before anybody knows who they are.

The body of a request is read before a route, or the limit of requests, is asked.
"""

from __future__ import annotations

from starlette import status
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from appointment_app.i18n import t

MOST_BYTES = 1_000_000
# These take files, and read no more of one than they may.
_READ_BY_THEMSELVES = ("/photo", "/import", "/imports")


class BodyLimit:
    """ASGI middleware that reads no more of a body than ``MOST_BYTES``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; whoever reads too much of it is told by an ``HTTPException``."""
        if scope["type"] != "http" or scope["path"].endswith(_READ_BY_THEMSELVES):
            await self._app(scope, receive, send)
            return
        read = 0

        async def receive_some() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > MOST_BYTES:
                raise HTTPException(
                    status.HTTP_413_CONTENT_TOO_LARGE, t("This is more than a request may hold.")
                )
            return message

        await self._app(scope, receive_some, send)
