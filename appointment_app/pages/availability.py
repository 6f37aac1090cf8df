"""The availability editor: weekly hours, days that differ, booking rules."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.button import button, icon_button
from appointment_app.components.card import card, card_row, list_card
from appointment_app.components.dialog import dialog
from appointment_app.components.empty_state import empty_state
from appointment_app.components.field import check_field, number_field, select_field, text_field
from appointment_app.components.form_dialog import form_dialog
from appointment_app.components.hours import outside_list, typed_range
from appointment_app.components.icons import plus_icon
from appointment_app.components.page import Viewer, workspace_page
from appointment_app.components.pills import pill_group, pill_link
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.components.switch import switch
from appointment_app.i18n import t
from appointment_app.pages.days_dialogs import days_dialogs
from appointment_app.pages.days_that_differ import (
    days_heading,
    days_that_differ,
    public_holidays,
)
from appointment_app.pages.workspace import for_doctors
from appointment_app.states.availability_editor import ROUTE, AvailabilityEditor
from appointment_app.states.hours_form import DayRow, RangeRow
from appointment_app.states.weekly_hours_dialogs import WeeklyHoursDialogs

WEEKS = WeeklyHoursDialogs.weeks
RULES = AvailabilityEditor.rules


def availability(viewer: Viewer) -> rx.Component:
    """Return the page with the hours of the doctor who is logged in."""
    return workspace_page(
        rx.el.h1(t("Availability"), class_name="visually-hidden"),
        rx.cond(
            AvailabilityEditor.is_loaded,
            rx.cond(
                AvailabilityEditor.refusal != "",
                for_doctors(AvailabilityEditor.refusal),
                rx.cond(AvailabilityEditor.has_place, _editor(), _no_place()),
            ),
            skeleton_cards(2, "h-80"),
        ),
        _copy_dialog(),
        _weeks_dialog(),
        _outside_dialog(),
        days_dialogs(),
        viewer=viewer,
        current=ROUTE,
    )


def _no_place() -> rx.Component:
    return card(
        empty_state(
            t("No clinic yet"),
            t("You can set hours once an administrator has added you to a clinic."),
        )
    )


def _editor() -> rx.Component:
    return rx.el.div(
        rx.el.section(
            rx.el.div(
                rx.el.h2(t("Weekly hours")),
                rx.cond(
                    AvailabilityEditor.places.length() > 0,
                    pill_group(t("Clinic"), rx.foreach(AvailabilityEditor.places, _place)),
                ),
                class_name="flex flex-wrap items-center justify-between gap-3 min-h-11",
            ),
            _stale(),
            _week(),
            rx.cond(AvailabilityEditor.is_dirty, _save_card()),
            class_name="grid gap-4 content-start",
        ),
        rx.el.section(
            days_heading(),
            days_that_differ(),
            public_holidays(),
            _rules(),
            class_name="grid gap-4 content-start",
        ),
        class_name="grid gap-6 xl:grid-cols-[minmax(0,5fr)_minmax(0,4fr)]",
    )


def _place(place: rx.Var[list[str]]) -> rx.Component:
    return pill_link(place[1], href=place[2], chosen=place[0] == AvailabilityEditor.place)


def _stale() -> rx.Component:
    return rx.cond(
        AvailabilityEditor.is_stale,
        rx.el.div(
            rx.el.p(AvailabilityEditor.stale_text, role="alert"),
            rx.el.p(
                t("What you typed is still here. Loading the new version replaces it."),
                class_name="font-normal",
            ),
            button(t("Load the new version"), on_click=AvailabilityEditor.load_new_version),
            class_name="alert grid gap-2 justify-items-start",
        ),
    )


# Weekly hours


def _week() -> rx.Component:
    return list_card(
        card_row(
            rx.el.p(t("Times in {zone}", zone=AvailabilityEditor.zone), class_name="muted"),
            button(t("Copy to…"), variant="quiet", on_click=WeeklyHoursDialogs.open_copy),
            class_name="flex flex-wrap items-center justify-between gap-3",
        ),
        rx.foreach(AvailabilityEditor.days, _day),
    )


def _day(day: DayRow) -> rx.Component:
    return card_row(
        switch(
            day.short,
            checked=day.on,
            on_click=AvailabilityEditor.toggle_day(day.weekday),
            aria_label=day.name,
            class_name="flex-1 sm:w-28 sm:flex-none",
        ),
        rx.el.div(
            rx.cond(
                day.on,
                rx.foreach(day.ranges, lambda each: _range(day, each)),
                rx.el.p(t("Closed"), class_name="muted py-2.5"),
            ),
            # On a phone the ranges stand below the switch; the word fits beside it.
            class_name=rx.cond(
                day.on,
                "order-last w-full flex flex-wrap gap-2 sm:order-none sm:w-auto sm:flex-1",
                "sm:flex-1",
            ),
        ),
        icon_button(
            plus_icon(),
            t("Add hours on {day}", day=day.name),
            variant="quiet",
            on_click=AvailabilityEditor.add_range(day.weekday),
        ),
        class_name="flex flex-wrap items-start gap-x-2 gap-y-1",
    )


def _range(day: DayRow, each: RangeRow) -> rx.Component:
    error_id = f"error-{day.weekday}-{each.index}"
    return typed_range(
        each,
        label=day.name,
        error_id=error_id,
        on_start=AvailabilityEditor.set_opens(day.weekday, each.index),
        on_end=AvailabilityEditor.set_closes(day.weekday, each.index),
        on_remove=AvailabilityEditor.remove_range(day.weekday, each.index),
        on_more=WeeklyHoursDialogs.open_weeks(day.weekday, each.index),
    )


def _save_card() -> rx.Component:
    return card(
        rx.el.div(
            rx.cond(
                AvailabilityEditor.has_errors,
                rx.el.p(t("Please mend the times marked in red; then you can save.")),
                rx.el.p(
                    rx.el.strong(AvailabilityEditor.effect),
                    " ",
                    rx.el.span(AvailabilityEditor.outside_text, class_name="muted"),
                    rx.cond(
                        AvailabilityEditor.outside_text != "",
                        rx.el.span(" ", t("Nothing booked is cancelled."), class_name="muted"),
                    ),
                ),
            ),
            custom_attrs={"aria-live": "polite"},
            class_name="flex-1 min-w-60",
        ),
        rx.el.div(
            button(t("Discard"), variant="quiet", on_click=AvailabilityEditor.discard),
            rx.cond(
                AvailabilityEditor.outside.length() > 0,
                button(t("Show"), on_click=AvailabilityEditor.show_outside),
            ),
            button(
                t("Save"),
                variant="primary",
                disabled=AvailabilityEditor.has_errors,
                on_click=AvailabilityEditor.save,
            ),
            class_name="flex flex-wrap gap-2",
        ),
        class_name="flex flex-wrap items-center gap-4",
    )


def _copy_dialog() -> rx.Component:
    return form_dialog(
        t("Copy hours to other days"),
        rx.el.div(
            rx.el.label(t("Hours of"), html_for="copy-source", class_name="field-label"),
            rx.el.select(
                rx.foreach(
                    AvailabilityEditor.days,
                    lambda day: rx.el.option(day.name, value=day.weekday.to_string()),
                ),
                id="copy-source",
                name="source",
                class_name="control",
            ),
            class_name="field",
        ),
        rx.el.fieldset(
            rx.el.legend(t("Copy to"), class_name="field-label"),
            rx.foreach(AvailabilityEditor.days, _copy_target),
        ),
        name="copy-hours",
        shown=WeeklyHoursDialogs.is_copying,
        on_close=WeeklyHoursDialogs.close,
        on_submit=WeeklyHoursDialogs.copy_day,
        submit=t("Copy"),
    )


def _copy_target(day: DayRow) -> rx.Component:
    name = f"day-{day.weekday}"
    return check_field(day.name, name, id=f"copy-{day.weekday}")


def _weeks_dialog() -> rx.Component:
    errors = WeeklyHoursDialogs.weeks_errors
    return form_dialog(
        WEEKS.title,
        rx.el.p(t("Without these, the hours hold in every week."), class_name="muted"),
        rx.el.div(
            text_field(
                t("From (optional)"),
                "valid_from",
                error=errors.get("valid_from", ""),
                default_value=WEEKS.valid_from,
                type="date",
            ),
            text_field(
                t("Until (optional)"),
                "valid_until",
                error=errors.get("valid_until", ""),
                default_value=WEEKS.valid_until,
                type="date",
            ),
            class_name="grid gap-4 sm:grid-cols-2",
        ),
        select_field(
            t("How often"),
            "every_weeks",
            WeeklyHoursDialogs.weeks_options,
            hint=t("Counted from the week of the first day."),
            error=errors.get("every_weeks", ""),
            default_value=WEEKS.every_weeks,
        ),
        name="weeks",
        shown=WeeklyHoursDialogs.weeks_open,
        on_close=WeeklyHoursDialogs.close,
        on_submit=WeeklyHoursDialogs.set_weeks,
        opening=WEEKS.number,
        submit=t("Apply"),
    )


def _outside_dialog() -> rx.Component:
    return dialog(
        t("Booked outside the new hours"),
        rx.el.p(t("These appointments stay booked. Cancel one in the calendar if you must.")),
        outside_list(AvailabilityEditor.outside),
        name="outside",
        shown=AvailabilityEditor.is_showing_outside,
        on_close=AvailabilityEditor.hide_outside,
    )


# Booking rules


def _rules() -> rx.Component:
    errors = AvailabilityEditor.rules_errors
    return card(
        rx.el.h2(t("Booking rules")),
        rx.el.form(
            select_field(
                t("At least this long ahead"),
                "minimum_notice",
                AvailabilityEditor.notice_options,
                error=errors.get("minimum_notice", ""),
                default_value=RULES.minimum_notice,
            ),
            number_field(
                t("At most this many days ahead"),
                "horizon_days",
                error=errors.get("horizon_days", ""),
                default_value=RULES.horizon_days,
                least=1,
                most=730,
            ),
            number_field(
                t("Not more than this many patients a day"),
                "max_patients_a_day",
                hint=t("Empty: no limit. It counts at all your clinics."),
                error=errors.get("max_patients_a_day", ""),
                default_value=RULES.max_patients_a_day,
                least=1,
                most=200,
            ),
            select_field(
                t("Patients can cancel until"),
                "cancellation_window",
                AvailabilityEditor.window_options,
                hint=t("Later they are told to call the clinic; you can always cancel."),
                error=errors.get("cancellation_window", ""),
                default_value=RULES.cancellation_window,
            ),
            number_field(
                t("Not more than this many appointments ahead for one patient"),
                "max_open_appointments",
                hint=t("Empty: no limit."),
                error=errors.get("max_open_appointments", ""),
                default_value=RULES.max_open_appointments,
                least=1,
                most=50,
            ),
            button(t("Save rules"), type="submit", class_name="justify-self-start"),
            key=RULES.number,
            on_submit=AvailabilityEditor.save_rules,
            custom_attrs={"noValidate": True},
            class_name="mt-3 grid gap-4",
        ),
    )
