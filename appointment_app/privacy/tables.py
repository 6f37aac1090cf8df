"""Every table that holds something about a person, and what a copy of their data has of it.

Whoever adds a table with a reference to a person, an account or an appointment names it here:
``tests/privacy/test_tables.py`` walks all references and fails until they did.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from appointment_app.models import (
    Appointment,
    AppointmentMove,
    AuditEvent,
    BulkKind,
    Consent,
    Doctor,
    ExternalNumber,
    Guardianship,
    LoginSession,
    PatientOfClinic,
    PatientProfile,
    Person,
    RoleAssignment,
    User,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data it is: the person and, where they have one, their account; internal ids."""

    person_id: int
    user_id: int | None


def exported(subject: Subject) -> dict[str, sa.ColumnElement[bool]]:
    """Return the tables of a copy, each with the condition for the rows about the subject."""
    # Nobody's account has this number; NULL would be that of every entry made by the program.
    person, user = subject.person_id, subject.user_id or 0
    own = sa.select(_column(Appointment, "id")).where(_column(Appointment, "person_id") == person)
    return {
        "person": _column(Person, "id") == person,
        "patient_profile": _column(PatientProfile, "person_id") == person,
        "guardianship": sa.or_(
            _column(Guardianship, "guardian_id") == person,
            _column(Guardianship, "dependent_id") == person,
        ),
        "appointment": _column(Appointment, "person_id") == person,
        "appointment_move": _column(AppointmentMove, "appointment_id").in_(own),
        "patient_of_clinic": _column(PatientOfClinic, "person_id") == person,
        "external_number": sa.and_(
            _column(ExternalNumber, "kind") == BulkKind.PATIENTS,
            _column(ExternalNumber, "record_id") == person,
        ),
        "user_account": _column(User, "id") == user,
        "consent": _column(Consent, "user_id") == user,
        "role_assignment": _column(RoleAssignment, "user_id") == user,
        "login_session": _column(LoginSession, "user_id") == user,
        "doctor": _column(Doctor, "user_id") == user,
        "audit_event": sa.or_(
            _column(AuditEvent, "person_id") == person,
            _column(AuditEvent, "actor_user_id") == user,
        ),
    }


# Why the rest of what refers to a person is not in the copy.
NOT_EXPORTED = {
    "account_token": "A secret of a mailed link; it says nothing about the person.",
    "refresh_token": "A secret of a program's login; the login itself is in the copy.",
    "request_key": "The name that a program gave to a request, kept for a day.",
    "person_key": "The key that encrypts values in the record; it says nothing about the person.",
    "person_merge": "That two records of the person became one, which is all in the copy.",
    "claim_link": "A secret of a mailed link; it says nothing about the person.",
    "import_file": "A file with records of many people, which is gone after a day.",
    "appointment_series": "Only how many weeks apart appointments are, which themselves are there.",
}
# Of the tables in a copy these columns stay out of it.
NOT_COPIED = {
    "appointment.notes": "The doctor's notes are part of the medical record: ask the clinic.",
    "appointment.idempotency_key": "A random number that keeps a booking from being made twice.",
    "audit_event.changes": "Encrypted. What holds now is in the copy.",
    "audit_event.address": "May be the network address of somebody else who did it.",
    "audit_event.mark": "A signature of the program.",
    "audit_event.nonce": "A random number.",
    "person.search_name": "The name, as it is searched.",
    "doctor.search_name": "The name, as it is searched.",
    "doctor.revision": "A counter of the program.",
    "user_account.password_hash": "Who knows it could guess the password.",
}

# What becomes of each table when the person is erased (``privacy/erasure.py``), and why.
AFTER_ERASURE = {
    "person": "Loses name, birth date, contact and number; the row stays, for others refer to it.",
    "patient_profile": "Deleted.",
    "patient_of_clinic": "Deleted.",
    "external_number": "Deleted: by it other software could tell who it was. A keyed hash of it"
    " (erased_number) keeps a file from bringing them back.",
    "person_merge": "Stays: numbers only. A record that became part of this one is erased with it.",
    "claim_link": "Deleted.",
    "import_file": "Files about patients that are not in yet are deleted; of others only counts are"
    " kept, for a day.",
    "consent": "Loses the network address; that somebody agreed, and when, has to be proved.",
    "guardianship": "Ended, without saying how they were related.",
    "appointment": "Loses what the person wrote. Notes on visits that took place stay: who treats"
    " somebody has to keep the medical record for years.",
    "appointment_move": "Loses the reasons.",
    "appointment_series": "Stays: only how many weeks apart.",
    "user_account": "Loses address and password, and is closed.",
    "role_assignment": "Stays: that the closed account was a patient's.",
    "login_session": "Ended; loses network address and browser.",
    "refresh_token": "Stays: a hash that opens nothing once its login has ended.",
    "account_token": "Deleted.",
    "request_key": "Deleted.",
    "doctor": "Stays: patients have a right to know who treated them. Doctors are not erased so.",
    "audit_event": "Stays for security: who did what and when. Its values go with the key; network"
    " addresses stay as long as the record.",
    "person_key": "Destroyed; the row says when.",
}


def is_copied(column: sa.Column[object]) -> bool:
    """Tell whether a copy has the column: not keys, which mean something to the program only."""
    is_key = column.primary_key or bool(column.foreign_keys) or column.name.endswith("_id")
    return not is_key and f"{column.table.name}.{column.name}" not in NOT_COPIED


def _column(table: type[object], name: str) -> sa.Column[object]:
    column: sa.Column[object] = table.__table__.c[name]  # type: ignore[attr-defined]
    return column
