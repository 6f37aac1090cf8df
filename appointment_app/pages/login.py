"""Logging in."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.account_fields import email_field, password_field
from appointment_app.components.account_form import (
    account_card,
    account_form,
    link_with_next,
    shown_on,
)
from appointment_app.components.mailbox_hint import mailbox_hint
from appointment_app.components.page import Viewer, public_page
from appointment_app.i18n import t


def login(viewer: Viewer) -> rx.Component:
    """Return the page."""
    return public_page(
        account_card(
            t("Log in"),
            account_form(
                shown_on("ADDRESS_NOT_VERIFIED", mailbox_hint()),
                email_field(),
                password_field(t("Password"), "current-password"),
                path="/login",
                submit=t("Log in"),
            ),
            rx.el.p(link_with_next(t("Forgot your password?"), href="/forgot-password")),
            rx.el.p(t("New here?"), " ", link_with_next(t("Create an account"), href="/register")),
        ),
        viewer=viewer,
        current="/login",
    )
