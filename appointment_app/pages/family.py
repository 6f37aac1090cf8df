"""The family: whom somebody books for, and who may book for them."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.badge import badge
from appointment_app.components.button import button, button_link
from appointment_app.components.card import card, card_row, list_card
from appointment_app.components.empty_state import empty_state
from appointment_app.components.field import form_alert, select_field, text_field
from appointment_app.components.form_dialog import danger_question, form_dialog
from appointment_app.components.item_row import item_row
from appointment_app.components.page import Viewer, public_page
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.i18n import t
from appointment_app.states.family_page import (
    KINSHIP_NAMES,
    DependentRow,
    FamilyPage,
    GuardianRow,
)

ROUTE = "/family"


def family(viewer: Viewer) -> rx.Component:
    """Return the page of whoever is logged in."""
    return public_page(
        rx.el.div(
            rx.el.div(
                rx.el.h1(t("Family")),
                rx.cond(
                    FamilyPage.is_loaded & ~FamilyPage.is_forbidden,
                    button(t("Add somebody"), variant="primary", on_click=FamilyPage.add),
                ),
                class_name="flex flex-wrap items-center justify-between gap-3",
            ),
            rx.cond(
                FamilyPage.is_loaded,
                rx.cond(FamilyPage.is_forbidden, _forbidden(), _family()),
                skeleton_cards(2, "h-32"),
            ),
            class_name="mx-auto w-full max-w-2xl grid gap-4",
        ),
        _form(),
        _letter(),
        _kinship(),
        _question(),
        viewer=viewer,
        current=ROUTE,
    )


def _forbidden() -> rx.Component:
    return card(
        empty_state(
            t("This page is for patients"),
            t("Your account is no patient's, so it has no family here."),
            button_link(t("Find a doctor"), href="/", variant="primary"),
        )
    )


def _family() -> rx.Component:
    return rx.fragment(
        rx.cond(
            FamilyPage.dependents.length() > 0,
            rx.fragment(
                rx.el.p(
                    t("You book for them, and see and change their profiles and appointments."),
                    class_name="muted",
                ),
                list_card(rx.foreach(FamilyPage.dependents, _dependent)),
            ),
            card(
                empty_state(
                    t("Nobody here yet"),
                    t("Add your children, or a parent whom you look after, and book for them."),
                )
            ),
        ),
        rx.cond(
            FamilyPage.guardians.length() > 0,
            rx.el.section(
                rx.el.h2(t("Who may book for you")),
                list_card(rx.foreach(FamilyPage.guardians, _guardian)),
                class_name="grid gap-3 mt-4",
            ),
        ),
    )


def _dependent(row: DependentRow) -> rx.Component:
    return item_row(
        row.name,
        row.facts,
        row.others,
        marks=[rx.cond(row.has_account, badge(t("Own account")))],
        actions=[
            button_link(
                t("Profile"), href=row.profile, aria_label=t("Profile of {name}", name=row.name)
            ),
            button(
                t("Relation"),
                variant="quiet",
                on_click=FamilyPage.ask_kinship(row.id),
                aria_label=t("Who {name} is to you", name=row.name),
            ),
            # Who has an account decides who looks after them.
            rx.cond(
                row.has_account,
                None,
                rx.fragment(
                    button(
                        t("Share"),
                        variant="quiet",
                        on_click=FamilyPage.invite(row.id),
                        aria_label=t("Look after {name} together", name=row.name),
                    ),
                    button(
                        t("Own account"),
                        variant="quiet",
                        class_name="px-1 sm:px-[18px] whitespace-nowrap",
                        on_click=FamilyPage.offer(row.id),
                        aria_label=t("An own account for {name}", name=row.name),
                    ),
                ),
            ),
            _remove_button(row.id, row.name),
        ],
        actions_class="grid grid-cols-2 gap-2 w-full sm:flex sm:w-auto",
    )


def _guardian(row: GuardianRow) -> rx.Component:
    return card_row(
        rx.el.p(row.name, class_name="flex-1 min-w-40 wrap-anywhere"),
        _remove_button(row.id, row.name),
        class_name="flex flex-wrap items-center gap-x-4 gap-y-2",
    )


def _remove_button(person: rx.Var[str], name: rx.Var[str]) -> rx.Component:
    return button(
        t("Remove"),
        variant="quiet",
        on_click=FamilyPage.ask(person),
        aria_label=t("Remove {name}", name=name),
    )


def _form() -> rx.Component:
    errors = FamilyPage.errors
    kinships = [(kinship.value, name) for kinship, name in KINSHIP_NAMES.items()]
    return form_dialog(
        t("Add somebody to your family"),
        rx.el.div(
            text_field(
                t("First name"),
                "given_name",
                error=errors.get("given_name", ""),
                auto_complete="off",
            ),
            text_field(
                t("Last name"),
                "family_name",
                error=errors.get("family_name", ""),
                auto_complete="off",
            ),
            class_name="grid gap-4 sm:grid-cols-2",
        ),
        text_field(
            t("Date of birth"),
            "birth_date",
            type="date",
            error=errors.get("birth_date", ""),
            auto_complete="off",
        ),
        select_field(t("Who that is to you"), "kinship", kinships, error=errors.get("kinship", "")),
        name="new-dependent",
        shown=FamilyPage.is_open,
        on_close=FamilyPage.close,
        on_submit=FamilyPage.submit,
        opening=FamilyPage.opening,
    )


def _kinship() -> rx.Component:
    kinships = [(kinship.value, name) for kinship, name in KINSHIP_NAMES.items()]
    return form_dialog(
        t("Who {name} is to you", name=FamilyPage.kin.name),
        select_field(
            t("Relation"),
            "kinship",
            kinships,
            id="field-changed-kinship",
            default_value=FamilyPage.kin.kinship,
            error=FamilyPage.kin_error,
            hint=t("Whoever treats {name} sees it beside your name.", name=FamilyPage.kin.name),
        ),
        name="kinship",
        shown=FamilyPage.is_changing,
        on_close=FamilyPage.keep_kinship,
        on_submit=FamilyPage.save_kinship,
        opening=FamilyPage.opening,
    )


def _letter() -> rx.Component:
    return form_dialog(
        FamilyPage.letter.title,
        text_field(
            t("E-mail address"),
            "email",
            hint=FamilyPage.letter.hint,
            error=FamilyPage.email_error,
            type="email",
            auto_complete="off",
        ),
        name="family-letter",
        shown=FamilyPage.is_writing,
        on_close=FamilyPage.close_letter,
        on_submit=FamilyPage.send,
        opening=FamilyPage.letter.number,
        submit=t("Send the link"),
    )


def _question() -> rx.Component:
    return danger_question(
        t("Remove {name} from your family?", name=FamilyPage.asked_name),
        rx.el.p(t("Neither books for the other here any more. What is booked stays.")),
        form_alert(FamilyPage.problem),
        name="leaves-family",
        shown=FamilyPage.is_asking,
        keep=(t("Keep"), FamilyPage.keep),
        do=(t("Remove"), FamilyPage.remove),
    )
