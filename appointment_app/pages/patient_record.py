"""One patient as staff see them."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.back_heading import back_heading
from appointment_app.components.badge import badge, status_badge
from appointment_app.components.button import button, button_link
from appointment_app.components.card import card, list_card
from appointment_app.components.dialog import dialog
from appointment_app.components.empty_state import empty_state
from appointment_app.components.facts import fact, fact_if, facts, facts_of
from appointment_app.components.field import form_alert, text_area
from appointment_app.components.item_row import item_row
from appointment_app.components.link import phone_link
from appointment_app.components.page import Viewer, workspace_page
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.i18n import t
from appointment_app.pages.calendar_move import move_dialog
from appointment_app.pages.erase_patient import erase_dialog
from appointment_app.pages.keep_patient import keeping, keeping_dialogs
from appointment_app.pages.new_appointment import new_appointment_dialog
from appointment_app.pages.new_patient import new_patient_dialog
from appointment_app.states.calendar_move import MoveAppointment
from appointment_app.states.new_appointment import NewAppointment
from appointment_app.states.patient_record import PatientRecordPage, VisitRow
from appointment_app.states.patients import ROUTE

PATIENT = PatientRecordPage.patient
_FORM = "cancel-visit-form"


def patient_record(viewer: Viewer) -> rx.Component:
    """Return the page: how to reach the patient, what is to come, what was."""
    return workspace_page(
        rx.el.div(
            rx.cond(
                PatientRecordPage.is_loaded,
                rx.cond(PatientRecordPage.is_missing, _missing(), _record()),
                rx.fragment(rx.el.h1(t("Patient")), skeleton_cards(2)),
            ),
            class_name="w-full max-w-3xl grid gap-4",
        ),
        _question(),
        keeping_dialogs(),
        erase_dialog(),
        move_dialog(),
        new_appointment_dialog(),
        new_patient_dialog(),
        viewer=viewer,
        current=ROUTE,
    )


def _missing() -> rx.Component:
    return rx.fragment(
        rx.el.h1(t("Patient")),
        card(
            empty_state(
                t("We could not find this patient"),
                t("The link may be old, or they are not a patient of yours."),
                button_link(t("Find a patient"), href=ROUTE, variant="primary"),
            )
        ),
    )


def _record() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            back_heading(PATIENT.name, href=ROUTE, label=t("Back to the patients")),
            rx.cond(PATIENT.is_active, None, badge(t("Not active"), "danger")),
            rx.cond(PATIENT.has_account, badge(t("Has an account"))),
            class_name="flex flex-wrap items-center gap-3",
        ),
        card(
            facts(
                fact(t("Patient number"), PATIENT.number),
                fact_if(t("Date of birth"), PATIENT.born),
                rx.cond(
                    PATIENT.phone != "",
                    fact(t("Phone number"), phone_link(PATIENT.phone)),
                ),
                fact_if(t("Mail address"), PATIENT.email),
                facts_of(t("Guardians"), PATIENT.guardians),
                fact_if(t("Language"), PATIENT.language),
                fact_if(t("Insurance"), PATIENT.insurance),
                class_name="sm:grid-cols-2",
            )
        ),
        rx.el.div(
            rx.el.h2(t("Upcoming appointments")),
            rx.cond(
                PATIENT.is_active,
                button(
                    t("New appointment"),
                    on_click=NewAppointment.open_for_patient,
                    variant="primary",
                ),
            ),
            class_name="flex flex-wrap items-center justify-between gap-3 mt-2",
        ),
        rx.cond(
            PatientRecordPage.upcoming.length() > 0,
            list_card(rx.foreach(PatientRecordPage.upcoming, _visit)),
            card(rx.el.p(t("Nothing is booked."), class_name="muted")),
        ),
        rx.cond(
            PatientRecordPage.past.length() > 0,
            rx.fragment(
                rx.el.h2(t("Past and cancelled"), class_name="mt-2"),
                list_card(rx.foreach(PatientRecordPage.past, _visit)),
            ),
        ),
        rx.cond(PATIENT.can_keep | PATIENT.can_erase, keeping()),
    )


def _visit(row: VisitRow) -> rx.Component:
    return item_row(
        row.when,
        row.what,
        marks=[status_badge(row.status)],
        actions=[
            rx.cond(
                row.can_move,
                button(
                    t("Move…"),
                    aria_label=t("Move {moment}", moment=row.when),
                    on_click=MoveAppointment.ask(row.id),
                ),
            ),
            rx.cond(
                row.can_cancel,
                button(
                    t("Cancel…"),
                    aria_label=t("Cancel {moment}", moment=row.when),
                    on_click=PatientRecordPage.ask_cancel(row.id),
                ),
            ),
        ],
        level=3,
    )


def _question() -> rx.Component:
    return dialog(
        t("Cancel this appointment?"),
        rx.el.p(PatientRecordPage.asked_about),
        rx.el.p(PatientRecordPage.asked_told.words, class_name="mt-2"),
        rx.el.form(
            text_area(
                t("Why?"),
                "cancel_reason",
                id="cancel-visit-reason",
                hint=PatientRecordPage.asked_told.reason,
                error=PatientRecordPage.reason_error,
                rows="2",
                max_length="500",
            ),
            id=_FORM,
            key=PatientRecordPage.asked_about,
            on_submit=PatientRecordPage.cancel,
            class_name="mt-4",
        ),
        form_alert(PatientRecordPage.problem),
        name="cancel-visit",
        shown=PatientRecordPage.is_asking,
        on_close=PatientRecordPage.keep,
        actions=(
            button(t("Keep it"), on_click=PatientRecordPage.keep),
            button(t("Cancel appointment"), type="submit", form=_FORM, variant="danger"),
        ),
    )
