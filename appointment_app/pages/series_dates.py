"""The other dates of a series, folded away below which of them this one is."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.field import radio
from appointment_app.components.link import link
from appointment_app.i18n import t
from appointment_app.states.appointment_words import Shown
from appointment_app.states.series_words import FOLLOWING, THIS_ONE, SeriesDate


def series_dates(shown: Shown, is_open: rx.Var[bool] | bool = False) -> rx.Component:
    """Return the series that ``shown`` is part of, or nothing; ``is_open``: with all its dates."""
    return rx.cond(
        shown.series != "",
        rx.el.details(
            rx.el.summary(shown.series, class_name="py-2.5 w-fit"),
            rx.el.ol(rx.foreach(shown.series_dates, _date), class_name="grid mt-1"),
            open=is_open,
        ),
    )


def _date(date: SeriesDate) -> rx.Component:
    return rx.el.li(
        rx.cond(
            date.is_this,
            rx.el.span(
                date.label,
                class_name="font-semibold inline-flex items-center min-h-11",
                custom_attrs={"aria-current": "true"},
            ),
            link(date.label, href=date.href, class_name="inline-flex items-center min-h-11"),
        )
    )


def series_extent(following: rx.Var[int]) -> rx.Component:
    """Return the choice between one appointment of a series and all from it on."""
    return rx.el.fieldset(
        rx.el.legend(t("It is part of a series"), class_name="field-label"),
        radio(t("Only this one"), "extent", THIS_ONE, checked=True),
        radio(t("This and the {count} following", count=following), "extent", FOLLOWING),
    )
