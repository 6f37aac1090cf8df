"""When a clinic says that it is open."""

from __future__ import annotations

import reflex as rx

from appointment_app.i18n import t


def opening_hours(lines: rx.Var[list[str]]) -> rx.Component:
    """Return the hours, one line for days that have the same; nothing where there are none."""
    return rx.cond(
        lines.length() > 0,
        rx.el.ul(
            rx.foreach(lines, rx.el.li),
            aria_label=t("Opening hours"),
            class_name="muted small list-none",
        ),
    )
