"""What each event handler of the calendar and of the front desk does for whom, by hand."""

from __future__ import annotations

from typing import Any

from tests.policy.handler_rows import (
    AT_THE_DESK,
    CLINIC_IN_ITS_CALENDAR,
    CLINIC_OF_A_DOCTOR,
    DOCTORS,
    DOCTORS_ONLY,
    DONE,
    FORBIDDEN,
    IN_ITS_CALENDAR,
    LOGIN,
    MISSING,
    MOVED,
    MOVERS,
    NOTHING,
    PATIENT_AND_CLINIC_IN_ITS_CALENDAR,
    RESCHEDULED,
    SCREEN,
    THE_DESK,
    TOLD,
    Gets,
    Row,
    Step,
)
from tests.policy.who_sees_what import Who
from tests.policy.world import SESSION

CALENDAR = "/calendar?view=week&date=2026-11-23"
DESK = "/front-desk?clinic={harbour}"
_PENDING = {"appointment_id": "{pending}"}
_BEGUN = {"appointment_id": "{begun}"}
_TUESDAY = {"start": "2026-11-24T12:00:00+01:00"}
_TYPED_MOVE = {"typed": {"date": "2026-11-24", "time": "12:00", "reason": "The doctor is late"}}
_OPEN_PENDING: Step = ("open_appointment", {"appointment_id": "{pending}"})
_OPEN_BEGUN: Step = ("open_appointment", {"appointment_id": "{begun}"})


def _calendar(handler: str, gets: tuple[Gets, ...], *before: Step, **row: Any) -> Row:
    steps = ("load", *before)
    owner = None if gets is SCREEN else Who.DOCTOR
    return Row(f"DoctorCalendar.{handler}", gets, CALENDAR, before=steps, owner=owner, **row)


def _moving(handler: str, gets: tuple[Gets, ...], *before: Step, **row: Any) -> Row:
    if before:
        row = {"owner": Who.DOCTOR, "before": before} | row
    return Row(f"MoveAppointment.{handler}", gets, CALENDAR, **row)


def _booking(handler: str, gets: tuple[Gets, ...], *before: Step, **row: Any) -> Row:
    if before:
        row = {"owner": Who.DOCTOR, "before": before} | row
    return Row(f"NewAppointment.{handler}", gets, CALENDAR, **row)


def _desk(handler: str, gets: tuple[Gets, ...], *before: Step, **row: Any) -> Row:
    row = {"owner": Who.RECEPTION, "before": ("load", *before)} | row
    return Row(f"FrontDesk.{handler}", gets, DESK, **row)


ROWS = (
    # A doctor's calendar
    Row("DoctorCalendar.load", DOCTORS, CALENDAR, shows="November 2026"),
    Row("DoctorCalendar.refresh", DOCTORS_ONLY, CALENDAR, before=("load",), shows="November 2026"),
    Row(
        "DoctorCalendar.show_dates",
        DOCTORS,
        "/calendar",
        {"start": "2026-11-23", "end": "2026-11-30", "view": "week"},
        before=("load",),
        owner=Who.DOCTOR,
    ),
    _calendar(
        "open_appointment",
        IN_ITS_CALENDAR,
        arguments={"appointment_id": "{pending}"},
        shows="Suspected arrhythmia",
    ),
    _calendar("close_appointment", SCREEN),
    # The front desk of the clinic
    _desk("load", THE_DESK, owner=None, before=(), shows="Quillfeather"),
    _desk("refresh", (NOTHING,) * 5 + (DONE, NOTHING, DONE), owner=None, shows="Quillfeather"),
    _desk("confirm", AT_THE_DESK, arguments=_PENDING, changes=MOVED | TOLD),
    _desk("check_in", AT_THE_DESK, arguments=_BEGUN, changes=MOVED),
    _desk("undo_check_in", AT_THE_DESK, ("check_in", _BEGUN), arguments=_BEGUN, changes=MOVED),
    _desk("complete", AT_THE_DESK, arguments=_BEGUN, changes=MOVED),
    _desk("ask_missed", SCREEN, arguments=_BEGUN),
    _desk("keep", SCREEN),
    _desk("mark_no_show", AT_THE_DESK, ("ask_missed", _BEGUN), changes=MOVED),
    # A group session in it
    Row(
        "GroupSessionPanel.open",
        (LOGIN, FORBIDDEN, FORBIDDEN, DONE, MISSING, FORBIDDEN, FORBIDDEN, FORBIDDEN),
        CALENDAR,
        {"starts_at": SESSION},
        shows="0 of ",
    ),
    Row("GroupSessionPanel.close", SCREEN, CALENDAR),
    _calendar("ask_reason", SCREEN),
    _calendar("keep_appointment", SCREEN),
    _calendar("keep_notes", SCREEN, arguments={"notes": "To be seen again"}),
    _calendar("confirm", CLINIC_IN_ITS_CALENDAR, _OPEN_PENDING, changes=MOVED | TOLD),
    _calendar("check_in", CLINIC_IN_ITS_CALENDAR, _OPEN_BEGUN, changes=MOVED),
    _calendar("undo_check_in", CLINIC_IN_ITS_CALENDAR, _OPEN_BEGUN, "check_in", changes=MOVED),
    _calendar("complete", CLINIC_IN_ITS_CALENDAR, _OPEN_BEGUN, changes=MOVED),
    _calendar("mark_no_show", CLINIC_IN_ITS_CALENDAR, _OPEN_BEGUN, changes=MOVED),
    _calendar(
        "cancel",
        PATIENT_AND_CLINIC_IN_ITS_CALENDAR,
        _OPEN_PENDING,
        "ask_reason",
        arguments={"typed": {"cancel_reason": "The doctor is ill"}},
        changes=MOVED | TOLD | {"busy_block"},
    ),
    _calendar(
        "save_notes",
        IN_ITS_CALENDAR,
        _OPEN_PENDING,
        arguments={"typed": {"notes": "To be seen again"}},
        changes=MOVED,
    ),
    # Moving in the calendar, by its date and time or dropped
    _moving("ask", MOVERS, arguments=_PENDING, shows="Quillfeather"),
    _moving("drop", MOVERS, arguments=_PENDING | _TUESDAY, shows="Quillfeather"),
    _moving("close", SCREEN),
    _moving(
        "move",
        MOVERS,
        ("ask", _PENDING),
        arguments=_TYPED_MOVE,
        changes=RESCHEDULED,
    ),
    _moving(
        "undo",
        MOVERS,
        ("ask", _PENDING),
        ("move", _TYPED_MOVE),
        changes=RESCHEDULED,
    ),
    # Booking for a patient: those whom the doctor knows
    _booking("open", DOCTORS, shows="Consultation"),
    _booking("open_at", DOCTORS, arguments={"start": "2026-11-24T10:00:00+01:00"}),
    _booking("close", SCREEN),
    _booking(
        "find", CLINIC_OF_A_DOCTOR, "open", arguments={"typed": "quill"}, shows="Quillfeather"
    ),
    _booking("choose", SCREEN, arguments={"patient_id": "{pia}"}),
    _booking("choose_another", SCREEN),
    _booking(
        "book",
        CLINIC_OF_A_DOCTOR,
        "open",
        ("find", {"typed": "quill"}),
        ("choose", {"patient_id": "{pia}"}),
        arguments={
            "typed": {
                "place": "{place}",
                "visit_type": "{visit}",
                "date": "2026-11-25",
                "time": "10:00",
                "reason": "To be seen again",
            }
        },
        changes=frozenset({"appointment", "audit_event", "busy_block", "doctor", "outbox_message"}),
    ),
)
