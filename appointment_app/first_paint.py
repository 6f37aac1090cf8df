"""Lets a page be seen before its scripts have come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reflex.plugins import Plugin

if TYPE_CHECKING:
    from pathlib import Path

_PRELOAD = '<link rel="modulepreload" href='


def with_scripts_after_styles(html: str) -> str:
    """Return ``html`` whose scripts give way to its stylesheet on a slow line.

    Raises ``ValueError`` when the page names no scripts where Reflex lets pages name them.
    """
    if _PRELOAD not in html:
        raise ValueError("A built page preloads no module; see FirstPaintPlugin.")
    return html.replace(_PRELOAD, '<link rel="modulepreload" fetchpriority="low" href=')


class FirstPaintPlugin(Plugin):
    """Lowers the priority of each built page's scripts below that of its stylesheet.

    Pages are prerendered, so the stylesheet is all that they wait for; by default a browser
    fetches the dozen scripts, which are twenty times as heavy, at the same time.
    """

    def post_build(self, **context: Any) -> None:
        """Rewrite the built pages."""
        static: Path = context["static_dir"]
        for page in static.rglob("*.html"):
            page.write_text(with_scripts_after_styles(page.read_text("utf-8")), "utf-8")
