"""The dialog in which staff write down a patient who has no account."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.field import text_field
from appointment_app.components.form_dialog import form_dialog
from appointment_app.components.person_choice import person_choice
from appointment_app.i18n import t
from appointment_app.states.new_patient import NewPatient
from appointment_app.states.patients import PatientRow

ERRORS = NewPatient.errors


def new_patient_dialog() -> rx.Component:
    """Return the dialog of ``NewPatient``; a page holds it once."""
    return form_dialog(
        t("New patient"),
        rx.el.div(
            _field(t("First name"), "given_name", max_length=100, custom_attrs={"data-first": ""}),
            _field(t("Last name"), "family_name", max_length=100),
            class_name="grid grid-cols-1 sm:grid-cols-2 gap-4",
        ),
        rx.el.div(
            _field(t("Date of birth"), "birth_date", type="date"),
            _field(t("Phone number"), "phone", type="tel", max_length=40),
            class_name="grid grid-cols-1 sm:grid-cols-2 gap-4",
        ),
        _field(
            t("Mail address"),
            "email",
            type="email",
            max_length=254,
            hint=t("Optional. Confirmations go there; with a link they can make it their account."),
        ),
        rx.cond(NewPatient.known.length() > 0, _known()),
        name="new-patient",
        shown=NewPatient.is_open,
        on_close=NewPatient.close,
        on_submit=NewPatient.create,
        opening=NewPatient.opened,
        submit=rx.cond(NewPatient.known.length() > 0, t("Add as another patient"), t("Add")),
    )


def _field(label: str, name: str, **props: object) -> rx.Component:
    return text_field(
        label,
        name,
        id=f"new-patient-{name}",
        error=ERRORS.get(name, ""),
        auto_complete="off",
        **props,
    )


def _known() -> rx.Component:
    return rx.el.div(
        rx.el.p(rx.el.strong(t("Is it one of these?"))),
        rx.el.ul(rx.foreach(NewPatient.known, _one), class_name="grid gap-2"),
        role="alert",
        class_name="notice grid gap-2",
    )


def _one(row: PatientRow) -> rx.Component:
    return person_choice(row.name, row.born, row.phone, on_click=NewPatient.take(row.id))
