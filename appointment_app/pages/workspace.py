"""What the pages of the workspace share."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.button import button_link
from appointment_app.components.card import card
from appointment_app.components.empty_state import empty_state
from appointment_app.i18n import t


def not_for_you(sentence: rx.Var[str]) -> rx.Component:
    """Return what somebody sees who may not use the page, and a way on."""
    return card(
        empty_state(
            t("This page is for doctors"),
            sentence,
            button_link(t("Find a doctor"), href="/", variant="primary"),
        )
    )
