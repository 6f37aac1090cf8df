"""Who there is in the world of these tests, and what each of them may see of it."""

from __future__ import annotations

from enum import StrEnum


class Who(StrEnum):
    """Everybody who may ask for something, in the order of the columns of the tables."""

    NOBODY = "nobody"
    PATIENT = "the patient"
    OTHER_PATIENT = "another patient"
    DOCTOR = "the doctor"
    OTHER_DOCTOR = "another doctor"
    ADMINISTRATOR = "an administrator of all clinics"
    OTHER_ADMINISTRATOR = "an administrator of another clinic"
    RECEPTION = "the reception of the doctor's clinic"


# What nobody else may see, by whom it is about. Each text stands nowhere else in the world.
SECRETS: dict[str, tuple[str, ...]] = {
    "pia's person": ("Quillfeather", "+493090182011", "April 1961", "1961-04-05"),
    "pia's account": ("pia@secret.example",),
    "pia's reason": ("Fainting in the morning",),
    "pia's notes": ("Suspected arrhythmia",),
    "pia's health": ("Hives from penicillin", "Quentin", "+493090182033"),
    "pia's insurance": ("INS-PIA-1961",),
    "pia's child": ("Zoe Zwetschge",),
    "pia's link": ("https://meet.example/pia-and-dora",),
    "dora's link": ("https://meet.example/dora-always",),
    "paul's person": ("Umbertino", "+493090182022", "May 1972", "1972-05-06"),
    "paul's account": ("paul@secret.example",),
    "paul's reason": ("A wart on the thumb",),
    "paul's notes": ("Wart removed with ice",),
    "dora's account": ("dora@secret.example", "LIC-DORA"),
    "dora's calendar": ("Away for a christening", "Sailing in Norway"),
    "otto's account": ("otto@secret.example", "LIC-OTTO"),
    "wilma": ("Wartenberg", "wilma@secret.example", "LIC-WILMA"),
    "harbour's room": ("Echo chamber",),
    "park's room": ("Plaster room",),
    "reception": ("rita@secret.example",),
    "administrators": ("root@secret.example", "park@secret.example"),
    "newcomer": ("new@secret.example",),
}

# By whom each may be seen; everybody else never. Doctors see the appointments that they hold.
MAY_SEE: dict[Who, set[str]] = {
    Who.NOBODY: set(),
    Who.PATIENT: {
        "pia's person",
        "pia's account",
        "pia's reason",
        "pia's health",
        "pia's insurance",
        "pia's child",
        "pia's link",
    },
    Who.OTHER_PATIENT: {"paul's person", "paul's account", "paul's reason", "park's room"},
    Who.DOCTOR: {
        "pia's person",
        "pia's reason",
        "pia's notes",
        "pia's health",
        "pia's insurance",
        "pia's link",
        "dora's link",
        "dora's calendar",
        "dora's account",
        "harbour's room",
    },
    Who.OTHER_DOCTOR: {
        "paul's person",
        "paul's reason",
        "paul's notes",
        "otto's account",
        "park's room",
    },
    # The clinic knows who comes, where they meet and who pays, not why.
    Who.ADMINISTRATOR: {
        "pia's person",
        "pia's account",
        "pia's insurance",
        "paul's person",
        "pia's link",
        "dora's account",
        "otto's account",
        "wilma",
        "harbour's room",
        "park's room",
        "reception",
        "administrators",
        "newcomer",
    },
    Who.OTHER_ADMINISTRATOR: {"paul's person", "otto's account", "park's room", "administrators"},
    Who.RECEPTION: {
        "pia's person",
        "pia's account",
        "pia's link",
        "pia's insurance",
        "harbour's room",
        "reception",
    },
}


def leaks(shown: str, who: Who) -> list[str]:
    """The secrets in ``shown`` that ``who`` may not see."""
    return [
        secret
        for name, secrets in SECRETS.items()
        if name not in MAY_SEE[who]
        for secret in secrets
        if secret.casefold() in shown.casefold()
    ]
