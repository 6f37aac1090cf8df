"""What each event handler does for whom, written by hand: never take it from the code.

Whoever adds a handler says here what everybody gets from it.
"""

from __future__ import annotations

from tests.policy.expected_of_calendar import ROWS as OF_CALENDAR
from tests.policy.expected_of_clinics import ROWS as OF_CLINICS
from tests.policy.expected_of_figures import ROWS as OF_FIGURES
from tests.policy.expected_of_hours import ROWS as OF_HOURS
from tests.policy.expected_of_patients import ROWS as OF_PATIENTS
from tests.policy.expected_of_people import ROWS as OF_PEOPLE
from tests.policy.expected_of_record import ROWS as OF_RECORD
from tests.policy.expected_of_staff import ROWS as OF_STAFF
from tests.policy.handler_rows import (
    ALL,
    CONCERNED,
    DONE,
    FORBIDDEN,
    LOGIN,
    MISSING,
    MOVED,
    NOTHING,
    PEOPLE,
    RESCHEDULED,
    SCREEN,
    SOMEBODY,
    TOLD,
    Row,
)
from tests.policy.who_sees_what import Who

APPOINTMENT = "/appointment?id={pending}"
BOOKING = "/book?doctor={dora}&clinic={harbour}&type={visit}&start=2026-11-24T10:00:00Z"
DOCTOR = "/doctor?id={dora}"
MOVE = "/move?appointment={pending}&clinic={harbour}&start=2026-11-24T10:00:00Z"
_DORAS_CARD = {
    "doctor_id": "{dora}",
    "clinic_id": "{harbour}",
    "visit_type_id": "{video}",
}


ROWS = (
    # The public: anybody finds a doctor and a time
    Row("FindDoctors.load", ALL, "/", shows="Dr Dora Doctor"),
    Row("FindDoctors.go_near", ALL, "/", {"position": "52.52,13.40"}, shows="near=52.52%2C13.40"),
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
    Row("MoveForm.refresh", ALL, MOVE, before=("load",)),
    Row(
        "MoveForm.load",
        (LOGIN, DONE, MISSING, MISSING, MISSING, MISSING, MISSING, MISSING),
        MOVE,
        shows="Tuesday 24 November 2026, 10:00",
    ),
    Row(
        "MoveForm.submit",
        (LOGIN, DONE, MISSING, FORBIDDEN, MISSING, FORBIDDEN, MISSING, FORBIDDEN),
        MOVE,
        before=("load",),
        owner=Who.PATIENT,
        changes=RESCHEDULED,
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
        changes=MOVED | TOLD | {"busy_block"},
    ),
    *OF_CALENDAR,
    *OF_HOURS,
    *OF_CLINICS,
    *OF_FIGURES,
    *OF_PATIENTS,
    *OF_PEOPLE,
    *OF_STAFF,
    *OF_RECORD,
)
