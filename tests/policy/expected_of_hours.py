"""What each event handler of a doctor's hours and visit types does for whom, by hand."""

from __future__ import annotations

from typing import Any

from tests.policy.handler_rows import (
    DOCTORS,
    DONE,
    FORBIDDEN,
    LOGIN,
    MISSING,
    SCREEN,
    THE_DOCTOR,
    Gets,
    Row,
    Step,
)
from tests.policy.who_sees_what import Who
from tests.policy.world import OVERRIDE, SESSION, TIME_OFF

_HOURS = frozenset({"audit_event", "doctor", "doctor_at_clinic"})
_TIME_OFF = frozenset({"audit_event", "doctor", "time_off"})
_SESSIONS = frozenset({"audit_event", "busy_block", "doctor"})
_VISIT = {"visit_type_id": "{visit}"}
_VISITS = frozenset({"audit_event", "doctor", "visit_type"})
_VIDEO = {"visit_type_id": "{video}"}
_TYPED_VISIT = {"typed": {"name": "Check-up", "duration": "20"}}


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


def _visit_types(handler: str, gets: tuple[Gets, ...], *before: Step, **row: Any) -> Row:
    steps = ("load", *before)
    owner = None if gets is SCREEN else Who.DOCTOR
    row = {"owner": owner, "before": steps} | row
    return Row(f"VisitTypeEditor.{handler}", gets, "/visit-types", **row)


ROWS = (
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
)
