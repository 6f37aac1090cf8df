"""The dialog in which an administrator erases a patient who asked for it."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.button import button
from appointment_app.components.dialog import dialog
from appointment_app.components.field import check_field, form_alert, text_field
from appointment_app.i18n import t
from appointment_app.states.erase_patient import ErasePatient
from appointment_app.states.patient_record import PatientRecordPage

PATIENT = PatientRecordPage.patient
_FORM = "erase-patient-form"


def erase_dialog() -> rx.Component:
    """Return the dialog; a page holds it once."""
    errors = ErasePatient.errors
    return dialog(
        t("Erase {name} for ever?", name=PATIENT.name),
        rx.el.p(
            t(
                "For somebody who asked for it in writing or by telephone. Name, contact, profile"
                " and account go, at all clinics; notes on visits that took place are kept without"
                " the name, as the law wants. This cannot be undone."
            )
        ),
        rx.el.form(
            text_field(
                t("Patient number"),
                "typed_number",
                hint=t("Type {number} to go on.", number=PATIENT.number),
                error=errors.get("typed_number", ""),
                auto_complete="off",
            ),
            check_field(
                t("Cancel the appointments to come"),
                "cancel_appointments",
                error=errors.get("cancel_appointments", ""),
            ),
            id=_FORM,
            key=ErasePatient.opened,
            on_submit=ErasePatient.erase,
            custom_attrs={"noValidate": True},
            class_name="grid gap-4 mt-4",
        ),
        form_alert(ErasePatient.problem),
        name="erase-patient",
        shown=ErasePatient.is_open,
        on_close=ErasePatient.close,
        actions=(
            button(t("Keep the patient"), on_click=ErasePatient.close),
            button(t("Erase"), type="submit", form=_FORM, variant="danger"),
        ),
    )
