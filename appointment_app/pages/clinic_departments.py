"""The dialog with the departments of a clinic."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.button import button
from appointment_app.components.dialog import dialog
from appointment_app.components.field import text_field
from appointment_app.components.switch import switch
from appointment_app.i18n import t
from appointment_app.states.admin_departments import AdminDepartments, DepartmentRow


def clinic_departments() -> rx.Component:
    """Return the dialog: each department with its doctors, and the field for a name."""
    return dialog(
        AdminDepartments.title,
        rx.cond(
            AdminDepartments.rows.length() > 0,
            rx.el.ul(
                rx.foreach(AdminDepartments.rows, _department), class_name="grid gap-3 list-none"
            ),
            rx.el.p(
                t("None yet. Doctors can be assigned to departments once there are some."),
                class_name="muted",
            ),
        ),
        rx.el.form(
            text_field(
                rx.cond(
                    AdminDepartments.renamed != "",
                    t("New name of {name}", name=AdminDepartments.renamed),
                    t("New department"),
                ),
                "name",
                id="field-department",
                error=AdminDepartments.name_error,
                default_value=AdminDepartments.renamed,
                placeholder=t("For example Outpatients"),
                max_length=80,
                auto_complete="off",
            ),
            rx.el.div(
                rx.cond(
                    AdminDepartments.renamed != "",
                    button(t("Cancel"), on_click=AdminDepartments.keep_name),
                ),
                button(
                    rx.cond(AdminDepartments.renamed != "", t("Save"), t("Add")),
                    type="submit",
                    variant="primary",
                ),
                class_name="form-actions",
            ),
            key=AdminDepartments.opening,
            on_submit=AdminDepartments.save,
            custom_attrs={"noValidate": True},
            class_name="grid gap-3 mt-2",
        ),
        name="departments",
        shown=AdminDepartments.is_open,
        on_close=AdminDepartments.close,
    )


def _department(row: DepartmentRow) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(row.name, class_name="font-semibold"),
            rx.el.p(row.doctors, class_name="muted small"),
            class_name="flex-1 min-w-32 wrap-anywhere",
        ),
        switch(
            t("In use"),
            checked=row.active,
            on_click=AdminDepartments.toggle(row.id),
            aria_label=t("In use: {name}", name=row.name),
        ),
        button(
            t("Rename"),
            aria_label=t("Rename {name}", name=row.name),
            on_click=AdminDepartments.rename(row.id),
        ),
        class_name="flex flex-wrap items-center gap-2",
    )
