"""Records as files that can be brought in again: the same columns, and nothing changed by it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import csv_files
from appointment_app.accounts import audit, person_keys
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.bulk.columns import COLUMNS
from appointment_app.bulk.plan import rows_where_in
from appointment_app.database import transactional
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    BulkKind,
    Clinic,
    Doctor,
    DoctorAtClinic,
    DoctorLanguage,
    DoctorSpecialty,
    ExternalNumber,
    PatientOfClinic,
    Person,
    PersonMerge,
    Specialty,
    User,
    VisitType,
    row_id,
)

_TABLES: dict[BulkKind, Any] = {
    BulkKind.CLINICS: Clinic,
    BulkKind.DOCTORS: Doctor,
    BulkKind.PATIENTS: Person,
    BulkKind.APPOINTMENTS: Appointment,
}


async def export(session: AsyncSession, actor: Actor, kind: BulkKind) -> bytes:
    """Return what the clinics have that the actor administers, as a CSV file; it is on record.

    Raises ``LoginRequired``, ``Forbidden``.
    """
    clinics = await _noted(session, actor, kind)
    rows = await _ROWS[kind](session, {row_id(each): each for each in clinics})
    return csv_files.written([column.name for column in COLUMNS[kind]], rows)


@transactional
async def _noted(session: AsyncSession, actor: Actor, kind: BulkKind) -> list[Clinic]:
    """Return the clinics of the actor, and put on record that their records are taken out.

    For each of them: its administrators read of it, whoever of them it was.
    """
    clinics = [
        each
        for each in await session.exec(select(Clinic).order_by(col(Clinic.id)))
        if allows(actor, Action.IMPORT_RECORDS, Record(clinic_id=each.id))
    ]
    if not clinics:
        require(actor, Action.IMPORT_RECORDS)
    for each in clinics:
        audit.record(
            session,
            actor,
            f"{kind}.exported",
            record_type="export",
            record_id=0,
            clinic_id=row_id(each),
        )
    return clinics


async def _numbers(session: AsyncSession, kind: BulkKind, ids: Iterable[int]) -> dict[int, str]:
    """Return the number of each record, or its public id where it has none."""
    wanted = set(ids)
    table = _TABLES[kind]
    found = {
        key: str(public_id)
        for key, public_id in await rows_where_in(
            session, select(table.id, table.public_id), table.id, wanted
        )
    }
    stored = select(ExternalNumber.record_id, ExternalNumber.number).where(
        ExternalNumber.kind == kind
    )
    return found | dict(await rows_where_in(session, stored, col(ExternalNumber.record_id), wanted))


async def _clinics(session: AsyncSession, clinics: dict[int, Clinic]) -> list[Sequence[Any]]:
    numbers = await _numbers(session, BulkKind.CLINICS, clinics)
    return [
        (
            numbers[key],
            *(each.name, each.street, each.postcode, each.city, each.state),
            *(each.country, each.region, each.zone, each.phone, each.email),
            "yes" if each.closed_on_holidays else "no",
        )
        for key, each in clinics.items()
    ]


async def _doctors(session: AsyncSession, clinics: dict[int, Clinic]) -> list[Sequence[Any]]:
    at = select(DoctorAtClinic.doctor_id, DoctorAtClinic.clinic_id).order_by(col(DoctorAtClinic.id))
    places: defaultdict[int, list[int]] = defaultdict(list)
    for doctor, clinic in await rows_where_in(session, at, col(DoctorAtClinic.clinic_id), clinics):
        places[doctor].append(clinic)
    numbers = await _numbers(session, BulkKind.DOCTORS, places)
    clinic_numbers = await _numbers(session, BulkKind.CLINICS, clinics)
    details: list[defaultdict[int, list[str]]] = []
    for statement, owner in (
        (
            select(DoctorSpecialty.doctor_id, Specialty.code)
            .join(Specialty, col(Specialty.id) == DoctorSpecialty.specialty_id)
            .order_by(col(DoctorSpecialty.position)),
            DoctorSpecialty.doctor_id,
        ),
        (
            select(DoctorLanguage.doctor_id, DoctorLanguage.language).order_by(
                DoctorLanguage.language
            ),
            DoctorLanguage.doctor_id,
        ),
        (
            select(VisitType.doctor_id, VisitType.name, VisitType.duration)
            .where(col(VisitType.active), ~col(VisitType.name).contains("|"))
            .order_by(col(VisitType.position), col(VisitType.id)),
            VisitType.doctor_id,
        ),
    ):
        found: defaultdict[int, list[str]] = defaultdict(list)
        for key, *words in await rows_where_in(session, statement, owner, places):
            found[key].append(" ".join(map(str, words)))
        details.append(found)
    specialties, languages, visits = details
    doctors = select(Doctor, User.email).join(User, col(User.id) == Doctor.user_id)
    return [
        (
            *(numbers[key], email, each.title, each.given_name, each.family_name),
            *(each.licence_number, each.practising_since),
            *("|".join(found[key]) for found in (specialties, languages)),
            "|".join(clinic_numbers[clinic] for clinic in places[key]),
            "|".join(visits[key]),
        )
        for each, email in await rows_where_in(session, doctors, col(Doctor.id), places)
        for key in (row_id(each),)
    ]


async def _patients(session: AsyncSession, clinics: dict[int, Clinic]) -> list[Sequence[Any]]:
    seen = select(Appointment.person_id, Appointment.clinic_id).distinct()
    owned = select(PatientOfClinic.person_id, PatientOfClinic.clinic_id)
    places = dict(await rows_where_in(session, seen, col(Appointment.clinic_id), clinics))
    places |= dict(await rows_where_in(session, owned, col(PatientOfClinic.clinic_id), clinics))
    # Who was erased, or went into another record, could not be brought in again.
    merged = select(PersonMerge.merged_id).where(col(PersonMerge.undone_at).is_(None))
    gone = await rows_where_in(session, merged, col(PersonMerge.merged_id), places)
    for key in (*gone, *await person_keys.erased(session, places)):
        places.pop(key, None)
    numbers = await _numbers(session, BulkKind.PATIENTS, places)
    clinic_numbers = await _numbers(session, BulkKind.CLINICS, clinics)
    return [
        (
            *(numbers[row_id(each)], clinic_numbers[places[row_id(each)]]),
            *(each.given_name, each.family_name, each.birth_date, each.phone, each.language),
        )
        for each in await rows_where_in(session, select(Person), col(Person.id), places)
    ]


async def _appointments(session: AsyncSession, clinics: dict[int, Clinic]) -> list[Sequence[Any]]:
    # Who waits in the clinic is there to be seen today: that is no state to be brought in.
    statement = (
        sa.select(
            col(Appointment.id),
            col(Appointment.clinic_id),
            col(Appointment.doctor_id),
            col(Appointment.person_id),
            col(Appointment.starts_at),
            col(VisitType.name),
            col(Appointment.duration),
            col(Appointment.status),
        )
        .join(VisitType, col(VisitType.id) == Appointment.visit_type_id)
        .where(col(Appointment.status) != AppointmentStatus.CHECKED_IN)
        .order_by(col(Appointment.starts_at), col(Appointment.id))
    )
    found = await rows_where_in(session, statement, col(Appointment.clinic_id), clinics)
    own = await _numbers(session, BulkKind.APPOINTMENTS, (row[0] for row in found))
    at = await _numbers(session, BulkKind.CLINICS, clinics)
    doctors = await _numbers(session, BulkKind.DOCTORS, (row[2] for row in found))
    patients = await _numbers(session, BulkKind.PATIENTS, (row[3] for row in found))
    zones = {key: ZoneInfo(each.zone) for key, each in clinics.items()}
    return [
        (
            *(own[key], at[clinic], doctors[doctor], patients[person]),
            # With its offset: an hour that is shown twice is one of the two.
            starts_at.astimezone(zones[clinic]).isoformat(" ", "minutes"),
            *(visit, duration, status.value),
        )
        for key, clinic, doctor, person, starts_at, visit, duration, status in found
    ]


_ROWS = {
    BulkKind.CLINICS: _clinics,
    BulkKind.DOCTORS: _doctors,
    BulkKind.PATIENTS: _patients,
    BulkKind.APPOINTMENTS: _appointments,
}
