"""The pages of doctors, administrators and the front desk, in every state of theirs."""

from __future__ import annotations

from tests.e2e.page_openings import (
    a_day_off,
    appointment_panel,
    both,
    extra_session,
    first_patient,
    group_session,
    hours_with_an_error,
    menu,
    missed_question,
    move_question,
    new_appointment,
    other_hours,
    out_of_use,
    press,
    rare_things,
    removal,
    submit,
    time_off,
    weeks_of_a_range,
)
from tests.e2e.page_visit import Visit, by
from tests.e2e.page_visitors import (
    ADMINISTRATOR,
    DOCTOR,
    NEW_ADMINISTRATOR,
    NEW_DOCTOR,
    PATIENT,
    RECEPTION,
    WAITING_DOCTOR,
)

_NOT_YOURS = "This page is for doctors"

# By route, as the app lists them. Who is refused sees the same on all pages of one kind: one of
# them is judged for everybody it refuses, the others for one person.
OF_STAFF: dict[str, list[Visit]] = {
    "admin/doctors": [
        Visit(ADMINISTRATOR, "/admin/doctors", "Decided"),
        Visit(
            ADMINISTRATOR,
            "/admin/doctors",
            "Decided",
            press("Withdraw approval", then="The doctor reads it in a mail."),
        ),
        Visit(
            ADMINISTRATOR,
            "/admin/doctors",
            "Decided",
            press("Invite a doctor", then="Patients see the doctor as soon as"),
        ),
        Visit(NEW_ADMINISTRATOR, "/admin/doctors", "Nobody is waiting"),
        *by((PATIENT, DOCTOR), "/admin/doctors", "This page is for administrators"),
    ],
    "doctor/profile": [
        Visit(DOCTOR, "/doctor/profile", "Most patients a day"),
        *by((PATIENT,), "/doctor/profile", "This page is for doctors"),
    ],
    "admin/clinics": [
        Visit(ADMINISTRATOR, "/admin/clinics", "public holidays"),
        Visit(
            ADMINISTRATOR,
            "/admin/clinics",
            "public holidays",
            press("Edit", then="A doctor may decide otherwise"),
        ),
        Visit(
            ADMINISTRATOR,
            "/admin/clinics",
            "public holidays",
            press("Close", then="it takes no bookings"),
        ),
        Visit(ADMINISTRATOR, "/admin/clinics", "public holidays", press("Close", then="no longer")),
        *by((DOCTOR,), "/admin/clinics", "This page is for administrators"),
    ],
    "admin/import": [
        Visit(ADMINISTRATOR, "/admin/import", "Bring in a file"),
        Visit(ADMINISTRATOR, "/admin/import?refused=size", "too large"),
        *by((DOCTOR,), "/admin/import", "This page is for administrators"),
    ],
    "admin/figures": [
        Visit(ADMINISTRATOR, "/admin/figures?days=last-90", "By specialty"),
        Visit(ADMINISTRATOR, "/admin/figures?first=2001-01-01&last=2001-01-02", "No appointments"),
        *by((DOCTOR,), "/admin/figures", "This page is for administrators"),
    ],
    "figures": [
        Visit(DOCTOR, "/figures?days=next-30", "Lead time"),
        *by((PATIENT,), "/figures", _NOT_YOURS),
    ],
    "admin/rooms": [
        Visit(ADMINISTRATOR, "/admin/rooms", "Dermatoscope"),
        Visit(
            ADMINISTRATOR,
            "/admin/rooms",
            "Dermatoscope",
            press("Rename Dermatoscope", then="Patients read the name of their room."),
        ),
        Visit(
            ADMINISTRATOR,
            "/admin/rooms",
            "Dermatoscope",
            out_of_use,
        ),
        Visit(NEW_ADMINISTRATOR, "/admin/rooms", "No rooms or devices yet"),
        *by((DOCTOR,), "/admin/rooms", "This page is for administrators"),
    ],
    "admin/record": [
        Visit(ADMINISTRATOR, "/admin/record", "Logged in", press("Search", then="Logged in")),
        *by((DOCTOR,), "/admin/record", "This page is for administrators"),
    ],
    "admin/staff": [
        Visit(ADMINISTRATOR, "/admin/staff", "All clinics"),
        Visit(
            ADMINISTRATOR,
            "/admin/staff",
            "All clinics",
            press("Add somebody to All clinics", then="Whoever has no account yet"),
        ),
        Visit(
            ADMINISTRATOR,
            "/admin/staff",
            "All clinics",
            press("Remove desk@demo.example: Front desk", then="Pages that are open there"),
        ),
        *by((DOCTOR,), "/admin/staff", "This page is for administrators"),
    ],
    "patients": [
        Visit(RECEPTION, "/patients", "Find a patient"),
        Visit(RECEPTION, "/patients", "Find a patient", press("New patient", then="Last name")),
        Visit(DOCTOR, "/patients", "Find a patient"),
        Visit(NEW_ADMINISTRATOR, "/patients", "No patients yet"),
        Visit(PATIENT, "/patients", "This page is for the front desk"),
    ],
    "patient": [
        Visit(RECEPTION, "/patients", "Find a patient", first_patient),
        Visit(
            RECEPTION,
            "/patients",
            "Find a patient",
            both(first_patient, press("New appointment", then="Reason for the visit")),
        ),
        Visit(
            RECEPTION,
            "/patients",
            "Find a patient",
            both(first_patient, press("Merge with…", then="The other record")),
        ),
        Visit(PATIENT, "/patient", "could not find this patient"),
    ],
    "front-desk": [
        Visit(RECEPTION, "/front-desk", "Print day sheet"),
        Visit(RECEPTION, "/front-desk", "Print day sheet", missed_question),
        Visit(ADMINISTRATOR, "/front-desk", "Print day sheet"),
        Visit(RECEPTION, "/front-desk?clinic=none", "could not find this clinic"),
        Visit(NEW_ADMINISTRATOR, "/front-desk", "No doctor works at this clinic yet"),
        *by((DOCTOR,), "/front-desk", "This page is for the front desk"),
    ],
    "calendar": [
        Visit(DOCTOR, "/calendar", "Week filled"),
        *(Visit(DOCTOR, f"/calendar?view={view}", "Week filled") for view in ("week", "month")),
        Visit(DOCTOR, "/calendar?view=list", "Week filled"),
        Visit(DOCTOR, "/calendar?view=week", "Week filled", appointment_panel),
        Visit(
            DOCTOR,
            "/calendar?view=week",
            "Week filled",
            both(
                appointment_panel,
                press("Cancel appointment…", then="The patient is told this reason."),
            ),
        ),
        Visit(
            DOCTOR,
            "/calendar?view=week",
            "Week filled",
            both(appointment_panel, press("Patient", then="Allergies")),
        ),
        Visit(DOCTOR, "/calendar?view=week", "Week filled", move_question),
        Visit(DOCTOR, "/calendar?view=week", "Week filled", new_appointment),
        Visit(DOCTOR, "/calendar?view=day", "Week filled", menu),
        Visit(NEW_DOCTOR, "/calendar?view=week", "Week filled"),
        Visit(NEW_DOCTOR, "/calendar?view=list", "Week filled"),
        Visit(WAITING_DOCTOR, "/calendar", "Week filled"),
        Visit(WAITING_DOCTOR, "/calendar?view=list&date=2027-02-06", "Week filled", group_session),
        *by((PATIENT, ADMINISTRATOR), "/calendar", _NOT_YOURS),
    ],
    "availability": [
        Visit(DOCTOR, "/availability", "Weekly hours"),
        Visit(DOCTOR, "/availability", "Weekly hours", hours_with_an_error),
        Visit(DOCTOR, "/availability", "Weekly hours", a_day_off),
        Visit(
            DOCTOR,
            "/availability",
            "Weekly hours",
            both(a_day_off, press("Show", then="Booked outside the new hours")),
        ),
        Visit(DOCTOR, "/availability", "Weekly hours", press("Copy to…", then="Hours of")),
        Visit(DOCTOR, "/availability", "Weekly hours", other_hours),
        Visit(DOCTOR, "/availability", "Weekly hours", removal),
        Visit(DOCTOR, "/availability", "Weekly hours", weeks_of_a_range),
        Visit(DOCTOR, "/availability", "Weekly hours", time_off),
        Visit(DOCTOR, "/availability", "Weekly hours", extra_session),
        Visit(NEW_DOCTOR, "/availability", "No day differs"),
        *by((PATIENT,), "/availability", _NOT_YOURS),
    ],
    "visit-types": [
        Visit(DOCTOR, "/visit-types", "Offered"),
        Visit(DOCTOR, "/visit-types", "Offered", press("Edit", then="Duration in minutes")),
        Visit(DOCTOR, "/visit-types", "Offered", rare_things),
        Visit(
            DOCTOR,
            "/visit-types",
            "Offered",
            both(
                press("Add visit type", then="Duration in minutes"),
                submit({"Name": ""}, "Save", then="name"),
            ),
        ),
        Visit(NEW_DOCTOR, "/visit-types", "No visit types yet"),
        *by((PATIENT,), "/visit-types", _NOT_YOURS),
    ],
}
