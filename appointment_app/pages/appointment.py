"""One appointment: the confirmation after booking, and what its patient needs later."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.avatar import avatar
from appointment_app.components.badge import status_badge
from appointment_app.components.button import button, button_link
from appointment_app.components.card import card
from appointment_app.components.empty_state import empty_state
from appointment_app.components.facts import fact, facts
from appointment_app.components.link import link, phone_link, plain_link
from appointment_app.components.mailbox_hint import mailbox_hint
from appointment_app.components.opening_hours import opening_hours
from appointment_app.components.page import Viewer, public_page
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.i18n import t
from appointment_app.pages.cancel_question import cancel_question
from appointment_app.pages.series_dates import series_dates
from appointment_app.states.my_appointments import MyAppointments

SHOWN = MyAppointments.appointment


def appointment(viewer: Viewer) -> rx.Component:
    """Return the page for the appointment that the address names."""
    return public_page(
        rx.el.div(
            rx.cond(
                MyAppointments.is_loaded,
                rx.cond(MyAppointments.is_missing, _missing(), _appointment()),
                rx.fragment(rx.el.h1(t("Your appointment")), skeleton_cards(1, "h-96")),
            ),
            class_name="mx-auto w-full max-w-2xl grid gap-4",
        ),
        cancel_question(),
        viewer=viewer,
    )


def _missing() -> rx.Component:
    return rx.fragment(
        rx.el.h1(t("Your appointment")),
        card(
            empty_state(
                t("We could not find this appointment"),
                t("The link may be old, or the appointment belongs to somebody else."),
                button_link(t("My appointments"), href="/appointments", variant="primary"),
            )
        ),
    )


def _appointment() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.h1(SHOWN.headline),
            rx.cond(MyAppointments.is_new, None, status_badge(SHOWN.status)),
            class_name="flex flex-wrap items-center justify-between gap-3",
        ),
        rx.cond(
            MyAppointments.is_new,
            rx.fragment(rx.el.p(t("You get a mail with all of this.")), mailbox_hint()),
        ),
        rx.cond(
            MyAppointments.moved != "",
            rx.el.p(MyAppointments.moved, role="status", class_name="notice"),
        ),
        card(
            rx.el.div(
                avatar(SHOWN.doctor_initials),
                rx.el.div(
                    rx.el.p(SHOWN.doctor_name, class_name="font-semibold text-lg"),
                    rx.el.p(SHOWN.visit, class_name="muted"),
                ),
                class_name="flex items-center gap-4",
            ),
            facts(
                fact(
                    t("When"),
                    rx.el.strong(SHOWN.when),
                    rx.el.span(f" · {SHOWN.zone}", class_name="muted whitespace-nowrap"),
                    rx.cond(
                        SHOWN.own_time != "", rx.el.span(SHOWN.own_time, class_name="muted block")
                    ),
                ),
                rx.cond(SHOWN.earlier.length() > 0, _earlier()),
                fact(t("Where"), _where()),
                rx.cond(SHOWN.device != "", fact(t("Device"), SHOWN.device)),
                rx.cond(SHOWN.price != "", fact(t("Price"), SHOWN.price)),
                fact(t("Patient"), SHOWN.patient_name),
                fact(t("Reference"), SHOWN.reference),
                rx.cond(SHOWN.reason != "", fact(t("Reason for the visit"), SHOWN.reason)),
                rx.cond(
                    SHOWN.series != "",
                    fact(t("Series"), series_dates(SHOWN, MyAppointments.is_new)),
                ),
                rx.cond(SHOWN.cancelled != "", _cancelled()),
                class_name="mt-4",
            ),
        ),
        rx.cond(SHOWN.is_own, rx.cond(SHOWN.is_ahead, _what_next(), _after())),
        rx.cond(MyAppointments.is_new, None, mailbox_hint()),
    )


def _earlier() -> rx.Component:
    return fact(
        t("Moved from"),
        rx.el.ul(
            rx.foreach(
                SHOWN.earlier,
                lambda each: rx.el.li(
                    each.when,
                    rx.cond(each.reason != "", rx.el.span(f": {each.reason}", class_name="muted")),
                ),
            )
        ),
    )


def _where() -> rx.Component:
    return rx.cond(
        SHOWN.is_video,
        rx.cond(
            SHOWN.join_link != "",
            plain_link(t("Join the video visit"), href=SHOWN.join_link, rel="noopener noreferrer"),
            t("By video"),
        ),
        rx.fragment(
            rx.cond(SHOWN.room != "", rx.fragment(rx.el.strong(SHOWN.room), rx.el.br())),
            SHOWN.place,
            rx.cond(
                SHOWN.clinic_phone != "",
                rx.fragment(
                    rx.el.br(),
                    phone_link(SHOWN.clinic_phone),
                ),
            ),
            opening_hours(SHOWN.clinic_hours),
        ),
    )


def _cancelled() -> rx.Component:
    return fact(
        SHOWN.cancelled,
        rx.cond(SHOWN.cancel_reason != "", SHOWN.cancel_reason, t("No reason was given.")),
    )


def _what_next() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            plain_link(
                t("Add to calendar"),
                href=f"/api/v1/appointments/{SHOWN.id}.ics",
                download="appointment.ics",
                class_name="button button-primary",
            ),
            rx.cond(
                SHOWN.can_move,
                button_link(t("Choose another time"), href=SHOWN.other_times),
            ),
            rx.cond(
                SHOWN.can_cancel,
                button(t("Cancel appointment"), on_click=MyAppointments.ask(SHOWN.id)),
            ),
            class_name="grid gap-3 sm:flex sm:flex-wrap",
        ),
        rx.el.p(SHOWN.deadline, class_name="muted"),
        link(
            t("My appointments"),
            href="/appointments",
            class_name="inline-target w-fit underline font-semibold",
        ),
    )


def _after() -> rx.Component:
    return rx.el.div(
        button_link(t("Book another time"), href=SHOWN.again, variant="primary"),
        button_link(t("My appointments"), href="/appointments"),
        class_name="flex flex-wrap gap-3",
    )
