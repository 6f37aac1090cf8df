"""Days side by side: columns of slots on a wide screen, a strip to swipe on a phone."""

from __future__ import annotations

from typing import Any

import reflex as rx

from .link import link
from .pills import current


def day_columns(label: str | rx.Var[str], *columns: Any) -> rx.Component:
    """Return columns side by side, scrolling sideways when they do not fit."""
    return rx.el.div(
        *columns, role="group", aria_label=label, tab_index=0, class_name="day-columns"
    )


def day_column(weekday: Any, date: Any, *slots: Any) -> rx.Component:
    """Return one day: its name, its date and its slots below each other."""
    return rx.el.div(
        rx.el.p(
            rx.el.strong(weekday),
            rx.el.span(date, class_name="muted small"),
            class_name="day-column-head",
        ),
        *slots,
        class_name="day-column",
    )


def no_slots(label: str | rx.Var[str]) -> rx.Component:
    """Return the dash of a day without free times; ``label`` says why (``closed``, ``full``)."""
    return rx.el.p(
        rx.el.span("–", custom_attrs={"aria-hidden": "true"}),
        rx.el.span(label, class_name="visually-hidden"),
        class_name="muted py-2",
    )


def day_strip(label: str | rx.Var[str], *chips: Any) -> rx.Component:
    """Return a strip of ``day_chip_link`` that a thumb can swipe."""
    return rx.el.div(*chips, role="group", aria_label=label, class_name="day-strip")


def day_chip_link(
    weekday: Any,
    day: Any,
    month: Any,
    note: Any,
    *,
    href: str | rx.Var[str],
    chosen: bool | rx.Var[bool],
) -> rx.Component:
    """Return one day of a strip as a link, for days that stand in the address.

    The ``month`` is read out only: ``Mon 23 November, 3 left``.
    """
    return link(
        rx.el.span(weekday, " "),
        rx.el.strong(day),
        rx.el.span(" ", month, ", ", class_name="visually-hidden"),
        rx.el.span(note),
        href=href,
        replace=True,
        prevent_scroll_reset=True,
        class_name="day-chip",
        custom_attrs={"aria-current": current(chosen)},
    )
