"""Where people take a copy of their data, or have them erased."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.button import button, button_link
from appointment_app.components.card import card
from appointment_app.components.empty_state import empty_state
from appointment_app.components.field import check_field, form_alert, text_field
from appointment_app.components.link import plain_link
from appointment_app.components.page import Viewer, public_page
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.i18n import t
from appointment_app.states.your_data import PersonRow, YourData

ROUTE = "/your-data"


def your_data(viewer: Viewer) -> rx.Component:
    """Return the page: for each person what can be taken."""
    return public_page(
        rx.el.div(
            rx.el.h1(t("Your data")),
            rx.cond(
                YourData.is_loaded,
                rx.cond(
                    YourData.people.length() > 0,
                    rx.foreach(YourData.people, _person),
                    card(
                        empty_state(
                            t("There are no patient's data here"),
                            t("This account is no patient's."),
                            button_link(t("Find a doctor"), href="/", variant="primary"),
                        )
                    ),
                ),
                skeleton_cards(1),
            ),
            class_name="mx-auto w-full max-w-2xl grid gap-4",
        ),
        viewer=viewer,
        current=ROUTE,
    )


def _person(person: PersonRow) -> rx.Component:
    return card(
        rx.el.h2(person.name),
        rx.el.p(
            t(
                "Take a copy of everything we keep: as a page to read, as a file for programs, and"
                " the appointments for your calendar. It is made now and kept nowhere."
            ),
            class_name="muted mt-1",
        ),
        plain_link(
            t("Take a copy (ZIP)"),
            rx.el.span(" · ", person.name, class_name="visually-hidden"),
            href=person.file_href,
            class_name="button button-primary mt-4",
            custom_attrs={"download": "your-data.zip"},
        ),
        rx.cond(
            person.erase_href != "",
            rx.el.details(
                rx.el.summary(t("Erase these data …"), class_name="font-medium"),
                _erasure(person),
                class_name="mt-6",
            ),
        ),
    )


def _erasure(person: PersonRow) -> rx.Component:
    return rx.el.form(
        rx.el.p(t("This cannot be undone.")),
        rx.el.ul(
            *(
                rx.el.li(sentence)
                for sentence in (
                    t("Name, birth date, phone, profile and what was written to doctors go."),
                    t("An account with them is closed, and every login ends."),
                    t("That a doctor's time was taken stays, without a name."),
                    t(
                        "Notes that doctors wrote on visits which took place stay for as long as"
                        " the law demands, without a name."
                    ),
                    t("A letter says what was kept."),
                )
            ),
            class_name="list-disc ps-5 muted",
        ),
        form_alert(),
        text_field(
            t("Your password"),
            "password",
            id=f"password-{person.id}",
            type="password",
            auto_complete="current-password",
            required=True,
        ),
        check_field(
            t("Cancel appointments that are still to come"),
            "cancel_appointments",
            id=f"cancel-{person.id}",
        ),
        button(
            t("Erase for ever"),
            rx.el.span(" · ", person.name, class_name="visually-hidden"),
            type="submit",
            variant="danger",
            class_name="justify-self-start",
        ),
        method="post",
        action=person.erase_href,
        no_validate=True,
        class_name="grid gap-4 mt-4",
        custom_attrs={
            "data-account-form": "",
            "data-unreachable": t("The server cannot be reached. Please try again."),
        },
    )
