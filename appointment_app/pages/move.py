"""Moving an appointment: from when, to when, and one button."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.avatar import avatar
from appointment_app.components.button import button, button_link
from appointment_app.components.card import card
from appointment_app.components.empty_state import empty_state
from appointment_app.components.facts import fact, facts
from appointment_app.components.field import form_alert
from appointment_app.components.link import link
from appointment_app.components.page import Viewer, public_page
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.i18n import t
from appointment_app.pages.book import alternatives
from appointment_app.states.move_form import MoveForm

CHANGE = MoveForm.change


def move(viewer: Viewer) -> rx.Component:
    """Return the page for the appointment and the time that the address names."""
    return public_page(
        rx.el.div(
            rx.el.h1(t("Move this appointment")),
            rx.cond(
                MoveForm.is_loaded,
                rx.cond(MoveForm.is_missing, _missing(), _question()),
                skeleton_cards(1, "h-96"),
            ),
            class_name="mx-auto w-full max-w-2xl grid grid-cols-1 gap-4",
        ),
        viewer=viewer,
    )


def _missing() -> rx.Component:
    return card(
        empty_state(
            t("This appointment cannot be moved"),
            t("It may have begun, or the doctor no longer offers this visit. Nothing was changed."),
            button_link(t("My appointments"), href="/appointments", variant="primary"),
        )
    )


def _question() -> rx.Component:
    return rx.fragment(
        _from_and_to(),
        rx.cond(
            MoveForm.is_taken,
            alternatives(
                MoveForm.problem,
                MoveForm.alternatives,
                note=t("These times nearby are free. Your appointment stays until you choose one."),
                all_times=CHANGE.other_times,
            ),
            rx.fragment(
                form_alert(MoveForm.problem),
                rx.el.div(
                    button(
                        t("Move appointment"),
                        variant="primary",
                        busy=MoveForm.is_moving,
                        on_click=MoveForm.submit,
                    ),
                    button_link(t("Keep it as it is"), href=CHANGE.appointment),
                    class_name="flex flex-wrap gap-3",
                ),
            ),
        ),
    )


def _from_and_to() -> rx.Component:
    return card(
        rx.el.div(
            avatar(CHANGE.doctor_initials),
            rx.el.div(
                rx.el.p(CHANGE.doctor_name, class_name="font-semibold text-lg"),
                rx.el.p(CHANGE.visit, class_name="muted"),
                rx.cond(CHANGE.whose != "", rx.el.p(CHANGE.whose, class_name="font-semibold")),
            ),
            class_name="flex items-center gap-4",
        ),
        facts(
            fact(
                t("Now"),
                rx.el.span(CHANGE.old_when),
                rx.el.span(f" · {CHANGE.old_zone}", class_name="muted whitespace-nowrap"),
            ),
            fact(
                t("New time"),
                rx.el.strong(CHANGE.new_when),
                rx.el.span(f" · {CHANGE.new_zone}", class_name="muted whitespace-nowrap"),
                rx.cond(
                    CHANGE.new_own_time != "",
                    rx.el.span(CHANGE.new_own_time, class_name="muted block"),
                ),
                link(
                    t("Choose another time"),
                    href=CHANGE.other_times,
                    class_name="inline-target block w-fit",
                ),
            ),
            fact(
                rx.cond(CHANGE.place_changes, t("New place"), t("Where")),
                rx.cond(CHANGE.is_video, t("By video"), CHANGE.place),
            ),
            class_name="mt-4",
        ),
        rx.cond(
            CHANGE.waits_again,
            rx.el.p(t("The doctor confirms the new time before it is final."), class_name="mt-4"),
        ),
    )
