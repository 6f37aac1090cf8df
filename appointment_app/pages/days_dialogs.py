"""The dialogs of the availability editor for days that are not as in every week."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.button import button
from appointment_app.components.field import form_alert, number_field, select_field, text_field
from appointment_app.components.form_dialog import danger_question, form_dialog
from appointment_app.components.hours import outside_list, typed_range
from appointment_app.components.icons import plus_icon
from appointment_app.components.pills import pills
from appointment_app.i18n import t
from appointment_app.states.availability_editor import AvailabilityEditor
from appointment_app.states.different_days_editor import DifferentDaysEditor
from appointment_app.states.extra_session_editor import ExtraSessionEditor
from appointment_app.states.hours_form import RangeRow
from appointment_app.states.time_off_editor import TimeOffEditor

FORM = DifferentDaysEditor.form
AWAY = TimeOffEditor.away
SESSION = ExtraSessionEditor.session_form


def days_dialogs() -> rx.Component:
    """Return the dialogs of these days."""
    return rx.fragment(
        _override_dialog(),
        _removal_dialog(),
        _time_off_dialog(),
        _return_dialog(),
        _session_dialog(),
        _session_removal_dialog(),
    )


def _override_dialog() -> rx.Component:
    errors = DifferentDaysEditor.form_errors
    return form_dialog(
        FORM.title,
        rx.el.div(
            text_field(
                t("From"),
                "first",
                error=errors.get("first", ""),
                default_value=FORM.first,
                type="date",
                on_blur=DifferentDaysEditor.set_first,
            ),
            text_field(
                t("Until (optional)"),
                "last",
                error=errors.get("last", ""),
                default_value=FORM.last,
                type="date",
                on_blur=DifferentDaysEditor.set_last,
            ),
            class_name="grid gap-4 sm:grid-cols-2",
        ),
        pills(
            t("Hours on these days"),
            [("closed", t("Closed")), ("hours", t("Other hours"))],
            rx.cond(DifferentDaysEditor.form_closed, "closed", "hours"),
            DifferentDaysEditor.choose_closed,
        ),
        rx.cond(
            DifferentDaysEditor.form_closed,
            None,
            rx.el.div(
                rx.foreach(DifferentDaysEditor.form_ranges, _form_range),
                button(
                    plus_icon(),
                    t("Add hours"),
                    variant="quiet",
                    on_click=DifferentDaysEditor.add_form_range,
                ),
                class_name="grid gap-2 justify-items-start",
            ),
        ),
        text_field(
            t("Note (optional)"),
            "note",
            hint=t("Only you see it, such as: public holiday."),
            error=errors.get("note", ""),
            default_value=FORM.note,
            max_length=120,
            auto_complete="off",
        ),
        rx.el.p(DifferentDaysEditor.form_effect, class_name="muted", role="status"),
        outside_list(DifferentDaysEditor.form_outside),
        form_alert(errors.get("form", "")),
        name="different-days",
        shown=DifferentDaysEditor.form_open,
        on_close=DifferentDaysEditor.close_form,
        on_submit=DifferentDaysEditor.save_override,
        opening=FORM.number,
        newer=(DifferentDaysEditor.is_stale, DifferentDaysEditor.load_new_version),
    )


def _form_range(each: RangeRow) -> rx.Component:
    return typed_range(
        each,
        label=t("Other hours"),
        error_id=f"error-form-{each.index}",
        on_start=DifferentDaysEditor.set_form_opens(each.index),
        on_end=DifferentDaysEditor.set_form_closes(each.index),
        on_remove=DifferentDaysEditor.remove_form_range(each.index),
    )


def _removal_dialog() -> rx.Component:
    return danger_question(
        t("Remove {days}?", days=DifferentDaysEditor.removal.days),
        rx.el.p(t("The weekly hours hold again on these days.")),
        rx.cond(
            DifferentDaysEditor.removal_effect != "",
            rx.el.p(DifferentDaysEditor.removal_effect, " ", t("Nothing booked is cancelled.")),
        ),
        name="removal",
        shown=DifferentDaysEditor.removal_open,
        keep=(t("Keep"), DifferentDaysEditor.close_removal),
        do=(t("Remove"), DifferentDaysEditor.remove_override),
    )


def _time_off_dialog() -> rx.Component:
    errors = TimeOffEditor.away_errors
    return form_dialog(
        AWAY.title,
        rx.el.p(
            t("You receive nobody on these days, at none of your clinics."), class_name="muted"
        ),
        rx.el.div(
            text_field(
                t("First day"),
                "away_first",
                error=errors.get("first", ""),
                default_value=AWAY.first,
                type="date",
                on_blur=TimeOffEditor.set_away_first,
            ),
            text_field(
                t("Last day"),
                "away_last",
                error=errors.get("last", ""),
                default_value=AWAY.last,
                type="date",
                on_blur=TimeOffEditor.set_away_last,
            ),
            class_name="grid gap-4 sm:grid-cols-2",
        ),
        text_field(
            t("Note (optional)"),
            "away_note",
            hint=t("Only you see it, such as: summer holiday."),
            error=errors.get("note", ""),
            default_value=AWAY.note,
            max_length=120,
            auto_complete="off",
        ),
        rx.el.p(TimeOffEditor.away_effect, class_name="muted", role="status"),
        outside_list(TimeOffEditor.away_outside),
        rx.cond(
            TimeOffEditor.away_sessions.length() > 0,
            rx.el.div(
                rx.el.p(t("These extra sessions stay open until you take them back:")),
                rx.el.ul(rx.foreach(TimeOffEditor.away_sessions, rx.el.li)),
                class_name="notice",
            ),
        ),
        form_alert(errors.get("form", "")),
        name="time-off",
        shown=TimeOffEditor.away_open,
        on_close=TimeOffEditor.close_time_off,
        on_submit=TimeOffEditor.save_time_off,
        opening=AWAY.number,
        newer=(AvailabilityEditor.is_stale, AvailabilityEditor.load_new_version),
    )


def _return_dialog() -> rx.Component:
    return danger_question(
        t("Remove time off {days}?", days=TimeOffEditor.return_asked.days),
        rx.el.p(t("Your hours hold again on these days, and patients can book them.")),
        name="return",
        shown=TimeOffEditor.return_open,
        keep=(t("Keep"), TimeOffEditor.close_time_off),
        do=(t("Remove"), TimeOffEditor.remove_time_off),
    )


def _session_dialog() -> rx.Component:
    errors = ExtraSessionEditor.session_errors
    return form_dialog(
        t("Open an extra session"),
        select_field(
            t("Visit type"),
            "session_visit_type_id",
            ExtraSessionEditor.session_types,
            error=errors.get("visit_type_id", ""),
            default_value=SESSION.visit_type_id,
        ),
        rx.el.div(
            text_field(
                t("Day"),
                "session_day",
                error=errors.get("day", ""),
                default_value=SESSION.day,
                type="date",
            ),
            text_field(
                t("Begins at"),
                "session_starts",
                error=errors.get("starts", ""),
                default_value=SESSION.starts,
                type="time",
            ),
            number_field(
                t("Minutes"),
                "session_duration",
                error=errors.get("duration", ""),
                default_value=SESSION.duration,
                least=5,
                most=480,
            ),
            number_field(
                t("Places"),
                "session_capacity",
                error=errors.get("capacity", ""),
                default_value=SESSION.capacity,
                least=1,
                most=200,
            ),
            class_name="grid gap-4 sm:grid-cols-2",
        ),
        rx.el.p(t("It takes your time at once, also outside your hours."), class_name="muted"),
        name="extra-session",
        shown=ExtraSessionEditor.session_open,
        on_close=ExtraSessionEditor.close_session,
        on_submit=ExtraSessionEditor.save_session,
        opening=SESSION.number,
        submit=t("Open"),
    )


def _session_removal_dialog() -> rx.Component:
    asked = ExtraSessionEditor.session_asked
    return danger_question(
        t("Remove {session} of {day}?", session=asked.name, day=asked.day),
        rx.el.p(t("Patients can no longer book it.")),
        form_alert(ExtraSessionEditor.session_problem),
        name="session-removal",
        shown=ExtraSessionEditor.session_removal_open,
        keep=(t("Keep"), ExtraSessionEditor.close_session),
        do=(t("Remove"), ExtraSessionEditor.remove_session),
    )
