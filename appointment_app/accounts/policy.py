"""The one place that says who may do what to which record.

An action is allowed when the actor stands in one of its relations to the record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from appointment_app.accounts.actor import Actor
from appointment_app.errors import Forbidden, LoginRequired, NotFound
from appointment_app.models import Role


class Relation(StrEnum):
    """How an actor stands to a record."""

    ANYBODY = "anybody"
    USER = "anybody who is logged in"
    PATIENT = "the patient, or their guardian"
    DOCTOR = "the doctor of the record"
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
    BOOK_FOR_PATIENT = "book for a patient, and find the patients of a doctor"
    CHECK_IN = "check a patient in"
    CONFIRM_APPOINTMENT = "confirm an appointment"
    CLOSE_APPOINTMENT = "mark an appointment as completed or missed"
    KEEP_NOTES = "read and write the notes of an appointment"
    LIST_OWN_APPOINTMENTS = "list one's own appointments"
    VIEW_CALENDAR = "see a doctor's calendar"
    VIEW_FRONT_DESK = "see who comes to a clinic on a day"
    EDIT_AVAILABILITY = "see and change a doctor's hours"
    EDIT_VISIT_TYPES = "see and change a doctor's visit types"
    DECIDE_DOCTORS = "approve and refuse doctors"
    EDIT_CLINIC = "change a clinic"
    EDIT_RESOURCES = "see and change the rooms and devices of a clinic"


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
        Relation.PATIENT, Relation.DOCTOR, Relation.ADMINISTRATOR, hidden=True
    ),
    Action.CANCEL_APPOINTMENT: _rule(
        Relation.PATIENT, Relation.DOCTOR, Relation.ADMINISTRATOR, hidden=True
    ),
    Action.RESCHEDULE_APPOINTMENT: _rule(Relation.PATIENT, hidden=True),
    Action.MOVE_APPOINTMENT: _rule(Relation.DOCTOR, Relation.ADMINISTRATOR, hidden=True),
    Action.BOOK_FOR_PATIENT: _rule(Relation.DOCTOR, Relation.ADMINISTRATOR),
    Action.CHECK_IN: _rule(
        Relation.DOCTOR, Relation.RECEPTION, Relation.ADMINISTRATOR, hidden=True
    ),
    Action.CONFIRM_APPOINTMENT: _rule(Relation.DOCTOR, Relation.ADMINISTRATOR, hidden=True),
    Action.CLOSE_APPOINTMENT: _rule(
        Relation.DOCTOR, Relation.RECEPTION, Relation.ADMINISTRATOR, hidden=True
    ),
    Action.KEEP_NOTES: _rule(Relation.DOCTOR, hidden=True),
    Action.LIST_OWN_APPOINTMENTS: _rule(Relation.USER),
    Action.VIEW_CALENDAR: _rule(Relation.DOCTOR),
    Action.VIEW_FRONT_DESK: _rule(Relation.RECEPTION, Relation.ADMINISTRATOR),
    Action.EDIT_AVAILABILITY: _rule(Relation.DOCTOR),
    Action.EDIT_VISIT_TYPES: _rule(Relation.DOCTOR),
    Action.DECIDE_DOCTORS: _rule(Relation.ADMINISTRATOR),
    Action.EDIT_CLINIC: _rule(Relation.ADMINISTRATOR),
    Action.EDIT_RESOURCES: _rule(Relation.ADMINISTRATOR),
}


def allows(actor: Actor, action: Action, record: Record | None = None) -> bool:
    """Tell whether ``actor`` may do ``action`` to ``record``."""
    allowed = RULES[action].allowed
    return any(relation in allowed for relation in _relations(actor, record or Record()))


def require(actor: Actor, action: Action, record: Record | None = None) -> None:
    """Return when ``actor`` may do ``action`` to ``record``.

    Raises ``LoginRequired`` when nobody is logged in, ``NotFound`` where the record is
    hidden from the actor, ``Forbidden`` otherwise.
    """
    if allows(actor, action, record):
        return
    if not actor.is_somebody:
        raise LoginRequired
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
    if actor.has_role(Role.RECEPTION, record.clinic_id):
        yield Relation.RECEPTION
    if actor.has_role(Role.ADMINISTRATOR, record.clinic_id):
        yield Relation.ADMINISTRATOR
