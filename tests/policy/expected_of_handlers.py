"""What each event handler does for whom, written by hand: never take it from the code.

Whoever adds a handler says here what everybody gets from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.policy.world import OVERRIDE, SESSION, TIME_OFF, Who

APPOINTMENT = "/appointment?id={pending}"
BOOKING = "/book?doctor={dora}&clinic={harbour}&type={visit}&start=2026-11-24T10:00:00Z"
CALENDAR = "/calendar?view=week&date=2026-11-23"
DOCTOR = "/doctor?id={dora}"
DESK = "/front-desk?clinic={harbour}"
MOVE = "/move?appointment={pending}&clinic={harbour}&start=2026-11-24T10:00:00Z"


class Gets(StrEnum):
    """What somebody gets from a handler."""

    DONE = "what was asked for"
    NOTHING = "nothing: no answer, no change"
    LOGIN = "the login page"
    FORBIDDEN = "that they have no right"
    MISSING = "that there is no such thing"
    # The calendar is its doctor's, but the service lets the clinic's administrator do this.
    UNSEEN = "the deed, but not the sight of it"


DONE, NOTHING, LOGIN = Gets.DONE, Gets.NOTHING, Gets.LOGIN
FORBIDDEN, MISSING, UNSEEN = Gets.FORBIDDEN, Gets.MISSING, Gets.UNSEEN

Step = str | tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """One handler in one situation.

    ``gets`` stands in the order of ``Who``. ``owner`` has done ``before`` in a tab of their own;
    everybody else's tab then holds all that this tab holds, which must not help them. Without an
    ``owner`` each does ``before`` in their own tab. ``changes`` are the tables in which ``DONE``
    changes something, ``shows`` is what whoever gets ``DONE`` sees.
    """

    handler: str
    gets: tuple[Gets, ...]
    address: str
    arguments: dict[str, Any] = field(default_factory=dict)
    before: tuple[Step, ...] = ()
    owner: Who | None = None
    changes: frozenset[str] = frozenset()
    shows: str = ""
    situation: str = ""

    def expected(self, who: Who) -> Gets:
        """What ``who`` gets."""
        return self.gets[list(Who).index(who)]

    @property
    def name(self) -> str:
        """The handler, and the situation where there are several."""
        return f"{self.handler} {self.situation}".strip()


# Columns:         nobody  patient  another    doctor   another    administrator  another clinic's
#                                   patient             doctor     of all         administrator
# and last the reception of the doctor's clinic
ALL = (DONE, DONE, DONE, DONE, DONE, DONE, DONE, DONE)
SOMEBODY = (LOGIN, DONE, DONE, DONE, DONE, DONE, DONE, DONE)
# A doctor who registers can be a patient too.
PEOPLE = (LOGIN, DONE, DONE, DONE, DONE, FORBIDDEN, FORBIDDEN, FORBIDDEN)
THE_DOCTOR = (LOGIN, FORBIDDEN, FORBIDDEN, DONE, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN)
DOCTORS = (LOGIN, FORBIDDEN, FORBIDDEN, DONE, DONE, FORBIDDEN, FORBIDDEN, FORBIDDEN)
# Nothing is read for somebody to whom nothing was shown.
DOCTORS_ONLY = (NOTHING, NOTHING, NOTHING, DONE, DONE, NOTHING, NOTHING, NOTHING)
ADMINISTRATORS = (LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, DONE, DONE, FORBIDDEN)
THE_ADMINISTRATOR = (LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, DONE, FORBIDDEN, FORBIDDEN)
CONCERNED = (LOGIN, DONE, MISSING, DONE, MISSING, DONE, MISSING, FORBIDDEN)
IN_ITS_CALENDAR = (LOGIN, FORBIDDEN, MISSING, DONE, MISSING, FORBIDDEN, MISSING, FORBIDDEN)
CLINIC_IN_ITS_CALENDAR = (LOGIN, FORBIDDEN, MISSING, DONE, MISSING, UNSEEN, MISSING, FORBIDDEN)
CLINIC_OF_A_DOCTOR = (LOGIN, FORBIDDEN, FORBIDDEN, DONE, FORBIDDEN, DONE, FORBIDDEN, FORBIDDEN)
CLINIC_BOOKS = (LOGIN, FORBIDDEN, FORBIDDEN, DONE, FORBIDDEN, UNSEEN, FORBIDDEN, FORBIDDEN)
PATIENT_AND_CLINIC_IN_ITS_CALENDAR = (
    LOGIN,
    UNSEEN,
    MISSING,
    DONE,
    MISSING,
    UNSEEN,
    MISSING,
    FORBIDDEN,
)
CLINIC_AT_ITS_DESK = (LOGIN, FORBIDDEN, MISSING, DONE, MISSING, UNSEEN, MISSING, UNSEEN)
THE_DESK = (LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, DONE, MISSING, DONE)
# A doctor may do it, and sees it in their own calendar.
AT_THE_DESK = (LOGIN, FORBIDDEN, FORBIDDEN, UNSEEN, FORBIDDEN, DONE, MISSING, DONE)
# What a page shows of itself, without asking for anything.
SCREEN = ALL

_HOURS = frozenset({"audit_event", "doctor", "doctor_at_clinic"})
_TIME_OFF = frozenset({"audit_event", "doctor", "time_off"})
_SESSIONS = frozenset({"audit_event", "busy_block", "doctor"})
_MOVED = frozenset({"appointment", "audit_event", "doctor"})
_TOLD = frozenset({"outbox_message"})
_RESCHEDULED = _MOVED | _TOLD | {"appointment_move", "busy_block"}
_RESOURCES = frozenset({"audit_event", "resource"})
_DECIDED = frozenset({"audit_event", "doctor", "outbox_message"})
_VISITS = frozenset({"audit_event", "doctor", "visit_type"})


def _administration(handler: str, gets: tuple[Gets, ...], **row: Any) -> Row:
    return Row(f"AdminDoctors.{handler}", gets, "/admin/doctors", **row)


def _availability(handler: str, gets: tuple[Gets, ...] = THE_DOCTOR, **row: Any) -> Row:
    if gets is THE_DOCTOR:
        row = {"owner": Who.DOCTOR, "before": ("load",)} | row
    return Row(f"AvailabilityEditor.{handler}", gets, "/availability", **row)


def _days(handler: str, gets: tuple[Gets, ...] = THE_DOCTOR, *before: Step, **row: Any) -> Row:
    """A handler of the dialogs, whose states are those of the editor and more."""
    if gets is THE_DOCTOR:
        row = {"owner": Who.DOCTOR, "before": ("AvailabilityEditor.load", *before)} | row
    return Row(handler, gets, "/availability", **row)


def _dialog_about(handler: str, **arguments: Any) -> Row:
    """A dialog about something that the doctor's tab shows: for others it says no more."""
    opened = {"before": ("AvailabilityEditor.load",), "owner": Who.DOCTOR}
    return _days(handler, SCREEN, arguments=arguments, **opened)


def _override_form(handler: str, **row: Any) -> Row:
    steps: tuple[Step, ...] = (
        "AvailabilityEditor.load",
        "add_override",
        ("set_first", {"value": "2026-12-28"}),
        ("choose_closed", {"value": "other"}),
    )
    return _days(f"DifferentDaysEditor.{handler}", before=steps, **row)


def _time_off_form(handler: str, **row: Any) -> Row:
    steps: tuple[Step, ...] = ("add_time_off", ("set_away_first", {"value": "2026-12-28"}))
    return _days(f"TimeOffEditor.{handler}", THE_DOCTOR, *steps, **row)


def _calendar(handler: str, gets: tuple[Gets, ...], *before: Step, **row: Any) -> Row:
    steps = ("load", *before)
    owner = None if gets is SCREEN else Who.DOCTOR
    return Row(f"DoctorCalendar.{handler}", gets, CALENDAR, before=steps, owner=owner, **row)


def _rooms(handler: str, gets: tuple[Gets, ...], *before: Step, **row: Any) -> Row:
    steps = ("load", *before)
    owner = Who.ADMINISTRATOR if gets is THE_ADMINISTRATOR else None
    row = {"owner": owner, "before": steps} | row
    return Row(f"AdminRooms.{handler}", gets, "/admin/rooms", **row)


def _visit_types(handler: str, gets: tuple[Gets, ...], *before: Step, **row: Any) -> Row:
    steps = ("load", *before)
    owner = None if gets is SCREEN else Who.DOCTOR
    row = {"owner": owner, "before": steps} | row
    return Row(f"VisitTypeEditor.{handler}", gets, "/visit-types", **row)


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


_PENDING = {"appointment_id": "{pending}"}
_BEGUN = {"appointment_id": "{begun}"}
_TUESDAY = {"start": "2026-11-24T12:00:00+01:00"}
_TYPED_MOVE = {"typed": {"date": "2026-11-24", "time": "12:00", "reason": "The doctor is late"}}
_OPEN_PENDING: Step = ("open_appointment", {"appointment_id": "{pending}"})
_OPEN_BEGUN: Step = ("open_appointment", {"appointment_id": "{begun}"})
_VIDEO = {"visit_type_id": "{video}"}
_VISIT = {"visit_type_id": "{visit}"}
_ROOM = {"resource": "{room}"}
_TYPED_ROOM = {"typed": {"name": "Laboratory"}}
_TYPED_VISIT = {"typed": {"name": "Check-up", "duration": "20"}}
_DORAS_CARD = {
    "doctor_id": "{dora}",
    "clinic_id": "{harbour}",
    "visit_type_id": "{video}",
}

ROWS = (
    # The public: anybody finds a doctor and a time
    Row("FindDoctors.load", ALL, "/", shows="Dr Dora Doctor"),
    Row("FindDoctors.more", ALL, "/", before=("load",)),
    Row(
        "FindDoctors.choose_visit_type",
        ALL,
        "/",
        _DORAS_CARD,
        before=("load",),
        shows="Video call",
    ),
    Row("FindDoctors.refresh", ALL, "/", before=("load",)),
    Row("DoctorProfile.load", ALL, DOCTOR, shows="Dr Dora Doctor"),
    Row("DoctorProfile.refresh", ALL, DOCTOR, shows="Dr Dora Doctor"),
    Row("DoctorProfile.load", (MISSING,) * 8, "/doctor?id={wilma}", situation="not approved"),
    Row("PracticeChoices.load", ALL, "/register/doctor", shows="Parkside Clinic"),
    # The mailbox of a machine that keeps its mails; in production there is none
    Row("MailboxState.load", ALL, "/dev/mailbox"),
    Row("MailboxState.refresh", ALL, "/dev/mailbox"),
    Row("MailboxState.look_for_mails", ALL, "/dev/mailbox"),
    # Booking: each for themselves
    Row(
        "BookingForm.load",
        ALL,
        BOOKING,
        shows="Tuesday 24 November",
        changes=frozenset({"busy_block", "doctor", "hold"}),
    ),
    Row(
        "BookingForm.keep_time",
        ALL,
        BOOKING,
        before=("load",),
        changes=frozenset({"doctor"}),
    ),
    Row("BookingForm.refresh", ALL, BOOKING, before=("load",)),
    Row("HeldTime.leave", ALL, DOCTOR, {"path": "/"}),  # a tab that keeps nothing gives up nothing
    Row("BookingForm.keep_reason", SCREEN, BOOKING, {"reason": "A rash"}),
    Row(
        "BookingForm.submit",
        PEOPLE,
        BOOKING,
        {"form": {"reason": "A rash"}},
        before=("load",),
        changes=frozenset(
            {"appointment", "audit_event", "busy_block", "doctor", "hold", "outbox_message"}
        ),
    ),
    # Another time for an appointment: each for their own
    Row(
        "MoveForm.load",
        (LOGIN, DONE, MISSING, MISSING, MISSING, MISSING, MISSING, FORBIDDEN),
        MOVE,
        shows="Tuesday 24 November 2026, 10:00",
    ),
    Row(
        "MoveForm.submit",
        (LOGIN, DONE, MISSING, FORBIDDEN, MISSING, FORBIDDEN, MISSING, FORBIDDEN),
        MOVE,
        before=("load",),
        owner=Who.PATIENT,
        changes=_RESCHEDULED,
    ),
    Row("SeriesPlan.choose_rhythm", ALL, BOOKING, {"every": "2"}, shows="8 December 2026"),
    Row("SeriesPlan.choose_times", ALL, BOOKING, {"times": "4"}),
    # A patient's appointments
    Row("MyAppointments.load_list", SOMEBODY, "/appointments"),
    Row(
        "MyAppointments.refresh",
        (NOTHING, *SOMEBODY[1:]),
        "/appointments",
        before=("load_list",),
    ),
    Row("MyAppointments.more", SOMEBODY, "/appointments", before=("load_list",)),
    Row(
        "MyAppointments.load_one", CONCERNED, APPOINTMENT, shows="https://meet.example/pia-and-dora"
    ),
    Row(
        "MyAppointments.ask",
        CONCERNED,
        "/appointments",
        {"appointment_id": "{pending}"},
        shows="Quillfeather",
    ),
    Row("MyAppointments.keep", SCREEN, "/appointments"),
    Row(
        "MyAppointments.cancel_appointment",
        CONCERNED,
        APPOINTMENT,
        {"form": {"cancel_reason": "Not needed any more"}},
        before=("load_one", ("ask", {"appointment_id": "{pending}"})),
        owner=Who.PATIENT,
        changes=_MOVED | _TOLD | {"busy_block"},
    ),
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
    _desk("check_in", AT_THE_DESK, arguments=_BEGUN, changes=_MOVED),
    _desk("undo_check_in", AT_THE_DESK, ("check_in", _BEGUN), arguments=_BEGUN, changes=_MOVED),
    _desk("complete", AT_THE_DESK, arguments=_BEGUN, changes=_MOVED),
    _desk("ask_missed", SCREEN, arguments=_BEGUN),
    _desk("keep", SCREEN),
    _desk("mark_no_show", AT_THE_DESK, ("ask_missed", _BEGUN), changes=_MOVED),
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
    _calendar("confirm", CLINIC_IN_ITS_CALENDAR, _OPEN_PENDING, changes=_MOVED | _TOLD),
    _calendar("check_in", CLINIC_AT_ITS_DESK, _OPEN_BEGUN, changes=_MOVED),
    _calendar("undo_check_in", CLINIC_AT_ITS_DESK, _OPEN_BEGUN, "check_in", changes=_MOVED),
    _calendar("complete", CLINIC_AT_ITS_DESK, _OPEN_BEGUN, changes=_MOVED),
    _calendar("mark_no_show", CLINIC_AT_ITS_DESK, _OPEN_BEGUN, changes=_MOVED),
    _calendar(
        "cancel",
        PATIENT_AND_CLINIC_IN_ITS_CALENDAR,
        _OPEN_PENDING,
        "ask_reason",
        arguments={"typed": {"cancel_reason": "The doctor is ill"}},
        changes=_MOVED | _TOLD | {"busy_block"},
    ),
    _calendar(
        "save_notes",
        IN_ITS_CALENDAR,
        _OPEN_PENDING,
        arguments={"typed": {"notes": "To be seen again"}},
        changes=_MOVED,
    ),
    # Moving in the calendar, by its date and time or dropped
    _moving("ask", IN_ITS_CALENDAR, arguments=_PENDING, shows="Quillfeather"),
    _moving("drop", IN_ITS_CALENDAR, arguments=_PENDING | _TUESDAY, shows="Quillfeather"),
    _moving("close", SCREEN),
    _moving(
        "move",
        CLINIC_IN_ITS_CALENDAR,
        ("ask", _PENDING),
        arguments=_TYPED_MOVE,
        changes=_RESCHEDULED,
    ),
    _moving(
        "undo",
        CLINIC_IN_ITS_CALENDAR,
        ("ask", _PENDING),
        ("move", _TYPED_MOVE),
        changes=_RESCHEDULED,
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
        CLINIC_BOOKS,
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
    # A doctor's hours: the week
    _availability("load", DOCTORS, shows="Europe/Berlin"),
    _availability("load_new_version"),
    _availability("toggle_day", arguments={"weekday": 0}),
    _availability("add_range", arguments={"weekday": 0}),
    _availability("remove_range", arguments={"weekday": 0, "index": 0}),
    _availability("set_opens", arguments={"weekday": 0, "index": 0, "value": "08:30"}),
    _availability("set_closes", arguments={"weekday": 0, "index": 0, "value": "17:30"}),
    _availability("discard"),
    _availability(
        "save",
        before=("load", ("toggle_day", {"weekday": 0})),
        changes=_HOURS | {"weekly_hours"},
    ),
    _availability("show_outside", SCREEN),
    _availability("hide_outside", SCREEN),
    # Days that differ
    _availability("previous_month", SCREEN, before=("load",)),
    _availability("next_month", SCREEN, before=("load",)),
    _days("DifferentDaysEditor.choose_day", arguments={"day": "2026-12-23"}),
    _days("DifferentDaysEditor.add_override", SCREEN),
    _days(
        "DifferentDaysEditor.edit_override",
        arguments={"key": OVERRIDE},
        shows="Away for a christening",
    ),
    _days("DifferentDaysEditor.close_form", SCREEN),
    _override_form("set_first", arguments={"value": "2026-12-29"}),
    _override_form("set_last", arguments={"value": "2026-12-30"}),
    _override_form("choose_closed", arguments={"value": "closed"}),
    _override_form("add_form_range"),
    _override_form("remove_form_range", arguments={"index": 0}),
    _override_form("set_form_opens", arguments={"index": 0, "value": "10:00"}),
    _override_form("set_form_closes", arguments={"index": 0, "value": "11:00"}),
    _override_form(
        "save_override",
        arguments={"typed": {"first": "2026-12-28", "last": "", "note": "Half a day"}},
        changes=_HOURS | {"date_override", "date_override_range"},
    ),
    _days("DifferentDaysEditor.ask_removal", arguments={"key": OVERRIDE}),
    _days("DifferentDaysEditor.close_removal", SCREEN),
    _days(
        "DifferentDaysEditor.remove_override",
        THE_DOCTOR,
        ("ask_removal", {"key": OVERRIDE}),
        changes=_HOURS | {"date_override"},
    ),
    # The weekly hours, in dialogs
    _dialog_about("WeeklyHoursDialogs.open_weeks", weekday=0, index=0),
    _days("WeeklyHoursDialogs.close", SCREEN),
    _days(
        "WeeklyHoursDialogs.set_weeks",
        THE_DOCTOR,
        ("open_weeks", {"weekday": 0, "index": 0}),
        arguments={"typed": {"valid_from": "2026-12-01", "every_weeks": "2"}},
    ),
    _days("WeeklyHoursDialogs.open_copy", SCREEN),
    _days(
        "WeeklyHoursDialogs.copy_day",
        arguments={"typed": {"source": "0", "day-5": "on"}},
    ),
    # Time off
    _days("TimeOffEditor.add_time_off", SCREEN),
    _days("TimeOffEditor.edit_time_off", arguments={"key": TIME_OFF}, shows="Sailing in Norway"),
    _days("TimeOffEditor.close_time_off", SCREEN),
    _time_off_form("set_away_first", arguments={"value": "2026-12-29"}),
    _time_off_form("set_away_last", arguments={"value": "2026-12-30"}),
    _time_off_form(
        "save_time_off",
        arguments={"typed": {"away_first": "2026-12-28", "away_last": "", "away_note": "Rest"}},
        changes=_TIME_OFF,
    ),
    _dialog_about("TimeOffEditor.ask_return", key=TIME_OFF),
    _days(
        "TimeOffEditor.remove_time_off",
        THE_DOCTOR,
        ("ask_return", {"key": TIME_OFF}),
        changes=_TIME_OFF,
    ),
    # Extra sessions
    _days("ExtraSessionEditor.add_session", DOCTORS, shows="Consultation"),
    _days("ExtraSessionEditor.close_session", SCREEN),
    _days(
        "ExtraSessionEditor.save_session",
        THE_DOCTOR,
        "add_session",
        arguments={
            "typed": {
                "session_visit_type_id": "{visit}",
                "session_day": "2026-12-05",
                "session_starts": "09:00",
                "session_duration": "20",
                "session_capacity": "6",
            }
        },
        changes=_SESSIONS,
    ),
    _dialog_about("ExtraSessionEditor.ask_session_removal", key=SESSION),
    _days(
        "ExtraSessionEditor.remove_session",
        THE_DOCTOR,
        ("ask_session_removal", {"key": SESSION}),
        changes=_SESSIONS,
    ),
    # Public holidays
    _availability("choose_holidays", arguments={"value": "closed"}, changes=_HOURS),
    _availability(
        "save_rules",
        arguments={
            "typed": {
                "minimum_notice": "60",
                "horizon_days": "30",
                "max_patients_a_day": "12",
            }
        },
        changes=_HOURS,
    ),
    # A doctor's visit types: those of the actor, whatever the tab holds
    _visit_types("load", DOCTORS, before=(), shows="Consultation"),
    _visit_types("add", SCREEN),
    _visit_types(
        "edit",
        (MISSING, MISSING, MISSING, DONE, MISSING, MISSING, MISSING, MISSING),
        arguments=_VIDEO,
        owner=None,
    ),
    _visit_types("close", SCREEN),
    _visit_types("choose_mode", SCREEN, arguments={"mode": "video"}),
    _visit_types("submit", DOCTORS, "add", arguments=_TYPED_VISIT, changes=_VISITS),
    _visit_types(
        "submit",
        THE_DOCTOR,
        ("edit", _VISIT),
        arguments=_TYPED_VISIT,
        changes=_VISITS,
        situation="of one that exists",
    ),
    _visit_types(
        "load_new_version",
        (LOGIN, FORBIDDEN, FORBIDDEN, DONE, MISSING, FORBIDDEN, FORBIDDEN, FORBIDDEN),
        ("edit", _VISIT),
    ),
    _visit_types("toggle", THE_DOCTOR, arguments=_VIDEO, changes=_VISITS),
    _visit_types(
        "deactivate_last",
        THE_DOCTOR,
        ("toggle", _VIDEO),
        ("toggle", _VISIT),
        changes=_VISITS,
    ),
    _visit_types("keep_last", SCREEN),
    _visit_types("move_up", THE_DOCTOR, arguments=_VIDEO, changes=_VISITS),
    _visit_types("move_down", THE_DOCTOR, arguments=_VISIT, changes=_VISITS),
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
        {"typed": {"name": "Harbour Clinic", "country": "DE", "region": "BE", "closed": "on"}},
        before=("load", ("edit", {"clinic_id": "{harbour}"})),
        owner=Who.ADMINISTRATOR,
        changes=frozenset({"audit_event", "clinic", "doctor"}),
    ),
    _administration("load", ADMINISTRATORS, shows="LIC-OTTO"),
    _administration(
        "approve", THE_ADMINISTRATOR, arguments={"doctor": "{wilma}"}, changes=_DECIDED
    ),
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
)
