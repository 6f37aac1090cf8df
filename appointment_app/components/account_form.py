"""Forms that are sent to the API instead of a state, because they hold passwords.

``assets/account_forms.js`` sends them and says what the API answers.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.i18n import t

from .button import button
from .card import card
from .field import form_alert
from .link import plain_link


def account_scripts() -> list[rx.Component]:
    """Return the scripts for the head of every page: every page has the form to log out."""
    return [
        rx.el.script(src="/account_forms.js", defer=True),
        rx.el.script(src="/login_watch.js", defer=True),
    ]


def account_form(
    *fields: Any, path: str, submit: str, success: rx.Component | None = None
) -> rx.Component:
    """Return a form whose fields are posted to ``/api/v1/auth`` + ``path``.

    ``success`` (see ``success_panel``) takes the place of the fields when all is well; without
    it the page moves on to where the API says.
    """
    return rx.el.form(
        rx.el.div(
            form_alert(),
            *fields,
            button(submit, type="submit", variant="primary", class_name="w-full"),
            class_name="grid gap-4",
        ),
        success,
        method="post",
        action=f"/api/v1/auth{path}",
        no_validate=True,
        custom_attrs={
            "data-account-form": "",
            "data-unreachable": t("The server cannot be reached. Please try again."),
        },
    )


def success_panel(title: str, *children: Any) -> rx.Component:
    """Return what stands in the form's place when it was accepted; gets the focus then."""
    return rx.el.div(
        rx.el.h2(title),
        *children,
        class_name="grid gap-4",
        hidden=True,
        tab_index=-1,
        custom_attrs={"data-success": ""},
    )


def typed(name: str) -> rx.Component:
    """Return the place in a success panel where the script repeats what was typed as ``name``."""
    return rx.el.strong(custom_attrs={"data-typed": name}, class_name="wrap-anywhere")


def shown_on(code: str, *children: Any) -> rx.Component:
    """Return what a form shows only when the API refuses with ``code``."""
    return rx.el.div(*children, hidden=True, custom_attrs={"data-on-code": code})


def link_with_next(*children: Any, href: str, **props: Any) -> rx.Component:
    """Return a link to another account page that takes ``next`` of this page's address along."""
    return plain_link(*children, href=href, custom_attrs={"data-keep-next": ""}, **props)


def link_to_next(*children: Any, **props: Any) -> rx.Component:
    """Return a link in a success panel to where the visitor wanted to go."""
    return plain_link(*children, href="/", custom_attrs={"data-next": ""}, **props)


def account_card(title: str, *children: Any) -> rx.Component:
    """Return the narrow card in the middle of the page that holds an account form."""
    return card(
        rx.el.h1(title),
        rx.el.div(*children, class_name="mt-4 grid gap-4"),
        class_name="mx-auto w-full max-w-md",
    )
