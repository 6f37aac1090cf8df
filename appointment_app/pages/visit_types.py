"""The doctor's visit types: what patients can book, and the dialog to add or change one."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.badge import badge
from appointment_app.components.button import button, icon_button
from appointment_app.components.card import card, list_card
from appointment_app.components.empty_state import empty_state
from appointment_app.components.field import (
    check_field,
    form_alert,
    number_field,
    select_field,
    text_field,
)
from appointment_app.components.form_dialog import danger_question, form_dialog
from appointment_app.components.icons import down_icon, up_icon
from appointment_app.components.item_row import item_row
from appointment_app.components.page import Viewer, workspace_page
from appointment_app.components.pills import pills
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.components.switch import switch
from appointment_app.i18n import t
from appointment_app.pages.workspace import for_doctors
from appointment_app.states.visit_type_editor import VisitTypeEditor
from appointment_app.states.visit_type_form import (
    BOOKABLE_BY_NAMES,
    STEP_NAMES,
    ResourceGroup,
    VisitTypeRow,
)

ROUTE = "/visit-types"
FORM = VisitTypeEditor.form


def visit_types(viewer: Viewer) -> rx.Component:
    """Return the page with the doctor's visit types."""
    return workspace_page(
        rx.el.div(
            rx.el.div(
                rx.el.h1(t("Visit types")),
                rx.cond(
                    VisitTypeEditor.rows.length() > 0,
                    button(t("Add visit type"), variant="primary", on_click=VisitTypeEditor.add),
                ),
                class_name="flex flex-wrap items-center justify-between gap-3 min-h-11",
            ),
            rx.el.p(
                t("What patients can book with you. The first one is offered on your card."),
                class_name="muted",
            ),
            rx.cond(
                VisitTypeEditor.is_loaded,
                rx.cond(
                    VisitTypeEditor.refusal != "",
                    for_doctors(VisitTypeEditor.refusal),
                    _list(),
                ),
                skeleton_cards(1),
            ),
            class_name="grid gap-4 max-w-3xl",
        ),
        _form_dialog(),
        _question(),
        viewer=viewer,
        current=ROUTE,
    )


def _list() -> rx.Component:
    return rx.cond(
        VisitTypeEditor.rows.length() > 0,
        list_card(rx.foreach(VisitTypeEditor.rows, _row)),
        card(
            empty_state(
                t("No visit types yet"),
                t("Patients can book once there is one: a name and how long it takes."),
                button(t("Add visit type"), variant="primary", on_click=VisitTypeEditor.add),
            )
        ),
    )


def _row(row: VisitTypeRow) -> rx.Component:
    return item_row(
        row.name,
        row.facts,
        marks=[rx.cond(row.active, None, badge(t("Not offered")))],
        actions=[
            switch(
                t("Offered"),
                checked=row.active,
                on_click=VisitTypeEditor.toggle(row.id),
                aria_label=t("Offered: {name}", name=row.name),
            ),
            icon_button(
                up_icon(),
                t("Move {name} up", name=row.name),
                variant="quiet",
                disabled=row.is_first,
                on_click=VisitTypeEditor.move_up(row.id),
            ),
            icon_button(
                down_icon(),
                t("Move {name} down", name=row.name),
                variant="quiet",
                disabled=row.is_last,
                on_click=VisitTypeEditor.move_down(row.id),
            ),
            button(
                t("Edit"),
                aria_label=t("Edit {name}", name=row.name),
                on_click=VisitTypeEditor.edit(row.id),
            ),
        ],
    )


def _form_dialog() -> rx.Component:
    return form_dialog(
        FORM.title,
        text_field(
            t("Name"),
            "name",
            error=VisitTypeEditor.errors.get("name", ""),
            default_value=FORM.name,
            max_length=80,
            auto_complete="off",
        ),
        _minutes(t("Duration in minutes"), "duration", FORM.duration),
        rx.el.div(
            rx.el.p(t("How you meet"), class_name="field-label"),
            pills(
                t("How you meet"),
                [("in_person", t("In person")), ("video", t("Video"))],
                rx.cond(VisitTypeEditor.is_video, "video", "in_person"),
                VisitTypeEditor.choose_mode,
            ),
            class_name="field",
        ),
        rx.cond(
            VisitTypeEditor.is_video,
            text_field(
                t("Link to join"),
                "join_link",
                hint=t("The patient gets it with the confirmation; you see it in the calendar."),
                error=VisitTypeEditor.errors.get("join_link", ""),
                default_value=FORM.join_link,
                type="url",
                placeholder="https://",
                max_length=500,
            ),
        ),
        text_field(
            t("Price"),
            "price",
            hint=t("Optional, in your words; patients read it before they book."),
            error=VisitTypeEditor.errors.get("price", ""),
            default_value=FORM.price,
            max_length=80,
            auto_complete="off",
        ),
        check_field(
            t("I confirm each booking before it is final"),
            "needs_confirmation",
            default_checked=FORM.needs_confirmation,
        ),
        _more(),
        rx.el.p(
            t("Appointments that are booked already stay as they are."),
            class_name="muted small",
        ),
        form_alert(VisitTypeEditor.problem),
        name="visit-type",
        shown=VisitTypeEditor.is_open,
        on_close=VisitTypeEditor.close,
        on_submit=VisitTypeEditor.submit,
        opening=FORM.number,
        newer=(VisitTypeEditor.is_stale, VisitTypeEditor.load_new_version),
    )


def _more() -> rx.Component:
    """Return what most visit types leave as it is, folded away."""
    return rx.el.details(
        rx.el.summary(t("More: who may book, starts, places, pauses, rooms")),
        rx.el.div(
            select_field(
                t("Who may book it"),
                "bookable_by",
                [(kind.value, name) for kind, name in BOOKABLE_BY_NAMES.items()],
                error=VisitTypeEditor.errors.get("bookable_by", ""),
                default_value=FORM.bookable_by,
            ),
            rx.el.div(
                select_field(
                    t("Starts"),
                    "step",
                    list(STEP_NAMES.items()),
                    error=VisitTypeEditor.errors.get("step", ""),
                    default_value=FORM.step,
                ),
                number_field(
                    t("Places at one time"),
                    "capacity",
                    hint=t("From 2 on it is a group session."),
                    error=VisitTypeEditor.errors.get("capacity", ""),
                    default_value=FORM.capacity,
                    least=1,
                    most=200,
                ),
                class_name="grid gap-4 sm:grid-cols-2",
            ),
            rx.el.div(
                _minutes(t("Pause before, in minutes"), "pause_before", FORM.pause_before),
                _minutes(t("Pause after, in minutes"), "pause_after", FORM.pause_after),
                class_name="grid gap-4 sm:grid-cols-2",
            ),
            rx.cond(FORM.clinics.length() > 0, _clinics()),
            rx.cond(VisitTypeEditor.is_video, None, _resources()),
            class_name="grid gap-4 pt-3",
        ),
        open=VisitTypeEditor.is_unfolded,
        class_name="folded",
    )


def _clinics() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(t("Offered at"), class_name="field-label"),
        rx.foreach(
            FORM.clinics,
            lambda box: check_field(
                box.label, box.name, id=f"field-{box.name}", default_checked=box.checked
            ),
        ),
        rx.el.p(
            VisitTypeEditor.errors.get("clinics", ""),
            class_name="field-error",
            custom_attrs={"aria-live": "polite"},
        ),
        class_name="grid",
    )


def _resources() -> rx.Component:
    return rx.fragment(
        rx.cond(
            FORM.rooms.length() > 0,
            _suitable(t("Needs one of these rooms"), FORM.rooms),
        ),
        rx.cond(
            FORM.devices.length() > 0,
            _suitable(
                rx.cond(
                    FORM.rooms.length() > 0,
                    t("and one of these devices"),
                    t("Needs one of these devices"),
                ),
                FORM.devices,
            ),
        ),
        rx.el.p(
            VisitTypeEditor.errors.get("resources", ""),
            class_name="field-error",
            custom_attrs={"aria-live": "polite"},
        ),
    )


def _suitable(legend: str | rx.Var[str], groups: rx.Var[list[ResourceGroup]]) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(legend, class_name="field-label"),
        rx.foreach(
            groups,
            lambda group: rx.el.div(
                rx.el.p(group.clinic, class_name="muted small"),
                rx.foreach(
                    group.boxes,
                    lambda box: check_field(
                        box.label, box.name, id=f"field-{box.name}", default_checked=box.checked
                    ),
                ),
                role="group",
                aria_label=group.clinic,
                class_name="grid",
            ),
        ),
        class_name="grid gap-2",
    )


def _minutes(label: str, name: str, value: rx.Var[str]) -> rx.Component:
    return number_field(
        label,
        name,
        error=VisitTypeEditor.errors.get(name, ""),
        default_value=value,
        least=0,
        most=480,
        step="5",
    )


def _question() -> rx.Component:
    return danger_question(
        t("No longer offer {name}?", name=VisitTypeEditor.asked_about),
        rx.el.p(
            t(
                "It is the last visit type that you offer: patients cannot book with you until you"
                " offer one again. Booked appointments stay."
            )
        ),
        name="last-visit-type",
        shown=VisitTypeEditor.is_asking,
        keep=(t("Keep offering it"), VisitTypeEditor.keep_last),
        do=(t("No longer offer it"), VisitTypeEditor.deactivate_last),
    )
