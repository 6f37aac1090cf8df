"""My appointments: what is coming and what has been."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.avatar import avatar
from appointment_app.components.badge import status_badge
from appointment_app.components.button import button, button_link
from appointment_app.components.card import card
from appointment_app.components.empty_state import empty_state
from appointment_app.components.link import link
from appointment_app.components.mailbox_hint import mailbox_hint
from appointment_app.components.page import Viewer, public_page
from appointment_app.components.pills import pill_group, pill_link
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.i18n import t
from appointment_app.pages.cancel_question import cancel_question
from appointment_app.pages.series_dates import series_dates
from appointment_app.pages.visit_filters import visit_filters
from appointment_app.states.appointment_words import Shown
from appointment_app.states.my_appointments import MyAppointments
from appointment_app.states.visit_filters import PAST, VisitFilters

ROUTE = "/appointments"


def appointments(viewer: Viewer) -> rx.Component:
    """Return the page of the patient who is logged in."""
    return public_page(
        rx.el.div(
            rx.el.div(
                rx.el.h1(t("My appointments")),
                pill_group(
                    t("Which appointments"),
                    pill_link(t("Upcoming"), href=ROUTE, chosen=~MyAppointments.shows_past),
                    pill_link(t("Past"), href=PAST, chosen=MyAppointments.shows_past),
                ),
                class_name="flex flex-wrap items-center justify-between gap-3",
            ),
            rx.cond(MyAppointments.is_listed & MyAppointments.shows_past, visit_filters()),
            rx.cond(MyAppointments.is_listed, _list(), skeleton_cards(2, "h-40")),
            mailbox_hint(),
            class_name="mx-auto w-full max-w-2xl grid gap-4",
        ),
        cancel_question(),
        viewer=viewer,
        current=ROUTE,
    )


def _list() -> rx.Component:
    return rx.cond(
        MyAppointments.appointments.length() > 0,
        rx.fragment(
            rx.el.ul(
                rx.foreach(MyAppointments.appointments, _row),
                class_name="grid gap-4",
            ),
            rx.cond(
                MyAppointments.has_more,
                button(t("More appointments"), on_click=MyAppointments.more),
            ),
        ),
        card(
            rx.cond(
                MyAppointments.shows_past,
                rx.cond(
                    VisitFilters.is_narrowed,
                    empty_state(
                        t("Nothing like this in the past"),
                        t("No appointment is of all that you chose."),
                        button_link(t("All past appointments"), href=PAST),
                    ),
                    empty_state(
                        t("Nothing in the past"),
                        t("Appointments that took place or were cancelled appear here."),
                        button_link(t("Upcoming appointments"), href=ROUTE),
                    ),
                ),
                empty_state(
                    t("No upcoming appointments"),
                    t("Find a doctor and pick a time that suits you."),
                    button_link(t("Find a doctor"), href="/", variant="primary"),
                ),
            )
        ),
    )


def _row(shown: Shown) -> rx.Component:
    return rx.el.li(
        card(
            rx.el.div(
                rx.el.p(
                    link(
                        shown.when, href=f"/appointment?id={shown.id}", class_name="font-semibold"
                    ),
                    rx.el.span(f" · {shown.zone}", class_name="muted small whitespace-nowrap"),
                    rx.cond(
                        shown.own_time != "",
                        rx.el.span(shown.own_time, class_name="muted small block"),
                    ),
                ),
                status_badge(shown.status),
                class_name="flex flex-wrap items-center justify-between gap-2",
            ),
            rx.el.div(
                avatar(shown.doctor_initials, "small"),
                rx.el.p(
                    shown.doctor_name,
                    rx.el.br(),
                    rx.el.span(shown.visit, class_name="muted"),
                    rx.cond(
                        shown.whose != "",
                        rx.el.span(shown.whose, class_name="font-semibold block"),
                    ),
                ),
                class_name="flex items-center gap-3 mt-3",
            ),
            rx.el.p(rx.cond(shown.is_video, t("By video"), shown.place), class_name="muted mt-3"),
            series_dates(shown),
            rx.cond(shown.news != "", rx.el.p(shown.news, class_name="notice mt-2")),
            rx.cond(
                shown.cancelled != "",
                rx.el.p(
                    shown.cancelled,
                    rx.cond(shown.cancel_reason != "", f": {shown.cancel_reason}", ""),
                    class_name="mt-2",
                ),
            ),
            rx.el.div(
                button_link(t("Details"), href=f"/appointment?id={shown.id}"),
                rx.cond(
                    shown.can_move,
                    button_link(
                        t("Move"),
                        href=shown.other_times,
                        variant="quiet",
                        aria_label=t("Move the appointment on {when}", when=shown.when),
                    ),
                ),
                rx.cond(
                    shown.can_cancel,
                    button(
                        t("Cancel"),
                        variant="quiet",
                        on_click=MyAppointments.ask(shown.id),
                        aria_label=t("Cancel the appointment on {when}", when=shown.when),
                    ),
                    button_link(t("Book again"), href=shown.again, variant="quiet"),
                ),
                class_name="flex flex-wrap gap-2 mt-4",
            ),
        )
    )
