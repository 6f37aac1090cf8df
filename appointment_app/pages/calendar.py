"""The doctor's calendar, and the panel with one appointment in full."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.badge import badge, status_badge
from appointment_app.components.button import button
from appointment_app.components.calendar import calendar as calendar_grid
from appointment_app.components.calendar import calendar_toolbar
from appointment_app.components.card import figure_card
from appointment_app.components.dialog import dialog
from appointment_app.components.facts import fact, fact_if, facts
from appointment_app.components.field import text_area
from appointment_app.components.link import phone_link
from appointment_app.components.page import Viewer, workspace_page
from appointment_app.components.pills import pill_group, pill_link
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.i18n import t
from appointment_app.pages.calendar_activity import calendar_activity
from appointment_app.pages.calendar_move import move_dialog
from appointment_app.pages.group_session_panel import group_session_panel
from appointment_app.pages.new_appointment import new_appointment_dialog
from appointment_app.pages.patient_panel import patient_panel
from appointment_app.pages.series_dates import series_extent
from appointment_app.pages.workspace import for_doctors
from appointment_app.states.calendar_move import MoveAppointment
from appointment_app.states.calendar_words import HistoryRow
from appointment_app.states.doctor_calendar import ROUTE, DoctorCalendar
from appointment_app.states.new_appointment import NewAppointment

DETAIL = DoctorCalendar.detail


def calendar(viewer: Viewer) -> rx.Component:
    """Return the page with the calendar of the doctor who is logged in."""
    return workspace_page(
        rx.cond(
            DoctorCalendar.is_loaded,
            rx.cond(
                DoctorCalendar.refusal != "",
                rx.fragment(
                    rx.el.h1(t("Calendar"), class_name="mb-4"),
                    for_doctors(DoctorCalendar.refusal),
                ),
                _calendar(),
            ),
            rx.fragment(rx.el.h1(t("Calendar"), class_name="mb-4"), skeleton_cards(1, "h-[640px]")),
        ),
        _panel(),
        group_session_panel(),
        move_dialog(),
        new_appointment_dialog(),
        viewer=viewer,
        current=ROUTE,
    )


def _calendar() -> rx.Component:
    return rx.el.div(
        rx.cond(
            DoctorCalendar.approval_notice != "",
            rx.el.p(DoctorCalendar.approval_notice, class_name="notice"),
        ),
        rx.cond(
            DoctorCalendar.suspension_notice != "",
            rx.el.p(DoctorCalendar.suspension_notice, class_name="notice"),
        ),
        calendar_toolbar(
            DoctorCalendar.title,
            DoctorCalendar.view,
            on_today=rx.redirect(DoctorCalendar.today_href),
            on_previous=rx.redirect(DoctorCalendar.earlier_href),
            on_next=rx.redirect(DoctorCalendar.later_href),
            on_view=lambda view: rx.redirect(DoctorCalendar.view_hrefs[view]),
            action=button(
                rx.el.span(t("New"), class_name="narrow-only"),
                rx.el.span(t("New appointment"), class_name="wide-only"),
                aria_label=t("New appointment"),
                variant="primary",
                on_click=NewAppointment.open,
            ),
        ),
        rx.el.div(
            figure_card(t("Today"), DoctorCalendar.today_count, DoctorCalendar.to_confirm),
            figure_card(t("Week filled"), DoctorCalendar.filled, DoctorCalendar.free),
            calendar_activity(),
            class_name="grid grid-cols-2 gap-3 md:grid-cols-4",
        ),
        rx.el.div(
            rx.el.p(t("Times in {city}", city=DoctorCalendar.zone_name), class_name="muted small"),
            rx.cond(
                DoctorCalendar.zones.length() > 1,
                pill_group(t("Time zone"), rx.foreach(DoctorCalendar.zones, _zone)),
            ),
            class_name="flex flex-wrap items-center justify-between gap-3",
        ),
        calendar_grid(
            DoctorCalendar.events,
            closed=DoctorCalendar.closed,
            view=DoctorCalendar.view,
            date=DoctorCalendar.day,
            time_zone=DoctorCalendar.time_zone,
            weekends=DoctorCalendar.weekends,
            slot_min_time=DoctorCalendar.first_hour,
            slot_max_time=DoctorCalendar.last_hour,
            on_event_click=DoctorCalendar.open_appointment,
            on_dates_set=DoctorCalendar.show_dates,
            on_date_click=NewAppointment.open_at,
            on_event_drop=MoveAppointment.drop,
            springs=MoveAppointment.springs,
        ),
        class_name="grid grid-cols-1 gap-4",
    )


def _zone(zone: rx.Var[list[str]]) -> rx.Component:
    return pill_link(zone[1], href=zone[2], chosen=zone[0] == DoctorCalendar.time_zone)


def _panel() -> rx.Component:
    return dialog(
        DETAIL.patient,
        rx.el.div(
            status_badge(DETAIL.status),
            rx.cond(DETAIL.overbooked, badge(t("Overbooked"), "pending")),
            rx.el.span(DETAIL.visit),
            class_name="flex flex-wrap items-center gap-2",
        ),
        _actions(),
        rx.cond(DoctorCalendar.is_cancelling, _cancel_form()),
        facts(
            fact(
                t("When"),
                DETAIL.when,
                rx.el.span(" · ", DETAIL.zone, class_name="muted whitespace-nowrap"),
            ),
            rx.cond(
                DETAIL.earlier.length() > 0,
                fact(
                    t("Moved from"),
                    rx.el.ul(rx.foreach(DETAIL.earlier, lambda moment: rx.el.li(moment))),
                ),
            ),
            fact(t("Where"), DETAIL.place),
            fact_if(t("Room"), DETAIL.room),
            fact_if(t("Device"), DETAIL.device),
            rx.cond(
                DETAIL.join_link != "",
                fact(
                    t("Video"),
                    rx.el.a(
                        t("Join the video visit"),
                        href=DETAIL.join_link,
                        target="_blank",
                        rel="noreferrer",
                        class_name="underline",
                    ),
                ),
            ),
            fact_if(t("Born"), DETAIL.birth_date),
            rx.cond(
                DETAIL.phone != "",
                fact(t("Phone"), phone_link(DETAIL.phone)),
            ),
            fact_if(t("Reason for the visit"), DETAIL.reason),
            fact_if(t("Cancelled because"), DETAIL.cancel_reason),
            fact_if(t("Series"), DETAIL.series),
            fact(t("Reference"), DETAIL.reference),
        ),
        patient_panel(DETAIL.id),
        _notes(),
        _history(),
        name="appointment",
        shown=DoctorCalendar.is_open,
        on_close=DoctorCalendar.close_appointment,
        panel=True,
    )


def _actions() -> rx.Component:
    return rx.el.div(
        rx.cond(
            DETAIL.can_confirm,
            button(t("Confirm"), variant="primary", on_click=DoctorCalendar.confirm),
        ),
        rx.cond(
            DETAIL.can_check_in,
            button(t("Check in"), variant="primary", on_click=DoctorCalendar.check_in),
        ),
        rx.cond(
            DETAIL.can_complete,
            button(t("Complete"), variant="primary", on_click=DoctorCalendar.complete),
        ),
        rx.cond(
            DETAIL.can_mark_no_show,
            button(t("No-show"), on_click=DoctorCalendar.mark_no_show),
        ),
        rx.cond(
            DETAIL.can_undo_check_in,
            button(t("Undo check-in"), on_click=DoctorCalendar.undo_check_in),
        ),
        rx.cond(
            DETAIL.can_move,
            button(t("Move…"), on_click=MoveAppointment.ask(DETAIL.id)),
        ),
        rx.cond(
            DETAIL.can_cancel & ~DoctorCalendar.is_cancelling,
            button(t("Cancel appointment…"), on_click=DoctorCalendar.ask_reason),
        ),
        class_name="flex flex-wrap gap-2 empty:hidden",
    )


def _cancel_form() -> rx.Component:
    return rx.el.form(
        rx.cond(DETAIL.following > 0, series_extent(DETAIL.following)),
        rx.el.p(DETAIL.told.words),
        text_area(
            t("Why do you cancel?"),
            "cancel_reason",
            hint=DETAIL.told.reason,
            error=DoctorCalendar.cancel_error,
            rows="2",
            max_length="500",
            auto_focus=True,
        ),
        rx.el.div(
            button(t("Keep it"), on_click=DoctorCalendar.keep_appointment),
            button(t("Cancel appointment"), type="submit", variant="danger"),
            class_name="flex flex-wrap gap-2",
        ),
        on_submit=DoctorCalendar.cancel,
        class_name="card grid gap-4",
    )


def _notes() -> rx.Component:
    return rx.el.form(
        rx.cond(
            DoctorCalendar.notes_of_others != "",
            rx.el.div(
                rx.el.p(t("Saved meanwhile:"), class_name="font-semibold"),
                rx.el.p(DoctorCalendar.notes_of_others, class_name="whitespace-pre-line"),
                class_name="notice mb-3",
            ),
        ),
        text_area(
            t("Notes"),
            "notes",
            hint=t("Only you can read these notes."),
            error=DoctorCalendar.notes_error,
            default_value=DoctorCalendar.notes,
            on_blur=DoctorCalendar.keep_notes,
            rows="4",
            max_length="4000",
        ),
        button(t("Save notes"), type="submit", class_name="mt-2"),
        key=DoctorCalendar.opened,
        on_submit=DoctorCalendar.save_notes,
    )


def _history() -> rx.Component:
    return rx.el.section(
        rx.el.h3(t("Earlier visits with you")),
        rx.cond(
            DETAIL.history.length() > 0,
            rx.el.ul(rx.foreach(DETAIL.history, _visit), class_name="mt-2 grid gap-2"),
            rx.el.p(t("None yet."), class_name="muted mt-1"),
        ),
    )


def _visit(visit: HistoryRow) -> rx.Component:
    return rx.el.li(
        rx.el.span(visit.when, class_name="tabular-nums"),
        rx.el.span(visit.visit, class_name="muted flex-1"),
        status_badge(visit.status),
        class_name="flex flex-wrap items-center gap-x-3 gap-y-1",
    )
