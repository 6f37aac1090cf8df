"""The one question before an appointment is cancelled."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.button import button
from appointment_app.components.dialog import dialog
from appointment_app.components.field import form_alert, text_area
from appointment_app.i18n import t
from appointment_app.pages.series_dates import series_extent
from appointment_app.states.my_appointments import MyAppointments

_FORM = "cancel-form"


def cancel_question() -> rx.Component:
    """Return the dialog of ``MyAppointments``; a page holds it once."""
    asked = MyAppointments.asked
    return dialog(
        t("Cancel this appointment?"),
        rx.el.p(
            rx.el.strong(asked.when),
            rx.el.span(asked.doctor_name, " · ", asked.visit, class_name="block"),
            rx.cond(asked.whose != "", rx.el.span(asked.whose, class_name="block")),
        ),
        form_alert(MyAppointments.cancel_problem),
        rx.el.form(
            rx.cond(asked.following > 0, series_extent(asked.following)),
            text_area(
                t("Why? (optional)"),
                "cancel_reason",
                hint=t("The clinic can read it."),
                error=MyAppointments.cancel_reason_error,
                rows="2",
                max_length="500",
            ),
            id=_FORM,
            key=asked.id,  # what was typed about one appointment is not said of another
            on_submit=MyAppointments.cancel_appointment,
            class_name="mt-4 grid gap-4",
        ),
        name="cancel-question",
        shown=MyAppointments.is_asking,
        on_close=MyAppointments.keep,
        actions=(
            button(t("Keep it"), on_click=MyAppointments.keep),
            button(
                t("Cancel appointment"),
                type="submit",
                form=_FORM,
                variant="danger",
                busy=MyAppointments.is_cancelling,
            ),
        ),
    )
