"""Opening an account as a doctor."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.account_fields import (
    consent_field,
    email_field,
    name_fields,
    password_field,
    phone_field,
)
from appointment_app.components.account_form import account_card, account_form
from appointment_app.components.field import select_field, text_field
from appointment_app.components.link import link
from appointment_app.components.page import Viewer, public_page
from appointment_app.i18n import t
from appointment_app.pages.register import confirm_address_panel
from appointment_app.states.practice_choices import PracticeChoices


def register_doctor(viewer: Viewer) -> rx.Component:
    """Return the page."""
    return public_page(
        account_card(
            t("Register as a doctor"),
            rx.el.p(
                t("Patients can find and book you as soon as the clinic has approved you."),
                class_name="muted",
            ),
            account_form(
                name_fields(),
                email_field(),
                phone_field(),
                text_field(t("Licence number"), "licence_number", required=True),
                select_field(t("Clinic"), "clinic", PracticeChoices.clinics, required=True),
                _specialties(),
                password_field(t("Password"), "new-password"),
                consent_field(),
                path="/register-doctor",
                submit=t("Register"),
                success=confirm_address_panel(
                    rx.el.p(t("The clinic then decides, and we tell you by mail."))
                ),
            ),
            rx.el.p(t("Are you a patient?"), " ", link(t("Create an account"), href="/register")),
        ),
        viewer=viewer,
        current="/register/doctor",
    )


def _specialties() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(t("Specialties"), class_name="field-label"),
        rx.el.p(
            id="specialties-error",
            class_name="field-error",
            custom_attrs={"data-error-for": "specialties", "aria-live": "polite"},
        ),
        rx.el.div(
            rx.foreach(PracticeChoices.specialties, _specialty),
            class_name="grid sm:grid-cols-2 gap-x-4 min-h-88 sm:min-h-44 content-start",
        ),
        class_name="field",
    )


def _specialty(choice: rx.Var[list[str]]) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            name="specialties",
            value=choice[0],
            class_name="check",
            custom_attrs={"aria-describedby": "specialties-error"},
        ),
        rx.el.span(choice[1]),
        class_name="check-label",
    )
