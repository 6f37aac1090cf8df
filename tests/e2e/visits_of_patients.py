"""The pages of everybody and of patients, in every state that a person can meet."""

from __future__ import annotations

from appointment_app.demo import logins
from tests.e2e.page_openings import (
    agree,
    being_booked,
    both,
    kept_no_more,
    letter,
    menu,
    press,
    submit,
)
from tests.e2e.page_visit import Visit, by
from tests.e2e.page_visitors import (
    ADMINISTRATOR,
    DOCTOR,
    NEW_PATIENT,
    NOBODY,
    PATIENT,
)
from tests.e2e.practice import PASSWORD

_ANYBODY = (NOBODY, PATIENT, DOCTOR, ADMINISTRATOR)
# What a page shows alike to everybody who is logged in.
_IN_OR_OUT = (NOBODY, PATIENT)

# By route, as the app lists them.
OF_PATIENTS: dict[str, list[Visit]] = {
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
        *by(_ANYBODY, "/", "earliest first"),
        Visit(NOBODY, "/", "earliest first", menu),
        Visit(DOCTOR, "/", "earliest first", menu),
        Visit(NOBODY, "/?words=xyzzy", "No doctor"),
    ],
    "doctor": [
        *by(_ANYBODY, "{doctor}", "Dr Amara Meier"),
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
        *by((NOBODY, NEW_PATIENT), "{taken booking}", "These times nearby are free"),
        Visit(NOBODY, "/book", "This visit cannot be booked"),
    ],
    "move": [
        Visit(PATIENT, "{move}", "Keep it as it is"),
        Visit(PATIENT, "{taken move}", "These times nearby are free"),
        *by((PATIENT, DOCTOR), "/move", "This appointment cannot be moved"),
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
        *by((PATIENT, ADMINISTRATOR), "/appointment", "could not find this appointment"),
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
        Visit(PATIENT, "/appointments?show=past&year=1999", "Nothing like this in the past"),
        *by((NEW_PATIENT, DOCTOR), "/appointments", "No upcoming appointments"),
        Visit(NEW_PATIENT, "/appointments?show=past", "Nothing in the past"),
    ],
    "profile": [
        *by((PATIENT, DOCTOR), "/profile", "Whom to call"),
        Visit(
            PATIENT,
            "/profile",
            "Whom to call",
            submit({"Their phone number": "12"}, "Save", then="with its country code"),
        ),
        Visit(ADMINISTRATOR, "/profile", "There is no profile here"),
    ],
    "family": [
        Visit(PATIENT, "/family", "Finn Keller"),
        Visit(
            PATIENT,
            "/family",
            "Finn Keller",
            press("Remove Finn Keller", then="What is booked stays."),
        ),
        Visit(
            NEW_PATIENT,
            "/family",
            "Nobody here yet",
            both(
                press("Add somebody", then="Who that is to you"),
                submit({"First name": "Kim"}, "Save", then="day of birth, such as"),
            ),
        ),
        Visit(
            PATIENT,
            "/family",
            "Finn Keller",
            both(
                press("Look after Finn Keller together", then="Such as the other parent"),
                submit({"E-mail address": "nonsense"}, "Send the link", then="such as mira@"),
            ),
        ),
        Visit(ADMINISTRATOR, "/family", "This page is for patients"),
    ],
    "account": [
        *by((PATIENT, DOCTOR), "/account", "This device"),
        Visit(
            PATIENT,
            "/account",
            "This device",
            submit(
                {"New e-mail address": "new@demo.example", "Present password": "wrong one"},
                "Send the link",
                then="This is not your password.",
            ),
        ),
    ],
    "confirm-address": [Visit(NOBODY, "/confirm-address?token=old", "Use this address")],
    "invitation": [Visit(PATIENT, "/invitation?token=old", "no longer counts")],
    "own-account": [
        Visit(NOBODY, "/own-account?token=old", "may still book for me"),
    ],
    "privacy": [Visit(NOBODY, "/privacy", "Your rights")],
    "consent": [Visit(PATIENT, "/consent", "Agree and go on")],
    "login": [
        *by(_IN_OR_OUT, "/login", "Forgot your password?"),
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
        *by(_IN_OR_OUT, "/register", "Have an account already?"),
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
            both(
                agree,
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
        ),
    ],
    "register/doctor": [
        *by(_IN_OR_OUT, "/register/doctor", "Dermatology"),
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
        *by(_IN_OR_OUT, "/forgot-password", "Forgot your password?"),
        Visit(
            NOBODY,
            "/forgot-password",
            "Forgot your password?",
            submit({"E-mail address": "ann@demo.example"}, "Send the link", then="is on its way"),
        ),
    ],
    "reset-password": [
        *by(_IN_OR_OUT, "/reset-password?token=old", "Choose a new password"),
        Visit(
            NOBODY,
            "/reset-password?token=old",
            "Choose a new password",
            submit({"New password": PASSWORD}, "Save and log in", then="Ask for a new link"),
        ),
    ],
    "verify": [
        *by(_IN_OR_OUT, "/verify?token=old", "One click and your account is ready"),
        Visit(
            NOBODY,
            "/verify?token=old",
            "One click and your account is ready",
            submit({}, "Confirm and go on", then="we send you a new link"),
        ),
    ],
    "erased": [Visit(NOBODY, "/erased", "nobody can log in")],
    "your-data": [
        Visit(PATIENT, "/your-data", "Take a copy"),
        Visit(ADMINISTRATOR, "/your-data", "There are no patient's data here"),
    ],
    "claim": [
        Visit(NOBODY, "/claim?token=old", "you come back here"),
        Visit(PATIENT, "/claim?token=old", "Add them", press("Add them", then="new link")),
    ],
}
