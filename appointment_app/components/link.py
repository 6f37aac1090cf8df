"""Links: inside the app without a page load, anywhere else with one."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink


def link(*children: Any, href: str | rx.Var[str], **props: Any) -> rx.Component:
    """Return a link to another page of this app, followed without loading the page anew.

    For files, the API and other sites use ``rx.el.a``.
    """
    return ReactRouterLink.create(*children, to=href, **props)
