"""The latest changes of a doctor's calendar: a card that is never higher than before."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.card import card
from appointment_app.i18n import t
from appointment_app.states.calendar_activity import ActivityRow, CalendarActivity


def calendar_activity() -> rx.Component:
    """Return the card; what is new is read out, and older changes are scrolled to."""
    return card(
        rx.el.h2(t("Latest changes"), id="activity-title", class_name="muted small font-normal"),
        rx.el.div(
            rx.cond(
                CalendarActivity.rows.length() > 0,
                rx.el.ol(rx.foreach(CalendarActivity.rows, _row)),
                rx.el.p(t("Nothing in the last three days."), class_name="muted"),
            ),
            role="log",
            tab_index=0,
            class_name="activity",
            custom_attrs={"aria-labelledby": "activity-title"},
        ),
        class_name="col-span-2",
    )


def _row(row: ActivityRow) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.time, class_name="muted tabular-nums"), " ", row.sentence, key=row.key
    )
