"""Where an administrator sets the names, regions and holidays of clinics."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.badge import badge
from appointment_app.components.button import button
from appointment_app.components.card import card_row, list_card
from appointment_app.components.field import check_field, form_alert, select_field, text_field
from appointment_app.components.form_dialog import form_dialog
from appointment_app.components.page import Viewer, workspace_page
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.i18n import countries, t
from appointment_app.pages.workspace import for_administrators
from appointment_app.states.admin_clinics import AdminClinics, ClinicRow

FORM = AdminClinics.form


def admin_clinics(viewer: Viewer) -> rx.Component:
    """Return the page: the list of clinics, and the dialog that changes one."""
    return workspace_page(
        rx.el.div(
            rx.el.h1(t("Clinics")),
            rx.cond(
                AdminClinics.is_loaded,
                rx.cond(
                    AdminClinics.is_forbidden,
                    for_administrators(t("Your account has no right to change clinics.")),
                    list_card(rx.foreach(AdminClinics.clinics, _clinic)),
                ),
                skeleton_cards(2),
            ),
            class_name="w-full max-w-3xl grid gap-4",
        ),
        _dialog(),
        viewer=viewer,
        current="/admin/clinics",
    )


def _clinic(row: ClinicRow) -> rx.Component:
    return card_row(
        rx.el.div(
            rx.el.div(
                rx.el.h2(row.name, class_name="text-base"),
                rx.cond(row.is_closed, badge(row.holidays, "accent"), badge(row.holidays)),
                class_name="flex flex-wrap items-center gap-2 mb-1",
            ),
            rx.el.p(
                row.place,
                rx.cond(row.region != "", rx.el.span(" · ", row.region)),
                class_name="muted",
            ),
            class_name="min-w-0 flex-1",
        ),
        button(
            t("Edit"),
            rx.el.span(" ", row.name, class_name="visually-hidden"),
            on_click=AdminClinics.edit(row.id),
        ),
        class_name="flex flex-wrap items-center justify-between gap-3",
    )


def _dialog() -> rx.Component:
    errors = AdminClinics.errors
    return form_dialog(
        FORM.title,
        text_field(
            t("Name"),
            "name",
            error=errors.get("name", ""),
            default_value=FORM.name,
            max_length=120,
            auto_complete="off",
        ),
        select_field(
            t("Country"),
            "country",
            countries(),
            error=errors.get("country", ""),
            default_value=FORM.country,
            on_change=AdminClinics.choose_country,
            auto_complete="off",
        ),
        select_field(
            t("Region"),
            "region",
            AdminClinics.regions,
            hint=t("Country and region say which public holidays the clinic has."),
            error=errors.get("region", ""),
            default_value=FORM.region,
        ),
        check_field(t("Closed on public holidays"), "closed", default_checked=FORM.closed),
        rx.el.p(
            t("A doctor may decide otherwise, or set hours for such a day."),
            class_name="muted",
        ),
        form_alert(errors.get("form", "")),
        name="clinic",
        shown=AdminClinics.form_open,
        on_close=AdminClinics.close,
        on_submit=AdminClinics.save,
        opening=FORM.number,
    )
