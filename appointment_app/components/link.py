"""Links: inside the app without a page load, anywhere else with one.

``rx.el.a`` is React Router's link, which takes every address of this server for a page of the app.
"""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A


def link(*children: Any, href: str | rx.Var[str], **props: Any) -> rx.Component:
    """Return a link to another page of this app, followed without loading the page anew."""
    return rx.el.a(*children, href=href, **props)


def plain_link(*children: Any, href: str | rx.Var[str], **props: Any) -> rx.Component:
    """Return a link that the browser follows itself: to a file, the API or a place on the page."""
    return A.create(*children, href=href, **props)
