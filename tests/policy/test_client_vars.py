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
        signed_in display_name initials is_patient is_doctor is_suspended is_reception
        is_administrator
    """,
    "MailboxState": "rows letter is_loaded is_reading",
    # Where one is logged in oneself.
    "AccountPage": "email logins is_loaded",
    "AdminClinics": """
        clinics may_open is_loaded is_forbidden form form_open is_stale regions errors is_asking
        asked_about problem
    """,
    "AdminDepartments": "title rows is_open renamed name_error opening",
    "AdminDoctors": "waiting decided is_loaded is_forbidden refused reason_error is_refusing",
    # What an administrator may read of patients: see READABLE in record/reading.py.
    "AdminRecord": """
        rows has_more is_loaded is_forbidden problem asked zone is_open opened changes
    """,
    "AdminRooms": """
        clinics is_loaded is_forbidden form is_open is_stale is_device problem name_error is_asking
        asked_about question
    """,
    "AdminStaff": """
        places is_loaded is_forbidden is_open opened title is_administrator_chosen email_error
        is_asking question consequence
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
        summary people visit_types alternatives is_loaded is_missing is_booking is_taken problem
        notice reason reason_error
    """,
    "CalendarActivity": "rows",
    "DoctorCalendar": """
        view day title time_zone zone_name zones today_href earlier_href later_href view_hrefs
        events closed weekends first_hour last_hour today_count to_confirm filled free is_loaded
        refusal approval_notice suspension_notice detail is_open is_cancelling cancel_error notes
        notes_error notes_of_others opened
    """,
    "DoctorProfile": """
        is_loaded is_missing href_back page day_1 day_2 day_3 day_4 day_5 day_6 day_7
    """,
    "FamilyPage": """
        dependents guardians is_loaded is_forbidden opening is_open errors is_asking asked_name
        problem letter is_writing email_error kin is_changing kin_error
    """,
    # Filled for administrators of every clinic of the doctor alone.
    "DoctorSuspension": """
        may_suspend since until has_begun reason remaining left is_open errors is_asking
    """,
    # Whose profile it is stands in the address, and is asked for by the service each time.
    "DoctorRecord": """
        is_loaded refusal is_own form errors is_stale photo_problem places others place_problem
    """,
    # Clinics that one administers.
    "InviteDoctor": "is_open opened clinics specialties errors",
    # Who sent an invitation and about whom, for whoever has its secret.
    "InvitationPage": "sender person is_loaded is_missing",
    "FrontDesk": """
        clinics clinic zone day is_today today_href earlier_href later_href columns is_loaded
        is_missing refusal is_asking question
    """,
    "FiguresView": """
        is_loaded is_missing is_own refusal period presets clinics form problem has_any cards plot
        leads notices doctors specialties places more_doctors more_specialties more_places downloads
    """,
    # Names of records only where the file named them.
    "ImportView": """
        is_loaded is_forbidden refused file kind is_busy doing done of_all summary headline problems
        more_problems can_import waiting waiting_href
    """,
    "GroupSessionPanel": "detail is_open",
    "FindDoctors": """
        words place day day_problem near within sort near_choices near_problem cards total
        first_day is_loaded is_searching specialties cities count one_zone left_out has_more shown
        href_everywhere department departments
    """,
    "HeldTime": "seconds started hold",
    "MoveAppointment": """
        is_open opened title now told zone date time reason question problem errors springs
    """,
    # Names and birth dates of the doctor's own patients, after they were looked for.
    "NewAppointment": """
        is_open opened date time zone places place visit_types found nobody_found patient question
        problem errors is_at_desk can_create
    """,
    # Patients of the clinic, or of the doctor, whom the page is for.
    "NewPatient": "is_open opened errors known",
    "KeepPatient": "is_merging opened found chosen problem",
    "ErasePatient": "is_open opened errors problem",
    # Nothing of the record that a link is about.
    "ClaimRecord": "is_loaded is_somebody problem is_spent login register",
    "Patients": """
        clinics clinic rows has_more is_searched can_create is_loaded is_missing refusal
    """,
    "PatientRecordPage": """
        patient upcoming past merges is_loaded is_missing is_asking asked_about asked_told
        reason_error problem
    """,
    "MoveForm": "change alternatives is_loaded is_missing is_moving is_taken problem",
    "MyAppointments": """
        shows_past appointments has_more is_listed appointment is_new moved is_loaded is_missing
        asked
        is_asking is_cancelling cancel_problem cancel_reason_error
    """,
    # The allergies of a doctor's own patient, and of a patient in their own tab.
    "PatientPanel": "patient appointment",
    "ProfileForm": "fields errors problem of_others is_loaded is_missing",
    "PracticeChoices": "clinics specialties",
    # The doctors, clinics and people of one's own past appointments.
    "VisitFilters": "doctors clinics people statuses years chosen is_narrowed",
    "SeriesPlan": "every times dates bookable problem",
    "YourData": "people is_loaded",
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
    "admin_clinics.ClinicRow": """
        id name active address place contact zone holidays is_closed_on_holidays missing
    """,
    "admin_clinics.ClinicForm": "number title draft",
    "clinic_draft.ClinicDraft": """
        name city country zone region closed_on_holidays street postcode state phone email
        latitude longitude hours
    """,
    "admin_departments.DepartmentRow": "id name doctors active",
    "admin_doctors.Row": """
        doctor name licence_number email email_verified specialties clinics registered is_approved
        reason is_suspended suspension
    """,
    "nothing_free_words.OtherRow": "name place when href",
    # The viewer's own people
    "your_data.PersonRow": "id name is_own file_href erase_href",
    "admin_record.EntryRow": "number title facts fields has_values",
    "admin_record.ChangeRow": "field before after is_hidden",
    "admin_rooms.ClinicRow": "id name rows",
    "admin_rooms.ResourceRow": "id name facts active",
    "admin_rooms.ResourceForm": "number title name is_new",
    # Addresses of accounts that work there, for who administers the clinic.
    "admin_staff.StaffPlace": "key name rows",
    "admin_staff.StaffRow": "invited key email role is_invited is_you",
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
    "booking_summary.Summary": """
        doctor_name doctor_initials specialties clinic_name address is_video when short_when
        own_time zone needs_confirmation price places other_times
    """,
    "booking_form.Choice": "label href chosen",
    "calendar_words.Detail": """
        id patient birth_date phone when zone visit place room device join_link status reason
        cancel_reason reference series history overbooked earlier can_confirm can_check_in told
        can_undo_check_in can_complete can_mark_no_show can_move can_cancel following
    """,
    # Whether there is a mail address, not which; the telephone number where there is none.
    "told.Told": "words reason",
    "calendar_words.HistoryRow": "when visit status",
    "group_session.SessionDetail": "title places when zone place seated",
    "group_session.SeatedRow": "id patient phone status",
    "doctor_page.DoctorPage": """
        problem moving profile places place visit_types visit_note left_out zone week has_days
        slot_links chosen_day chosen_day_problem week_problem limit_notice others previous_week
        next_week jump
    """,
    "doctor_page.Profile": "name initials summary languages bio qualifications photo",
    "doctor_page.Place": "name address departments phone phone_href hours href chosen",
    "doctor_page.VisitChoice": "label href chosen",
    "doctor_suspension.RemainingRow": "id when what successors",
    "doctor_record.ProfileForm": """
        number id name initials photo may_change_licence draft specialties
    """,
    "doctor_record.Choice": "name label chosen",
    "doctor_record.PlaceRow": "id clinic active note may_change departments belongs_to",
    "doctor_profiles.ProfileDraft": """
        title given_name family_name licence_number qualifications practising_since bio
        max_patients_a_day specialties languages
    """,
    "doctor_week.DayView": """
        weekday number date month note href chosen before after parts
    """,
    "doctor_week.PartOfDay": "name slots",
    "doctor_week.Jump": "label href",
    "slot_links.SlotLink": "time starts_at state notes",
    "doctor_card.DoctorCard": """
        key doctor_id clinic_id name initials photo summary place tags visit_type_id visit_type
        visit_types slot_links days next_free href href_of_next_free zone left_out distance
        departments
    """,
    "find_doctors.DepartmentChoice": "label href chosen",
    # Coarse: a district, no door; it stands in the visitor's own address.
    "near_address.NearChoice": "label href chosen",
    "doctor_card.DayColumn": "weekday date before after slots",
    "calendar_activity.ActivityRow": "key time sentence",
    "front_desk.DeskRow": """
        id time end patient visit room status note is_next is_late href can_confirm can_check_in
        can_undo can_complete can_miss
    """,
    "front_desk.DeskDoctor": "doctor ahead over count",
    "front_desk.DeskChoice": "name href chosen",
    # Counts only, and the names of doctors, specialties and clinics.
    "figures_view.PeriodChoice": "label href chosen",
    "figures_view.FigureForm": "number clinic first last",
    "import_view.ProblemRow": "line column sentence",
    "figures_words.FigureCard": "label number note",
    "figures_words.DayPlot": "title unit label top middle columns ticks",
    "figures_words.Column": """
        name x width completed other missed cancelled title numbers
    """,
    "figures_words.Tick": "text left",
    "figures_words.BarRow": "label share number",
    "figures_words.NoticeRow": "label numbers shares",
    "figures_words.NamedRow": "name number share fill no_show cancelled",
    # Never the doctor's notes.
    "appointment_words.Shown": """
        id reference status headline when own_time zone visit doctor_name doctor_initials is_video
        place room device join_link clinic_name clinic_phone clinic_hours patient_name whose
        reason cancelled cancel_reason series series_dates following is_own price can_cancel
        is_ahead deadline can_move other_times earlier again news
    """,
    "appointment_words.EarlierRow": "when reason",
    "new_appointment.FoundPatient": "id name born told",
    "patients.PatientRow": "id name born number phone href is_active",
    "patients.PatientsChoice": "name href chosen",
    # Neither health nor reasons: what the clinic needs to reach them.
    "patient_record.RecordWords": """
        id name number born phone email language insurance is_active has_account can_keep
        can_invite can_erase guardians
    """,
    "patient_record.MergeRow": "id name",
    "patient_record.VisitRow": "id when what status can_move can_cancel",
    "moving.Moving": "when whose href",
    "move_form.Change": """
        doctor_name doctor_initials visit whose old_when old_zone new_when new_own_time new_zone
        is_video place place_changes waits_again other_times appointment
    """,
    "account_page.LoginRow": "id what seen is_current",
    "family_page.DependentRow": "kinship id name facts others profile has_account",
    "family_page.GuardianRow": "id name",
    "family_page.LetterForm": "number title hint",
    "profile_words.FieldOfOthers": "label value",
    "profile_words.PatientWords": """
        id name birth_date phone language insurance shows_health allergies blood_group emergency
        emergency_phone guardians
    """,
    "profile_words.ProfileFields": """
        number name is_own given_name family_name birth_date phone language blood_group allergies
        emergency_name emergency_phone emergency_relation insurance_provider insurance_number
        time_zone wants_reminders reminder_hours
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
