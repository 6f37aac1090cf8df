"""What each event handler of the administrators' pages does for whom, written by hand."""

from __future__ import annotations

from typing import Any

from tests.policy.handler_rows import (
    ADMINISTRATORS,
    DONE,
    FORBIDDEN,
    LOGIN,
    MISSING,
    SCREEN,
    THE_ADMINISTRATOR,
    Gets,
    Row,
    Step,
)
from tests.policy.who_sees_what import Who

_RESOURCES = frozenset({"audit_event", "resource"})
_CLINICS = frozenset({"audit_event", "clinic", "doctor"})
_DEPARTMENTS = frozenset({"audit_event", "department"})
_PROFILES = frozenset({"audit_event", "doctor"})
_DOCTOR_OR_ADMINISTRATOR = (
    LOGIN,
    FORBIDDEN,
    FORBIDDEN,
    DONE,
    FORBIDDEN,
    DONE,
    FORBIDDEN,
    FORBIDDEN,
)
_CANCELLED = frozenset({"appointment", "audit_event", "busy_block", "doctor", "outbox_message"})
_INVITED_DOCTOR = frozenset(
    {
        *("account_token", "audit_event", "outbox_message", "role_assignment", "user_account"),
        *("doctor", "doctor_at_clinic", "doctor_specialty", "person", "person_key"),
    }
)
_DECIDED = frozenset({"audit_event", "doctor", "outbox_message"})


def _rooms(handler: str, gets: tuple[Gets, ...], *before: Step, **row: Any) -> Row:
    steps = ("load", *before)
    owner = Who.ADMINISTRATOR if gets is THE_ADMINISTRATOR else None
    row = {"owner": owner, "before": steps} | row
    return Row(f"AdminRooms.{handler}", gets, "/admin/rooms", **row)


def _departments(handler: str, gets: tuple[Gets, ...], *before: Step, **row: Any) -> Row:
    row = {"owner": Who.ADMINISTRATOR if before else None, "before": before} | row
    return Row(f"AdminDepartments.{handler}", gets, "/admin/clinics", **row)


def _profile(handler: str, gets: tuple[Gets, ...], **row: Any) -> Row:
    row = {"owner": Who.ADMINISTRATOR, "before": ("load",)} | row
    return Row(f"DoctorRecord.{handler}", gets, "/doctor/profile?id={dora}", **row)


def _suspension(handler: str, gets: tuple[Gets, ...], **row: Any) -> Row:
    row = {"owner": Who.ADMINISTRATOR, "before": ("load",)} | row
    return Row(f"DoctorSuspension.{handler}", gets, "/doctor/profile?id={dora}", **row)


def _administration(handler: str, gets: tuple[Gets, ...], **row: Any) -> Row:
    return Row(f"AdminDoctors.{handler}", gets, "/admin/doctors", **row)


def _invitation(handler: str, gets: tuple[Gets, ...], **row: Any) -> Row:
    return Row(f"InviteDoctor.{handler}", gets, "/admin/doctors", **row)


_ROOM = {"resource": "{room}"}
_OF_HARBOUR = {"clinic_id": "{harbour}", "name": "Harbour Clinic"}
_OPEN_HARBOUR: Step = ("open", _OF_HARBOUR)
_WARD = {"department": "{ward}"}
_SUSPEND: Step = ("suspend", {"typed": {"reason": "Ill"}})
_TYPED_PROFILE = {
    "typed": {
        "title": "Dr",
        "given_name": "Dora",
        "family_name": "Doctor",
        "licence_number": "LIC-DORA",
        "bio": "Speaks slowly.",
        "specialty-dermatology": "on",
        "languages": "",
    }
}
_TYPED_CLINIC = {
    "typed": {
        "name": "Harbour Clinic",
        "city": "Berlin",
        "country": "DE",
        "zone": "Europe/Berlin",
        "region": "BE",
        "closed": "on",
    }
}
_TYPED_ROOM = {"typed": {"name": "Laboratory"}}


ROWS = (
    # The rooms and devices of the clinics that the actor administers, whatever the tab holds
    _rooms("load", ADMINISTRATORS, before=(), shows="Parkside Clinic"),
    _rooms("add", SCREEN, arguments={"clinic": "{harbour}"}),
    _rooms(
        "rename",
        (MISSING, MISSING, MISSING, MISSING, MISSING, DONE, MISSING, MISSING),
        arguments=_ROOM,
        shows="Echo chamber",
    ),
    _rooms("close", SCREEN),
    _rooms("choose_kind", SCREEN, arguments={"kind": "device"}),
    _rooms(
        "submit",
        THE_ADMINISTRATOR,
        ("add", {"clinic": "{harbour}"}),
        arguments=_TYPED_ROOM,
        changes=_RESOURCES,
    ),
    _rooms(
        "submit",
        THE_ADMINISTRATOR,
        ("rename", _ROOM),
        arguments=_TYPED_ROOM,
        changes=_RESOURCES,
        situation="of one that exists",
    ),
    _rooms(
        "load_new_version",
        (LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, DONE, MISSING, FORBIDDEN),
        ("rename", _ROOM),
        owner=Who.ADMINISTRATOR,
    ),
    _rooms("toggle", THE_ADMINISTRATOR, arguments=_ROOM, changes=_RESOURCES),
    _rooms(
        "deactivate",
        ADMINISTRATORS,
        ("toggle", {"resource": "{used}"}),
        owner=Who.ADMINISTRATOR,
        changes=_RESOURCES,
    ),
    _rooms("keep", SCREEN),
    # Deciding on doctors
    Row("AdminClinics.load", ADMINISTRATORS, "/admin/clinics", shows="Open on public holidays"),
    Row("AdminClinics.close", SCREEN, "/admin/clinics"),
    Row(
        "AdminClinics.edit",
        SCREEN,
        "/admin/clinics",
        {"clinic_id": "{harbour}"},
        before=("load",),
        owner=Who.ADMINISTRATOR,
    ),
    Row("AdminClinics.choose_country", SCREEN, "/admin/clinics", {"country": "AT"}),
    Row(
        "AdminClinics.save",
        THE_ADMINISTRATOR,
        "/admin/clinics",
        _TYPED_CLINIC,
        before=("load", ("edit", {"clinic_id": "{harbour}"})),
        owner=Who.ADMINISTRATOR,
        changes=_CLINICS,
    ),
    Row(
        "AdminClinics.save",
        THE_ADMINISTRATOR,
        "/admin/clinics",
        {"typed": _TYPED_CLINIC["typed"] | {"name": "Bridge Clinic"}},
        before=("load", "add"),
        owner=Who.ADMINISTRATOR,
        changes=frozenset({"audit_event", "clinic", "specialty"}),
        situation="of a new one",
    ),
    Row("AdminClinics.add", SCREEN, "/admin/clinics"),
    Row(
        "AdminClinics.load_new_version",
        (LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, DONE, MISSING, FORBIDDEN),
        "/admin/clinics",
        before=("load", ("edit", {"clinic_id": "{harbour}"})),
        owner=Who.ADMINISTRATOR,
    ),
    # The departments of a clinic, in a dialog over the list
    _departments("open", THE_ADMINISTRATOR, arguments=_OF_HARBOUR, shows="Departments of Harbour"),
    _departments("close", SCREEN),
    _departments("keep_name", SCREEN),
    _departments("rename", SCREEN, _OPEN_HARBOUR, arguments=_WARD),
    _departments(
        "save",
        THE_ADMINISTRATOR,
        _OPEN_HARBOUR,
        arguments={"typed": {"name": "Outpatients"}},
        changes=_DEPARTMENTS,
    ),
    _departments(
        "save",
        THE_ADMINISTRATOR,
        _OPEN_HARBOUR,
        ("rename", _WARD),
        arguments={"typed": {"name": "Outpatients"}},
        changes=_DEPARTMENTS,
        situation="of one that exists",
    ),
    _departments("toggle", THE_ADMINISTRATOR, _OPEN_HARBOUR, arguments=_WARD, changes=_DEPARTMENTS),
    # A doctor's profile: the doctor's own, or that of a doctor of one's clinics
    _profile("load", _DOCTOR_OR_ADMINISTRATOR, before=(), shows="LIC-DORA"),
    _profile("save", _DOCTOR_OR_ADMINISTRATOR, arguments=_TYPED_PROFILE, changes=_PROFILES),
    _profile("load_new_version", _DOCTOR_OR_ADMINISTRATOR),
    _profile("photo_answered", _DOCTOR_OR_ADMINISTRATOR, arguments={"problem": ""}),
    _profile(
        "add_place",
        THE_ADMINISTRATOR,
        arguments={"typed": {"clinic": "{park}"}},
        changes=frozenset({"audit_event", "doctor", "doctor_at_clinic"}),
    ),
    # Somebody is expected there, so that the doctor stays.
    _profile(
        "toggle_place", THE_ADMINISTRATOR, arguments={"place": "{place}"}, shows="still to come"
    ),
    _profile(
        "toggle_department",
        THE_ADMINISTRATOR,
        arguments={"place": "{place}", "department": "{ward}"},
        changes=frozenset({"audit_event", "doctor", "doctor_department"}),
    ),
    # Suspending a doctor: for administrators of all clinics of the doctor
    _suspension("load", SCREEN, before=()),
    _suspension("ask", SCREEN),
    _suspension("close", SCREEN),
    _suspension("ask_all", SCREEN),
    _suspension(
        "suspend", THE_ADMINISTRATOR, arguments={"typed": {"reason": "Ill"}}, changes=_DECIDED
    ),
    _suspension("restore", THE_ADMINISTRATOR),
    _suspension(
        "restore",
        THE_ADMINISTRATOR,
        before=("load", _SUSPEND),
        changes=frozenset({"audit_event", "doctor"}),
        situation="of one who is suspended",
    ),
    _suspension(
        "hand_on",
        (LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, MISSING, FORBIDDEN, FORBIDDEN),
        arguments={"appointment": "{pauls}", "successor": "{place}"},
    ),
    _suspension(
        "cancel",
        THE_ADMINISTRATOR,
        arguments={"appointment": "{pending}"},
        before=("load", _SUSPEND),
        changes=_CANCELLED,
    ),
    _suspension(
        "settle_all", THE_ADMINISTRATOR, before=("load", _SUSPEND, "ask_all"), changes=_CANCELLED
    ),
    Row("AdminClinics.keep", SCREEN, "/admin/clinics"),
    Row(
        "AdminClinics.ask_to_close",
        SCREEN,
        "/admin/clinics",
        {"clinic_id": "{harbour}"},
        before=("load",),
        owner=Who.ADMINISTRATOR,
    ),
    # Somebody is expected there, so that it stays.
    Row(
        "AdminClinics.close_clinic",
        THE_ADMINISTRATOR,
        "/admin/clinics",
        before=("load", ("ask_to_close", {"clinic_id": "{harbour}"})),
        owner=Who.ADMINISTRATOR,
        shows="still to come here",
    ),
    Row(
        "AdminClinics.restore",
        THE_ADMINISTRATOR,
        "/admin/clinics",
        {"clinic_id": "{harbour}"},
        before=("load",),
        owner=Who.ADMINISTRATOR,
        changes=_CLINICS,
    ),
    _administration("load", ADMINISTRATORS, shows="LIC-OTTO"),
    _administration(
        "approve", THE_ADMINISTRATOR, arguments={"doctor": "{wilma}"}, changes=_DECIDED
    ),
    # Dora has accepted hers.
    _administration("invite_again", THE_ADMINISTRATOR, arguments={"doctor": "{dora}"}),
    _administration("ask_reason", SCREEN, arguments={"doctor": "{wilma}"}, before=("load",)),
    _administration("close_reason", SCREEN),
    _administration(
        "refuse",
        THE_ADMINISTRATOR,
        arguments={"form": {"reason": "The licence is not known"}},
        before=("load", ("ask_reason", {"doctor": "{wilma}"})),
        owner=Who.ADMINISTRATOR,
        changes=_DECIDED,
    ),
    # A doctor is invited
    _invitation("open", ADMINISTRATORS, shows="specialty-dermatology"),
    _invitation("close", SCREEN),
    _invitation(
        "submit",
        THE_ADMINISTRATOR,
        arguments={
            "typed": {
                "email": "noor@mail.example",
                "given_name": "Noor",
                "family_name": "New",
                "licence_number": "LIC-NOOR",
                "specialty-dermatology": "on",
                "clinic": "{harbour}",
            }
        },
        before=("open",),
        owner=Who.ADMINISTRATOR,
        changes=_INVITED_DOCTOR,
    ),
)
