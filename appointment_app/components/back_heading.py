"""The heading of a page that one came to from a list."""

from __future__ import annotations

from typing import Any

import reflex as rx

from .button import button_link
from .icons import back_icon


def back_heading(*title: Any, href: str | rx.Var[str], label: str) -> rx.Component:
    """Return the main heading after a way back to ``href``, which is read out as ``label``."""
    return rx.el.div(
        button_link(
            back_icon(), href=href, variant="quiet", class_name="button-icon", aria_label=label
        ),
        rx.el.h1(*title, class_name="wrap-anywhere"),
        class_name="flex items-center gap-1 -ml-2 min-w-0",
    )
