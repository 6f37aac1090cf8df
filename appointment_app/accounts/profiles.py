"""The profile of a patient: kept by themselves and their guardians, looked at by those who treat.

Each sees the fields that their part in the care needs, and each look by staff is on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import audit, login_sessions
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.contact_details import region_of_language
from appointment_app.accounts.known_patients import clinics_of
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.accounts.profile_data import (
    CONTACT,
    HEALTH,
    INSURANCE,
    ProfileData,
    data_of,
    read_profile,
    write_into,
)
from appointment_app.database import transactional
from appointment_app.errors import LoginRequired, NotFound, StaleVersion
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    AuditEvent,
    BloodGroup,
    Clinic,
    Guardianship,
    Kinship,
    PatientProfile,
    Person,
    row_id,
)

ONE_LOOK = timedelta(minutes=15)
_VIEWED = "profile.viewed"


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile in full; ``region`` is the country of numbers that are typed without its code."""

    person_id: UUID
    data: ProfileData
    is_own: bool
    region: str
    version: int


@dataclass(frozen=True, slots=True)
class GuardianOfPatient:
    """Who may act for a patient, who is their ``kinship``; ``phone`` is E.164 or empty."""

    name: str
    kinship: Kinship | None
    phone: str


@dataclass(frozen=True, slots=True)
class PatientView:
    """What staff see of a patient; ``shows_health`` says whether those fields are theirs to see."""

    person_id: UUID
    name: str
    birth_date: date | None
    phone: str
    language: str
    insurance_provider: str
    insurance_number: str
    shows_health: bool
    guardians: tuple[GuardianOfPatient, ...] = ()
    blood_group: BloodGroup | None = None
    allergies: str = ""
    emergency_name: str = ""
    emergency_phone: str = ""
    emergency_relation: str = ""


async def load_profile(
    session: AsyncSession, actor: Actor, person_id: UUID | None = None
) -> Profile:
    """Return the profile of a person (public id), by default the actor's own.

    Raises ``LoginRequired``, ``NotFound`` (as for an account that is no person's), ``Forbidden``.
    """
    person = await _person(session, actor, person_id)
    require(actor, Action.EDIT_PROFILE, Record(person_id=person.id))
    profile = await session.get(PatientProfile, row_id(person))
    return Profile(
        person_id=person.public_id,
        data=data_of(person, profile),
        is_own=person.id == actor.person_id,
        region=await _region(session, person),
        version=person.version,
    )


async def save_profile(
    session: AsyncSession,
    actor: Actor,
    typed: Mapping[str, str],
    *,
    person_id: UUID | None = None,
    version: int,
) -> None:
    """Keep what was ``typed`` into the fields of a profile (see ``read_profile``).

    Raises what ``load_profile`` raises, ``Invalid``, and ``StaleVersion`` when somebody else
    changed it since ``version``.
    """
    user_id = await _save(session, actor, typed, person_id, version)
    # The header shows the name, and times are in the chosen zone, at once.
    if user_id is not None:
        login_sessions.forget_logins(user_id=user_id)


@transactional
async def view_patient(session: AsyncSession, actor: Actor, person_id: UUID) -> PatientView:
    """Return what the actor may see of a patient (public id), and put the look on record.

    Doctors see whom they have or had an appointment with, reception and administrators those
    of their clinics, without health data. Raises ``LoginRequired``, ``NotFound``, ``Forbidden``.
    """
    return await _view(session, actor, await _person(session, actor, person_id))


@transactional
async def view_patient_of(session: AsyncSession, actor: Actor, appointment_id: UUID) -> PatientView:
    """Return ``view_patient`` of whoever an appointment (public id) is for."""
    if not actor.is_somebody:
        raise LoginRequired
    statement = select(Person).where(
        col(Person.id).in_(
            select(Appointment.person_id).where(Appointment.public_id == appointment_id)
        )
    )
    person = (await session.exec(statement)).first()
    if person is None:
        raise NotFound
    return await _view(session, actor, person)


@transactional
async def _save(
    session: AsyncSession,
    actor: Actor,
    typed: Mapping[str, str],
    person_id: UUID | None,
    version: int,
) -> int | None:
    """Return the user whose person it is, if there is one."""
    person = await _person(session, actor, person_id, lock=True)
    require(actor, Action.EDIT_PROFILE, Record(person_id=person.id))
    data = read_profile(typed, await _region(session, person))
    if person.version != version:
        raise StaleVersion
    profile = await session.get(PatientProfile, row_id(person))
    if profile is None:
        profile = PatientProfile(person_id=row_id(person))
    before = data_of(person, profile)
    if write_into(person, profile, data):
        person.version += 1
        session.add(person)
        session.add(profile)
        audit.record(
            session,
            actor,
            "profile.changed",
            record_type="person",
            record_id=row_id(person),
            person_id=row_id(person),
            before=asdict(before),
            after=asdict(data),
        )
    return person.user_id


async def _person(
    session: AsyncSession, actor: Actor, person_id: UUID | None, *, lock: bool = False
) -> Person:
    if not actor.is_somebody:
        raise LoginRequired
    statement = select(Person).where(
        Person.id == actor.person_id if person_id is None else Person.public_id == person_id
    )
    if lock:
        statement = statement.with_for_update(key_share=True)
    person = (await session.exec(statement)).first()
    if person is None:
        raise NotFound
    return person


async def _view(session: AsyncSession, actor: Actor, person: Person) -> PatientView:
    records = await _records(session, row_id(person))
    if not any(allows(actor, Action.VIEW_PROFILE, record) for record in records):
        require(actor, Action.VIEW_PROFILE, Record(person_id=person.id))
    shows_health = any(allows(actor, Action.VIEW_HEALTH, record) for record in records)
    seen = (*CONTACT, *INSURANCE, *(HEALTH if shows_health else ()))
    await _record_look(session, actor, person, seen)
    data = data_of(person, await session.get(PatientProfile, row_id(person)))
    shown = (*INSURANCE, *(HEALTH if shows_health else ()), "birth_date", "phone", "language")
    return PatientView(
        person_id=person.public_id,
        name=person.full_name,
        shows_health=shows_health,
        guardians=await _guardians(session, row_id(person)),
        **{name: getattr(data, name) for name in shown},
    )


async def _guardians(session: AsyncSession, person_id: int) -> tuple[GuardianOfPatient, ...]:
    statement = (
        select(Person, Guardianship.kinship)
        .join(Guardianship, col(Guardianship.guardian_id) == Person.id)
        .where(Guardianship.dependent_id == person_id, col(Guardianship.ended_at).is_(None))
        .order_by(col(Person.id))
    )
    return tuple(
        GuardianOfPatient(each.full_name, Kinship(kinship) if kinship else None, each.phone)
        for each, kinship in await session.exec(statement)
    )


async def _records(session: AsyncSession, person_id: int) -> list[Record]:
    """Return whose records they are: the person's own, and of who treats or treated them where.

    For the doctor what was cancelled does not count; the clinic has to answer for it.
    """
    statement = (
        select(Appointment.doctor_id, Appointment.clinic_id)
        .where(
            Appointment.person_id == person_id,
            Appointment.status != AppointmentStatus.CANCELLED,
        )
        .distinct()
    )
    treated = (await session.exec(statement)).all()
    clinics = (await session.exec(clinics_of(person_id))).all()
    return [
        Record(person_id),
        *(Record(person_id, *where) for where in treated),
        *(Record(person_id, clinic_id=clinic_id) for clinic_id in clinics),
    ]


async def _record_look(
    session: AsyncSession, actor: Actor, person: Person, fields: tuple[str, ...]
) -> None:
    """Note that the actor looked, once for several looks within ``ONE_LOOK``."""
    lately = select(AuditEvent.id).where(
        AuditEvent.record_type == "person",
        AuditEvent.record_id == person.id,
        AuditEvent.action == _VIEWED,
        AuditEvent.actor_user_id == actor.user_id,
        AuditEvent.occurred_at > clock.now() - ONE_LOOK,
    )
    if (await session.exec(lately.limit(1))).first() is None:
        audit.record(
            session,
            actor,
            _VIEWED,
            record_type="person",
            record_id=row_id(person),
            person_id=row_id(person),
            fields=fields,
        )


async def _region(session: AsyncSession, person: Person) -> str:
    """Return the country of the clinic last booked, of all clinics, or of the language."""
    last = (
        select(Clinic.country)
        .join(Appointment, col(Appointment.clinic_id) == Clinic.id)
        .where(Appointment.person_id == person.id)
        .order_by(col(Appointment.id).desc())
        .limit(1)
    )
    if (country := (await session.exec(last)).first()) is not None:
        return country
    countries = (await session.exec(select(Clinic.country).distinct().limit(2))).all()
    return countries[0] if len(countries) == 1 else region_of_language(person.language)
