"""The one place that says who may do what to which record.

An action is allowed when the actor stands in one of its relations to the record.
``docs/rights.md`` is made from it: ``python -m appointment_app.manage rights > docs/rights.md``.

The clinic's reception and administrators do for a patient what the patient could do: book, move,
cancel with a reason, see when and where. Why somebody comes is between patient and doctor: staff
may write down what they are told when they book, and do not read it afterwards. The doctor's notes
are the doctor's alone.

A doctor who is suspended acts as a doctor no more from that moment on: no calendar, no patient, no
appointment, no notes, no hours. What is only about themselves stays open to them, their profile and
their figures, and so does what they may do as a patient or as staff.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.errors import SuspendedNow
from appointment_app.errors import Forbidden, LoginRequired, NotFound
from appointment_app.models import Role


class Relation(StrEnum):
    """How an actor stands to a record."""

    ANYBODY = "anybody"
    USER = "anybody who is logged in"
    PATIENT = "the patient, or their guardian"
    DOCTOR = "the doctor of the record"
    SUSPENDED_DOCTOR = "the doctor of the record, while suspended"
    RECEPTION = "reception of the clinic, or of all"
    ADMINISTRATOR = "an administrator of the clinic, or of all"


class Action(StrEnum):
    """What can be done through the services."""

    FIND_DOCTORS = "find doctors and their free times"
    HOLD_TIME = "keep a free time for some minutes"
    BOOK_APPOINTMENT = "book an appointment"
    VIEW_APPOINTMENT = "see an appointment"
    CANCEL_APPOINTMENT = "cancel an appointment"
    RESCHEDULE_APPOINTMENT = "choose another time for one's own appointment"
    MOVE_APPOINTMENT = "move a patient's appointment"
    BOOK_FOR_PATIENT = "find a patient of the doctor or the clinic, and book for them"
    CHECK_IN = "check a patient in"
    CONFIRM_APPOINTMENT = "confirm an appointment"
    CLOSE_APPOINTMENT = "mark an appointment as completed or missed"
    KEEP_NOTES = "read and write the notes of an appointment"
    LIST_OWN_APPOINTMENTS = "list one's own appointments"
    VIEW_CALENDAR = "see a doctor's calendar"
    VIEW_FRONT_DESK = "see who comes to a clinic on a day"
    VIEW_AVAILABILITY = "see a doctor's hours"
    EDIT_AVAILABILITY = "change a doctor's hours"
    EDIT_VISIT_TYPES = "see and change a doctor's visit types"
    DECIDE_DOCTORS = "approve and refuse doctors"
    EDIT_DOCTOR = "change a doctor's profile"
    SUSPEND_DOCTORS = "suspend a doctor"
    HAND_ON_APPOINTMENT = "hand an appointment on to another doctor"
    PLACE_DOCTORS = "say at which clinics a doctor works, and change a licence"
    EDIT_CLINIC = "change a clinic"
    OPEN_CLINICS = "set up, close and restore clinics"
    EDIT_RESOURCES = "see and change the rooms and devices of a clinic"
    KEEP_PATIENTS = "write down a patient who has no account, and keep the records in order"
    MANAGE_STAFF = "say who works at the front desk of a clinic and who administers it"
    EDIT_PROFILE = "see and change all of a patient's profile"
    VIEW_PROFILE = "see how a patient is reached and insured"
    MANAGE_FAMILY = "add people to one's family, and let them go"
    VIEW_HEALTH = "see what a patient tells of their health, and whom to call"
    VIEW_FIGURES = "see the figures of a clinic"
    VIEW_OWN_FIGURES = "see a doctor's own figures"
    READ_RECORD = "read the record of who did what"
    TAKE_DATA = "take a copy of all data about a person, and have them erased"
    ERASE_PATIENT = "erase a patient who asked for it"
    IMPORT_RECORDS = "bring in and take out the records of a clinic"


@dataclass(frozen=True, slots=True)
class Record:
    """The record an action is about: whose it is and where."""

    person_id: int | None = None
    doctor_id: int | None = None
    clinic_id: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Who is allowed; ``hidden`` records do not even show others that they exist."""

    allowed: frozenset[Relation]
    hidden: bool = False


def _rule(*allowed: Relation, hidden: bool = False) -> Rule:
    return Rule(frozenset(allowed), hidden)


RULES: dict[Action, Rule] = {
    Action.FIND_DOCTORS: _rule(Relation.ANYBODY),
    Action.HOLD_TIME: _rule(Relation.ANYBODY),
    Action.BOOK_APPOINTMENT: _rule(Relation.PATIENT),
    Action.VIEW_APPOINTMENT: _rule(
        Relation.PATIENT,
        Relation.DOCTOR,
        Relation.RECEPTION,
        Relation.ADMINISTRATOR,
        hidden=True,
    ),
    Action.CANCEL_APPOINTMENT: _rule(
        Relation.PATIENT,
        Relation.DOCTOR,
        Relation.RECEPTION,
        Relation.ADMINISTRATOR,
        hidden=True,
    ),
    Action.RESCHEDULE_APPOINTMENT: _rule(Relation.PATIENT, hidden=True),
    Action.MOVE_APPOINTMENT: _rule(
        Relation.DOCTOR, Relation.RECEPTION, Relation.ADMINISTRATOR, hidden=True
    ),
    Action.BOOK_FOR_PATIENT: _rule(Relation.DOCTOR, Relation.RECEPTION, Relation.ADMINISTRATOR),
    Action.CHECK_IN: _rule(
        Relation.DOCTOR, Relation.RECEPTION, Relation.ADMINISTRATOR, hidden=True
    ),
    Action.CONFIRM_APPOINTMENT: _rule(
        Relation.DOCTOR, Relation.RECEPTION, Relation.ADMINISTRATOR, hidden=True
    ),
    Action.CLOSE_APPOINTMENT: _rule(
        Relation.DOCTOR, Relation.RECEPTION, Relation.ADMINISTRATOR, hidden=True
    ),
    Action.KEEP_NOTES: _rule(Relation.DOCTOR, hidden=True),
    Action.LIST_OWN_APPOINTMENTS: _rule(Relation.USER),
    Action.VIEW_CALENDAR: _rule(Relation.DOCTOR),
    Action.VIEW_FRONT_DESK: _rule(Relation.RECEPTION, Relation.ADMINISTRATOR),
    Action.VIEW_AVAILABILITY: _rule(Relation.DOCTOR, Relation.RECEPTION, Relation.ADMINISTRATOR),
    Action.EDIT_AVAILABILITY: _rule(Relation.DOCTOR),
    Action.EDIT_VISIT_TYPES: _rule(Relation.DOCTOR),
    Action.DECIDE_DOCTORS: _rule(Relation.ADMINISTRATOR),
    Action.EDIT_DOCTOR: _rule(Relation.DOCTOR, Relation.SUSPENDED_DOCTOR, Relation.ADMINISTRATOR),
    Action.SUSPEND_DOCTORS: _rule(Relation.ADMINISTRATOR),
    Action.HAND_ON_APPOINTMENT: _rule(Relation.ADMINISTRATOR),
    Action.PLACE_DOCTORS: _rule(Relation.ADMINISTRATOR),
    Action.EDIT_CLINIC: _rule(Relation.ADMINISTRATOR),
    Action.OPEN_CLINICS: _rule(Relation.ADMINISTRATOR),
    Action.EDIT_RESOURCES: _rule(Relation.ADMINISTRATOR),
    Action.KEEP_PATIENTS: _rule(Relation.RECEPTION, Relation.ADMINISTRATOR),
    Action.MANAGE_STAFF: _rule(Relation.ADMINISTRATOR),
    Action.EDIT_PROFILE: _rule(Relation.PATIENT, hidden=True),
    Action.VIEW_PROFILE: _rule(
        Relation.DOCTOR, Relation.RECEPTION, Relation.ADMINISTRATOR, hidden=True
    ),
    Action.MANAGE_FAMILY: _rule(Relation.USER),
    Action.VIEW_HEALTH: _rule(Relation.DOCTOR, hidden=True),
    Action.VIEW_FIGURES: _rule(Relation.ADMINISTRATOR),
    Action.VIEW_OWN_FIGURES: _rule(Relation.DOCTOR, Relation.SUSPENDED_DOCTOR),
    Action.READ_RECORD: _rule(Relation.ADMINISTRATOR),
    Action.TAKE_DATA: _rule(Relation.PATIENT, hidden=True),
    Action.ERASE_PATIENT: _rule(Relation.ADMINISTRATOR),
    Action.IMPORT_RECORDS: _rule(Relation.ADMINISTRATOR),
}


def allows(actor: Actor, action: Action, record: Record | None = None) -> bool:
    """Tell whether ``actor`` may do ``action`` to ``record``."""
    allowed = RULES[action].allowed
    return any(relation in allowed for relation in _relations(actor, record or Record()))


def require(actor: Actor, action: Action, record: Record | None = None) -> None:
    """Return when ``actor`` may do ``action`` to ``record``.

    Raises ``LoginRequired`` when nobody is logged in, ``NotFound`` where the record is
    hidden from the actor, ``Forbidden`` otherwise: ``SuspendedNow`` where it was their own as a
    doctor, before they were suspended.
    """
    if allows(actor, action, record):
        return
    if not actor.is_somebody:
        raise LoginRequired
    if actor.suspension is not None and Relation.DOCTOR in RULES[action].allowed:
        about = record.doctor_id if record else None
        unnamed = about is None and not RULES[action].hidden
        if unnamed or about == actor.suspension.doctor_id:
            raise SuspendedNow(actor.suspension)
    related = set(_relations(actor, record or Record())) - {Relation.ANYBODY, Relation.USER}
    if RULES[action].hidden and not related:
        raise NotFound
    raise Forbidden


def _relations(actor: Actor, record: Record) -> Iterator[Relation]:
    yield Relation.ANYBODY
    if not actor.is_somebody:
        return
    yield Relation.USER
    if record.person_id is not None and record.person_id in {actor.person_id, *actor.dependents}:
        yield Relation.PATIENT
    if record.doctor_id is not None and record.doctor_id == actor.doctor_id:
        yield Relation.DOCTOR
    if actor.suspension is not None and record.doctor_id == actor.suspension.doctor_id:
        yield Relation.SUSPENDED_DOCTOR
    if actor.has_role(Role.RECEPTION, record.clinic_id):
        yield Relation.RECEPTION
    if actor.has_role(Role.ADMINISTRATOR, record.clinic_id):
        yield Relation.ADMINISTRATOR
