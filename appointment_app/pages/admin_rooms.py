"""Where an administrator names the rooms and devices of a clinic."""

from __future__ import annotations

import reflex as rx

from appointment_app.components.badge import badge
from appointment_app.components.button import button
from appointment_app.components.empty_state import empty_state
from appointment_app.components.field import form_alert, text_field
from appointment_app.components.form_dialog import danger_question, form_dialog
from appointment_app.components.item_row import item_row
from appointment_app.components.page import Viewer
from appointment_app.components.pills import pills
from appointment_app.components.switch import switch
from appointment_app.i18n import t
from appointment_app.pages.workspace import administrators_page, section_of_clinic
from appointment_app.states.admin_rooms import AdminRooms, ClinicRow, ResourceRow

ROUTE = "/admin/rooms"
FORM = AdminRooms.form


def admin_rooms(viewer: Viewer) -> rx.Component:
    """Return the page: each clinic with its rooms and devices."""
    return administrators_page(
        t("Rooms and devices"),
        _clinics(),
        _form_dialog(),
        _question(),
        is_loaded=AdminRooms.is_loaded,
        is_forbidden=AdminRooms.is_forbidden,
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
    return section_of_clinic(
        clinic.name,
        button(
            t("Add"),
            aria_label=t("Add a room or device to {clinic}", clinic=clinic.name),
            on_click=AdminRooms.add(clinic.id),
        ),
        clinic.rows,
        _row,
        empty=empty_state(
            t("No rooms or devices yet"),
            t("Without any, visits here are booked by the doctors' time alone."),
        ),
    )


def _row(row: ResourceRow) -> rx.Component:
    return item_row(
        row.name,
        row.facts,
        marks=[rx.cond(row.active, None, badge(t("Not in use")))],
        actions=[
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
        ],
        level=3,
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
