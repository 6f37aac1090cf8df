"""Where an administrator says who works at a clinic, and who administers it."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.badge import badge
from appointment_app.components.button import button
from appointment_app.components.empty_state import empty_state
from appointment_app.components.field import text_field
from appointment_app.components.form_dialog import danger_question, form_dialog
from appointment_app.components.item_row import item_row
from appointment_app.components.page import Viewer
from appointment_app.components.pills import pills
from appointment_app.i18n import t
from appointment_app.models import Role
from appointment_app.pages.workspace import administrators_page, section_of_clinic
from appointment_app.states.admin_staff import ROLE_NAMES, AdminStaff, StaffPlace, StaffRow

ROUTE = "/admin/staff"


def admin_staff(viewer: Viewer) -> rx.Component:
    """Return the page: each clinic with its front desk and its administrators."""
    return administrators_page(
        t("Staff"),
        _places(),
        _dialog(),
        _question(),
        is_loaded=AdminStaff.is_loaded,
        is_forbidden=AdminStaff.is_forbidden,
        viewer=viewer,
        current=ROUTE,
    )


def _places() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            t(
                "The front desk books, moves and cancels for patients of its clinic, and never"
                " reads why somebody comes. Administrators do that too, and manage the clinic."
            ),
            class_name="muted",
        ),
        rx.foreach(AdminStaff.places, _place),
    )


def _place(place: StaffPlace) -> rx.Component:
    return section_of_clinic(
        place.name,
        button(
            t("Add"),
            aria_label=t("Add somebody to {clinic}", clinic=place.name),
            on_click=AdminStaff.add(place.key),
        ),
        place.rows,
        _row,
        empty=empty_state(
            t("Nobody yet"), t("Add the people of the front desk by their mail address.")
        ),
    )


def _row(row: StaffRow) -> rx.Component:
    return item_row(
        row.email,
        rx.cond(row.invited != "", f"{row.role} · {row.invited}", row.role),
        marks=[
            rx.cond(row.is_you, badge(t("You"))),
            rx.cond(row.is_invited, badge(t("Invited"))),
        ],
        actions=[
            rx.cond(
                row.is_invited,
                button(
                    t("Invite again"),
                    aria_label=t("Invite {email} again", email=row.email),
                    on_click=AdminStaff.invite_again(row.key),
                ),
            ),
            button(
                rx.cond(row.is_invited, t("Take back…"), t("Remove…")),
                aria_label=t("Remove {email}: {role}", email=row.email, role=row.role),
                on_click=AdminStaff.ask_removal(row.key),
            ),
        ],
        level=3,
    )


def _dialog() -> rx.Component:
    return form_dialog(
        AdminStaff.title,
        pills(
            t("Role"),
            [(role.value, name) for role, name in ROLE_NAMES.items()],
            rx.cond(
                AdminStaff.is_administrator_chosen,
                Role.ADMINISTRATOR.value,
                Role.RECEPTION.value,
            ),
            AdminStaff.choose_role,
        ),
        text_field(
            t("Mail address"),
            "email",
            type="email",
            hint=t("Whoever has no account yet gets a link to choose a password."),
            error=AdminStaff.email_error,
            max_length=254,
            auto_complete="off",
        ),
        name="staff",
        shown=AdminStaff.is_open,
        on_close=AdminStaff.close,
        on_submit=AdminStaff.submit,
        opening=AdminStaff.opened,
        submit=t("Add"),
    )


def _question() -> rx.Component:
    return danger_question(
        AdminStaff.question,
        rx.el.p(AdminStaff.consequence),
        name="remove-staff",
        shown=AdminStaff.is_asking,
        keep=(t("Keep"), AdminStaff.keep),
        do=(t("Take it back"), AdminStaff.remove),
    )
