"""Choosing a new password with a mailed link."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.account_fields import password_field
from appointment_app.components.account_form import account_card, account_form, shown_on
from appointment_app.components.link import link
from appointment_app.components.page import Viewer, public_page
from appointment_app.i18n import t


def reset_password(viewer: Viewer) -> rx.Component:
    """Return the page; the secret of the link stands in the address."""
    return public_page(
        account_card(
            t("Choose a new password"),
            account_form(
                shown_on(
                    "LINK_INVALID",
                    rx.el.p(link(t("Ask for a new link"), href="/forgot-password")),
                ),
                password_field(t("New password"), "new-password"),
                rx.el.p(
                    t("You will be logged out everywhere else."),
                    class_name="muted",
                ),
                path="/reset-password",
                submit=t("Save and log in"),
            ),
        ),
        viewer=viewer,
        current="/reset-password",
    )
