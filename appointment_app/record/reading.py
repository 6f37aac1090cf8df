"""The record as administrators read it: searched, page by page, newest first.

An administrator of a clinic reads what belongs to that clinic, one of all clinics reads all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts import audit, person_keys
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.database import transactional
from appointment_app.errors import LoginRequired, NotFound
from appointment_app.models import (
    Appointment,
    AuditEvent,
    Clinic,
    Doctor,
    DoctorAtClinic,
    Person,
    Role,
    User,
    row_id,
)
from appointment_app.texts import fit, search_form

PAGE = 25
# What administrators may read of a patient: who they are and how they are reached, never their
# health nor what they wrote to their doctor. A field that is not named here is not shown.
READABLE = frozenset(
    {
        *("given_name", "family_name", "birth_date", "phone", "email", "language", "time_zone"),
        *(
            "wants_reminders",
            "reminder_hours",
            "active",
            "insurance_provider",
            "insurance_number",
            "role",
        ),
    }
)
# What they may read of a doctor: what patients see, and what administrators decide themselves.
READABLE_OF_DOCTORS = frozenset(
    {
        *("title", "given_name", "family_name", "licence_number", "qualifications", "bio"),
        *("practising_since", "max_patients_a_day", "specialties", "languages", "photo"),
        *("approval", "approval_reason", "works_here", "departments"),
        *("suspended_from", "suspended_until", "suspension_reason"),
    }
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for; empty fields match all. Days are those of ``zone``, the last included."""

    person: str = ""
    actor: str = ""
    action: str = ""
    record: str = ""
    first_day: date | None = None
    last_day: date | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry with names for its ids; ``has_values`` when it says what it changed."""

    number: int
    at: datetime
    action: str
    record_type: str
    reference: str
    who: str
    person: str
    clinic: str
    fields: tuple[str, ...]
    address: str
    has_values: bool


@dataclass(frozen=True, slots=True)
class Entries:
    """A page of entries; ``next`` is where the following page begins, None at the end."""

    entries: tuple[Entry, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a field; ``hidden`` when the reader may not know."""

    field: str
    before: str = ""
    after: str = ""
    hidden: bool = False


async def find(
    session: AsyncSession,
    actor: Actor,
    question: Question,
    *,
    before: int | None = None,
    limit: int = PAGE,
) -> Entries:
    """Return the entries that the actor may read and the question is about, newest first.

    ``before`` is the number at which to go on. At most 6 statements. Raises ``LoginRequired``,
    ``Forbidden``.
    """
    statement = select(AuditEvent).where(*_scope(actor), *_asked(question))
    if before is not None:
        statement = statement.where(col(AuditEvent.id) < before)
    statement = statement.order_by(col(AuditEvent.id).desc()).limit(limit + 1)
    rows = (await session.exec(statement)).all()
    shown = rows[:limit]
    return Entries(await _named(session, shown), row_id(shown[-1]) if len(rows) > limit else None)


@transactional
async def read_values(session: AsyncSession, actor: Actor, number: int) -> list[Change]:
    """Return what an entry says was changed, and put on record that it was read.

    Nothing when the person was erased. Raises ``LoginRequired``, ``Forbidden``, ``NotFound``.
    """
    statement = select(AuditEvent).where(*_scope(actor), AuditEvent.id == number)
    entry = (await session.exec(statement)).first()
    if entry is None:
        raise NotFound
    try:
        found = (await audit.read_changes(session, [entry])).get(number, {})
    except person_keys.Unreadable:
        found = {}
    audit.record(
        session,
        actor,
        "record.read",
        record_type="audit_event",
        record_id=number,
        person_id=entry.person_id,
        clinic_id=entry.clinic_id,
        fields=entry.fields,
    )
    readable = READABLE_OF_DOCTORS if entry.record_type == "doctor" else READABLE
    return [
        Change(name, _text(old), _text(new))
        if entry.person_id is None or name in readable
        else Change(name, hidden=True)
        for name, (old, new) in found.items()
    ]


@transactional
async def note_export(session: AsyncSession, actor: Actor) -> None:
    """Put on record that the record is taken as a file. Raises ``LoginRequired``, ``Forbidden``."""
    _scope(actor)
    clinics = _clinics_of(actor)
    audit.record(
        session,
        actor,
        "record.exported",
        record_type="audit_event",
        record_id=0,
        clinic_id=min(clinics) if clinics else None,
    )


def _clinics_of(actor: Actor) -> set[int]:
    return {
        grant.clinic_id
        for grant in actor.grants
        if grant.role is Role.ADMINISTRATOR and grant.clinic_id is not None
    }


def _scope(actor: Actor) -> list[ColumnElement[bool]]:
    """Return the condition for what the actor may read."""
    if not actor.is_somebody:
        raise LoginRequired
    if allows(actor, Action.READ_RECORD):
        return []
    clinics = _clinics_of(actor)
    if not clinics:
        require(actor, Action.READ_RECORD)
    for clinic_id in clinics:
        require(actor, Action.READ_RECORD, Record(clinic_id=clinic_id))
    # One who works at several clinics is of each of them.
    doctors = select(DoctorAtClinic.doctor_id).where(col(DoctorAtClinic.clinic_id).in_(clinics))
    is_about_doctor = and_(
        col(AuditEvent.record_type) == "doctor", col(AuditEvent.record_id).in_(doctors)
    )
    return [or_(col(AuditEvent.clinic_id).in_(clinics), is_about_doctor)]


def _asked(question: Question) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if action := fit(question.action):
        conditions.append(col(AuditEvent.action) == action)
    if record := fit(question.record):
        spelled = {record, record.upper()}
        named = select(Appointment.id).where(col(Appointment.reference).in_(spelled))
        conditions += [
            col(AuditEvent.record_type) == "appointment",
            col(AuditEvent.record_id).in_(named),
        ]
    if question.first_day is not None:
        conditions.append(
            col(AuditEvent.occurred_at) >= _midnight(question.first_day, question.zone)
        )
    if question.last_day is not None and question.last_day < date.max:
        after = _midnight(question.last_day + timedelta(days=1), question.zone)
        conditions.append(col(AuditEvent.occurred_at) < after)
    if form := search_form(fit(question.person)):
        named = select(Person.id).where(col(Person.search_name).contains(form, autoescape=True))
        conditions.append(col(AuditEvent.person_id).in_(named))
    if form := search_form(fit(question.actor)):
        people = select(Person.user_id).where(_is_named(Person, form))
        doctors = select(Doctor.user_id).where(_is_named(Doctor, form))
        address = fit(question.actor).lower()
        users = select(User.id).where(User.email == address)
        conditions.append(
            or_(
                *(
                    col(AuditEvent.actor_user_id).in_(each)
                    for each in (people.where(col(Person.user_id).is_not(None)), doctors, users)
                )
            )
        )
    return conditions


def _is_named(table: type[Person] | type[Doctor], form: str) -> ColumnElement[bool]:
    return col(table.search_name).contains(form, autoescape=True)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


async def _named(session: AsyncSession, rows: Iterable[AuditEvent]) -> tuple[Entry, ...]:
    rows = list(rows)
    users = {row.actor_user_id for row in rows} - {None}
    people = {row.person_id for row in rows} - {None}
    clinics = {row.clinic_id for row in rows} - {None}
    booked = {row.record_id for row in rows if row.record_type == "appointment"}
    who = await _names_of_users(session, users)
    names = {
        row_id(each): each.full_name
        for each in await session.exec(select(Person).where(col(Person.id).in_(people)))
    }
    places = dict(
        (
            await session.exec(select(Clinic.id, Clinic.name).where(col(Clinic.id).in_(clinics)))
        ).all()
    )
    references = dict(
        (
            await session.exec(
                select(Appointment.id, Appointment.reference).where(col(Appointment.id).in_(booked))
            )
        ).all()
    )
    return tuple(
        Entry(
            number=row_id(row),
            at=row.occurred_at,
            action=row.action,
            record_type=row.record_type,
            reference=references.get(row.record_id, "") if row.record_type == "appointment" else "",
            who=who.get(row.actor_user_id, ""),
            person=names.get(row.person_id or 0, ""),
            clinic=places.get(row.clinic_id, ""),
            fields=tuple(row.fields),
            address=row.address,
            has_values=bool(row.changes),
        )
        for row in rows
    )


async def _names_of_users(session: AsyncSession, users: set[Any]) -> dict[int | None, str]:
    """Return the name of each user, or the address where there is none."""
    query = (
        select(User, Person, Doctor)
        .outerjoin(Person, col(Person.user_id) == User.id)
        .outerjoin(Doctor, col(Doctor.user_id) == User.id)
        .where(col(User.id).in_(users))
    )
    return {
        user.id: (doctor or person).full_name if doctor or person else user.email
        for user, person, doctor in await session.exec(query)
    }


def _text(value: Any) -> str:
    return "" if value is None else str(value)
