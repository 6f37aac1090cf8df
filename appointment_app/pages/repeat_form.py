"""The part of the booking form that repeats the appointment, folded until somebody wants it."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.field import select_field
from appointment_app.i18n import t
from appointment_app.states.series_plan import RHYTHMS, TIMES, PlannedDate, SeriesPlan


def repeat_form() -> rx.Component:
    """Return the choice of a rhythm, and each date with whether it can be booked."""
    return rx.el.details(
        rx.el.summary(t("Repeat this appointment"), class_name="py-2.5 w-fit font-semibold"),
        rx.el.div(
            select_field(
                t("How often"),
                "every",
                [(value, label) for value, label in RHYTHMS],
                value=SeriesPlan.every,
                on_change=SeriesPlan.choose_rhythm,
            ),
            rx.cond(
                SeriesPlan.every != "",
                select_field(
                    t("How many times"),
                    "times",
                    [(value, label) for value, label in TIMES],
                    value=SeriesPlan.times,
                    on_change=SeriesPlan.choose_times,
                ),
            ),
            class_name="grid sm:grid-cols-2 gap-4 mt-2",
        ),
        rx.el.div(
            rx.cond(SeriesPlan.bookable > 0, rx.el.p(_how_many())),
            rx.cond(SeriesPlan.problem != "", rx.el.p(SeriesPlan.problem)),
            class_name="mt-4",
            role="status",
        ),
        rx.el.ol(rx.foreach(SeriesPlan.dates, _date), class_name="grid gap-2 mt-2"),
        class_name="card",
        open=SeriesPlan.every != "",
    )


def _how_many() -> rx.Component:
    bookable, all_dates = SeriesPlan.bookable, SeriesPlan.dates.length()
    return rx.cond(
        bookable == all_dates,
        t("All {count} dates can be booked.", count=all_dates),
        t(
            "{bookable} of {count} dates can be booked. The others are left out.",
            bookable=bookable,
            count=all_dates,
        ),
    )


def _date(date: PlannedDate) -> rx.Component:
    return rx.el.li(
        rx.cond(
            date.refusal != "",
            rx.fragment(
                rx.el.s(date.label, class_name="muted"),
                rx.el.span(date.refusal, class_name="block small"),
            ),
            rx.el.span(date.label),
        )
    )
