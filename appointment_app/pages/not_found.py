"""What is shown at an address that is none of ours."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.button import button_link
from appointment_app.components.card import card
from appointment_app.components.empty_state import empty_state
from appointment_app.components.page import Viewer, public_page
from appointment_app.i18n import t

ROUTE = "404"  # the name that Reflex has for it


def not_found(viewer: Viewer) -> rx.Component:
    """Return the page: what is wrong, and two ways on."""
    return public_page(
        rx.el.div(
            rx.el.h1(t("Page not found")),
            card(
                empty_state(
                    t("There is nothing at this address"),
                    t("The link may be old, or mistyped."),
                    rx.el.div(
                        button_link(t("Find a doctor"), href="/", variant="primary"),
                        button_link(t("My appointments"), href="/appointments"),
                        class_name="flex flex-wrap justify-center gap-3",
                    ),
                )
            ),
            class_name="mx-auto w-full max-w-2xl grid gap-4",
        ),
        viewer=viewer,
    )
