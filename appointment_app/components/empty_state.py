"""What a list shows when it is empty: what that means and what to do next."""

from __future__ import annotations

from typing import Any

import reflex as rx


def empty_state(
    title: str | rx.Var[str], sentence: str | rx.Var[str], action: Any = None
) -> rx.Component:
    """Return a heading, a sentence and, when there is one, a button or link as ``action``."""
    return rx.el.div(
        rx.el.h2(title),
        rx.el.p(sentence, class_name="muted"),
        action,
        class_name="empty",
    )
