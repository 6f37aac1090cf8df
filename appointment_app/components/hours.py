"""What the pages of hours share: a range of times, and who is booked outside new hours."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.i18n import t

from .button import icon_button
from .icons import close_icon, more_icon
from .link import link
from .time_range import time_range


def typed_range(
    each: Any,
    *,
    label: Any,
    error_id: Any,
    on_start: Any,
    on_end: Any,
    on_remove: Any,
    on_more: Any = None,
) -> rx.Component:
    """Return a range (``RangeRow``) with its times, what is wrong with it, and its buttons."""
    return rx.el.div(
        rx.el.div(
            time_range(
                each.opens,
                each.closes,
                label=label,
                on_start=on_start,
                on_end=on_end,
                invalid=each.error != "",
                error_id=error_id,
            ),
            icon_button(
                more_icon(),
                t("In which weeks: {opens} to {closes}", opens=each.opens, closes=each.closes),
                variant="quiet",
                on_click=on_more,
            )
            if on_more is not None
            else None,
            icon_button(
                close_icon(),
                t("Remove {opens} to {closes}", opens=each.opens, closes=each.closes),
                variant="quiet",
                on_click=on_remove,
            ),
            class_name="flex items-center",
        ),
        rx.cond(each.remark != "", rx.el.p(each.remark, class_name="muted small")),
        rx.el.p(
            each.error,
            id=error_id,
            class_name="field-error",
            custom_attrs={"aria-live": "polite"},
        ),
    )


def outside_list(rows: Any) -> rx.Component:
    """Return who is booked outside new hours (``OutsideRow``), with links to the calendar."""
    return rx.el.ul(rx.foreach(rows, _outside_row), class_name="grid gap-2")


def _outside_row(row: Any) -> rx.Component:
    return rx.el.li(
        link(
            rx.el.span(row.patient, class_name="font-semibold"),
            rx.el.span(row.when, class_name="muted small"),
            href=row.href,
            class_name="grid content-center min-h-11",
        )
    )
