"""What a browser can read: every var that a state sends, and every field of what is in it.

Somebody has looked at each name here and found that whoever sees the page may know it. Whatever
else a handler has to remember belongs into a var with a leading underscore.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

from tests.policy.tabs import state_classes

VARS = {
    "SessionState": """
        signed_in display_name initials is_patient is_doctor is_reception is_administrator
    """,
    "MailboxState": "rows letter is_loaded is_reading",
    "AdminClinics": "clinics is_loaded is_forbidden form form_open regions errors",
    "AdminDoctors": "waiting decided is_loaded is_forbidden refused reason_error is_refusing",
    "AdminRooms": """
        clinics is_loaded is_forbidden form is_open is_stale is_device problem name_error is_asking
        asked_about question
    """,
    "AvailabilityEditor": """
        is_loaded refusal has_place place places zone days is_dirty has_errors effect outside_text
        outside is_showing_outside is_stale stale_text weekday_initials
        month_title month_weeks overrides time_off sessions holiday_choice
        holiday_options holidays holiday_effect rules notice_options window_options rules_errors
    """,
    "DifferentDaysEditor": """
        form form_open form_closed form_ranges form_errors form_effect form_outside removal
        removal_open removal_effect
    """,
    "TimeOffEditor": """
        away away_open away_errors away_effect away_outside away_sessions return_asked return_open
    """,
    "ExtraSessionEditor": """
        session_form session_open session_errors session_types session_asked session_removal_open
        session_problem
    """,
    "WeeklyHoursDialogs": "weeks weeks_open weeks_errors weeks_options is_copying",
    "BookingForm": """
        summary visit_types alternatives is_loaded is_missing is_booking is_taken problem
        notice reason reason_error
    """,
    "CalendarActivity": "rows",
    "DoctorCalendar": """
        view day title time_zone zone_name zones today_href earlier_href later_href view_hrefs
        events closed weekends first_hour last_hour today_count to_confirm filled free is_loaded
        refusal approval_notice detail is_open is_cancelling cancel_error notes notes_error
        notes_of_others opened
    """,
    "DoctorProfile": """
        is_loaded is_missing href_back problem moving profile places place visit_types visit_note
        left_out zone week days chosen_day chosen_day_problem parts week_problem previous_week
        next_week jump limit_notice others
    """,
    "FrontDesk": """
        clinics clinic zone day is_today today_href earlier_href later_href columns is_loaded
        is_missing refusal is_asking question
    """,
    "GroupSessionPanel": "detail is_open",
    "FindDoctors": """
        words place day day_problem cards total first_day is_loaded is_searching specialties
        cities count one_zone left_out has_more shown href_everywhere
    """,
    "HeldTime": "seconds started hold",
    "MoveAppointment": """
        is_open opened title now zone date time reason question problem errors springs
    """,
    # Names and birth dates of the doctor's own patients, after they were looked for.
    "NewAppointment": """
        is_open opened date time zone places place visit_types found nobody_found patient question
        problem errors
    """,
    "MoveForm": "change alternatives is_loaded is_missing is_moving is_taken problem",
    "MyAppointments": """
        shows_past appointments has_more is_listed appointment is_new moved is_loaded is_missing
        asked
        is_asking is_cancelling cancel_problem cancel_reason_error
    """,
    "PracticeChoices": "clinics specialties",
    "SeriesPlan": "every times dates bookable problem",
    "VisitTypeEditor": """
        rows is_loaded refusal form is_open is_video is_unfolded is_stale problem errors
        is_asking asked_about
    """,
}

FIELDS = {
    "mailbox.Row": "key recipient subject time",
    "mailbox.Letter": "row paragraphs files",
    "mailbox.Piece": "text href",
    "mailbox.File": "name href",
    "admin_clinics.ClinicRow": "id name place region holidays is_closed",
    "admin_clinics.ClinicForm": "number id title name country region closed",
    "admin_doctors.Row": """
        doctor name licence_number email email_verified specialties clinics registered is_approved
        reason
    """,
    "nothing_free_words.OtherRow": "name place when href",
    "admin_rooms.ClinicRow": "id name rows",
    "admin_rooms.ResourceRow": "id name facts active",
    "admin_rooms.ResourceForm": "number title name is_new",
    "hours_form.DayRow": "weekday name short on ranges",
    "hours_form.RangeRow": """
        index opens closes error valid_from valid_until every_weeks remark
    """,
    "availability_words.TimeOffRow": "key days note",
    "availability_words.SessionRow": "key day name hours seats",
    "availability_words.HolidayRow": "day name is_open",
    "availability_words.OutsideRow": "when patient href",
    "availability_words.OverrideRow": "key days hours remark is_closed",
    "weekly_hours_dialogs.WeeksForm": """
        number weekday index title valid_from valid_until every_weeks
    """,
    "different_days_editor.OverrideForm": "number title first last note",
    "time_off_editor.TimeOffForm": "number title first last note",
    "extra_session_editor.SessionForm": "number visit_type_id day starts duration capacity",
    "rules_form.RulesForm": """
        number minimum_notice horizon_days max_patients_a_day cancellation_window
        max_open_appointments
    """,
    "booking_form.Summary": """
        doctor_name doctor_initials specialties clinic_name address is_video when short_when
        own_time zone needs_confirmation price places other_times
    """,
    "booking_form.Choice": "label href chosen",
    "calendar_words.Detail": """
        id patient birth_date phone when zone visit place room device join_link status reason
        cancel_reason reference series history overbooked earlier can_confirm can_check_in
        can_undo_check_in can_complete can_mark_no_show can_move can_cancel following
    """,
    "calendar_words.HistoryRow": "when visit status",
    "group_session.SessionDetail": "title places when zone place seated",
    "group_session.SeatedRow": "id patient phone status",
    "doctor_profile.Profile": "name initials summary languages bio",
    "doctor_profile.Place": "name address phone phone_href href chosen",
    "doctor_profile.VisitChoice": "label href chosen",
    "doctor_week.DayView": "weekday number date month note href chosen slots",
    "doctor_week.PartOfDay": "name slots",
    "doctor_week.Jump": "label href",
    "slot_links.SlotLink": "time own_time places label href starts_at state",
    "find_doctors.DoctorCard": """
        key doctor_id clinic_id name initials summary place tags visit_type_id visit_type
        visit_types days next_free href href_of_next_free zone left_out
    """,
    "find_doctors.DayColumn": "weekday date slots",
    "calendar_activity.ActivityRow": "key time sentence",
    "front_desk.DeskRow": """
        id time end patient visit room status note is_next is_late can_check_in can_undo
        can_complete can_miss
    """,
    "front_desk.DeskDoctor": "doctor ahead over count",
    "front_desk.DeskChoice": "name href chosen",
    # Never the doctor's notes.
    "appointment_words.Shown": """
        id reference status headline when own_time zone visit doctor_name doctor_initials is_video
        place room device join_link clinic_name clinic_phone patient_name whose reason cancelled
        cancel_reason series series_dates following is_own price can_cancel is_ahead deadline
        can_move other_times earlier again news
    """,
    "appointment_words.EarlierRow": "when reason",
    "new_appointment.FoundPatient": "id name born",
    "moving.Moving": "when whose href",
    "move_form.Change": """
        doctor_name doctor_initials visit whose old_when old_zone new_when new_own_time new_zone
        is_video place place_changes waits_again other_times appointment
    """,
    "series_plan.PlannedDate": "label refusal",
    "series_words.SeriesDate": "label href is_this",
    "visit_type_form.VisitTypeRow": "id name facts is_video active is_first is_last",
    "visit_type_form.VisitTypeForm": """
        number title name duration join_link price needs_confirmation pause_before pause_after
        bookable_by step capacity clinics rooms devices unfolded
    """,
    "visit_type_form.CheckBox": "name label checked",
    "visit_type_form.ResourceGroup": "clinic boxes",
}


def test_every_var_that_a_browser_can_read_was_looked_at() -> None:
    sent = {
        state.__name__: set(state.base_vars) | {*state.computed_vars} for state in state_classes()
    }
    assert sent == _sets(VARS), (
        "Every var without a leading underscore is sent to the browser. Is nothing in it that"
        " whoever sees the page may not know? Then write its name here."
    )


def test_every_field_in_those_vars_was_looked_at() -> None:
    found: dict[str, set[str]] = {}
    for state in state_classes():
        hints = get_type_hints(state)
        for name in state.base_vars:
            for each in _dataclasses(hints[name], set()):
                module = each.__module__.rpartition(".")[2]
                found[f"{module}.{each.__name__}"] = {field.name for field in fields(each)}
    assert found == _sets(FIELDS), "All fields of these are sent to the browser; see above."


def test_the_actor_is_no_var_of_any_kind() -> None:
    for state in state_classes():
        assert not {name for name in state.__fields__ if "actor" in name or "identity" in name}


def _sets(names: dict[str, str]) -> dict[str, set[str]]:
    return {owner: set(text.split()) for owner, text in names.items()}


def _dataclasses(kind: Any, seen: set[Any]) -> Iterator[Any]:
    if is_dataclass(kind) and kind not in seen:
        seen.add(kind)
        yield kind
        for hint in get_type_hints(kind).values():
            yield from _dataclasses(hint, seen)
    for argument in get_args(kind):
        yield from _dataclasses(argument, seen)
