"""Which pages of other sites may call the API: none, unless ``API_ORIGINS`` names them.

Such a page is a program: it logs in for tokens and sends them. Its cookies are taken out here, so
that nothing it sends is ever the request of somebody who is logged in in the same browser.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from appointment_app.settings import get_settings

_API = "/api/v1/"
_ASKED_BEFORE = {
    "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": "Authorization, Content-Type, Idempotency-Key, If-Match",
    "access-control-max-age": "600",
}
_SHOWN = "ETag, Retry-After, WWW-Authenticate, Content-Disposition"
_NOT_OF_A_PROGRAM = {b"cookie", b"origin"}


class CrossOrigin:
    """ASGI middleware that lets the pages of the named sites in, as programs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, without cookies and origin where a named site sends it."""
        if scope["type"] != "http" or not scope["path"].startswith(_API):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is None or origin not in get_settings().open_origins:
            await self._app(scope, receive, send)
            return
        allowed = {"access-control-allow-origin": origin, "vary": "Origin"}
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            answer = Response(status_code=204, headers=allowed | _ASKED_BEFORE)
            await answer(scope, receive, send)
            return

        async def send_with_origin(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableHeaders(scope=message)
                answered["access-control-allow-origin"] = origin
                answered["access-control-expose-headers"] = _SHOWN
                answered.add_vary_header("Origin")
            await send(message)

        kept = [pair for pair in scope["headers"] if pair[0] not in _NOT_OF_A_PROGRAM]
        await self._app({**scope, "headers": kept}, receive, send_with_origin)
