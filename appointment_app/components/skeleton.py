"""Grey shapes that keep the place of what is still on its way, so that nothing jumps."""

from __future__ import annotations

import reflex as rx

from appointment_app.i18n import t

from .card import card


def skeleton(class_name: str = "") -> rx.Component:
    """Return one grey bar; its size comes from ``class_name`` (such as ``h-6 w-40``)."""
    return rx.el.span(
        class_name=f"skeleton {class_name}".strip(), custom_attrs={"aria-hidden": "true"}
    )


def skeleton_cards(count: int = 3, height: str = "h-56") -> rx.Component:
    """Return ``count`` cards that are about to be filled; announced once as loading."""
    return rx.el.div(
        rx.el.p(t("Loading…"), role="status", class_name="visually-hidden"),
        *(
            card(
                rx.el.div(
                    skeleton("h-14 w-14 rounded-full flex-none"),
                    rx.el.div(
                        skeleton("h-5 w-44 max-w-full"),
                        skeleton("h-4 w-32 mt-3"),
                        class_name="flex-1",
                    ),
                    class_name="flex gap-4",
                ),
                class_name=height,
            )
            for _ in range(count)
        ),
        # Of its own, so that React does not turn a grey card into some part of what comes, which
        # would count as something that jumps.
        key="to-come",
        class_name="grid gap-4",
    )
