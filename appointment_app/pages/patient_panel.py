"""The patient of an appointment, unfolded beside it: what a doctor has to know comes first."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.button import button
from appointment_app.components.facts import fact, fact_if, facts, facts_of
from appointment_app.components.link import phone_link
from appointment_app.i18n import t
from appointment_app.states.patient_panel import PatientPanel

PATIENT = PatientPanel.patient


def patient_panel(appointment: rx.Var[str]) -> rx.Component:
    """Return the button that unfolds the patient of ``appointment`` (public id), and them."""
    shown = PatientPanel.appointment == appointment
    return rx.el.section(
        button(
            t("Patient"),
            on_click=rx.cond(shown, PatientPanel.fold(), PatientPanel.unfold(appointment)),
            custom_attrs={"aria-expanded": shown, "aria-controls": "patient-facts"},
        ),
        rx.el.div(rx.cond(shown, _facts()), id="patient-facts", class_name="empty:hidden mt-3"),
    )


def _facts() -> rx.Component:
    return facts(
        rx.cond(
            PATIENT.shows_health,
            rx.fragment(
                fact(
                    t("Allergies"),
                    rx.cond(
                        PATIENT.allergies != "",
                        rx.el.strong(
                            PATIENT.allergies, class_name="whitespace-pre-line wrap-anywhere"
                        ),
                        rx.el.span(t("None told"), class_name="muted"),
                    ),
                ),
                fact_if(t("Blood group"), PATIENT.blood_group),
                rx.cond(
                    (PATIENT.emergency != "") | (PATIENT.emergency_phone != ""),
                    fact(
                        t("In an emergency"),
                        PATIENT.emergency,
                        rx.cond(
                            PATIENT.emergency_phone != "",
                            phone_link(PATIENT.emergency_phone, "block w-fit"),
                        ),
                    ),
                ),
            ),
        ),
        facts_of(t("Guardians"), PATIENT.guardians),
        fact_if(t("Insurance"), PATIENT.insurance),
        fact_if(t("Language"), PATIENT.language),
    )
