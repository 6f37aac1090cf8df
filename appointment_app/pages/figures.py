"""Figures to look at: how full the days are, who did not come, how early people book and cancel."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.components.button import button, button_link
from appointment_app.components.card import card, figure_card
from appointment_app.components.chart import bar, bar_piece, legend, plot, table
from appointment_app.components.empty_state import empty_state
from appointment_app.components.field import form_alert, select_field, text_field
from appointment_app.components.link import plain_link
from appointment_app.components.page import Viewer, workspace_page
from appointment_app.components.pills import pill_group, pill_link
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.i18n import t
from appointment_app.pages.workspace import for_administrators, for_doctors
from appointment_app.states.figures_view import (
    ADMIN_ROUTE,
    OWN_ROUTE,
    FiguresView,
    PeriodChoice,
)
from appointment_app.states.figures_words import BarRow, Column, FigureCard, NamedRow, NoticeRow

VIEW, PLOT = FiguresView, FiguresView.plot
_STATUSES = (
    ("completed", t("Completed")),
    ("other", t("To come, or not noted")),
    ("missed", t("Missed")),
    ("cancelled", t("Cancelled")),
)
_BY = (
    ("completed", t("Patient")),
    ("video", t("Doctor")),
    ("missed", t("Clinic")),
    ("cancelled", t("Not noted")),
)


def admin_figures(viewer: Viewer) -> rx.Component:
    """Return the page of the clinics that somebody administers."""
    return _page(
        viewer,
        ADMIN_ROUTE,
        t("Figures"),
        for_administrators(t("Your account administers no clinic.")),
    )


def own_figures(viewer: Viewer) -> rx.Component:
    """Return the page of a doctor's own figures."""
    return _page(viewer, OWN_ROUTE, t("Your figures"), for_doctors(VIEW.refusal))


def _page(viewer: Viewer, route: str, title: str, refused: rx.Component) -> rx.Component:
    return workspace_page(
        rx.el.div(
            rx.el.h1(title),
            rx.cond(
                VIEW.is_loaded,
                rx.cond(
                    VIEW.refusal != "",
                    refused,
                    rx.cond(VIEW.is_missing, _missing(route), _figures(route)),
                ),
                skeleton_cards(3),
            ),
            class_name="grid gap-4 w-full",
        ),
        viewer=viewer,
        current=route,
    )


def _missing(route: str) -> rx.Component:
    return card(
        empty_state(
            t("We could not find this clinic"),
            t("The link may be old, or the clinic is not yours."),
            button_link(t("All figures"), href=route, variant="primary"),
        )
    )


def _figures(route: str) -> rx.Component:
    return rx.fragment(
        _choices(),
        rx.cond(
            VIEW.has_any,
            rx.fragment(
                rx.el.div(rx.foreach(VIEW.cards, _number), class_name="figure-cards"),
                _by_day(),
                rx.el.div(_lead_times(), _cancellations(), class_name="figure-pair"),
                _named(t("By doctor"), t("Doctor"), VIEW.doctors, VIEW.more_doctors, "doctors")
                if route == ADMIN_ROUTE
                else None,
                rx.el.div(
                    _named(
                        t("By specialty"),
                        t("Specialty"),
                        VIEW.specialties,
                        VIEW.more_specialties,
                        "specialties",
                    )
                    if route == ADMIN_ROUTE
                    else None,
                    _named(t("By clinic"), t("Clinic"), VIEW.places, VIEW.more_places, "clinics"),
                    class_name="figure-pair",
                ),
                _what_they_are(),
            ),
            card(
                empty_state(
                    t("No appointments in these days"),
                    t("Choose other days above."),
                )
            ),
        ),
    )


def _choices() -> rx.Component:
    return rx.el.div(
        pill_group(t("Days"), rx.foreach(VIEW.presets, _preset)),
        rx.el.form(
            rx.cond(
                VIEW.clinics.length() > 2,
                select_field(t("Clinic"), "clinic", VIEW.clinics, default_value=VIEW.form.clinic),
            ),
            text_field(t("From"), "first", type="date", default_value=VIEW.form.first),
            text_field(t("Until"), "last", type="date", default_value=VIEW.form.last),
            button(t("Show"), type="submit"),
            key=VIEW.form.number,
            on_submit=VIEW.choose,
            custom_attrs={"noValidate": True},
            class_name="figure-form",
        ),
        form_alert(VIEW.problem),
        class_name="grid gap-3",
    )


def _preset(choice: PeriodChoice) -> rx.Component:
    return pill_link(choice.label, href=choice.href, chosen=choice.chosen)


def _number(each: FigureCard) -> rx.Component:
    return figure_card(each.label, each.number, each.note)


def _by_day() -> rx.Component:
    head = (t("Appointments"), t("Completed"), t("Missed"), t("Cancelled"), t("Other"))
    return _card(
        PLOT.title,
        "days",
        rx.el.p(VIEW.period, class_name="muted small"),
        legend(*_STATUSES),
        plot(
            rx.foreach(PLOT.columns, _column),
            label=PLOT.label,
            top=PLOT.top,
            middle=PLOT.middle,
            ticks=PLOT.ticks,
            table=table(
                PLOT.unit, *head, rows=rx.foreach(PLOT.columns, _column_row), caption=PLOT.title
            ),
        ),
    )


def _column(column: Column) -> rx.Component:
    return rx.el.g(
        rx.el.title(column.title),
        *(
            bar_piece(column.x, column.width, piece[0], piece[1], kind)
            for kind, piece in (
                ("completed", column.completed),
                ("other", column.other),
                ("missed", column.missed),
                ("cancelled", column.cancelled),
            )
        ),
        key=column.name,
    )


def _column_row(column: Column) -> rx.Component:
    return rx.el.tr(
        rx.el.th(column.name, scope="row"), rx.foreach(column.numbers, lambda n: rx.el.td(n))
    )


def _lead_times() -> rx.Component:
    return _card(
        t("Lead time"),
        "lead",
        rx.el.p(t("From booking to the start of the visit"), class_name="muted small"),
        table(
            t("Booked before the start"),
            t("Appointments"),
            rows=rx.foreach(VIEW.leads, _lead_row),
            caption=t("Lead time"),
            class_name="with-bars",
        ),
    )


def _lead_row(row: BarRow) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.label, bar((row.share, "completed")), scope="row"), rx.el.td(row.number)
    )


def _cancellations() -> rx.Component:
    return _card(
        t("Cancellations by notice"),
        "cancellations",
        legend(*_BY),
        table(
            t("Before the start"),
            *(name for _, name in _BY),
            rows=rx.foreach(VIEW.notices, _notice_row),
            caption=t("Cancellations by notice"),
            class_name="with-bars",
        ),
    )


def _notice_row(row: NoticeRow) -> rx.Component:
    pieces = ((row.shares[number], kind) for number, (kind, _) in enumerate(_BY))
    return rx.el.tr(
        rx.el.th(row.label, bar(*pieces), scope="row"),
        rx.foreach(row.numbers, lambda number: rx.el.td(number)),
    )


def _named(title: str, what: str, rows: rx.Var[Any], more: rx.Var[str], name: str) -> rx.Component:
    return _card(
        title,
        name,
        table(
            what,
            t("Total"),
            t("Fill rate"),
            t("No-show"),
            t("Cancelled"),
            rows=rx.foreach(rows, _named_row),
            caption=title,
            class_name="with-bars",
        ),
        rx.el.p(more, class_name="muted small empty:hidden"),
    )


def _named_row(row: NamedRow) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.name, bar((row.share, "completed")), scope="row"),
        rx.el.td(row.number),
        rx.el.td(row.fill),
        rx.el.td(row.no_show),
        rx.el.td(row.cancelled),
    )


def _card(title: Any, name: str, *content: Any) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(title, class_name="flex-1 min-w-0"),
            plain_link(
                t("CSV"),
                href=VIEW.downloads[name],
                download=True,
                class_name="button button-quiet -mr-3 -my-2",
                aria_label=t("Download as CSV: {title}", title=title),
            ),
            class_name="flex items-center gap-3",
        ),
        *(each for each in content),
        class_name="card grid gap-3 content-start min-w-0",
    )


def _what_they_are() -> rx.Component:
    return rx.el.details(
        rx.el.summary(t("What these figures are")),
        rx.el.ul(
            *(
                rx.el.li(sentence)
                for sentence in (
                    t(
                        "Fill rate: minutes of visits that were not cancelled, pauses aside, of the"
                        " minutes in which doctors who receive today are open by their hours as"
                        " they stand today. Visits outside the hours can make it more than 100 %."
                    ),
                    t("No-show rate: missed visits, of those that were completed or missed."),
                    t(
                        "Lead time: from booking to the start as it is today, cancelled visits"
                        " included. Half of all bookings were made later than the median says."
                    ),
                    t("A doctor with several specialties is counted in each of them."),
                    t("Days are those of each clinic, by its own clock."),
                )
            ),
            class_name="list-disc pl-5 grid gap-1 muted small",
        ),
        class_name="folded",
    )
