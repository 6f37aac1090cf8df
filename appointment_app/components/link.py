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


def phone_link(number: rx.Var[str], class_name: str = "") -> rx.Component:
    """Return a telephone number, as people read it, that can be called; it breaks into no lines."""
    return plain_link(
        number,
        href=f"tel:{number.replace(' ', '')}",
        class_name=f"underline whitespace-nowrap {class_name}".strip(),
    )
