"""Links of the API document: what can be done next with what an operation has made or found."""

from __future__ import annotations

from typing import Any, NamedTuple


class Follows(NamedTuple):
    """Operations that can follow others, all by their ids.

    ``parameters`` and ``body`` say by runtime expressions of OpenAPI what is handed on.
    """

    after: tuple[str, ...]
    next: tuple[str, ...]
    parameters: dict[str, str] = {}  # noqa: RUF012 (nobody writes into it)
    body: dict[str, str] | None = None


_SEEN = {"if-match": "$response.header.ETag"}
_PLACE = {"doctor_id": "$request.path.doctor_id", "clinic_id": "$request.path.clinic_id"}
_OFFER = {
    each: f"$response.body#/offer/{each}" for each in ("doctor_id", "clinic_id", "visit_type_id")
}
_OF_APPOINTMENT = (
    *("appointments_get", "appointments_calendar_file", "appointments_confirm"),
    *("appointments_check_in", "appointments_undo_check_in", "appointments_complete"),
    *("appointments_no_show", "appointments_cancel", "appointments_cancel_following"),
)
_OF_CLINIC = (
    *("clinics_get_clinic", "doctors_find_doctors_of_clinic", "administration_list_departments"),
    *("rooms_add_room", "administration_add_department", "administration_restore_clinic"),
)
_VERSIONED_CLINIC = ("administration_change_clinic", "administration_close_clinic")

FOLLOWS = (
    Follows(
        ("accounts_register",),
        ("accounts_log_in",),
        body={"email": "$request.body#/email", "password": "$request.body#/password"},
    ),
    Follows(("accounts_log_in", "accounts_token", "accounts_refresh"), ("accounts_me",)),
    Follows(
        ("accounts_token", "accounts_refresh"),
        ("accounts_refresh",),
        body={"refresh_token": "$response.body#/refresh_token"},
    ),
    Follows(("accounts_me",), ("accounts_change_me", "patients_get_family")),
    Follows(
        ("accounts_list_logins",), ("accounts_end_login",), {"login_id": "$response.body#/0/id"}
    ),
    Follows(
        ("clinics_find_clinics",),
        ("clinics_get_clinic", "doctors_find_doctors_of_clinic"),
        {"clinic_id": "$response.body#/items/0/id"},
    ),
    Follows(("administration_add_clinic",), _OF_CLINIC, {"clinic_id": "$response.body#/id"}),
    Follows(
        ("administration_add_clinic", "administration_change_clinic"),
        _VERSIONED_CLINIC,
        {"clinic_id": "$response.body#/id"} | _SEEN,
    ),
    Follows(
        ("rooms_add_room",),
        ("rooms_rename_room", "rooms_set_room_active"),
        {"room_id": "$response.body#/id"},
    ),
    Follows(
        ("administration_add_department",),
        ("administration_rename_department", "administration_set_department_active"),
        {"department_id": "$response.body#/id"},
    ),
    Follows(
        ("doctors_find_doctors", "doctors_find_doctors_of_clinic", "slots_find_slots"),
        ("doctors_get_doctor", "slots_list_slots", "doctors_photo"),
        {"doctor_id": "$response.body#/items/0/doctor/id"},
    ),
    Follows(
        ("doctors_get_profile", "doctors_change_profile"),
        ("doctors_change_profile",),
        {"doctor_id": "$response.body#/id"} | _SEEN,
    ),
    Follows(
        ("slots_list_slots",),
        ("holds_keep", "appointments_book"),
        body=_OFFER | {"starts_at": "$response.body#/slots/0/starts_at"},
    ),
    Follows(("holds_keep",), ("holds_give_up", "holds_release"), {"hold_id": "$response.body#/id"}),
    Follows(
        ("appointments_book", "appointments_book_for_patient", "appointments_reschedule"),
        _OF_APPOINTMENT,
        {"appointment_id": "$response.body#/id"},
    ),
    Follows(
        ("appointments_book", "appointments_book_for_patient", "appointments_get"),
        ("appointments_reschedule", "appointments_write_notes"),
        {"appointment_id": "$response.body#/id"} | _SEEN,
    ),
    Follows(
        ("appointments_list_appointments", "patients_list_appointments_of"),
        _OF_APPOINTMENT,
        {"appointment_id": "$response.body#/items/0/id"},
    ),
    Follows(
        ("series_book",),
        ("appointments_get", "appointments_cancel_following"),
        {"appointment_id": "$response.body#/appointments/0"},
    ),
    Follows(
        ("visit_types_create", "visit_types_edit", "visit_types_set_active"),
        ("visit_types_edit", "visit_types_set_active"),
        {"visit_type_id": "$response.body#/id"} | _SEEN,
    ),
    Follows(
        ("visit_types_create",), ("visit_types_move",), {"visit_type_id": "$response.body#/id"}
    ),
    Follows(
        ("availability_get_availability",),
        (
            *("availability_put_weekly_hours", "availability_put_rules"),
            *("availability_put_holiday_choice", "availability_put_override"),
            "availability_add_time_off",
        ),
        _PLACE | _SEEN,
    ),
    Follows(
        ("availability_add_time_off", "availability_change_time_off"),
        ("availability_change_time_off", "availability_remove_time_off"),
        _PLACE | _SEEN | {"time_off_id": "$response.body#/time_off/0/id"},
    ),
    Follows(
        ("availability_put_override",),
        ("availability_remove_override",),
        _PLACE | _SEEN | {"first": "$request.body#/first", "last": "$request.body#/last"},
    ),
    Follows(
        ("availability_open_session",),
        ("availability_remove_session",),
        {
            "doctor_id": "$request.path.doctor_id",
            "clinic": "$request.body#/clinic_id",
            "starts_at": "$response.body#/sessions/0/starts_at",
        },
    ),
    Follows(
        ("patients_add_patient", "patients_add_dependent"),
        ("patients_get_patient", "patients_list_appointments_of"),
        {"patient_id": "$response.body#/id"},
    ),
    Follows(
        ("patients_get_patient", "patients_change_patient"),
        ("patients_change_patient",),
        {"patient_id": "$response.body#/id"} | _SEEN,
    ),
    Follows(
        ("patients_add_dependent",),
        ("patients_end_guardianship",),
        {"person_id": "$response.body#/id"},
    ),
    Follows(
        ("doctors_list_workplaces",),
        ("doctors_leave_workplace", "doctors_return_to_workplace", "doctors_set_departments"),
        {"workplace_id": "$response.body#/0/id"},
    ),
    Follows(
        ("approvals_list_applications",),
        ("approvals_approve", "approvals_refuse"),
        {"doctor_id": "$response.body#/items/0/public_id"},
    ),
    Follows(
        ("administration_list_staff",),
        ("administration_dismiss",),
        {
            "user_id": "$response.body#/0/members/0/user_id",
            "role": "$response.body#/0/members/0/role",
        },
    ),
    Follows(
        ("administration_list_staff",),
        ("administration_invite_again",),
        {"user_id": "$response.body#/0/members/0/user_id"},
    ),
    Follows(
        ("record_find",), ("record_read_values",), {"number": "$response.body#/items/0/number"}
    ),
)


def add_links(operations: dict[str, dict[str, Any]]) -> None:
    """Put the links into the answers of all ``operations``, which are given by their ids."""
    for follows in FOLLOWS:
        for source in follows.after:
            answers = operations[source]["responses"]
            links = answers[min(answers)].setdefault("links", {})
            for target in follows.next:
                link: dict[str, Any] = {"operationId": target}
                if follows.parameters:
                    link["parameters"] = follows.parameters
                if follows.body is not None:
                    link["requestBody"] = follows.body
                links[target] = link
