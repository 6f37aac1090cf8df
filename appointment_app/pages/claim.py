"""Where a patient whom a clinic wrote down makes the record their own.

With a button, because programs that look after mailboxes open every link in them.
"""

from __future__ import annotations

import reflex as rx

from appointment_app.components.account_form import account_card
from appointment_app.components.button import button, button_link
from appointment_app.components.field import form_alert
from appointment_app.components.page import Viewer, public_page
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.i18n import t
from appointment_app.states.claim import ClaimRecord


def claim(viewer: Viewer) -> rx.Component:
    """Return the page; the secret of the link stands in the address."""
    return public_page(
        account_card(
            t("Your appointments in one place"),
            rx.cond(
                ClaimRecord.is_loaded,
                rx.cond(ClaimRecord.is_somebody, _claim(), _log_in()),
                skeleton_cards(1),
            ),
        ),
        viewer=viewer,
        current="/claim",
    )


def _claim() -> rx.Component:
    return rx.el.div(
        rx.cond(
            ClaimRecord.is_spent,
            None,
            rx.el.p(
                t("A clinic keeps appointments for you. Add them to this account?"),
                class_name="muted",
            ),
        ),
        form_alert(ClaimRecord.problem),
        rx.cond(
            ClaimRecord.is_spent,
            rx.fragment(
                rx.el.p(t("Ask the clinic for a new link."), class_name="muted"),
                button_link(t("My appointments"), href="/appointments"),
            ),
            button(t("Add them"), on_click=ClaimRecord.claim, variant="primary"),
        ),
        class_name="grid gap-4",
    )


def _log_in() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            t(
                "A clinic keeps appointments for you. Log in, or create an account, and you come"
                " back here to add them."
            ),
            class_name="muted",
        ),
        button_link(t("Log in"), href=ClaimRecord.login, variant="primary"),
        button_link(t("Create an account"), href=ClaimRecord.register),
        class_name="grid gap-4",
    )
