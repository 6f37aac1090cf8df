"""A month as a table of days that can be chosen, coloured by what kind of day each is."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.i18n import t

from .button import icon_button
from .icons import back_icon, forward_icon


def month(
    title: rx.Var[str],
    weekdays: list[str] | rx.Var[list[str]],
    weeks: rx.Var[list[list[dict[str, str]]]],
    *,
    chosen: rx.Var[str],
    on_choose: Any,
    on_previous: Any,
    on_next: Any,
) -> rx.Component:
    """Return a month with buttons to the months beside it.

    Each day of ``weeks`` (seven to a week) is a dictionary: ``date`` (ISO; empty for a place before
    the first or after the last day), ``number``, ``kind`` (``normal``, ``changed``, ``closed`` or
    ``off``) and ``label``, which says all of it to a screen reader. ``on_choose`` gets the date.
    """

    def day(cell: rx.Var[dict[str, str]]) -> rx.Component:
        return rx.el.td(
            rx.cond(
                cell["date"] != "",
                rx.el.button(
                    cell["number"],
                    type="button",
                    on_click=on_choose(cell["date"]),
                    class_name="month-day month-day-" + cell["kind"],
                    aria_label=cell["label"],
                    custom_attrs={"aria-pressed": chosen == cell["date"]},
                ),
            )
        )

    names = (
        rx.foreach(weekdays, _weekday)
        if isinstance(weekdays, rx.Var)
        else rx.fragment(*(_weekday(name) for name in weekdays))
    )
    return rx.el.div(
        rx.el.div(
            rx.el.h3(title, aria_live="polite", class_name="flex-1"),
            icon_button(back_icon(), t("Previous month"), variant="quiet", on_click=on_previous),
            icon_button(forward_icon(), t("Next month"), variant="quiet", on_click=on_next),
            class_name="flex items-center gap-1",
        ),
        rx.el.table(
            rx.el.thead(rx.el.tr(names)),
            rx.el.tbody(rx.foreach(weeks, lambda week: rx.el.tr(rx.foreach(week, day)))),
            class_name="month",
        ),
    )


def _weekday(name: Any) -> rx.Component:
    return rx.el.th(name, scope="col")
