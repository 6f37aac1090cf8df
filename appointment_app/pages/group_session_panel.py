"""The panel of the doctor's calendar with one group session and the patients who come."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.badge import status_badge
from appointment_app.components.button import button
from appointment_app.components.dialog import dialog
from appointment_app.components.facts import fact
from appointment_app.components.link import phone_link
from appointment_app.i18n import t
from appointment_app.states.doctor_calendar import DoctorCalendar
from appointment_app.states.group_session import GroupSessionPanel, SeatedRow

DETAIL = GroupSessionPanel.detail


def group_session_panel() -> rx.Component:
    """Return the panel; it opens when a group session is chosen in the calendar."""
    return dialog(
        DETAIL.title,
        rx.el.dl(
            fact(
                t("When"),
                DETAIL.when,
                rx.el.span(" · ", DETAIL.zone, class_name="muted whitespace-nowrap"),
            ),
            fact(t("Where"), DETAIL.place),
            fact(t("Places taken"), DETAIL.places),
            class_name="facts",
        ),
        rx.el.section(
            rx.el.h3(t("Patients")),
            rx.cond(
                DETAIL.seated.length() > 0,
                rx.el.ul(rx.foreach(DETAIL.seated, _seated), class_name="mt-2 grid gap-2"),
                rx.el.p(t("Nobody has booked yet."), class_name="muted mt-1"),
            ),
        ),
        name="group-session",
        shown=GroupSessionPanel.is_open,
        on_close=GroupSessionPanel.close,
        panel=True,
    )


def _seated(row: SeatedRow) -> rx.Component:
    return rx.el.li(
        button(
            row.patient,
            variant="quiet",
            on_click=[GroupSessionPanel.close, DoctorCalendar.open_appointment(row.id)],
            class_name="flex-1 justify-start text-left",
        ),
        rx.cond(
            row.phone != "",
            phone_link(row.phone, "inline-target"),
        ),
        status_badge(row.status),
        class_name="flex flex-wrap items-center gap-x-3 gap-y-1",
    )
