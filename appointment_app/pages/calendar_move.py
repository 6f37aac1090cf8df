"""The dialog that moves a patient's appointment, dropped in the calendar or typed."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.button import button
from appointment_app.components.dialog import dialog
from appointment_app.components.field import form_alert, text_area
from appointment_app.components.moment_fields import moment_fields
from appointment_app.i18n import t
from appointment_app.states.calendar_move import UNDO_BUTTON, MoveAppointment

_FORM = "move-form"


def move_dialog() -> rx.Component:
    """Return the dialog, and the hidden button that a toast presses to undo."""
    errors = MoveAppointment.errors
    return rx.fragment(
        dialog(
            MoveAppointment.title,
            rx.el.p(
                t("Now: {moment}.", moment=MoveAppointment.now),
                " ",
                MoveAppointment.told.words,
            ),
            rx.el.form(
                moment_fields(
                    "move",
                    date=MoveAppointment.date,
                    time=MoveAppointment.time,
                    zone=MoveAppointment.zone,
                    errors=errors,
                    required=True,
                ),
                text_area(
                    t("Why? (optional)"),
                    "reason",
                    id="move-reason",
                    hint=MoveAppointment.told.reason,
                    default_value=MoveAppointment.reason,
                    error=errors.get("reason", ""),
                    rows="2",
                    max_length="500",
                ),
                id=_FORM,
                key=MoveAppointment.opened,
                on_submit=MoveAppointment.move,
                class_name="grid gap-4 mt-4",
            ),
            rx.cond(
                MoveAppointment.question != "",
                rx.el.p(
                    rx.el.strong(MoveAppointment.question),
                    " ",
                    t("Move it there all the same?"),
                    role="alert",
                    class_name="notice mt-4",
                ),
            ),
            form_alert(MoveAppointment.problem),
            name="move-appointment",
            shown=MoveAppointment.is_open,
            on_close=MoveAppointment.close,
            actions=(
                button(t("Cancel"), on_click=MoveAppointment.close),
                button(
                    rx.cond(MoveAppointment.question != "", t("Move anyway"), t("Move")),
                    type="submit",
                    form=_FORM,
                    variant="primary",
                ),
            ),
        ),
        rx.el.button(
            t("Undo"), id=UNDO_BUTTON, type="button", hidden=True, on_click=MoveAppointment.undo
        ),
    )
