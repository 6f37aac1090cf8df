"""A form whose fields become the query of an address of this app, without loading the page anew."""

from __future__ import annotations

from typing import Any

import reflex as rx


class _NavigatingForm(rx.Component):
    library = "react-router"
    tag = "Form"
    alias = "ReactRouterForm"

    action: rx.Var[str]
    method: rx.Var[str]
    role: rx.Var[str]


def search_form(*children: Any, action: str, label: str, class_name: str = "") -> rx.Component:
    """Return a form that opens ``action`` with its fields as query.

    Before the page's scripts run it is the browser's own form, and does the same.
    """
    return _NavigatingForm.create(
        *children,
        action=action,
        method="get",
        role="search",
        class_name=class_name,
        custom_attrs={"aria-label": label},
    )
