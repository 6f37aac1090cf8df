"""Names the inline scripts of each built page, so that a browser runs no other."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any

from reflex.plugins import Plugin

if TYPE_CHECKING:
    from pathlib import Path

_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_FIRST_TAG = '<meta charSet="utf-8"/>'


def with_script_policy(html: str) -> str:
    """Return ``html`` with a Content Security Policy that lists the hashes of its inline scripts.

    Raises ``ValueError`` when the page does not begin as Reflex lets pages begin.
    """
    hashes = dict.fromkeys(_source(script) for script in _INLINE_SCRIPT.findall(html))
    # Reflex evaluates what rx.call_script sends; it comes over our own websocket only.
    policy = " ".join(["script-src 'self' 'unsafe-eval'", *hashes])
    if _FIRST_TAG not in html:
        raise ValueError(f"A built page has no {_FIRST_TAG}; see InlineScriptsPlugin.")
    tag = f'<meta http-equiv="Content-Security-Policy" content="{policy}"/>'
    return html.replace(_FIRST_TAG, _FIRST_TAG + tag, 1)


class InlineScriptsPlugin(Plugin):
    """Puts the policy into each page; it narrows the one in the answer's headers.

    The framework starts its pages with inline scripts whose text differs from page to page, so
    the policy that every answer carries has to allow them all.
    """

    def post_build(self, **context: Any) -> None:
        """Rewrite the built pages."""
        static: Path = context["static_dir"]
        for page in static.rglob("*.html"):
            page.write_text(with_script_policy(page.read_text("utf-8")), "utf-8")


def _source(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
