"""Where an administrator decides which doctors patients may see."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.badge import badge
from appointment_app.components.button import Variant, button
from appointment_app.components.card import card, card_row, list_card
from appointment_app.components.dialog import dialog
from appointment_app.components.empty_state import empty_state
from appointment_app.components.facts import fact, facts
from appointment_app.components.field import text_area
from appointment_app.components.link import link
from appointment_app.components.page import Viewer
from appointment_app.i18n import t
from appointment_app.pages.invite_doctor import invite_doctor_button, invite_doctor_dialog
from appointment_app.pages.workspace import administrators_page
from appointment_app.states.admin_doctors import AdminDoctors, Row


def admin_doctors(viewer: Viewer) -> rx.Component:
    """Return the page: doctors who wait, doctors decided on, and the question for a reason."""
    return administrators_page(
        t("Doctors"),
        _lists(),
        _reason_dialog(),
        invite_doctor_dialog(),
        is_loaded=AdminDoctors.is_loaded,
        is_forbidden=AdminDoctors.is_forbidden,
        refusal=t("Your account has no right to decide on doctors."),
        viewer=viewer,
        current="/admin/doctors",
        action=rx.cond(AdminDoctors.is_loaded & ~AdminDoctors.is_forbidden, invite_doctor_button()),
    )


def _lists() -> rx.Component:
    return rx.fragment(
        rx.el.h2(t("Waiting for a decision"), class_name="mt-2"),
        rx.cond(
            AdminDoctors.waiting.length() > 0,
            list_card(rx.foreach(AdminDoctors.waiting, _waiting)),
            card(
                empty_state(
                    t("Nobody is waiting"),
                    t("Doctors who register at your clinics appear here; or invite one."),
                )
            ),
        ),
        rx.cond(
            AdminDoctors.decided.length() > 0,
            rx.fragment(
                rx.el.h2(t("Decided"), class_name="mt-4"),
                list_card(rx.foreach(AdminDoctors.decided, _decided)),
            ),
        ),
    )


def _waiting(row: Row) -> rx.Component:
    return card_row(
        _doctor(row, rx.cond(row.email_verified, None, badge(t("Address not confirmed")))),
        rx.el.div(
            _approve_button(row, "primary"),
            _refuse_button(row, "secondary"),
            class_name="mt-4 flex flex-wrap gap-3",
        ),
    )


def _decided(row: Row) -> rx.Component:
    return card_row(
        rx.el.div(
            rx.el.div(
                _name(
                    row,
                    rx.cond(
                        row.is_suspended,
                        badge(t("Suspended"), "danger"),
                        rx.cond(
                            row.is_approved,
                            badge(t("Approved"), "accent"),
                            badge(t("Refused"), "danger"),
                        ),
                    ),
                    rx.cond(row.email_verified, None, badge(t("Address not confirmed"))),
                ),
                rx.cond(row.suspension != "", rx.el.p(row.suspension, class_name="font-semibold")),
                rx.el.p(row.specialties, " · ", row.clinics, class_name="muted"),
                rx.el.p(row.licence_number, " · ", row.email, class_name="muted small"),
                rx.cond(row.reason != "", rx.el.p(t("Reason:"), " ", row.reason)),
                class_name="min-w-0 wrap-anywhere",
            ),
            rx.el.div(
                rx.cond(
                    row.is_approved & ~row.email_verified,
                    button(
                        t("Invite again"),
                        rx.el.span(" ", row.name, class_name="visually-hidden"),
                        variant="quiet",
                        class_name="-ms-[18px] sm:ms-0",
                        on_click=AdminDoctors.invite_again(row.doctor),
                    ),
                ),
                rx.cond(
                    row.is_approved,
                    _refuse_button(row, "quiet"),
                    _approve_button(row, "secondary"),
                ),
                class_name="flex flex-wrap items-center gap-x-3",
            ),
            class_name="flex flex-wrap items-center justify-between gap-x-3 gap-y-1",
        ),
    )


def _name(row: Row, *state: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.h3(link(row.name, href=f"/doctor/profile?id={row.doctor}", class_name="underline")),
        *state,
        class_name="flex flex-wrap items-center gap-2 mb-2",
    )


def _doctor(row: Row, state: rx.Component) -> rx.Component:
    return rx.fragment(
        _name(row, state),
        facts(
            fact(t("Licence number"), row.licence_number),
            fact(t("Specialties"), row.specialties),
            fact(t("Clinic"), row.clinics),
            fact(t("E-mail address"), row.email),
            fact(t("Registered"), row.registered),
            class_name="sm:grid-cols-2",
        ),
    )


def _approve_button(row: Row, variant: Variant) -> rx.Component:
    return button(
        t("Approve"),
        rx.el.span(" ", row.name, class_name="visually-hidden"),
        variant=variant,
        on_click=AdminDoctors.approve(row.doctor),
    )


def _refuse_button(row: Row, variant: Variant) -> rx.Component:
    return button(
        rx.cond(row.is_approved, t("Withdraw approval"), t("Refuse")),
        rx.el.span(" ", row.name, class_name="visually-hidden"),
        variant=variant,
        class_name="-ms-[18px] sm:ms-0" if variant == "quiet" else "",
        on_click=AdminDoctors.ask_reason(row.doctor),
    )


def _reason_dialog() -> rx.Component:
    return dialog(
        rx.cond(
            AdminDoctors.refused.is_approved,
            t("Withdraw the approval of this doctor?"),
            t("Refuse this doctor?"),
        ),
        rx.el.form(
            rx.el.p(
                rx.el.strong(AdminDoctors.refused.name),
                " ",
                t("will not be shown to patients. Appointments that are booked stay booked."),
            ),
            text_area(
                t("Reason"),
                "reason",
                hint=t("The doctor reads it in a mail."),
                error=AdminDoctors.reason_error,
                rows="3",
                max_length="500",
            ),
            rx.el.div(
                button(t("Go back"), on_click=AdminDoctors.close_reason),
                button(
                    rx.cond(AdminDoctors.refused.is_approved, t("Withdraw approval"), t("Refuse")),
                    type="submit",
                    variant="danger",
                ),
                class_name="form-actions",
            ),
            on_submit=AdminDoctors.refuse,
            class_name="grid gap-4",
        ),
        name="refuse",
        shown=AdminDoctors.is_refusing,
        on_close=AdminDoctors.close_reason,
    )
