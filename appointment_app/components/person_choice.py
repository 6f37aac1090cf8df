"""One of the people found: a button with the name, and below it what tells them apart."""

from __future__ import annotations

from typing import Any

import reflex as rx

from .button import button


def person_choice(name: rx.Var[str], *details: rx.Var[str], on_click: Any) -> rx.Component:
    """Return one item of a list of people; ``details`` that are empty are left out."""
    return rx.el.li(
        button(
            name,
            *(
                rx.cond(each != "", rx.el.span(each, class_name="muted small whitespace-nowrap"))
                for each in details
            ),
            on_click=on_click,
            class_name="w-full flex-wrap justify-start gap-y-0 text-left",
        )
    )
