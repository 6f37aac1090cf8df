"""One build of the front end for every address: pages talk to the server that they came from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reflex.config import get_config
from reflex.plugins import Plugin

if TYPE_CHECKING:
    from pathlib import Path

_BAKED_ADDRESS = re.compile(
    r"""(?P<quote>["'`])(?P<scheme>http|ws)s?://[^/"'`]+(?P<path>/[^"'`]*)(?P=quote)"""
)
_VITE_PORT = "port: process.env.PORT,"


def relative_to_page(script: str) -> str:
    """Return ``script`` with each absolute address replaced by one on the page's own origin.

    Raises ``ValueError`` when there is none to replace: then Reflex has changed its output.
    """

    def on_own_origin(address: re.Match[str]) -> str:
        origin = (
            "location.origin"
            if address["scheme"] == "http"
            else 'location.origin.replace("http","ws")'
        )
        return f'({origin}+"{address["path"]}")'

    script, replaced = _BAKED_ADDRESS.subn(on_own_origin, script)
    if not replaced:
        raise ValueError("The front end's address chunk holds no address; see OneOriginPlugin.")
    return script


class OneOriginPlugin(Plugin):
    """Makes pages find the server at their own origin, in production and in development.

    Reflex writes the server's address and port into the front end. In a production build that
    chunk is rewritten before it is compressed; in development Vite hands ``/api`` on to the
    server, so a page always calls ``/api/v1/...`` without naming a host.
    """

    def pre_compile(self, **context: Any) -> None:
        """Let the development front end forward the API to the server."""
        context["add_modify_task"]("vite.config.js", _forward_api)

    def post_build(self, **context: Any) -> None:
        """Take the server's address out of the built front end."""
        static: Path = context["static_dir"]
        (chunk,) = static.glob("assets/reflex-env-*.js")
        chunk.write_text(relative_to_page(chunk.read_text(encoding="utf-8")), encoding="utf-8")


def _forward_api(vite_config: str) -> str:
    if _VITE_PORT not in vite_config:
        raise ValueError("vite.config.js has changed its form; see OneOriginPlugin.")
    server = get_config().api_url.replace("//localhost", "//127.0.0.1")
    return vite_config.replace(_VITE_PORT, f'{_VITE_PORT}\n    proxy: {{ "/api": "{server}" }},')
