"""The part of the availability editor for days that are not as in every week."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.components.badge import badge
from appointment_app.components.button import button
from appointment_app.components.card import card, card_row, list_card
from appointment_app.components.month import month
from appointment_app.components.pills import pills
from appointment_app.i18n import t
from appointment_app.states.availability_editor import AvailabilityEditor
from appointment_app.states.availability_words import (
    HolidayRow,
    OverrideRow,
    SessionRow,
    TimeOffRow,
)
from appointment_app.states.different_days_editor import DifferentDaysEditor
from appointment_app.states.extra_session_editor import ExtraSessionEditor
from appointment_app.states.time_off_editor import TimeOffEditor


def days_heading() -> rx.Component:
    """Return the heading with the ways to add a day that differs."""
    return rx.el.div(
        rx.el.h2(t("Days that differ"), class_name="flex items-center min-h-11"),
        rx.el.div(
            button(t("Add"), on_click=DifferentDaysEditor.add_override),
            button(t("Time off"), on_click=TimeOffEditor.add_time_off),
            button(t("Extra session"), on_click=ExtraSessionEditor.add_session),
            class_name="flex flex-wrap gap-2",
        ),
        class_name="flex flex-wrap items-center justify-between gap-3 min-h-11",
    )


def days_that_differ() -> rx.Component:
    """Return the month and the list of all that is not as in every week."""
    return list_card(
        card_row(
            month(
                DifferentDaysEditor.month_title,
                DifferentDaysEditor.weekday_initials,
                DifferentDaysEditor.month_weeks,
                chosen=rx.Var.create(""),
                on_choose=DifferentDaysEditor.choose_day,
                on_previous=DifferentDaysEditor.previous_month,
                on_next=DifferentDaysEditor.next_month,
            )
        ),
        rx.foreach(AvailabilityEditor.time_off, _time_off),
        rx.foreach(AvailabilityEditor.overrides, _override),
        rx.foreach(AvailabilityEditor.sessions, _session),
        rx.cond(
            AvailabilityEditor.time_off.length()
            + AvailabilityEditor.overrides.length()
            + AvailabilityEditor.sessions.length()
            == 0,
            card_row(
                rx.el.p(
                    t("No day differs. Add other hours, time off or an extra session."),
                    class_name="muted",
                )
            ),
        ),
    )


def public_holidays() -> rx.Component:
    """Return whether the doctor works on public holidays, and the next of them."""
    return card(
        rx.el.h2(t("Public holidays")),
        pills(
            t("On public holidays"),
            AvailabilityEditor.holiday_options,
            AvailabilityEditor.holiday_choice,
            AvailabilityEditor.choose_holidays,
        ),
        rx.cond(
            AvailabilityEditor.holiday_effect != "",
            rx.el.p(
                AvailabilityEditor.holiday_effect,
                " ",
                t("Nothing booked is cancelled."),
                role="status",
            ),
        ),
        rx.cond(
            AvailabilityEditor.holidays.length() > 0,
            rx.el.ul(rx.foreach(AvailabilityEditor.holidays, _holiday), class_name="grid gap-1"),
            rx.el.p(
                t("No public holidays are known for the country of this clinic."),
                class_name="muted",
            ),
        ),
        class_name="grid gap-3",
    )


def _row(mark: rx.Component, text: rx.Component, *actions: rx.Component) -> rx.Component:
    return card_row(
        rx.el.div(mark, class_name="w-24 flex-none"),
        text,
        rx.el.div(*actions, class_name="flex"),
        class_name="flex flex-wrap items-center gap-x-3 gap-y-1",
    )


def _action(text: str, name: str, on_click: Any) -> rx.Component:
    return button(text, variant="quiet", class_name="px-2", aria_label=name, on_click=on_click)


def _text(text: Any, remark: rx.Var[str]) -> rx.Component:
    return rx.el.p(
        text,
        rx.cond(remark != "", rx.el.span(" · ", remark, class_name="muted")),
        class_name="flex-1 min-w-32",
    )


def _time_off(row: TimeOffRow) -> rx.Component:
    return _row(
        badge(row.days, "danger"),
        _text(t("Time off"), row.note),
        _action(
            t("Edit"),
            t("Edit time off {days}", days=row.days),
            TimeOffEditor.edit_time_off(row.key),
        ),
        _action(
            t("Remove"),
            t("Remove time off {days}", days=row.days),
            TimeOffEditor.ask_return(row.key),
        ),
    )


def _session(row: SessionRow) -> rx.Component:
    return _row(
        badge(row.day, "accent"),
        _text(rx.el.span(row.name, ", ", row.hours), row.seats),
        _action(
            t("Remove"),
            t("Remove {session} of {day}", session=row.name, day=row.day),
            ExtraSessionEditor.ask_session_removal(row.key),
        ),
    )


def _holiday(row: HolidayRow) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.day, class_name="w-28 flex-none muted"),
        rx.el.span(row.name, class_name="flex-1"),
        rx.cond(row.is_open, badge(t("You work"), "accent"), badge(t("Closed"), "neutral")),
        class_name="flex items-center gap-3 min-h-9",
    )


def _override(row: OverrideRow) -> rx.Component:
    return _row(
        rx.cond(row.is_closed, badge(row.days, "danger"), badge(row.days, "pending")),
        _text(row.hours, row.remark),
        _action(
            t("Edit"),
            t("Edit {days}", days=row.days),
            DifferentDaysEditor.edit_override(row.key),
        ),
        _action(
            t("Remove"),
            t("Remove {days}", days=row.days),
            DifferentDaysEditor.ask_removal(row.key),
        ),
    )
