"""What each event handler of the patients' pages for staff does for whom, written by hand."""

from __future__ import annotations

from typing import Any

from tests.policy.handler_rows import (
    ALL,
    CLINIC_OF_A_DOCTOR,
    CONCERNED,
    DONE,
    FORBIDDEN,
    LOGIN,
    MISSING,
    SCREEN,
    UNSEEN,
    Gets,
    Row,
    Step,
)
from tests.policy.who_sees_what import Who

PATIENTS = "/patients?clinic={harbour}"
RECORD = "/patient?id={pia}"
DESK = "/front-desk?clinic={harbour}"
STAFF = (LOGIN, FORBIDDEN, FORBIDDEN, DONE, DONE, DONE, DONE, DONE)
OF_THE_CLINIC = (LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, DONE, FORBIDDEN, DONE)
# The patient has pages of their own.
WHO_TREATS = (LOGIN, MISSING, MISSING, DONE, MISSING, DONE, MISSING, DONE)

# Of somebody who is shown nobody: even who keeps the patients of all clinics finds none.
_KEEPERS = (FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, MISSING, FORBIDDEN, FORBIDDEN)
_LOOK = frozenset({"audit_event"})
_CANCELLED = frozenset({"appointment", "audit_event", "busy_block", "doctor", "outbox_message"})
_PENDING = {"appointment_id": "{pending}"}
_NORA = {"typed": {"given_name": "Nora", "family_name": "Brandt"}}


def _record(handler: str, gets: tuple[Gets, ...], *before: Step, **row: Any) -> Row:
    row = {"owner": Who.RECEPTION, "before": ("load", *before)} | row
    return Row(f"PatientRecordPage.{handler}", gets, RECORD, **row)


def _keep(handler: str, gets: tuple[Gets, ...], **row: Any) -> Row:
    return Row(f"KeepPatient.{handler}", gets, "/patient", **row)


def _new(handler: str, gets: tuple[Gets, ...], **row: Any) -> Row:
    row = {"owner": Who.RECEPTION, "before": ("Patients.load", "open")} | row
    return Row(f"NewPatient.{handler}", gets, PATIENTS, **row)


ROWS = (
    Row("Patients.load", STAFF, "/patients", shows="is_loaded"),
    Row(
        "Patients.load",
        (LOGIN, FORBIDDEN, FORBIDDEN, MISSING, MISSING, DONE, MISSING, DONE),
        PATIENTS,
        shows="Quillfeather",
        situation="of a clinic",
    ),
    Row("Patients.find", STAFF, "/patients", {"typed": "e"}, before=("load",), shows="rows"),
    _record("load", WHO_TREATS, owner=None, before=(), shows="Quillfeather", changes=_LOOK),
    _record("ask_cancel", CONCERNED, arguments=_PENDING, shows="Video call"),
    _record("keep", SCREEN),
    _record(
        "cancel",
        (LOGIN, UNSEEN, MISSING, DONE, MISSING, DONE, MISSING, DONE),
        ("ask_cancel", _PENDING),
        arguments={"typed": {"cancel_reason": "The doctor is ill"}},
        changes=_CANCELLED,
    ),
    _new("open", SCREEN, owner=None, before=()),
    _new("close", SCREEN),
    _new(
        "create",
        OF_THE_CLINIC,
        arguments=_NORA,
        changes=frozenset({"audit_event", "patient_of_clinic", "person"}),
    ),
    _new("take", SCREEN, arguments={"patient_id": "{pia}"}),
    # The record in order: whatever page is shown, the service decides
    _keep("send_link", (LOGIN, *_KEEPERS), changes=frozenset(), owner=None, situation="of nobody"),
    _keep("deactivate", (LOGIN, *_KEEPERS), changes=frozenset(), owner=None, situation="of nobody"),
    _keep("activate", (LOGIN, *_KEEPERS), changes=frozenset(), owner=None, situation="of nobody"),
    _keep("ask_merge", SCREEN),
    _keep("find", STAFF, arguments={"typed": "e"}, owner=None),
    _keep("choose", SCREEN, arguments={"patient_id": "{pia}"}),
    _keep("close", SCREEN),
    _keep("merge", SCREEN),
    _keep(
        "separate",
        (LOGIN, *(MISSING,) * 7),
        arguments={"merge_id": "{pia}"},
        situation="of no merge",
    ),
    # Of a patient who is shown: an administrator of all clinics who types the number, nobody else
    *(Row(f"ErasePatient.{each}", SCREEN, RECORD) for each in ("ask", "close")),
    Row(
        "ErasePatient.erase",
        (LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, DONE, FORBIDDEN, FORBIDDEN),
        RECORD,
        {"typed": {"typed_number": "nobody's"}},
        before=("PatientRecordPage.load", "ask"),
        owner=Who.ADMINISTRATOR,
        shows="This is not the number",
    ),
    # Claiming a record with a link
    Row("ClaimRecord.load", ALL, "/claim?token=never-ours"),
    Row("ClaimRecord.claim", (LOGIN, *(DONE,) * 7), "/claim?token=never-ours", shows="too old"),
    # Booking at the front desk, and for the patient whose page is shown
    Row(
        "NewAppointment.open_at_desk",
        STAFF,
        DESK,
        before=("FrontDesk.load",),
        shows="Consultation",
    ),
    Row(
        "NewAppointment.open_for_patient",
        STAFF,
        RECORD,
        before=("PatientRecordPage.load",),
        shows="Consultation",
    ),
    Row(
        "NewAppointment.choose_place",
        CLINIC_OF_A_DOCTOR,
        "/calendar?view=week&date=2026-11-23",
        {"place": "{place}"},
        before=("open",),
        owner=Who.DOCTOR,
    ),
)
