"""The part of a patient's page with which reception keeps the record in order."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.button import button
from appointment_app.components.card import card
from appointment_app.components.dialog import dialog
from appointment_app.components.field import form_alert, text_field
from appointment_app.components.person_choice import person_choice
from appointment_app.i18n import t
from appointment_app.states.erase_patient import ErasePatient
from appointment_app.states.keep_patient import KeepPatient
from appointment_app.states.patient_record import MergeRow, PatientRecordPage
from appointment_app.states.patients import PatientRow

PATIENT = PatientRecordPage.patient


def keeping() -> rx.Component:
    """Return the card with what can be done to the record."""
    return rx.fragment(
        rx.el.h2(t("Record"), class_name="mt-2"),
        card(
            rx.cond(
                PATIENT.can_invite,
                rx.el.p(
                    t("With a link the patient makes this record part of an own account."),
                    class_name="muted",
                ),
            ),
            rx.el.div(
                rx.cond(
                    PATIENT.can_invite,
                    button(t("Send link"), on_click=KeepPatient.send_link, variant="primary"),
                ),
                rx.cond(
                    PATIENT.can_keep,
                    rx.cond(
                        PATIENT.is_active,
                        rx.fragment(
                            button(t("Merge with…"), on_click=KeepPatient.ask_merge),
                            button(t("Deactivate"), on_click=KeepPatient.deactivate),
                        ),
                        button(t("Activate"), on_click=KeepPatient.activate),
                    ),
                ),
                rx.cond(
                    PATIENT.can_erase,
                    button(t("Erase…"), on_click=ErasePatient.ask, variant="quiet"),
                ),
                class_name="flex flex-wrap gap-2",
            ),
            rx.foreach(PatientRecordPage.merges, _merge),
            class_name="grid gap-3",
        ),
    )


def keeping_dialogs() -> rx.Component:
    """Return the dialog that asks which other record it is; a page holds it once."""
    chosen = KeepPatient.chosen
    return dialog(
        t("Merge with another record"),
        rx.cond(
            chosen.id != "",
            rx.el.p(
                t(
                    "{other} goes into {name}: appointments, family and history. It can be undone.",
                    other=chosen.name,
                    name=PATIENT.name,
                )
            ),
            rx.el.div(
                text_field(
                    t("The other record"),
                    "other",
                    id="merge-find",
                    key=KeepPatient.opened,
                    type="search",
                    hint=t("Name, date of birth, patient number or telephone number."),
                    auto_complete="off",
                    on_change=KeepPatient.find.debounce(250),
                    custom_attrs={"data-first": ""},
                ),
                rx.el.ul(
                    rx.foreach(KeepPatient.found, _one),
                    aria_label=t("Patients found"),
                    class_name="grid gap-2 mt-2 empty:hidden",
                ),
            ),
        ),
        form_alert(KeepPatient.problem),
        name="merge",
        shown=KeepPatient.is_merging,
        on_close=KeepPatient.close,
        actions=(
            button(t("Cancel"), on_click=KeepPatient.close),
            button(
                t("Merge"),
                on_click=KeepPatient.merge,
                variant="primary",
                disabled=chosen.id == "",
            ),
        ),
    )


def _one(row: PatientRow) -> rx.Component:
    return person_choice(row.name, row.number, row.born, on_click=KeepPatient.choose(row.id))


def _merge(row: MergeRow) -> rx.Component:
    return rx.el.div(
        rx.el.p(t("Holds what was {other}.", other=row.name), class_name="flex-1 min-w-40"),
        button(
            t("Separate"),
            aria_label=t("Separate {other}", other=row.name),
            on_click=KeepPatient.separate(row.id),
        ),
        class_name="flex flex-wrap items-center gap-3",
    )
