"""Cards: white boxes that group what belongs together."""

from __future__ import annotations

from typing import Any

import reflex as rx

from .class_names import class_names


def card(*children: Any, class_name: str = "", **props: Any) -> rx.Component:
    """Return a box around ``children``."""
    return rx.el.div(*children, class_name=class_names("card", class_name), **props)


def list_card(*rows: Any, class_name: str = "", **props: Any) -> rx.Component:
    """Return a card whose ``rows`` (see ``card_row``) are parted by lines."""
    return rx.el.div(*rows, class_name=class_names("card card-flush", class_name), **props)


def card_row(*children: Any, class_name: str = "", **props: Any) -> rx.Component:
    """Return one row of a ``list_card``."""
    return rx.el.div(*children, class_name=class_names("card-row", class_name), **props)


def figure_card(label: str | rx.Var[str], number: Any, note: Any = "") -> rx.Component:
    """Return a card that shows one number with what it counts."""
    return card(
        rx.el.p(label, class_name="muted small"),
        rx.el.p(number, class_name="figure-number"),
        rx.el.p(note, class_name="muted small"),
    )
