"""Every page in every state that a person can meet: who comes, to which address, what they open.

The list is written by hand; a page of the app that is missing here fails a test.
"""

from __future__ import annotations

from dataclasses import dataclass

from appointment_app.demo import logins
from tests.e2e.page_openings import (
    Open,
    a_day_off,
    appointment_panel,
    being_booked,
    both,
    extra_session,
    group_session,
    hours_with_an_error,
    kept_no_more,
    letter,
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
from tests.e2e.page_visitors import (
    ADMINISTRATOR,
    DOCTOR,
    NEW_ADMINISTRATOR,
    NEW_DOCTOR,
    NEW_PATIENT,
    NOBODY,
    PATIENT,
    RECEPTION,
    WAITING_DOCTOR,
)
from tests.e2e.practice import PASSWORD


@dataclass(frozen=True)
class Visit:
    """``who`` opens ``address`` and sees ``shows``.

    Names in braces are addresses that ``demo_addresses`` (``page_visitors.py``) knows.

    ``shows`` is a text that proves that the page came in the state that is meant; then ``opens``
    opens a dialog, a menu or an error, and leaves it open. ``after_mail``: somebody was sent one.
    """

    who: str
    address: str
    shows: str
    opens: Open | None = None
    after_mail: bool = False


_NOT_YOURS = "This page is for doctors"
_ANYBODY = (NOBODY, PATIENT, DOCTOR, ADMINISTRATOR)
_NO_DOCTORS = (PATIENT, ADMINISTRATOR)


def _by(people: tuple[str, ...], address: str, shows: str) -> list[Visit]:
    return [Visit(who, address, shows) for who in people]


# By route, as the app lists them.
VISITS: dict[str, list[Visit]] = {
    # The mailbox comes first: nothing has been sent yet.
    "dev/mailbox": [
        Visit(NOBODY, "/dev/mailbox", "No mail yet"),
        *(
            Visit(who, "/dev/mailbox", f"To {logins.PATIENT.email}", after_mail=True)
            for who in _ANYBODY
        ),
        Visit(NOBODY, "/dev/mailbox", f"To {logins.PATIENT.email}", letter, after_mail=True),
    ],
    "404": [Visit(NOBODY, "/nowhere", "There is nothing at this address")],
    "index": [
        *_by(_ANYBODY, "/", "earliest first"),
        Visit(NOBODY, "/", "earliest first", menu),
        Visit(DOCTOR, "/", "earliest first", menu),
        Visit(NOBODY, "/?words=xyzzy", "No doctor"),
    ],
    "doctor": [
        *_by(_ANYBODY, "{doctor}", "Dr Amara Meier"),
        Visit(NOBODY, "{doctor}", "Dr Amara Meier", being_booked),
        Visit(PATIENT, "{doctor to move to}", "Moving your appointment of"),
        Visit(NOBODY, "{doctor without hours}", "takes no bookings online"),
        Visit(NOBODY, "/doctor", "Find a doctor"),
    ],
    "book": [
        Visit(NOBODY, "{booking of nobody}", "Kept for you", kept_no_more),
        *(
            Visit(who, f"{{booking of {who}}}", "Confirm booking")
            for who in (PATIENT, DOCTOR, ADMINISTRATOR)
        ),
        *_by((NOBODY, NEW_PATIENT), "{taken booking}", "These times nearby are free"),
        Visit(NOBODY, "/book", "This visit cannot be booked"),
    ],
    "move": [
        Visit(PATIENT, "{move}", "Keep it as it is"),
        Visit(PATIENT, "{taken move}", "These times nearby are free"),
        *_by((PATIENT, DOCTOR), "/move", "This appointment cannot be moved"),
    ],
    "appointment": [
        Visit(PATIENT, "{appointment}&new=1", "You get a mail with all of this"),
        Visit(
            PATIENT,
            "{appointment}",
            "Add to calendar",
            press("Cancel appointment", then="Why? (optional)"),
        ),
        Visit(PATIENT, "{pending appointment}", "To confirm"),
        Visit(PATIENT, "{cancelled appointment}", "Book another time"),
        *_by((PATIENT, DOCTOR, ADMINISTRATOR), "/appointment", "could not find this appointment"),
    ],
    "appointments": [
        Visit(PATIENT, "/appointments", "Details"),
        Visit(
            PATIENT,
            "/appointments",
            "Details",
            press("Cancel the appointment", then="Why? (optional)"),
        ),
        Visit(PATIENT, "/appointments?show=past", "Book again"),
        *_by((NEW_PATIENT, DOCTOR, ADMINISTRATOR), "/appointments", "No upcoming appointments"),
        Visit(NEW_PATIENT, "/appointments?show=past", "Nothing in the past"),
    ],
    "login": [
        *_by(_ANYBODY, "/login", "Forgot your password?"),
        Visit(
            NOBODY,
            "/login",
            "Forgot your password?",
            submit(
                {"E-mail address": "nobody@demo.example", "Password": "wrong password"},
                "Log in",
                then="is wrong",
            ),
        ),
    ],
    "register": [
        *_by(_ANYBODY, "/register", "Have an account already?"),
        Visit(
            NOBODY,
            "/register",
            "Have an account already?",
            submit(
                {
                    "First name": "Ann",
                    "Last name": "New",
                    "E-mail address": "ann@demo.example",
                    "Password": "password",
                },
                "Create account",
                then="password",
            ),
        ),
        Visit(
            NOBODY,
            "/register",
            "Have an account already?",
            submit(
                {
                    "First name": "Ann",
                    "Last name": "New",
                    "E-mail address": "ann@demo.example",
                    "Password": PASSWORD,
                },
                "Create account",
                then="Please confirm your address",
            ),
        ),
    ],
    "register/doctor": [
        *_by(_ANYBODY, "/register/doctor", "Dermatology"),
        Visit(
            NOBODY,
            "/register/doctor",
            "Dermatology",
            submit(
                {
                    "First name": "Ann",
                    "Last name": "New",
                    "E-mail address": "ann.new@demo.example",
                    "Licence number": "A 1",
                    "Password": "password",
                },
                "Register",
                then="Choose",
            ),
        ),
    ],
    "forgot-password": [
        *_by(_ANYBODY, "/forgot-password", "Forgot your password?"),
        Visit(
            NOBODY,
            "/forgot-password",
            "Forgot your password?",
            submit({"E-mail address": "ann@demo.example"}, "Send the link", then="is on its way"),
        ),
    ],
    "reset-password": [
        *_by(_ANYBODY, "/reset-password?token=old", "Choose a new password"),
        Visit(
            NOBODY,
            "/reset-password?token=old",
            "Choose a new password",
            submit({"New password": PASSWORD}, "Save and log in", then="Ask for a new link"),
        ),
    ],
    "verify": [
        *_by(_ANYBODY, "/verify?token=old", "One click and your account is ready"),
        Visit(
            NOBODY,
            "/verify?token=old",
            "One click and your account is ready",
            submit({}, "Confirm and go on", then="we send you a new link"),
        ),
    ],
    "admin/doctors": [
        Visit(ADMINISTRATOR, "/admin/doctors", "Decided"),
        Visit(
            ADMINISTRATOR,
            "/admin/doctors",
            "Decided",
            press("Refuse", then="The doctor reads it in a mail."),
        ),
        Visit(NEW_ADMINISTRATOR, "/admin/doctors", "Nobody is waiting"),
        *_by((PATIENT, DOCTOR), "/admin/doctors", "This page is for administrators"),
    ],
    "admin/clinics": [
        Visit(ADMINISTRATOR, "/admin/clinics", "public holidays"),
        Visit(
            ADMINISTRATOR,
            "/admin/clinics",
            "public holidays",
            press("Edit", then="A doctor may decide otherwise"),
        ),
        *_by((PATIENT, DOCTOR), "/admin/clinics", "This page is for administrators"),
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
        *_by((PATIENT, DOCTOR), "/admin/rooms", "This page is for administrators"),
    ],
    "front-desk": [
        Visit(RECEPTION, "/front-desk", "Print day sheet"),
        Visit(RECEPTION, "/front-desk", "Print day sheet", missed_question),
        Visit(ADMINISTRATOR, "/front-desk", "Print day sheet"),
        Visit(RECEPTION, "/front-desk?clinic=none", "could not find this clinic"),
        Visit(NEW_ADMINISTRATOR, "/front-desk", "No doctor works at this clinic yet"),
        *_by((PATIENT, DOCTOR), "/front-desk", "This page is for the front desk"),
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
        Visit(DOCTOR, "/calendar?view=week", "Week filled", move_question),
        Visit(DOCTOR, "/calendar?view=week", "Week filled", new_appointment),
        Visit(DOCTOR, "/calendar?view=day", "Week filled", menu),
        Visit(NEW_DOCTOR, "/calendar?view=week", "Week filled"),
        Visit(NEW_DOCTOR, "/calendar?view=list", "Week filled"),
        Visit(WAITING_DOCTOR, "/calendar", "Week filled"),
        Visit(WAITING_DOCTOR, "/calendar?view=list&date=2027-02-06", "Week filled", group_session),
        *_by(_NO_DOCTORS, "/calendar", _NOT_YOURS),
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
        *_by(_NO_DOCTORS, "/availability", _NOT_YOURS),
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
        *_by(_NO_DOCTORS, "/visit-types", _NOT_YOURS),
    ],
}
