"""Where an administrator names the rooms and devices of a clinic."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.badge import badge
from appointment_app.components.button import button
from appointment_app.components.card import card, card_row, list_card
from appointment_app.components.empty_state import empty_state
from appointment_app.components.field import form_alert, text_field
from appointment_app.components.form_dialog import danger_question, form_dialog
from appointment_app.components.page import Viewer, workspace_page
from appointment_app.components.pills import pills
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.components.switch import switch
from appointment_app.i18n import t
from appointment_app.pages.workspace import for_administrators
from appointment_app.states.admin_rooms import AdminRooms, ClinicRow, ResourceRow

ROUTE = "/admin/rooms"
FORM = AdminRooms.form


def admin_rooms(viewer: Viewer) -> rx.Component:
    """Return the page: each clinic with its rooms and devices."""
    return workspace_page(
        rx.el.div(
            rx.el.h1(t("Rooms and devices")),
            rx.cond(
                AdminRooms.is_loaded,
                rx.cond(
                    AdminRooms.is_forbidden,
                    for_administrators(t("Your account administers no clinic.")),
                    _clinics(),
                ),
                skeleton_cards(2),
            ),
            class_name="w-full max-w-3xl grid gap-4",
        ),
        _form_dialog(),
        _question(),
        viewer=viewer,
        current=ROUTE,
    )


def _clinics() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            t(
                "Doctors choose which of them a visit needs. One that is free is taken with each"
                " booking, and no two visits get the same one at a time."
            ),
            class_name="muted",
        ),
        rx.foreach(AdminRooms.clinics, _clinic),
    )


def _clinic(clinic: ClinicRow) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(clinic.name),
            button(
                t("Add"),
                aria_label=t("Add a room or device to {clinic}", clinic=clinic.name),
                on_click=AdminRooms.add(clinic.id),
            ),
            class_name="flex flex-wrap items-center justify-between gap-3",
        ),
        rx.cond(
            clinic.rows.length() > 0,
            list_card(rx.foreach(clinic.rows, _row)),
            card(
                empty_state(
                    t("No rooms or devices yet"),
                    t("Without any, visits here are booked by the doctors' time alone."),
                )
            ),
        ),
        class_name="grid gap-3 mt-2",
    )


def _row(row: ResourceRow) -> rx.Component:
    return card_row(
        rx.el.div(
            rx.el.div(
                rx.el.h3(row.name, class_name="text-base"),
                rx.cond(row.active, None, badge(t("Not in use"))),
                class_name="flex flex-wrap items-center gap-2",
            ),
            rx.el.p(row.facts, class_name="muted small"),
            class_name="flex-1 min-w-40 wrap-anywhere",
        ),
        rx.el.div(
            switch(
                t("In use"),
                checked=row.active,
                on_click=AdminRooms.toggle(row.id),
                aria_label=t("In use: {name}", name=row.name),
            ),
            button(
                t("Rename"),
                aria_label=t("Rename {name}", name=row.name),
                on_click=AdminRooms.rename(row.id),
            ),
            class_name="flex flex-wrap items-center gap-2",
        ),
        class_name="flex flex-wrap items-center gap-x-4 gap-y-2",
    )


def _form_dialog() -> rx.Component:
    return form_dialog(
        FORM.title,
        rx.cond(
            FORM.is_new,
            pills(
                t("What it is"),
                [("room", t("Room")), ("device", t("Device"))],
                rx.cond(AdminRooms.is_device, "device", "room"),
                AdminRooms.choose_kind,
            ),
        ),
        text_field(
            t("Name"),
            "name",
            hint=t("Patients read the name of their room."),
            error=AdminRooms.name_error,
            default_value=FORM.name,
            max_length=80,
            auto_complete="off",
        ),
        form_alert(AdminRooms.problem),
        name="resource",
        shown=AdminRooms.is_open,
        on_close=AdminRooms.close,
        on_submit=AdminRooms.submit,
        opening=FORM.number,
        newer=(AdminRooms.is_stale, AdminRooms.load_new_version),
    )


def _question() -> rx.Component:
    return danger_question(
        t("Take {name} out of use?", name=AdminRooms.asked_about),
        rx.el.p(AdminRooms.question, " ", t("New bookings do not get it any more.")),
        name="out-of-use",
        shown=AdminRooms.is_asking,
        keep=(t("Keep using it"), AdminRooms.keep),
        do=(t("Take it out of use"), AdminRooms.deactivate),
    )
