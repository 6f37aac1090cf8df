"""Asking for a link to choose a new password."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.account_fields import email_field
from appointment_app.components.account_form import (
    account_card,
    account_form,
    link_with_next,
    success_panel,
    typed,
)
from appointment_app.components.mailbox_hint import mailbox_hint
from appointment_app.components.page import Viewer, public_page
from appointment_app.i18n import t


def forgot_password(viewer: Viewer) -> rx.Component:
    """Return the page, whose answer never tells whether the address is known."""
    return public_page(
        account_card(
            t("Forgot your password?"),
            account_form(
                rx.el.p(
                    t("We mail you a link to choose a new one. It works for 30 minutes."),
                    class_name="muted",
                ),
                email_field(),
                path="/forgot-password",
                submit=t("Send the link"),
                success=success_panel(
                    t("Look into your mailbox"),
                    rx.el.p(
                        t("If there is an account for"),
                        " ",
                        typed("email"),
                        t(", a mail with the link is on its way."),
                    ),
                    mailbox_hint(),
                ),
            ),
            rx.el.p(link_with_next(t("Back to log in"), href="/login")),
        ),
        viewer=viewer,
        current="/forgot-password",
    )
