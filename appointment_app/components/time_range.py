"""From one time of day to another, as two small inputs in one frame."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.i18n import t


def time_range(
    start: str | rx.Var[str],
    end: str | rx.Var[str],
    *,
    label: str | rx.Var[str],
    on_start: Any,
    on_end: Any,
    invalid: bool | rx.Var[bool] = False,
    error_id: str | rx.Var[str] = "",
) -> rx.Component:
    """Return the range ``start`` to ``end`` (``HH:MM``) of ``label`` (such as ``Monday``).

    ``on_start`` and ``on_end`` get the new time when its input is left. ``error_id`` is the id of
    the sentence that says what is wrong while ``invalid``.
    """

    def clock(value: Any, name: str, on_blur: Any) -> rx.Component:
        return rx.el.input(
            type="time",
            default_value=value,
            key=f"{name}-{value}",  # an input keeps what was typed: a new value needs a new input
            on_blur=on_blur,
            custom_attrs={
                "aria-label": name,
                "aria-invalid": invalid,
                **(
                    {"aria-describedby": error_id}
                    if isinstance(error_id, rx.Var) or error_id
                    else {}
                ),
            },
        )

    return rx.el.span(
        clock(start, t("from"), on_start),
        rx.el.span("–", custom_attrs={"aria-hidden": "true"}),
        clock(end, t("to"), on_end),
        role="group",
        aria_label=label,
        class_name="time-range",
        custom_attrs={"data-invalid": invalid},
    )
