"""Where somebody arrives whose data were just erased."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.button import button_link
from appointment_app.components.card import card
from appointment_app.components.page import Viewer, public_page
from appointment_app.i18n import t

ROUTE = "/erased"


def erased(viewer: Viewer) -> rx.Component:
    """Return the page: what was done, and that a letter follows."""
    return public_page(
        card(
            rx.el.h1(t("Your data were erased")),
            rx.el.p(
                t(
                    "You are logged out everywhere, and nobody can log in to this account any"
                    " more. A last letter tells what had to be kept, and why."
                ),
                class_name="mt-4",
            ),
            button_link(t("To the first page"), href="/", class_name="mt-4"),
            class_name="mx-auto w-full max-w-2xl",
        ),
        viewer=viewer,
        current=ROUTE,
    )
