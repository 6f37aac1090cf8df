"""Where staff find a patient, or write one down."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.badge import badge
from appointment_app.components.button import button, button_link
from appointment_app.components.card import card, card_row, list_card
from appointment_app.components.empty_state import empty_state
from appointment_app.components.field import text_field
from appointment_app.components.link import link
from appointment_app.components.page import Viewer, workspace_page
from appointment_app.components.pills import pill_group, pill_link
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.i18n import t
from appointment_app.pages.new_patient import new_patient_dialog
from appointment_app.pages.workspace import for_reception
from appointment_app.states.new_patient import NewPatient
from appointment_app.states.patients import ROUTE, PatientRow, Patients, PatientsChoice


def patients(viewer: Viewer) -> rx.Component:
    """Return the page: a field to find somebody, and who was found."""
    return workspace_page(
        rx.el.div(
            rx.el.div(
                rx.el.h1(t("Patients")),
                rx.cond(
                    Patients.can_create,
                    button(t("New patient"), on_click=NewPatient.open, variant="primary"),
                ),
                class_name="flex flex-wrap items-center justify-between gap-3",
            ),
            rx.cond(
                Patients.is_loaded,
                rx.cond(
                    Patients.refusal != "",
                    for_reception(Patients.refusal),
                    rx.cond(Patients.is_missing, _missing(), _found()),
                ),
                skeleton_cards(3),
            ),
            class_name="w-full max-w-3xl grid gap-4",
        ),
        new_patient_dialog(),
        viewer=viewer,
        current=ROUTE,
    )


def _missing() -> rx.Component:
    return card(
        empty_state(
            t("We could not find this clinic"),
            t("The link may be old, or you do not work there."),
            button_link(t("Your patients"), href=ROUTE, variant="primary"),
        )
    )


def _found() -> rx.Component:
    return rx.fragment(
        rx.cond(
            Patients.clinics.length() > 1,
            pill_group(t("Clinic"), rx.foreach(Patients.clinics, _clinic)),
        ),
        text_field(
            t("Find a patient"),
            "find",
            type="search",
            hint=t("Name, date of birth, patient number or telephone number."),
            auto_complete="off",
            on_change=Patients.find.debounce(250),
        ),
        rx.cond(
            Patients.rows.length() > 0,
            rx.fragment(
                list_card(rx.foreach(Patients.rows, _row)),
                rx.cond(
                    Patients.has_more,
                    rx.el.p(t("There are more. Type more of the name."), class_name="muted"),
                ),
            ),
            card(
                rx.cond(
                    ~Patients.can_create,
                    empty_state(
                        rx.cond(Patients.is_searched, t("Nobody found"), t("No patients yet")),
                        t(
                            "Doctors find whoever has or had an appointment with them. The front"
                            " desk of the clinic finds everybody else."
                        ),
                    ),
                    rx.cond(
                        Patients.is_searched,
                        empty_state(
                            t("Nobody found"),
                            t("Look for a part of the name, or for the telephone number."),
                        ),
                        empty_state(
                            t("No patients yet"),
                            t("Whoever books here, or is written down, appears in this list."),
                        ),
                    ),
                )
            ),
        ),
    )


def _clinic(clinic: PatientsChoice) -> rx.Component:
    return pill_link(clinic.name, href=clinic.href, chosen=clinic.chosen)


def _row(row: PatientRow) -> rx.Component:
    return card_row(
        rx.el.div(
            rx.el.div(
                rx.el.h2(
                    link(row.name, href=row.href, class_name="underline"), class_name="text-base"
                ),
                rx.cond(row.is_active, None, badge(t("Not active"), "danger")),
                class_name="flex flex-wrap items-center gap-2",
            ),
            rx.el.p(
                row.number,
                rx.cond(row.born != "", f" · {row.born}", ""),
                rx.cond(
                    row.phone != "",
                    rx.fragment(" · ", rx.el.span(row.phone, class_name="whitespace-nowrap")),
                ),
                class_name="muted small",
            ),
            class_name="flex-1 min-w-40 wrap-anywhere",
        )
    )
