"""The fields that several account forms have."""

from __future__ import annotations

from typing import Literal

import reflex as rx

from appointment_app.i18n import t

from .field import check_field, text_field
from .link import plain_link


def email_field() -> rx.Component:
    """Return the field for the e-mail address."""
    return text_field(
        t("E-mail address"), "email", type="email", auto_complete="email", required=True
    )


def password_field(
    label: str, purpose: Literal["current-password", "new-password"]
) -> rx.Component:
    """Return the field for a password; ``purpose`` tells password managers what to offer."""
    is_new = purpose == "new-password"
    return text_field(
        label,
        "password",
        hint=t("At least 8 characters. Three or four words are easy to remember.")
        if is_new
        else "",
        type="password",
        auto_complete=purpose,
        required=True,
    )


def name_fields() -> rx.Component:
    """Return the fields for the two names, side by side where there is room."""
    return rx.el.div(
        text_field(t("First name"), "given_name", auto_complete="given-name", required=True),
        text_field(t("Last name"), "family_name", auto_complete="family-name", required=True),
        class_name="grid gap-4 sm:grid-cols-2",
    )


def consent_field() -> rx.Component:
    """Return the box without which nobody registers, and the notice that it is about."""
    return rx.el.div(
        check_field(t("I have read the privacy notice and agree to it"), "agrees", required=True),
        rx.el.p(
            plain_link(
                t("Read the privacy notice"),
                href="/privacy",
                target="_blank",
                class_name="inline-target",
            )
        ),
    )


def phone_field() -> rx.Component:
    """Return the optional field for a telephone number."""
    return text_field(
        t("Phone number (optional)"),
        "phone",
        hint=t("With country code, such as +49 30 901820."),
        type="tel",
        auto_complete="tel",
    )
