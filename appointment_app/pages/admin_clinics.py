"""Where administrators set up clinics: addresses, hours, holidays, and which are closed."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.badge import badge
from appointment_app.components.button import button
from appointment_app.components.card import card, card_row, list_card
from appointment_app.components.empty_state import empty_state
from appointment_app.components.form_dialog import danger_question
from appointment_app.components.page import Viewer
from appointment_app.i18n import t
from appointment_app.pages.clinic_departments import clinic_departments
from appointment_app.pages.clinic_form import clinic_form
from appointment_app.pages.workspace import administrators_page
from appointment_app.states.admin_clinics import AdminClinics, ClinicRow
from appointment_app.states.admin_departments import AdminDepartments


def admin_clinics(viewer: Viewer) -> rx.Component:
    """Return the page: the list of clinics, the dialog that changes one, and the question."""
    return administrators_page(
        t("Clinics"),
        _list(),
        clinic_form(),
        clinic_departments(),
        _question(),
        is_loaded=AdminClinics.is_loaded,
        is_forbidden=AdminClinics.is_forbidden,
        refusal=t("Your account has no right to change clinics."),
        action=rx.cond(
            AdminClinics.may_open,
            button(t("New clinic"), variant="primary", on_click=AdminClinics.add),
        ),
        viewer=viewer,
        current="/admin/clinics",
    )


def _list() -> rx.Component:
    return rx.cond(
        AdminClinics.clinics.length() > 0,
        list_card(rx.foreach(AdminClinics.clinics, _clinic)),
        card(
            empty_state(
                t("No clinics yet"),
                t("Set up the first one; doctors can then register for it."),
                button(t("New clinic"), variant="primary", on_click=AdminClinics.add),
            )
        ),
    )


def _clinic(row: ClinicRow) -> rx.Component:
    return card_row(
        rx.el.div(
            rx.el.div(
                rx.el.h2(row.name, class_name="text-base"),
                rx.cond(
                    row.active,
                    rx.cond(
                        row.is_closed_on_holidays,
                        badge(row.holidays, "accent"),
                        badge(row.holidays),
                    ),
                    badge(t("Closed"), "danger"),
                ),
                class_name="flex flex-wrap items-center gap-2 mb-1",
            ),
            rx.el.p(
                rx.cond(row.address != "", rx.el.span(row.address, ", ")),
                row.place,
                class_name="muted",
            ),
            rx.cond(row.contact != "", rx.el.p(row.contact, class_name="muted small")),
            rx.el.p(
                row.zone,
                rx.cond(row.missing != "", rx.el.span(" · ", row.missing)),
                class_name="muted small",
            ),
            class_name="min-w-0 flex-1 basis-64 wrap-anywhere",
        ),
        rx.el.div(
            _button(t("Edit"), row, AdminClinics.edit(row.id)),
            _button(t("Departments"), row, AdminDepartments.open(row.id, row.name)),
            rx.cond(
                AdminClinics.may_open,
                rx.cond(
                    row.active,
                    _button(t("Close"), row, AdminClinics.ask_to_close(row.id)),
                    _button(t("Restore"), row, AdminClinics.restore(row.id)),
                ),
            ),
            class_name="flex flex-wrap gap-2",
        ),
        class_name="flex flex-wrap items-center justify-between gap-3",
    )


def _button(text: str, row: ClinicRow, on_click: object) -> rx.Component:
    named = rx.el.span(" ", row.name, class_name="visually-hidden")
    return button(text, named, on_click=on_click)


def _question() -> rx.Component:
    return danger_question(
        t("Close {clinic}?", clinic=AdminClinics.asked_about),
        rx.el.p(
            t(
                "Patients no longer find it, and it takes no bookings. Its record, its doctors and"
                " their hours stay, and it can be restored."
            )
        ),
        rx.el.p(AdminClinics.problem, role="alert", class_name="alert"),
        name="close-clinic",
        shown=AdminClinics.is_asking,
        keep=(t("Keep it open"), AdminClinics.keep),
        do=(t("Close the clinic"), AdminClinics.close_clinic),
    )
