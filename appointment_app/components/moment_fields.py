"""A day and a time in one form, by the clock on the clinic's wall."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.i18n import t

from .field import text_field


def moment_fields(
    prefix: str,
    *,
    date: rx.Var[str],
    time: rx.Var[str],
    zone: rx.Var[str],
    errors: rx.Var[dict[str, str]],
    **props: Any,
) -> rx.Component:
    """Return the fields ``date`` and ``time``; ``prefix`` begins their elements' ids."""
    return rx.el.div(
        text_field(
            t("Day"),
            "date",
            id=f"{prefix}-date",
            type="date",
            default_value=date,
            error=errors.get("date", ""),
            **props,
        ),
        text_field(
            t("Time"),
            "time",
            id=f"{prefix}-time",
            type="time",
            hint=zone,
            default_value=time,
            error=errors.get("time", ""),
            **props,
        ),
        class_name="grid grid-cols-1 sm:grid-cols-2 gap-4",
    )
