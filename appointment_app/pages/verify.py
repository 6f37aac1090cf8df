"""Confirming an e-mail address with a mailed link.

With a button, because programs that look after mailboxes open every link in them.
"""

from __future__ import annotations

import reflex as rx

from appointment_app.components.account_form import account_card, account_form, shown_on
from appointment_app.components.link import link
from appointment_app.components.page import Viewer, public_page
from appointment_app.i18n import t


def verify(viewer: Viewer) -> rx.Component:
    """Return the page; the secret of the link stands in the address."""
    return public_page(
        account_card(
            t("Confirm your address"),
            account_form(
                shown_on(
                    "LINK_INVALID",
                    rx.el.p(
                        link(t("Log in"), href="/login"),
                        t(": if your address is not confirmed yet, we send you a new link."),
                    ),
                ),
                rx.el.p(
                    t("One click and your account is ready. You are logged in at once."),
                    class_name="muted",
                ),
                path="/verify",
                submit=t("Confirm and go on"),
            ),
        ),
        viewer=viewer,
        current="/verify",
    )
