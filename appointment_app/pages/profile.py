"""The profile: what somebody tells of themselves, for their doctors and clinics."""

from __future__ import annotations

import reflex as rx

from appointment_app.accounts.profile_data import LIMITS, time_zones
from appointment_app.components.button import button, button_link
from appointment_app.components.card import card
from appointment_app.components.empty_state import empty_state
from appointment_app.components.field import (
    check_field,
    form_alert,
    select_field,
    text_area,
    text_field,
)
from appointment_app.components.page import Viewer, public_page
from appointment_app.components.skeleton import skeleton_cards
from appointment_app.i18n import t
from appointment_app.models import BloodGroup
from appointment_app.states.profile_form import ProfileForm
from appointment_app.states.profile_words import (
    LABELS,
    FieldOfOthers,
    language_options,
    reminder_choices,
)

ROUTE = "/profile"
FIELDS = ProfileForm.fields


def profile(viewer: Viewer) -> rx.Component:
    """Return the page with the profile that the address names."""
    return public_page(
        rx.el.div(
            rx.cond(
                ProfileForm.is_loaded,
                rx.cond(ProfileForm.is_missing, _missing(), _profile()),
                rx.fragment(rx.el.h1(t("Profile")), skeleton_cards(2, "h-96")),
            ),
            class_name="mx-auto w-full max-w-2xl grid gap-4",
        ),
        viewer=viewer,
        current=ROUTE,
    )


def _missing() -> rx.Component:
    return rx.fragment(
        rx.el.h1(t("Profile")),
        card(
            empty_state(
                t("There is no profile here"),
                t("This account is no patient's, or the profile belongs to somebody else."),
                button_link(t("Find a doctor"), href="/", variant="primary"),
            )
        ),
    )


def _profile() -> rx.Component:
    return rx.fragment(
        rx.el.h1(
            rx.cond(FIELDS.is_own, t("Your profile"), t("Profile of {name}", name=FIELDS.name))
        ),
        rx.el.form(
            _section(
                t("Name and contact"),
                rx.el.div(
                    _text("given_name", auto_complete="given-name"),
                    _text("family_name", auto_complete="family-name"),
                    _text("birth_date", type="date", auto_complete="bday"),
                    _text(
                        "phone",
                        type="tel",
                        auto_complete="tel",
                        hint=t("From abroad with the country code, such as +49 30 901820."),
                    ),
                    class_name="grid gap-4 sm:grid-cols-2",
                ),
                select_field(
                    LABELS["language"],
                    "language",
                    language_options(),
                    hint=t("In which the clinic talks and writes to you, where it can."),
                    error=ProfileForm.errors.get("language", ""),
                    default_value=FIELDS.language,
                ),
                note=t("Your clinics see this."),
            ),
            _section(
                t("Health"),
                text_area(
                    LABELS["allergies"],
                    "allergies",
                    hint=t("Medicines, foods, latex, plasters … and what happens."),
                    error=ProfileForm.errors.get("allergies", ""),
                    default_value=FIELDS.allergies,
                    rows="3",
                    max_length=str(LIMITS["allergies"]),
                ),
                select_field(
                    LABELS["blood_group"],
                    "blood_group",
                    [("", t("Not known")), *((each.value, each.value) for each in BloodGroup)],
                    error=ProfileForm.errors.get("blood_group", ""),
                    default_value=FIELDS.blood_group,
                ),
                note=t("Only doctors see this with whom there is, or was, an appointment."),
            ),
            _section(
                t("In an emergency"),
                rx.el.div(
                    _text("emergency_name", t("Whom to call"), auto_complete="off"),
                    _text(
                        "emergency_relation",
                        t("Who that is"),
                        hint=t("Such as wife, son or neighbour."),
                        auto_complete="off",
                    ),
                    class_name="grid gap-4 sm:grid-cols-2",
                ),
                _text("emergency_phone", t("Their phone number"), type="tel", auto_complete="off"),
                note=t("The same doctors see this."),
            ),
            _section(
                t("Insurance"),
                rx.el.div(
                    _text("insurance_provider", auto_complete="off"),
                    _text("insurance_number", auto_complete="off"),
                    class_name="grid gap-4 sm:grid-cols-2",
                ),
                note=t("Your clinics see this."),
            ),
            _section(
                t("Times and mails"),
                rx.cond(
                    FIELDS.is_own,
                    select_field(
                        LABELS["time_zone"],
                        "time_zone",
                        [("", t("As on this device")), *((each, each) for each in time_zones())],
                        hint=t("Where it differs from the clinic's, you read your own time too."),
                        error=ProfileForm.errors.get("time_zone", ""),
                        default_value=FIELDS.time_zone,
                    ),
                ),
                check_field(
                    t("Mail a reminder before appointments"),
                    "wants_reminders",
                    default_checked=FIELDS.wants_reminders,
                ),
                select_field(
                    LABELS["reminder_hours"],
                    "reminder_hours",
                    reminder_choices(),
                    error=ProfileForm.errors.get("reminder_hours", ""),
                    default_value=FIELDS.reminder_hours,
                ),
                rx.el.p(
                    t("What is booked, moved or cancelled is always mailed."),
                    class_name="muted small",
                ),
            ),
            _of_others(),
            button(t("Save"), type="submit", variant="primary", class_name="sm:justify-self-end"),
            key=FIELDS.number,
            on_submit=ProfileForm.save,
            aria_label=t("Profile"),
            custom_attrs={"noValidate": True},
            class_name="grid gap-4",
        ),
    )


def _section(title: str, *children: rx.Component, note: str = "") -> rx.Component:
    return card(
        rx.el.h2(title),
        rx.el.p(note, class_name="muted small") if note else None,
        rx.el.div(*children, class_name="grid gap-4 mt-4"),
    )


def _text(name: str, label: str = "", *, hint: str = "", **props: str) -> rx.Component:
    return text_field(
        label or LABELS[name],
        name,
        hint=hint,
        error=ProfileForm.errors.get(name, ""),
        default_value=getattr(FIELDS, name),
        **props,
    )


def _of_others() -> rx.Component:
    """Return what somebody else saved meanwhile, and the choice between that and what is typed."""
    return rx.cond(
        ProfileForm.problem != "",
        rx.el.div(
            form_alert(ProfileForm.problem),
            rx.el.p(t("Saved meanwhile:"), class_name="font-semibold mt-2"),
            rx.el.ul(rx.foreach(ProfileForm.of_others, _field_of_others), class_name="grid gap-1"),
            rx.el.p(t("Saving again keeps what you typed."), class_name="muted mt-2"),
            button(
                t("Load the new version"),
                on_click=ProfileForm.load_new_version,
                class_name="mt-2",
            ),
            class_name="notice",
        ),
    )


def _field_of_others(found: FieldOfOthers) -> rx.Component:
    return rx.el.li(
        rx.el.span(found.label, ": "), rx.el.span(found.value, class_name="font-semibold")
    )
