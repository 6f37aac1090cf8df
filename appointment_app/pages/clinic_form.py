"""The dialog in which an administrator says all that there is to say of a clinic."""

from __future__ import annotations

from typing import Any

import reflex as rx

from appointment_app.clinics.clinic_draft import LIMITS, zones
from appointment_app.clinics.public_hours import WEEKDAYS, weekday_name
from appointment_app.components.field import check_field, form_alert, select_field, text_field
from appointment_app.components.form_dialog import form_dialog
from appointment_app.i18n import countries, t
from appointment_app.states.admin_clinics import AdminClinics

FORM = AdminClinics.form
DRAFT = FORM.draft


def clinic_form() -> rx.Component:
    """Return the dialog for a new clinic, or for one that is changed."""
    return form_dialog(
        FORM.title,
        _text(t("Name"), "name", DRAFT.name),
        _group(
            t("Address"),
            _text(t("Street and number"), "street", DRAFT.street, class_name="sm:col-span-2"),
            _text(t("Postcode"), "postcode", DRAFT.postcode),
            _text(t("City"), "city", DRAFT.city),
            _text(t("State (optional)"), "state", DRAFT.state),
            select_field(
                t("Country"),
                "country",
                [("", t("Please choose")), *countries()],
                error=_error("country"),
                default_value=DRAFT.country,
                on_change=AdminClinics.choose_country,
                auto_complete="off",
            ),
        ),
        _group(
            t("Contact"),
            _text(t("Phone"), "phone", DRAFT.phone, placeholder="+49 30 901820", type="tel"),
            _text(t("E-mail address"), "email", DRAFT.email, type="email"),
        ),
        _time(),
        _opening_hours(),
        _group(
            t("Position (optional)"),
            _text(t("Latitude"), "latitude", DRAFT.latitude, placeholder="52.5186"),
            _text(t("Longitude"), "longitude", DRAFT.longitude, placeholder="13.3081"),
            hint=t("Degrees, as maps name them. Patients can then search for what is near them."),
        ),
        form_alert(AdminClinics.errors.get("form", "")),
        name="clinic",
        shown=AdminClinics.form_open,
        on_close=AdminClinics.close,
        on_submit=AdminClinics.save,
        opening=FORM.number,
        newer=(AdminClinics.is_stale, AdminClinics.load_new_version),
    )


def _time() -> rx.Component:
    return _group(
        t("Time and holidays"),
        text_field(
            t("Time zone"),
            "zone",
            error=_error("zone"),
            default_value=DRAFT.zone,
            list="zones",
            auto_complete="off",
        ),
        select_field(
            t("Region"),
            "region",
            AdminClinics.regions,
            error=_error("region"),
            default_value=DRAFT.region,
        ),
        rx.el.div(
            check_field(
                t("Closed on public holidays"), "closed", default_checked=DRAFT.closed_on_holidays
            ),
            class_name="sm:col-span-2",
        ),
        rx.el.datalist(*(rx.el.option(value=zone) for zone in zones()), id="zones"),
        hint=t(
            "Country and region say which public holidays the clinic has."
            " A doctor may decide otherwise, or set hours for such a day."
        ),
    )


def _opening_hours() -> rx.Component:
    return _group(
        t("Opening hours (optional)"),
        *(
            _text(weekday_name(day), f"hours_{day}", DRAFT.hours[day], placeholder="08:00–18:00")
            for day in WEEKDAYS
        ),
        hint=t(
            "What patients read; several times with a comma between them, such as 08:00–12:00,"
            " 14:00–18:00. Free times come from the doctors' own hours."
        ),
    )


def _group(legend: str, *fields: rx.Component, hint: str = "") -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(legend, class_name="font-semibold mb-2"),
        rx.el.p(hint, class_name="field-hint sm:col-span-2") if hint else None,
        *fields,
        class_name="grid gap-x-4 gap-y-3 sm:grid-cols-2 items-start",
    )


def _text(label: str, name: str, value: Any, *, class_name: str = "", **props: Any) -> rx.Component:
    field = text_field(
        label,
        name,
        error=_error(name),
        default_value=value,
        max_length=LIMITS.get(name, 254),
        auto_complete="off",
        **props,
    )
    return rx.el.div(field, class_name=class_name) if class_name else field


def _error(name: str) -> Any:
    return AdminClinics.errors.get(name, "")
