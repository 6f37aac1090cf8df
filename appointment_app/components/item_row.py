"""Rows of lists: what it is called, what is known of it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import reflex as rx

from .card import card_row


def item_row(
    title: Any,
    *facts: Any,
    marks: Sequence[Any] = (),
    actions: Sequence[Any] = (),
    level: Literal[2, 3] = 2,
    actions_class: str = "flex flex-wrap items-center gap-2",
) -> rx.Component:
    """Return one row of a ``list_card``: ``title`` as a heading with its ``marks``, then ``facts``.

    What cannot stand beside the ``actions`` stands above them.
    """
    heading = rx.el.h2 if level == 2 else rx.el.h3
    return card_row(
        rx.el.div(
            rx.el.div(
                heading(title, class_name="text-base"),
                *marks,
                class_name="flex flex-wrap items-center gap-2",
            ),
            *(rx.el.p(fact, class_name="muted small empty:hidden") for fact in facts),
            class_name="flex-1 min-w-56 wrap-anywhere",
        ),
        rx.el.div(*actions, class_name=f"{actions_class} empty:hidden") if actions else None,
        class_name="flex flex-wrap items-center gap-x-4 gap-y-2",
    )
