"""The patients of a clinic, or of a doctor, as their staff look them up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import profiles
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.known_patients import clinics_of, known_at, searched
from appointment_app.accounts.own_clinics import clinics_where
from appointment_app.accounts.patients import KnownPatient, known
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.accounts.profiles import PatientView
from appointment_app.errors import NotFound
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    BlockKind,
    BusyBlock,
    Clinic,
    Doctor,
    Person,
    PersonKey,
    PersonMerge,
    User,
    row_id,
)
from appointment_app.scheduling.keeping_patients import load_kept
from appointment_app.scheduling.rescheduling import MOVABLE
from appointment_app.scheduling.statuses import ARROWS

MOST_LISTED = 25
_MOST_VISITS = 100


@dataclass(frozen=True, slots=True)
class ClinicChoice:
    """A clinic (public id) whose patients the actor may find."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class PatientList:
    """Patients by name, of ``clinic`` or, without one, of the doctor who asks."""

    clinics: tuple[ClinicChoice, ...]
    clinic: ClinicChoice | None
    patients: tuple[KnownPatient, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class VisitOfPatient:
    """An appointment as agreed, its time in UTC; the last two say what the actor may do to it."""

    id: UUID
    starts_at: datetime
    zone: str
    visit: str
    doctor: str
    clinic: str
    status: AppointmentStatus
    can_move: bool
    can_cancel: bool


@dataclass(frozen=True, slots=True)
class MergeOfPatient:
    """Another record (``name``, ``number``) that went into this one by a merge (public id)."""

    id: UUID
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """A patient as the actor may know them, with the appointments that are the actor's to see.

    ``clinic_id`` (public) is one of the actor's that knows them, for whom ``can_keep`` is true;
    ``can_erase`` for an administrator of all clinics, unless they were erased.
    """

    view: PatientView
    number: str
    email: str
    active: bool
    has_account: bool
    can_keep: bool
    can_erase: bool
    clinic_id: UUID | None
    merges: tuple[MergeOfPatient, ...]
    upcoming: tuple[VisitOfPatient, ...]
    past: tuple[VisitOfPatient, ...]


async def list_patients(
    session: AsyncSession, actor: Actor, clinic_id: UUID | None, typed: str
) -> PatientList:
    """Return the first patients who are ``typed``, or all in use when nothing is.

    Raises ``LoginRequired``, ``Forbidden`` for who is no staff, ``NotFound`` for a clinic that
    is not the actor's.
    """
    clinics = await clinics_where(session, actor, Action.KEEP_PATIENTS)
    if not clinics and actor.doctor_id is None:
        require(actor, Action.BOOK_FOR_PATIENT)
    chosen = [each for each in clinics if clinic_id in {None, each.public_id}]
    if clinic_id is not None and not chosen:
        raise NotFound
    gone = select(PersonMerge.merged_id).where(col(PersonMerge.undone_at).is_(None))
    statement = select(Person).where(col(Person.id).not_in(gone))
    if chosen:
        statement = statement.where(known_at([row_id(chosen[0])]))
    else:
        own = select(Appointment.person_id).where(
            Appointment.doctor_id == actor.doctor_id,
            Appointment.status != AppointmentStatus.CANCELLED,
        )
        statement = statement.where(col(Person.id).in_(own))
    if (condition := searched(typed)) is not None:
        statement = statement.where(condition)
    else:
        statement = statement.where(col(Person.active))
    by_name = statement.order_by(
        col(Person.family_name), col(Person.given_name), col(Person.id)
    ).limit(MOST_LISTED + 1)
    found = [known(person) for person in await session.exec(by_name)]
    choices = tuple(ClinicChoice(each.public_id, each.name) for each in clinics)
    return PatientList(
        clinics=choices,
        clinic=next((each for each in choices if chosen and each.id == chosen[0].public_id), None),
        patients=tuple(found[:MOST_LISTED]),
        has_more=len(found) > MOST_LISTED,
    )


async def load_patient(session: AsyncSession, actor: Actor, person_id: UUID) -> PatientRecord:
    """Return a patient (public id), and put the look on record.

    Raises ``LoginRequired``, ``NotFound``, ``Forbidden``.
    """
    view = await profiles.view_patient(session, actor, person_id)
    statement = (
        select(Person, User.email, PersonKey.destroyed_at)
        .outerjoin(User, col(User.id) == Person.user_id)
        .outerjoin(PersonKey, col(PersonKey.person_id) == Person.id)
        .where(Person.public_id == person_id)
    )
    person, account, erased_at = (await session.exec(statement)).one()
    is_erased = erased_at is not None
    visits = await _visits(session, actor, row_id(person))
    now = clock.now()
    ahead = [each for each, ends_at in visits if ends_at > now and each.status is not _CANCELLED]
    clinic_id = await _own_clinic(session, actor, row_id(person))
    return PatientRecord(
        view=view,
        number=person.number,
        # The clinic writes to them; a doctor need not.
        email=(account or person.email or "") if clinic_id else "",
        active=person.active,
        has_account=account is not None,
        can_keep=clinic_id is not None,
        can_erase=allows(actor, Action.ERASE_PATIENT) and not is_erased,
        clinic_id=clinic_id,
        merges=await _merges(session, row_id(person)) if clinic_id else (),
        upcoming=tuple(reversed(ahead)),
        past=tuple(each for each, _ in visits if each not in ahead),
    )


async def list_merges(
    session: AsyncSession, actor: Actor, person_id: UUID
) -> tuple[MergeOfPatient, ...]:
    """Return the records that went into that of a patient (public id), the first one first.

    Raises ``LoginRequired``, ``NotFound``, ``Forbidden``.
    """
    kept = await load_kept(session, actor, person_id)
    return await _merges(session, row_id(kept))


_CANCELLED = AppointmentStatus.CANCELLED


async def _own_clinic(session: AsyncSession, actor: Actor, person_id: int) -> UUID | None:
    statement = select(Clinic).where(col(Clinic.id).in_(clinics_of(person_id)))
    for clinic in await session.exec(statement.order_by(Clinic.name, col(Clinic.id))):
        if allows(actor, Action.KEEP_PATIENTS, Record(clinic_id=row_id(clinic))):
            return clinic.public_id
    return None


async def _merges(session: AsyncSession, person_id: int) -> tuple[MergeOfPatient, ...]:
    statement = (
        select(PersonMerge.public_id, Person)
        .join(Person, col(Person.id) == PersonMerge.merged_id)
        .where(PersonMerge.kept_id == person_id, col(PersonMerge.undone_at).is_(None))
        .order_by(col(PersonMerge.id))
    )
    return tuple(
        MergeOfPatient(key, person.full_name, person.number)
        for key, person in await session.exec(statement)
    )


async def _visits(
    session: AsyncSession, actor: Actor, person_id: int
) -> list[tuple[VisitOfPatient, datetime]]:
    """Return the appointments that the actor may see and when each ends, latest first."""
    statement = (
        select(Appointment, Doctor, Clinic.name, BusyBlock.kind)
        .join(Doctor, col(Doctor.id) == Appointment.doctor_id)
        .join(Clinic, col(Clinic.id) == Appointment.clinic_id)
        .join(BusyBlock, col(BusyBlock.id) == Appointment.block_id)
        .where(Appointment.person_id == person_id)
        .order_by(col(Appointment.starts_at).desc(), col(Appointment.id).desc())
        .limit(_MOST_VISITS)
    )
    found = []
    for row, doctor, clinic, kind in await session.exec(statement):
        record = Record(row.person_id, row.doctor_id, row.clinic_id)
        if not allows(actor, Action.VIEW_APPOINTMENT, record):
            continue
        can_cancel = _CANCELLED in ARROWS[row.status]
        visit = VisitOfPatient(
            id=row.public_id,
            starts_at=row.starts_at,
            zone=row.zone,
            visit=row.visit_name,
            doctor=doctor.full_name,
            clinic=clinic,
            status=row.status,
            can_move=row.status in MOVABLE
            and kind in {BlockKind.VISIT, BlockKind.SESSION}
            and allows(actor, Action.MOVE_APPOINTMENT, record),
            can_cancel=can_cancel and allows(actor, Action.CANCEL_APPOINTMENT, record),
        )
        found.append((visit, row.ends_at))
    return found
