"""Opening an account as a patient."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.account_fields import (
    consent_field,
    email_field,
    name_fields,
    password_field,
    phone_field,
)
from appointment_app.components.account_form import (
    account_card,
    account_form,
    link_to_next,
    link_with_next,
    success_panel,
    typed,
)
from appointment_app.components.link import link
from appointment_app.components.mailbox_hint import mailbox_hint
from appointment_app.components.page import Viewer, public_page
from appointment_app.i18n import t


def register(viewer: Viewer) -> rx.Component:
    """Return the page."""
    return public_page(
        account_card(
            t("Create an account"),
            account_form(
                name_fields(),
                email_field(),
                phone_field(),
                password_field(t("Password"), "new-password"),
                consent_field(),
                path="/register",
                submit=t("Create account"),
                success=confirm_address_panel(),
            ),
            rx.el.p(t("Have an account already?"), " ", link_with_next(t("Log in"), href="/login")),
            rx.el.p(
                t("Are you a doctor?"),
                " ",
                link(t("Register your practice"), href="/register/doctor"),
            ),
        ),
        viewer=viewer,
        current="/register",
    )


def confirm_address_panel(*children: rx.Component) -> rx.Component:
    """Return what a registration ends with: the mail to look for, and the way back."""
    return success_panel(
        t("Please confirm your address"),
        rx.el.p(
            t("We have sent a mail to"),
            " ",
            typed("email"),
            ". ",
            t("Open the link in it within 24 hours."),
        ),
        *children,
        mailbox_hint(),
        link_to_next(t("I have confirmed my address"), class_name="button button-primary w-full"),
    )
