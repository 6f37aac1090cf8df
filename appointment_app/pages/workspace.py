"""What the pages of the workspace share."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.button import button_link
from appointment_app.components.card import card
from appointment_app.components.empty_state import empty_state
from appointment_app.i18n import t


def for_doctors(sentence: rx.Var[str]) -> rx.Component:
    """Return what somebody else sees of a doctor's page: why, and a way on."""
    return _not_for_you(t("This page is for doctors"), sentence)


def for_administrators(sentence: str) -> rx.Component:
    """Return what somebody else sees of an administrator's page: why, and a way on."""
    return _not_for_you(t("This page is for administrators"), sentence)


def for_reception(sentence: rx.Var[str]) -> rx.Component:
    """Return what somebody else sees of the front desk's page: why, and a way on."""
    return _not_for_you(t("This page is for the front desk"), sentence)


def _not_for_you(title: str, sentence: str | rx.Var[str]) -> rx.Component:
    return card(
        empty_state(
            title,
            sentence,
            button_link(t("Find a doctor"), href="/", variant="primary"),
        )
    )
