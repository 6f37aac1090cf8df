"""The dialog in which an administrator invites a doctor."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.button import button
from appointment_app.components.field import check_field, select_field, text_field
from appointment_app.components.form_dialog import form_dialog
from appointment_app.i18n import t
from appointment_app.states.invite_doctor import InviteDoctor

ERRORS = InviteDoctor.errors


def invite_doctor_button() -> rx.Component:
    """Return the button that opens the dialog."""
    return button(t("Invite a doctor"), variant="primary", on_click=InviteDoctor.open)


def invite_doctor_dialog() -> rx.Component:
    """Return the dialog of ``InviteDoctor``; a page holds it once."""
    return form_dialog(
        t("Invite a doctor"),
        rx.el.div(
            _text(t("First name"), "given_name", custom_attrs={"data-first": ""}),
            _text(t("Last name"), "family_name"),
            class_name="grid gap-4 sm:grid-cols-2",
        ),
        _text(
            t("Mail address"),
            "email",
            type="email",
            hint=t("Whoever has no account yet gets a link to choose a password."),
            max_length=254,
        ),
        rx.el.div(
            _text(t("Licence number"), "licence_number"),
            select_field(
                t("Clinic"),
                "clinic",
                InviteDoctor.clinics,
                id="invite-clinic",
                error=ERRORS.get("clinic", ""),
            ),
            class_name="grid gap-4 sm:grid-cols-2",
        ),
        _specialties(),
        rx.el.p(
            t("Patients see the doctor as soon as hours and visit types are set."),
            class_name="muted",
        ),
        name="invite-doctor",
        shown=InviteDoctor.is_open,
        on_close=InviteDoctor.close,
        on_submit=InviteDoctor.submit,
        opening=InviteDoctor.opened,
        submit=t("Invite"),
    )


def _specialties() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(t("Specialties"), class_name="field-label"),
        rx.el.div(
            rx.foreach(
                InviteDoctor.specialties,
                lambda choice: check_field(choice[1], choice[0], id=f"invite-{choice[0]}"),
            ),
            class_name="grid sm:grid-cols-2 max-h-60 overflow-y-auto choices",
            tab_index=0,
            role="group",
            aria_label=t("Specialties"),
        ),
        rx.el.p(
            ERRORS.get("specialties", ""),
            class_name="field-error",
            custom_attrs={"aria-live": "polite"},
        ),
        class_name="field",
    )


def _text(label: str, name: str, **props: object) -> rx.Component:
    return text_field(
        label,
        name,
        id=f"invite-{name}",
        error=ERRORS.get(name, ""),
        auto_complete="off",
        **props,
    )
