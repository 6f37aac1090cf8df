"""The dialog in which staff book for a patient."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.button import button
from appointment_app.components.dialog import dialog
from appointment_app.components.field import form_alert, select_field, text_area, text_field
from appointment_app.components.moment_fields import moment_fields
from appointment_app.components.person_choice import person_choice
from appointment_app.i18n import t
from appointment_app.states.new_appointment import FoundPatient, NewAppointment
from appointment_app.states.new_patient import NewPatient

_FORM = "new-appointment-form"
ERRORS = NewAppointment.errors


def new_appointment_dialog() -> rx.Component:
    """Return the dialog of ``NewAppointment``; a page holds it once."""
    return dialog(
        t("New appointment"),
        rx.el.form(
            _patient(),
            rx.cond(
                NewAppointment.places.length() > 1,
                select_field(
                    rx.cond(NewAppointment.is_at_desk, t("Doctor"), t("Clinic")),
                    "place",
                    NewAppointment.places,
                    id="new-place",
                    default_value=NewAppointment.place,
                    on_change=NewAppointment.choose_place,
                ),
            ),
            select_field(
                t("Visit type"),
                "visit_type",
                NewAppointment.visit_types,
                id="new-visit-type",
                error=ERRORS.get("visit_type", ""),
            ),
            moment_fields(
                "new",
                date=NewAppointment.date,
                time=NewAppointment.time,
                zone=NewAppointment.zone,
                errors=ERRORS,
            ),
            text_area(
                t("Reason for the visit"),
                "reason",
                id="new-reason",
                hint=rx.cond(
                    NewAppointment.is_at_desk,
                    t("Optional. Only the doctor and the patient can read it afterwards."),
                    t("Optional. Only you and the patient can read it."),
                ),
                error=ERRORS.get("reason", ""),
                rows="2",
                max_length="1000",
            ),
            id=_FORM,
            key=NewAppointment.opened,
            on_submit=NewAppointment.book,
            class_name="grid gap-4",
        ),
        rx.cond(
            NewAppointment.question != "",
            rx.el.p(NewAppointment.question, role="alert", class_name="notice mt-4 font-semibold"),
        ),
        form_alert(NewAppointment.problem),
        name="new-appointment",
        shown=NewAppointment.is_open,
        on_close=NewAppointment.close,
        actions=(
            button(t("Cancel"), on_click=NewAppointment.close),
            button(
                rx.cond(NewAppointment.question != "", t("Book anyway"), t("Book")),
                type="submit",
                form=_FORM,
                variant="primary",
            ),
        ),
    )


def _patient() -> rx.Component:
    """Return whom it is for, or the field in which they are looked for."""
    patient = NewAppointment.patient
    return rx.cond(
        patient.id != "",
        rx.el.div(
            rx.el.span(t("Patient"), class_name="field-label"),
            rx.el.p(
                rx.el.strong(patient.name),
                rx.cond(patient.born != "", rx.el.span(f" · {patient.born}", class_name="muted")),
            ),
            rx.el.p(patient.told, class_name="muted small empty:hidden"),
            button(t("Choose another patient"), on_click=NewAppointment.choose_another),
            class_name="grid gap-1 justify-items-start",
        ),
        rx.el.div(
            text_field(
                t("Patient"),
                "patient",
                id="new-patient",
                type="search",
                hint=rx.cond(
                    NewAppointment.is_at_desk,
                    t("Name, date of birth, patient number or telephone number."),
                    t("Name or date of birth of somebody who was with you before."),
                ),
                error=ERRORS.get("patient", ""),
                auto_complete="off",
                auto_focus=True,  # where another patient is chosen
                custom_attrs={"data-first": ""},  # where the dialog opens
                on_change=NewAppointment.find.debounce(250),
            ),
            rx.el.ul(
                rx.foreach(NewAppointment.found, _found),
                aria_label=t("Patients found"),
                class_name="grid gap-2 mt-2 empty:hidden",
            ),
            rx.el.p(
                rx.cond(
                    NewAppointment.nobody_found,
                    rx.cond(
                        NewAppointment.is_at_desk,
                        t("Nobody of that name is known at this clinic."),
                        t(
                            "Nobody of that name has or had an appointment with you. The front desk"
                            " finds everybody else."
                        ),
                    ),
                    "",
                ),
                role="status",
                class_name="muted",
            ),
            rx.cond(
                NewAppointment.can_create,
                button(t("New patient"), on_click=NewPatient.open, class_name="mt-2"),
            ),
        ),
    )


def _found(patient: FoundPatient) -> rx.Component:
    return person_choice(patient.name, patient.born, on_click=NewAppointment.choose(patient.id))
