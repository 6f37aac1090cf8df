"""A switch: on or off, at once."""

from __future__ import annotations

from typing import Any

import reflex as rx

from .class_names import class_names


def switch(
    label: Any, *, checked: rx.Var[bool], on_click: Any, class_name: str = "", **props: Any
) -> rx.Component:
    """Return a labelled switch; ``on_click`` turns ``checked`` round."""
    return rx.el.button(
        label,
        type="button",
        role="switch",
        on_click=on_click,
        class_name=class_names("switch", class_name),
        custom_attrs={"aria-checked": checked},
        **props,
    )
