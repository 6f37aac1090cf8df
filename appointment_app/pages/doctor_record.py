"""Where a doctor, or an administrator, edits what patients read of the doctor."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.clinics.doctor_profiles import LIMITS
from appointment_app.components.avatar import avatar
from appointment_app.components.back_heading import back_heading
from appointment_app.components.badge import badge
from appointment_app.components.button import button, button_link
from appointment_app.components.card import card, card_row, list_card
from appointment_app.components.empty_state import empty_state
from appointment_app.components.field import (
    check_field,
    form_alert,
    select_field,
    text_area,
    text_field,
)
from appointment_app.components.page import Viewer, workspace_page
from appointment_app.components.pills import pill, pill_group
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.components.switch import switch
from appointment_app.i18n import t
from appointment_app.pages.doctor_suspension import doctor_suspension
from appointment_app.states.doctor_record import Choice, DoctorRecord, PlaceRow

ROUTE = "/doctor/profile"
FORM = DoctorRecord.form
DRAFT = FORM.draft
_PHOTO_INPUT = "photo-file"


def doctor_record(viewer: Viewer) -> rx.Component:
    """Return the page: the photo, the form of the profile, and the clinics."""
    return workspace_page(
        rx.el.div(
            rx.cond(
                DoctorRecord.is_own,
                rx.el.h1(t("My profile")),
                back_heading(
                    rx.cond(FORM.name != "", FORM.name, t("Profile")),
                    href="/admin/doctors",
                    label=t("Back to the doctors"),
                ),
            ),
            rx.cond(
                DoctorRecord.is_loaded,
                rx.cond(
                    DoctorRecord.refusal != "",
                    card(
                        empty_state(
                            t("This page is for doctors and administrators"),
                            DoctorRecord.refusal,
                            button_link(t("Find a doctor"), href="/", variant="primary"),
                        )
                    ),
                    rx.fragment(_photo(), _form(), _places(), doctor_suspension()),
                ),
                skeleton_cards(2),
            ),
            class_name="w-full max-w-3xl grid gap-4",
        ),
        viewer=viewer,
        current=ROUTE,
    )


def _photo() -> rx.Component:
    return card(
        rx.el.div(
            avatar(FORM.initials, "large", photo=FORM.photo),
            rx.el.div(
                rx.el.h2(t("Photo"), class_name="text-base"),
                rx.el.p(t("JPEG, PNG or WebP of at most 8 MB."), class_name="muted small"),
                rx.el.p(DoctorRecord.photo_problem, role="alert", class_name="alert"),
                class_name="flex-1 basis-48",
            ),
            rx.el.div(
                rx.el.label(
                    t("Choose a photo"),
                    rx.el.input(
                        type="file",
                        id=_PHOTO_INPUT,
                        accept="image/jpeg,image/png,image/webp",
                        class_name="visually-hidden",
                        on_change=_send("POST"),
                    ),
                    class_name="button file-button",
                ),
                rx.cond(
                    FORM.photo != "",
                    button(t("Remove"), variant="quiet", on_click=_send("DELETE")),
                ),
                class_name="flex flex-wrap gap-2",
            ),
            class_name="flex flex-wrap items-center gap-4",
        )
    )


def _send(method: str) -> Any:
    """Return the event that sends the chosen photo, or takes it away, and hears the answer."""
    body = f'document.getElementById("{_PHOTO_INPUT}").files[0]' if method == "POST" else "null"
    script: rx.Var[str] = rx.Var(
        f"""(async () => {{
          const body = {body};
          if ("{method}" === "POST" && !body) return null;
          try {{
            const answer = await fetch("/api/v1/doctors/" + {FORM.id!s} + "/photo", {{
              method: "{method}", body, credentials: "same-origin",
              headers: {{ "Content-Type": "application/octet-stream" }},
            }});
            if (answer.ok) return "";
            return (await answer.json()).detail;
          }} catch {{
            return "{t("The photo could not be sent. Please try again.")}";
          }}
        }})()""",
        _var_data=FORM.id._get_all_var_data(),
    )
    return rx.call_script(script, callback=DoctorRecord.photo_answered)


def _form() -> rx.Component:
    return card(
        rx.el.form(
            _row(
                _text(t("Title"), "title", DRAFT.title),
                _text(t("Given name"), "given_name", DRAFT.given_name),
                _text(t("Family name"), "family_name", DRAFT.family_name),
                _text(
                    t("Licence number"),
                    "licence_number",
                    DRAFT.licence_number,
                    hint=rx.cond(
                        FORM.may_change_licence, "", t("An administrator changes it for you.")
                    ),
                    read_only=~FORM.may_change_licence,
                ),
                _text(
                    t("Practising since (year)"),
                    "practising_since",
                    DRAFT.practising_since,
                    input_mode="numeric",
                ),
                _text(
                    t("Most patients a day"),
                    "max_patients_a_day",
                    DRAFT.max_patients_a_day,
                    hint=t("Empty for no limit."),
                    input_mode="numeric",
                ),
            ),
            _text(
                t("Languages"),
                "languages",
                DRAFT.languages,
                hint=t("With commas between them, such as English, German."),
            ),
            _specialties(),
            _area(t("Qualifications"), "qualifications", DRAFT.qualifications, rows="3"),
            _area(t("About me"), "bio", DRAFT.bio, rows="5"),
            form_alert(DoctorRecord.errors.get("form", "")),
            rx.el.div(
                rx.cond(
                    DoctorRecord.is_stale,
                    button(t("Load the new version"), on_click=DoctorRecord.load_new_version),
                ),
                button(t("Save"), type="submit", variant="primary"),
                class_name="form-actions",
            ),
            key=FORM.number,
            on_submit=DoctorRecord.save,
            custom_attrs={"noValidate": True},
            class_name="grid gap-4",
        )
    )


def _specialties() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(t("Specialties"), class_name="field-label"),
        rx.el.div(
            rx.foreach(
                FORM.specialties,
                lambda box: check_field(
                    box.label, box.name, id=f"field-{box.name}", default_checked=box.chosen
                ),
            ),
            class_name="grid sm:grid-cols-2 max-h-96 overflow-y-auto choices",
            tab_index=0,
            role="group",
            aria_label=t("Specialties"),
        ),
        rx.el.p(
            DoctorRecord.errors.get("specialties", ""),
            class_name="field-error",
            custom_attrs={"aria-live": "polite"},
        ),
    )


def _places() -> rx.Component:
    return rx.fragment(
        rx.el.h2(t("Clinics"), class_name="mt-2"),
        rx.el.p(DoctorRecord.place_problem, role="alert", class_name="alert"),
        rx.cond(
            DoctorRecord.places.length() > 0,
            list_card(rx.foreach(DoctorRecord.places, _place)),
            card(rx.el.p(t("No clinic yet."), class_name="muted")),
        ),
        rx.cond(
            DoctorRecord.others.length() > 0,
            card(
                rx.el.form(
                    rx.el.div(
                        select_field(t("Another clinic"), "clinic", DoctorRecord.others),
                        class_name="flex-1 basis-64",
                    ),
                    button(t("Add"), type="submit"),
                    on_submit=DoctorRecord.add_place,
                    class_name="flex flex-wrap items-end gap-3",
                )
            ),
        ),
    )


def _place(place: PlaceRow) -> rx.Component:
    return card_row(
        rx.el.div(
            rx.el.div(
                rx.el.h3(place.clinic, class_name="text-base"),
                rx.cond(place.note != "", badge(place.note)),
                class_name="flex flex-wrap items-center gap-2",
            ),
            rx.cond(
                place.may_change & (place.departments.length() > 0),
                pill_group(
                    t("Departments"),
                    rx.foreach(
                        place.departments, lambda department: _department(place, department)
                    ),
                    class_name="mt-2",
                ),
                rx.el.p(place.belongs_to, class_name="muted small"),
            ),
            class_name="flex-1 basis-64 wrap-anywhere",
        ),
        rx.cond(
            place.may_change,
            switch(
                t("Works here"),
                checked=place.active,
                on_click=DoctorRecord.toggle_place(place.id),
                aria_label=t("Works here: {clinic}", clinic=place.clinic),
            ),
        ),
        class_name="flex flex-wrap items-center gap-3",
    )


def _department(place: PlaceRow, department: rx.Var[Choice]) -> rx.Component:
    return pill(
        department.label,
        chosen=department.chosen,
        on_click=DoctorRecord.toggle_department(place.id, department.name),
    )


def _row(*fields: rx.Component) -> rx.Component:
    return rx.el.div(*fields, class_name="grid gap-x-4 gap-y-3 sm:grid-cols-2 items-start")


def _text(label: str, name: str, value: Any, **props: Any) -> rx.Component:
    return text_field(
        label,
        name,
        error=DoctorRecord.errors.get(name, ""),
        default_value=value,
        max_length=LIMITS.get(name, 200),
        auto_complete="off",
        **props,
    )


def _area(label: str, name: str, value: Any, **props: Any) -> rx.Component:
    return text_area(
        label,
        name,
        error=DoctorRecord.errors.get(name, ""),
        default_value=value,
        max_length=LIMITS[name],
        **props,
    )
