"""What mailed invitations of a family lead to: looking after somebody, or an own account."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.account_fields import consent_field
from appointment_app.components.account_form import account_card, account_form, shown_on
from appointment_app.components.button import button, button_link
from appointment_app.components.card import card
from appointment_app.components.empty_state import empty_state
from appointment_app.components.field import check_field, text_field
from appointment_app.components.page import Viewer, public_page
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.i18n import t
from appointment_app.states.invitation_page import InvitationPage


def invitation(viewer: Viewer) -> rx.Component:
    """Return the page for whoever is asked to look after somebody too."""
    return public_page(
        rx.el.div(
            rx.el.h1(t("Look after appointments together")),
            rx.cond(
                InvitationPage.is_loaded,
                rx.cond(InvitationPage.is_missing, _missing(), _question()),
                skeleton_cards(1, "h-40"),
            ),
            class_name="mx-auto w-full max-w-2xl grid gap-4",
        ),
        viewer=viewer,
        current="/invitation",
    )


def own_account(viewer: Viewer) -> rx.Component:
    """Return the page on which a dependent opens an account of their own."""
    return public_page(
        account_card(
            t("An account of your own"),
            account_form(
                shown_on("LINK_INVALID", rx.el.p(t("Please ask for a new link."))),
                rx.el.p(
                    t("Your appointments and your profile are yours from now on."),
                    class_name="muted",
                ),
                text_field(
                    t("Password"),
                    "password",
                    hint=t("At least 8 characters. Three or four words are easy to remember."),
                    type="password",
                    auto_complete="new-password",
                    required=True,
                ),
                check_field(
                    t("Those who looked after me may still book for me"),
                    "keeps_guardians",
                    default_checked=True,
                ),
                consent_field(),
                path="/own-account",
                submit=t("Open my account"),
            ),
        ),
        viewer=viewer,
        current="/own-account",
    )


def _missing() -> rx.Component:
    return card(
        empty_state(
            t("This invitation no longer counts"),
            t("It was used already, or is too old. Please ask for a new one."),
            button_link(t("Family"), href="/family", variant="primary"),
        )
    )


def _question() -> rx.Component:
    return card(
        rx.el.p(
            t(
                "{sender} asks you to look after the appointments of {person} too.",
                sender=InvitationPage.sender,
                person=InvitationPage.person,
            )
        ),
        rx.el.p(
            t("You would book for them, and see and change their profile and appointments."),
            class_name="muted mt-2",
        ),
        rx.el.div(
            button_link(t("Not now"), href="/"),
            button(t("Accept"), variant="primary", on_click=InvitationPage.accept),
            class_name="form-actions mt-4",
        ),
    )
