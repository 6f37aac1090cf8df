"""The part of a doctor's profile in which administrators suspend and restore the doctor."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.badge import badge
from appointment_app.components.button import button
from appointment_app.components.card import card, card_row, list_card
from appointment_app.components.field import text_area, text_field
from appointment_app.components.form_dialog import danger_question, form_dialog
from appointment_app.i18n import t
from appointment_app.states.doctor_suspension import DoctorSuspension, RemainingRow


def doctor_suspension() -> rx.Component:
    """Return how it stands with the doctor, what is left to be done, and the dialogs."""
    return rx.fragment(
        rx.cond(
            DoctorSuspension.may_suspend,
            rx.el.section(
                rx.el.h2(t("Suspension"), class_name="mt-2"),
                card(rx.cond(DoctorSuspension.since != "", _suspended(), _not_suspended())),
                rx.cond(
                    DoctorSuspension.remaining.length() > 0,
                    list_card(rx.foreach(DoctorSuspension.remaining, _appointment)),
                ),
                class_name="grid gap-4",
            ),
        ),
        _form(),
        _question(),
    )


def _not_suspended() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            t("A suspended doctor is not found or booked, and what is booked is handed on."),
            class_name="muted flex-1 basis-64",
        ),
        button(t("Suspend"), on_click=DoctorSuspension.ask),
        class_name="flex flex-wrap items-center gap-3",
    )


def _suspended() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.cond(
                DoctorSuspension.has_begun,
                badge(t("Suspended"), "danger"),
                badge(t("Will be suspended"), "pending"),
            ),
            rx.el.p(t("From {moment}", moment=DoctorSuspension.since), class_name="mt-2"),
            rx.cond(
                DoctorSuspension.until != "",
                rx.el.p(t("Until {moment}", moment=DoctorSuspension.until)),
            ),
            rx.el.p(t("Reason:"), " ", DoctorSuspension.reason, class_name="wrap-anywhere"),
            rx.el.p(DoctorSuspension.left, role="status", class_name="font-semibold mt-2"),
            class_name="flex-1 basis-64",
        ),
        rx.el.div(
            rx.cond(
                DoctorSuspension.remaining.length() > 0,
                button(
                    t("Hand on or cancel all"),
                    variant="danger",
                    on_click=DoctorSuspension.ask_all,
                ),
            ),
            button(t("Restore"), on_click=DoctorSuspension.restore),
            class_name="flex flex-wrap gap-2",
        ),
        class_name="flex flex-wrap items-start gap-3",
    )


def _appointment(row: RemainingRow) -> rx.Component:
    return card_row(
        rx.el.div(
            rx.el.h3(row.when, class_name="text-base"),
            rx.el.p(row.what, class_name="muted small"),
            rx.cond(
                row.successors.length() > 0,
                None,
                rx.el.p(t("Nobody else is free then."), class_name="muted small"),
            ),
            class_name="min-w-0 wrap-anywhere",
        ),
        rx.el.div(
            rx.foreach(
                row.successors,
                lambda successor: button(
                    t("Hand on to {doctor}", doctor=successor[1]),
                    on_click=DoctorSuspension.hand_on(row.id, successor[0]),
                ),
            ),
            button(
                t("Cancel it"),
                rx.el.span(" ", row.when, class_name="visually-hidden"),
                on_click=DoctorSuspension.cancel(row.id),
            ),
            class_name="flex flex-wrap items-center gap-2",
        ),
        class_name="flex flex-wrap items-center justify-between gap-x-4 gap-y-2",
    )


def _form() -> rx.Component:
    return form_dialog(
        t("Suspend this doctor?"),
        rx.el.p(
            t(
                "Patients no longer find or book the doctor. The appointments from then on are"
                " listed, to be handed on or cancelled with notice."
            )
        ),
        text_area(
            t("Reason"),
            "reason",
            hint=t("The doctor reads it in a mail."),
            error=DoctorSuspension.errors.get("reason", ""),
            rows="3",
            max_length="500",
        ),
        text_field(
            t("First day (optional)"),
            "first_day",
            hint=t("Leave empty for at once."),
            error=DoctorSuspension.errors.get("first_day", ""),
            type="date",
        ),
        text_field(
            t("Last day (optional)"),
            "last_day",
            hint=t("Leave empty for until somebody restores the doctor."),
            error=DoctorSuspension.errors.get("last_day", ""),
            type="date",
        ),
        name="suspension",
        shown=DoctorSuspension.is_open,
        on_close=DoctorSuspension.close,
        on_submit=DoctorSuspension.suspend,
        submit=t("Suspend"),
    )


def _question() -> rx.Component:
    return danger_question(
        t("Hand on or cancel all that is left?"),
        rx.el.p(
            t(
                "Each appointment goes to another doctor of the clinic who is free at its time."
                " Where nobody is, it is cancelled. Each patient is told by mail; whoever has no"
                " mail address has to be told by you."
            )
        ),
        name="settle-all",
        shown=DoctorSuspension.is_asking,
        keep=(t("Go back"), DoctorSuspension.close),
        do=(t("Hand on or cancel"), DoctorSuspension.settle_all),
    )
