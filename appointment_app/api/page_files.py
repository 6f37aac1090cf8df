"""How the built pages and their files are answered: at once, and kept by browsers."""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from appointment_app.settings import PROJECT_ROOT

_BUILD = PROJECT_ROOT / ".web" / "build" / "client"
_INDEX = "index.html"

# The names of these files carry a hash of their content.
_HASHED_FILES = "/assets/"
_FOR_EVER = "public, max-age=31536000, immutable"
# Ask each time whether it has changed; the answer is a short "no" as long as it has not.
_ASK_FIRST = "no-cache"


class PageFiles:
    """ASGI middleware for what the front-end build has made; the API passes untouched.

    A page's address has no slash at its end, while its file is ``index.html`` in a folder of that
    name: the file server would redirect, which costs a phone more than half a second.
    """

    def __init__(self, app: ASGIApp, build: Path = _BUILD, *, api_prefix: str = "/api/") -> None:
        self._app = app
        self._api_prefix = api_prefix
        self._pages = {f"/{index.parent.relative_to(build)}" for index in build.rglob(_INDEX)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on to the page's file, and say how long the answer keeps."""
        if scope["type"] != "http" or scope["path"].startswith(self._api_prefix):
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        keeps = _FOR_EVER if path.startswith(_HASHED_FILES) else _ASK_FIRST

        async def send_with_keeping(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = message["status"] < 400
                headers = MutableHeaders(scope=message)
                headers.setdefault("cache-control", keeps if found else _ASK_FIRST)
            await send(message)

        if path in self._pages:
            scope = {**scope, "path": f"{path}/"}
        await self._app(scope, receive, send_with_keeping)
