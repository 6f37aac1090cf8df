"""The account: e-mail address, password, and where one is logged in."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.account_form import (
    account_card,
    account_form,
    shown_on,
    success_panel,
    typed,
)
from appointment_app.components.badge import badge
from appointment_app.components.button import button
from appointment_app.components.card import card, list_card
from appointment_app.components.field import text_field
from appointment_app.components.item_row import item_row
from appointment_app.components.link import link
from appointment_app.components.mailbox_hint import mailbox_hint
from appointment_app.components.page import Viewer, public_page
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.i18n import t
from appointment_app.states.account_page import AccountPage, LoginRow

ROUTE = "/account"


def account(viewer: Viewer) -> rx.Component:
    """Return the page of whoever is logged in."""
    return public_page(
        rx.el.div(
            rx.el.h1(t("Login and security")),
            rx.cond(
                AccountPage.is_loaded,
                rx.fragment(_logins(), _address(), _password()),
                skeleton_cards(3, "h-48"),
            ),
            class_name="mx-auto w-full max-w-2xl grid gap-4",
        ),
        viewer=viewer,
        current=ROUTE,
    )


def confirm_address(viewer: Viewer) -> rx.Component:
    """Return the page of the mailed link that gives an account its new address."""
    return public_page(
        account_card(
            t("Confirm your new address"),
            account_form(
                shown_on(
                    "LINK_INVALID",
                    rx.el.p(link(t("Ask for a new link"), href=ROUTE)),
                ),
                rx.el.p(
                    t("From now on you log in with this address, and get your mails there."),
                    class_name="muted",
                ),
                path="/confirm-email",
                submit=t("Use this address"),
            ),
        ),
        viewer=viewer,
        current="/confirm-address",
    )


def _logins() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(t("Where you are logged in")),
            rx.cond(
                AccountPage.logins.length() > 1,
                button(t("Log out everywhere else"), on_click=AccountPage.end_others),
            ),
            class_name="flex flex-wrap items-center justify-between gap-3",
        ),
        list_card(rx.foreach(AccountPage.logins, _login)),
        class_name="grid gap-3",
    )


def _login(row: LoginRow) -> rx.Component:
    return item_row(
        row.what,
        row.seen,
        marks=[rx.cond(row.is_current, badge(t("This device"), "accent"))],
        actions=[
            rx.cond(
                row.is_current,
                None,
                button(
                    t("Log out"),
                    variant="quiet",
                    on_click=AccountPage.end(row.id),
                    aria_label=t("Log out {what}", what=row.what),
                ),
            )
        ],
        level=3,
    )


def _address() -> rx.Component:
    return card(
        rx.el.h2(t("E-mail address")),
        rx.el.p(
            rx.el.strong(AccountPage.email, class_name="wrap-anywhere"), class_name="mt-2 mb-4"
        ),
        account_form(
            text_field(
                t("New e-mail address"), "email", type="email", auto_complete="email", required=True
            ),
            _present_password("address"),
            path="/change-email",
            submit=t("Send the link"),
            success=success_panel(
                t("Please confirm the new address"),
                rx.el.p(
                    t("We have sent a mail to"),
                    " ",
                    typed("email"),
                    ". ",
                    t("The address changes when you open the link in it."),
                ),
                mailbox_hint(),
            ),
        ),
    )


def _password() -> rx.Component:
    return card(
        rx.el.h2(t("Password"), class_name="mb-4"),
        account_form(
            _present_password("password"),
            text_field(
                t("New password"),
                "new_password",
                hint=t("At least 8 characters. Three or four words are easy to remember."),
                type="password",
                auto_complete="new-password",
                required=True,
            ),
            path="/change-password",
            submit=t("Change the password"),
            success=success_panel(
                t("Your password is changed"),
                rx.el.p(t("Every other device was logged out.")),
            ),
        ),
    )


def _present_password(form: str) -> rx.Component:
    return text_field(
        t("Present password"),
        "password",
        id=f"field-password-{form}",
        type="password",
        auto_complete="current-password",
        required=True,
    )
