"""The front door: the pages, the API and what runs as long as the server does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx
from reflex.app import default_error_boundary
from reflex_base.event import noop

from appointment_app.api.app import create_mount
from appointment_app.api.cross_origin import CrossOrigin
from appointment_app.api.page_files import PageFiles
from appointment_app.api.security_headers import SecurityHeaders
from appointment_app.components.account_form import account_scripts
from appointment_app.components.overlay import overlay
from appointment_app.components.page import head_components
from appointment_app.components.viewer import Viewer
from appointment_app.figures.settling import settling
from appointment_app.i18n import t
from appointment_app.notifications.sender import sending_mails
from appointment_app.pages.account import account, confirm_address
from appointment_app.pages.admin_clinics import admin_clinics
from appointment_app.pages.admin_doctors import admin_doctors
from appointment_app.pages.admin_import import admin_import
from appointment_app.pages.admin_record import admin_record
from appointment_app.pages.admin_rooms import admin_rooms
from appointment_app.pages.admin_staff import admin_staff
from appointment_app.pages.appointment import appointment
from appointment_app.pages.appointments import appointments
from appointment_app.pages.availability import availability
from appointment_app.pages.book import book
from appointment_app.pages.calendar import calendar
from appointment_app.pages.claim import claim
from appointment_app.pages.doctor import doctor
from appointment_app.pages.doctor_record import doctor_record
from appointment_app.pages.erased import erased
from appointment_app.pages.family import family
from appointment_app.pages.figures import admin_figures, own_figures
from appointment_app.pages.forgot_password import forgot_password
from appointment_app.pages.front_desk import front_desk
from appointment_app.pages.home import home
from appointment_app.pages.invitation import invitation, own_account
from appointment_app.pages.login import login
from appointment_app.pages.mailbox import add_mailbox
from appointment_app.pages.move import move
from appointment_app.pages.not_found import ROUTE as NOT_FOUND
from appointment_app.pages.not_found import not_found
from appointment_app.pages.patient_record import patient_record
from appointment_app.pages.patients import patients
from appointment_app.pages.privacy import consent, privacy
from appointment_app.pages.profile import profile
from appointment_app.pages.register import register
from appointment_app.pages.register_doctor import register_doctor
from appointment_app.pages.reset_password import reset_password
from appointment_app.pages.verify import verify
from appointment_app.pages.visit_types import visit_types
from appointment_app.pages.your_data import your_data
from appointment_app.record.sealing import sealing_record
from appointment_app.scheduling.warming import keeping_warm
from appointment_app.startup import database_ready
from appointment_app.states.account_page import AccountPage
from appointment_app.states.admin_clinics import AdminClinics
from appointment_app.states.admin_departments import AdminDepartments
from appointment_app.states.admin_doctors import AdminDoctors
from appointment_app.states.admin_record import AdminRecord
from appointment_app.states.admin_rooms import AdminRooms
from appointment_app.states.admin_staff import AdminStaff
from appointment_app.states.availability_editor import AvailabilityEditor
from appointment_app.states.booking_form import BookingForm
from appointment_app.states.claim import ClaimRecord
from appointment_app.states.connections import Connections
from appointment_app.states.different_days_editor import DifferentDaysEditor
from appointment_app.states.doctor_calendar import DoctorCalendar
from appointment_app.states.doctor_profile import DoctorProfile
from appointment_app.states.doctor_record import DoctorRecord
from appointment_app.states.doctor_suspension import DoctorSuspension
from appointment_app.states.event_guard import guard_events
from appointment_app.states.extra_session_editor import ExtraSessionEditor
from appointment_app.states.failures import note_failure_of_page, tell_of_failure
from appointment_app.states.family_page import FamilyPage
from appointment_app.states.figures_view import FiguresView
from appointment_app.states.find_doctors import FindDoctors
from appointment_app.states.front_desk import FrontDesk
from appointment_app.states.identity_guard import guard_identity
from appointment_app.states.import_view import ImportView
from appointment_app.states.invitation_page import InvitationPage
from appointment_app.states.left_pages import empty_left_pages
from appointment_app.states.live_bridge import connect_live
from appointment_app.states.move_form import MoveForm
from appointment_app.states.my_appointments import MyAppointments
from appointment_app.states.patient_record import PatientRecordPage
from appointment_app.states.patients import Patients
from appointment_app.states.practice_choices import PracticeChoices
from appointment_app.states.profile_form import ProfileForm
from appointment_app.states.session_state import SessionState
from appointment_app.states.time_off_editor import TimeOffEditor
from appointment_app.states.visit_type_editor import VisitTypeEditor
from appointment_app.states.weekly_hours_dialogs import WeeklyHoursDialogs
from appointment_app.states.your_data import YourData
from appointment_app.tidying import tidying

VIEWER = Viewer(
    signed_in=SessionState.signed_in,
    display_name=SessionState.display_name,
    initials=SessionState.initials,
    is_doctor=SessionState.is_doctor,
    is_suspended=SessionState.is_suspended,
    is_reception=SessionState.is_reception,
    is_admin=SessionState.is_administrator,
)

# Our own overlay takes the place of Reflex's, which brings an icon set and a toast library.
app = rx.App(
    theme=None,
    toaster=None,
    stylesheets=["/styles.css"],
    head_components=[*head_components(), *account_scripts()],
    app_wraps={
        (55, "ErrorBoundary"): lambda stateful: default_error_boundary(
            **({} if stateful else {"on_error": noop()})
        ),
        (5, "Overlay"): lambda stateful: overlay() if stateful else None,
    },
    backend_exception_handler=tell_of_failure,
    frontend_exception_handler=note_failure_of_page,
    api_transformer=[create_mount(), CrossOrigin, PageFiles, SecurityHeaders, Connections],
)
app.register_lifespan_task(database_ready)
app.register_lifespan_task(sending_mails)
app.register_lifespan_task(keeping_warm)
app.register_lifespan_task(sealing_record)
app.register_lifespan_task(tidying)
app.register_lifespan_task(settling)
connect_live(app)
guard_identity(app)
empty_left_pages(app)
guard_events(app)


def _add(
    route: str,
    page: Callable[[Viewer], rx.Component],
    title: str,
    description: str,
    on_load: Any = None,
) -> None:
    app.add_page(
        lambda: page(VIEWER),
        route=route,
        title=f"{title} · {t('Appointments')}",
        description=description,
        on_load=on_load,
    )


_add(
    "/",
    home,
    t("Find a doctor"),
    t("Find a doctor by specialty, name or city and book the earliest free time."),
    FindDoctors.load,
)
_add(
    "/doctor",
    doctor,
    t("Choose a time"),
    t("Who the doctor is, where they work, and their free times."),
    DoctorProfile.load,
)
_add(
    "/book",
    book,
    t("Book an appointment"),
    t("Confirm the time you chose with the doctor."),
    BookingForm.load,
)
_add(
    "/move",
    move,
    t("Move an appointment"),
    t("Confirm the other time you chose for your appointment."),
    MoveForm.load,
)
_add(
    "/appointment",
    appointment,
    t("Your appointment"),
    t("When and where your appointment is, and how to cancel it."),
    MyAppointments.load_one,
)
_add(
    "/appointments",
    appointments,
    t("My appointments"),
    t("Your upcoming and past appointments."),
    MyAppointments.load_list,
)
_add(
    "/profile",
    profile,
    t("Profile"),
    t("What your doctors and clinics need to know of you."),
    ProfileForm.load,
)
_add(
    "/family",
    family,
    t("Family"),
    t("Whom you book for, and who may book for you."),
    FamilyPage.load,
)
_add(
    "/account",
    account,
    t("Login and security"),
    t("Your e-mail address, your password, and where you are logged in."),
    AccountPage.load,
)
_add(
    "/confirm-address",
    confirm_address,
    t("Confirm your new address"),
    t("Use another e-mail address for your account."),
)
_add(
    "/invitation",
    invitation,
    t("Look after appointments together"),
    t("Somebody asks you to look after appointments of the family too."),
    InvitationPage.load,
)
_add(
    "/own-account",
    own_account,
    t("An account of your own"),
    t("Open the account that your family offers you."),
)
_add(
    "/privacy",
    privacy,
    t("Privacy notice"),
    t("What is kept of you here, why, how long, and what your rights are."),
)
_add("/consent", consent, t("Our privacy notice"), t("Agree to the privacy notice as it is now."))
_add("/login", login, t("Log in"), t("Log in to book and see your appointments."))
_add("/register", register, t("Create an account"), t("Create an account to book appointments."))
_add(
    "/register/doctor",
    register_doctor,
    t("Register as a doctor"),
    t("Offer your appointments to patients."),
    PracticeChoices.load,
)
_add("/verify", verify, t("Confirm your address"), t("Confirm your e-mail address."))
_add(
    "/forgot-password",
    forgot_password,
    t("Forgot your password?"),
    t("Get a link to choose a new password."),
)
_add(
    "/reset-password",
    reset_password,
    t("Choose a new password"),
    t("Choose a new password with the link from your mail."),
)
_add(
    "/admin/clinics",
    admin_clinics,
    t("Clinics"),
    t("Where each clinic is, when it is open, and its public holidays."),
    [AdminClinics.load, AdminDepartments.close],
)
_add(
    "/front-desk",
    front_desk,
    t("Front desk"),
    t("Who comes to the clinic on a day, who is here, and who is next."),
    FrontDesk.load,
)
_add(
    "/admin/doctors",
    admin_doctors,
    t("Doctors"),
    t("Decide which doctors patients may see."),
    AdminDoctors.load,
)
_add(
    "/doctor/profile",
    doctor_record,
    t("Profile"),
    t("What patients read of a doctor, and where the doctor works."),
    [DoctorRecord.load, DoctorSuspension.load],
)
_add(
    "/admin/rooms",
    admin_rooms,
    t("Rooms and devices"),
    t("What the visits of your clinics take place in and with."),
    AdminRooms.load,
)
_add(
    "/claim",
    claim,
    t("Your appointments"),
    t("Add what a clinic wrote down for you to your account."),
    ClaimRecord.load,
)
_add(
    "/patients",
    patients,
    t("Patients"),
    t("Find a patient by name, date of birth, number or telephone."),
    Patients.load,
)
_add(
    "/patient",
    patient_record,
    t("Patient"),
    t("How to reach a patient, and their appointments."),
    PatientRecordPage.load,
)
_add(
    "/admin/staff",
    admin_staff,
    t("Staff"),
    t("Who works at the front desk of your clinics, and who administers them."),
    AdminStaff.load,
)
_add(
    "/admin/import",
    admin_import,
    t("Import and export"),
    t("Bring in clinics, doctors, patients and appointments, and take them out."),
    ImportView.load,
)
_add(
    "/admin/figures",
    admin_figures,
    t("Figures"),
    t("How full the days of your clinics are, and how people book and cancel."),
    FiguresView.load_clinics,
)
_add(
    "/figures",
    own_figures,
    t("Your figures"),
    t("How full your days are, and how people book and cancel."),
    FiguresView.load_own,
)
_add(
    "/your-data",
    your_data,
    t("Your data"),
    t("Take a copy of all that is kept about you, or have it erased."),
    YourData.load,
)
_add("/erased", erased, t("Your data were erased"), t("What was done, and what follows."))
_add(
    "/admin/record",
    admin_record,
    t("Record"),
    t("Who did what in your clinics, and when."),
    AdminRecord.load,
)
_add(
    "/calendar",
    calendar,
    t("Calendar"),
    t("Your appointments by day, week and month."),
    DoctorCalendar.load,
)
_add(
    "/availability",
    availability,
    t("Availability"),
    t("Your weekly hours, the days that differ, and your booking rules."),
    [
        AvailabilityEditor.load,
        DifferentDaysEditor.close_form,
        DifferentDaysEditor.close_removal,
        TimeOffEditor.close_time_off,
        ExtraSessionEditor.close_session,
        WeeklyHoursDialogs.close,
    ],
)
_add(
    "/visit-types",
    visit_types,
    t("Visit types"),
    t("What patients can book with you."),
    VisitTypeEditor.load,
)
_add(
    NOT_FOUND,
    not_found,
    t("Page not found"),
    t("There is nothing at this address."),
)
add_mailbox(app, VIEWER)
