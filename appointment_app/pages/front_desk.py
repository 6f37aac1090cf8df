"""The front desk of a clinic: a board to be read from afar, and a day sheet to be printed."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.components.badge import badge, status_badge
from appointment_app.components.button import button, button_link
from appointment_app.components.card import card
from appointment_app.components.class_names import class_names
from appointment_app.components.empty_state import empty_state
from appointment_app.components.form_dialog import danger_question
from appointment_app.components.icons import back_icon, forward_icon
from appointment_app.components.link import link
from appointment_app.components.page import Viewer, workspace_page
from appointment_app.components.pills import pill_group, pill_link
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.i18n import t
from appointment_app.pages.new_appointment import new_appointment_dialog
from appointment_app.pages.new_patient import new_patient_dialog
from appointment_app.pages.workspace import for_reception
from appointment_app.states.front_desk import ROUTE, DeskChoice, DeskDoctor, DeskRow, FrontDesk
from appointment_app.states.new_appointment import NewAppointment


def front_desk(viewer: Viewer) -> rx.Component:
    """Return the page: the day of every doctor of one clinic."""
    return workspace_page(
        rx.cond(
            FrontDesk.is_loaded,
            rx.cond(
                FrontDesk.refusal != "",
                _titled(for_reception(FrontDesk.refusal)),
                rx.cond(FrontDesk.is_missing, _titled(_missing()), _board()),
            ),
            _titled(skeleton_cards(3)),
        ),
        _question(),
        new_appointment_dialog(),
        new_patient_dialog(),
        viewer=viewer,
        current=ROUTE,
    )


def _titled(*children: rx.Component) -> rx.Component:
    """Return what is shown instead of a board, under the name of the page."""
    return rx.el.div(rx.el.h1(t("Front desk")), *children, class_name="grid gap-4")


def _missing() -> rx.Component:
    return card(
        empty_state(
            t("We could not find this clinic"),
            t("The link may be old, or you do not work at its front desk."),
            button_link(t("Your front desk"), href=ROUTE, variant="primary"),
        )
    )


def _board() -> rx.Component:
    return rx.el.div(
        _head(),
        rx.cond(
            FrontDesk.columns.length() > 0,
            rx.fragment(
                rx.el.div(
                    rx.foreach(FrontDesk.columns, _column), class_name="desk-columns print:hidden"
                ),
                rx.el.div(rx.foreach(FrontDesk.columns, _sheet), class_name="hidden print:block"),
            ),
            card(
                empty_state(
                    t("No doctor works at this clinic yet"),
                    t("Doctors who register here appear on the board."),
                )
            ),
        ),
        class_name="desk",
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h1(FrontDesk.clinic),
            rx.el.p(FrontDesk.day, " · ", FrontDesk.zone, class_name="desk-day"),
            class_name="flex-1 min-w-56",
        ),
        rx.cond(
            FrontDesk.clinics.length() > 1,
            rx.el.div(
                pill_group(t("Clinic"), rx.foreach(FrontDesk.clinics, _clinic)),
                class_name="print:hidden",
            ),
        ),
        rx.el.div(
            rx.cond(FrontDesk.is_today, None, button_link(t("Today"), href=FrontDesk.today_href)),
            _step(back_icon(), t("Earlier"), FrontDesk.earlier_href),
            _step(forward_icon(), t("Later"), FrontDesk.later_href),
            button(t("New appointment"), on_click=NewAppointment.open_at_desk, variant="primary"),
            button(t("Print day sheet"), on_click=rx.call_script("window.print()")),
            class_name="flex flex-wrap gap-2 print:hidden",
        ),
        class_name="flex flex-wrap items-center gap-x-6 gap-y-3 mb-4",
    )


def _clinic(clinic: DeskChoice) -> rx.Component:
    return pill_link(clinic.name, href=clinic.href, chosen=clinic.chosen)


def _step(icon: rx.Component, label: str, href: rx.Var[str]) -> rx.Component:
    return button_link(icon, href=href, class_name="button-icon", aria_label=label, title=label)


def _column(column: DeskDoctor) -> rx.Component:
    return rx.el.section(
        rx.el.h2(column.doctor),
        rx.cond(
            column.over.length() > 0,
            rx.el.details(
                rx.el.summary(column.count, class_name="muted"),
                rx.el.ul(rx.foreach(column.over, _row), class_name="desk-rows"),
            ),
            rx.el.p(column.count, class_name="muted empty:hidden"),
        ),
        rx.cond(
            column.ahead.length() > 0,
            rx.el.ul(rx.foreach(column.ahead, _row), class_name="desk-rows"),
            rx.el.p(t("Nobody is expected."), class_name="muted mt-3"),
        ),
        aria_label=column.doctor,
        class_name="card",
    )


def _row(row: DeskRow) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.span(row.time, class_name="desk-time"),
            link(row.patient, href=row.href, class_name="desk-patient"),
        ),
        rx.el.p(row.visit, rx.cond(row.room != "", f" · {row.room}", ""), class_name="muted"),
        rx.el.div(_state(row), _actions(row), class_name="desk-foot"),
        key=row.id,
        class_name=class_names(
            "desk-row",
            rx.cond(row.is_next, "desk-next", ""),
            rx.cond(row.is_late, "desk-late", ""),
            rx.cond(row.status == "checked_in", "desk-here", ""),
        ),
    )


def _state(row: DeskRow) -> rx.Component:
    return rx.el.p(
        rx.cond(row.is_next, badge(t("Next"), "accent")),
        rx.cond(
            row.is_late,
            badge(t("Late"), "danger"),
            # Most are confirmed: what is said of each is heard of none.
            rx.cond(row.status != "confirmed", status_badge(row.status)),
        ),
        rx.cond(row.note != "", rx.el.span(row.note)),
        class_name="flex flex-wrap items-center gap-2 empty:hidden",
    )


def _actions(row: DeskRow) -> rx.Component:
    return rx.el.div(
        _action(row.can_confirm, t("Confirm"), row, FrontDesk.confirm, variant="primary"),
        _action(row.can_check_in, t("Check in"), row, FrontDesk.check_in, variant="primary"),
        _action(row.can_complete, t("Complete"), row, FrontDesk.complete, variant="primary"),
        _action(row.can_miss, t("No-show…"), row, FrontDesk.ask_missed),
        _action(row.can_undo, t("Undo check-in"), row, FrontDesk.undo_check_in),
        class_name="flex flex-wrap gap-2 empty:hidden",
    )


def _action(allowed: Any, text: str, row: DeskRow, handler: Any, **props: Any) -> rx.Component:
    label = t("{action}: {patient}, {time}", action=text, patient=row.patient, time=row.time)
    return rx.cond(allowed, button(text, aria_label=label, on_click=handler(row.id), **props))


def _question() -> rx.Component:
    return danger_question(
        FrontDesk.question,
        rx.el.p(t("It is noted as missed. That cannot be taken back.")),
        name="missed",
        shown=FrontDesk.is_asking,
        keep=(t("Not yet"), FrontDesk.keep),
        do=(t("Did not come"), FrontDesk.mark_no_show),
    )


def _sheet(column: DeskDoctor) -> rx.Component:
    """Return the table of one doctor, as it is printed."""
    table = rx.el.table(
        rx.el.thead(
            rx.el.tr(
                *(
                    rx.el.th(name, scope="col")
                    for name in (t("Time"), t("Patient"), t("Visit"), t("Room"), t("Status"))
                )
            )
        ),
        rx.el.tbody(rx.foreach(column.over, _sheet_row), rx.foreach(column.ahead, _sheet_row)),
    )
    return rx.el.section(
        rx.el.h2(column.doctor),
        rx.cond(
            column.over.length() + column.ahead.length() > 0,
            table,
            rx.el.p(t("Nobody is expected.")),
        ),
        class_name="desk-sheet",
    )


def _sheet_row(row: DeskRow) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.time, "–", row.end),
        rx.el.td(row.patient),
        rx.el.td(row.visit),
        rx.el.td(row.room),
        rx.el.td(status_badge(row.status)),
    )
