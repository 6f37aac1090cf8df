"""Buttons, and links that look like one."""

from __future__ import annotations

from typing import Any, Literal

import reflex as rx

from .class_names import class_names
from .link import link

Variant = Literal["primary", "secondary", "quiet", "danger"]


def button(
    *children: Any,
    variant: Variant = "secondary",
    busy: bool | rx.Var[bool] = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """Return a button; ``busy`` shows a turning ring, is announced, and ignores the pointer.

    A busy button stays focusable, so the keyboard does not lose its place.
    """
    props.setdefault("type", "button")
    return rx.el.button(
        *children,
        class_name=_classes(variant, class_name),
        custom_attrs={"aria-busy": busy, **props.pop("custom_attrs", {})},
        **props,
    )


def icon_button(icon: Any, label: str | rx.Var[str], **props: Any) -> rx.Component:
    """Return a square button that shows only ``icon``; ``label`` is what it is called."""
    class_name = class_names("button-icon", props.pop("class_name", ""))
    return button(icon, aria_label=label, title=label, class_name=class_name, **props)


def button_link(
    *children: Any,
    href: str | rx.Var[str],
    variant: Variant = "secondary",
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """Return a link to another page of the app that looks like a button."""
    return link(*children, href=href, class_name=_classes(variant, class_name), **props)


def _classes(variant: Variant, extra: str) -> str | rx.Var[str]:
    return class_names("button", "" if variant == "secondary" else f"button-{variant}", extra)
