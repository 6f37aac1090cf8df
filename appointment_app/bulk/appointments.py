"""Appointments from a file, past ones too, held against each other and against what is booked."""

from __future__ import annotations

import secrets
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import person_keys
from appointment_app.accounts.actor import Actor
from appointment_app.bulk.columns import NUMBER
from appointment_app.bulk.overlaps import Occupied, load_occupied
from appointment_app.bulk.patients import find_patients, patients_within_reach
from appointment_app.bulk.plan import (
    Entry,
    Known,
    Plan,
    Progress,
    find,
    in_turns,
    load_clinics,
    own_clinic,
    owners_of,
    rows_where_in,
    taken_by_other,
)
from appointment_app.bulk.reading import Line
from appointment_app.i18n import t
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    BlockKind,
    BulkKind,
    BusyBlock,
    Clinic,
    Doctor,
    DoctorAtClinic,
    Person,
    VisitMode,
    VisitType,
    row_id,
)
from appointment_app.scheduling.statuses import ARROWS

_STATUSES = {
    each.value: each for each in AppointmentStatus if each is not AppointmentStatus.CHECKED_IN
}
_OPEN = {AppointmentStatus.PENDING, AppointmentStatus.CONFIRMED}
_ENDED = {AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW}
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_NEAREST_YEAR, _FARTHEST_YEAR = 2000, 2100


@dataclass(slots=True)
class _Stored:
    appointments: dict[str, Appointment]
    doctors: dict[str, Doctor]
    patients: dict[str, Person]
    reached: set[int]
    erased: set[int]
    imported: set[int]  # appointments that came by a file
    at_clinics: set[tuple[int, int]]
    visit_types: defaultdict[int, dict[str, VisitType]] = field(
        default_factory=lambda: defaultdict(dict)
    )


async def plan_appointments(
    session: AsyncSession,
    actor: Actor,
    lines: list[Line],
    progress: Progress,
) -> Plan:
    """Return what a file of appointments does."""
    plan = Plan(BulkKind.APPOINTMENTS)
    known = await load_clinics(session, actor, (line.cells["clinic"] for line in lines))
    stored = await _load(session, known, lines)
    plan.doctors = {row_id(each) for each in stored.doctors.values()}
    plan.seen = {
        Doctor: {row_id(each): each.version for each in stored.doctors.values()},
        Person: {row_id(each): each.version for each in stored.patients.values()},
    }
    drafts = []
    async for line in in_turns(lines, progress):
        if (draft := _draft(plan, line, known, stored)) is not None:
            drafts.append(draft)
    occupied = await load_occupied(
        session,
        plan.doctors,
        {row_id(each) for each in stored.patients.values()},
        [(draft.starts_at, draft.ends_at) for draft in drafts],
    )
    async for draft in in_turns(drafts, lambda _: None):
        _keep(plan, draft, stored, occupied, actor)
    return plan


@dataclass(slots=True)
class _Draft:
    """A line, read."""

    line: Line
    clinic: Clinic
    doctor: Doctor
    patient: Person
    visit_type: VisitType
    starts_at: datetime
    duration: int
    status: AppointmentStatus

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.duration)


async def _load(session: AsyncSession, known: Known, lines: list[Line]) -> _Stored:
    def cells(column: str) -> list[str]:
        return [line.cells[column] for line in lines]

    appointments = await find(session, BulkKind.APPOINTMENTS, Appointment, cells(NUMBER))
    doctors = await find(session, BulkKind.DOCTORS, Doctor, cells("doctor"))
    patients = await find_patients(session, cells("patient"))
    doctor_ids = [row_id(each) for each in doctors.values()]
    place = select(DoctorAtClinic.doctor_id, DoctorAtClinic.clinic_id)
    owners = await owners_of(
        session, BulkKind.APPOINTMENTS, (row_id(each) for each in appointments.values())
    )
    patient_ids = [row_id(each) for each in patients.values()]
    stored = _Stored(
        appointments,
        doctors,
        patients,
        await patients_within_reach(session, known, patient_ids),
        await person_keys.erased(session, patient_ids),
        set(owners),
        set(await rows_where_in(session, place, col(DoctorAtClinic.doctor_id), doctor_ids)),
    )
    visit_types = select(VisitType).order_by(col(VisitType.active), col(VisitType.id))
    for each in await rows_where_in(session, visit_types, col(VisitType.doctor_id), doctor_ids):
        stored.visit_types[each.doctor_id][each.name.casefold()] = each
    return stored


def _draft(plan: Plan, line: Line, known: Known, stored: _Stored) -> _Draft | None:
    """Return the line, None after a problem was noted."""
    before, cells = len(plan.problems), line.cells
    clinic = own_clinic(plan, line, known, "clinic", cells["clinic"])
    doctor = stored.doctors.get(cells["doctor"])
    if clinic and (doctor is None or (doctor.id, clinic.id) not in stored.at_clinics):
        sentence = t("No doctor with the number {n} works at this clinic.", n=cells["doctor"])
        plan.refuse(line, "doctor", sentence)
    patient = stored.patients.get(cells["patient"])
    if patient is None or patient.id not in stored.reached:
        sentence = t("Your clinics know no patient with the number {n}.", n=cells["patient"])
        plan.refuse(line, "patient", sentence)
    visit_type = None
    if doctor is not None:
        visit_type = stored.visit_types[row_id(doctor)].get(cells["visit_type"].casefold())
        if visit_type is None:
            plan.refuse(line, "visit_type", t("The doctor has no visit type of this name."))
    starts_at = _moment(plan, line, clinic)
    duration = _duration(plan, line, visit_type)
    status = _STATUSES.get(cells["status"].casefold())
    if status is None:
        sentence = t("Please write pending, confirmed, completed, no_show or cancelled.")
        plan.refuse(line, "status", sentence)
    elif status in _ENDED and starts_at is not None and starts_at > clock.now():
        plan.refuse(line, "status", t("What is still to come has not ended yet."))
    if len(plan.problems) > before:
        return None
    # Each of them has a problem otherwise; the type checker cannot know.
    if not (clinic and doctor and patient and visit_type and starts_at and status):
        return None
    return _Draft(line, clinic, doctor, patient, visit_type, starts_at, duration, status)


def _moment(plan: Plan, line: Line, clinic: Clinic | None) -> datetime | None:
    """Return when it starts, in UTC; a time without an offset is by the clinic's clock."""
    try:
        typed = datetime.fromisoformat(line.cells["start"])
    except ValueError:
        plan.refuse(line, "start", t("Please give day and time, such as 2026-11-23 10:00."))
        return None
    if not _NEAREST_YEAR <= typed.year <= _FARTHEST_YEAR:
        plan.refuse(line, "start", t("This year cannot be meant."))
        return None
    if typed.tzinfo is not None:
        return typed.astimezone(UTC).replace(second=0, microsecond=0)
    if clinic is None:
        return None
    local = typed.replace(second=0, microsecond=0, tzinfo=ZoneInfo(clinic.zone))
    moment = local.astimezone(UTC)
    if moment.astimezone(ZoneInfo(clinic.zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        plan.refuse(line, "start", t("Clocks skip this time when they go forward."))
        return None
    return moment


def _duration(plan: Plan, line: Line, visit_type: VisitType | None) -> int:
    typed = line.cells["duration"]
    if not typed:
        return visit_type.duration if visit_type else 0
    minutes = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 4 else 0
    if not 1 <= minutes <= 24 * 60:
        plan.refuse(line, "duration", t("Please give minutes, from 1 to 1440."))
    return minutes


def _keep(plan: Plan, draft: _Draft, stored: _Stored, occupied: Occupied, actor: Actor) -> None:
    line, row = draft.line, stored.appointments.get(draft.line.cells[NUMBER])
    if row is None:
        if row_id(draft.patient) in stored.erased:
            plan.refuse(line, "patient", t("This patient was erased on their wish."))
            return
        if draft.visit_type.capacity > 1:
            plan.refuse(line, "visit_type", t("Group sessions are not brought in by a file."))
            return
        if not draft.patient.active:
            plan.refuse(line, "patient", t("The record of this patient is not in use."))
            return
        if _is_free(plan, draft, occupied, None):
            plan.keep(_new(draft, actor))
        return
    whose = (draft.clinic.id, draft.doctor.id, draft.patient.id, draft.visit_type.id)
    if (row.clinic_id, row.doctor_id, row.person_id, row.visit_type_id) != whose:
        sentence = t("This number belongs to an appointment of another doctor, patient or visit.")
        plan.refuse(line, NUMBER, taken_by_other(line.cells[NUMBER], sentence))
        return
    is_moved = (row.starts_at, row.ends_at) != (draft.starts_at, draft.ends_at)
    if not is_moved and row.status is draft.status:
        plan.same += 1
        return
    if row.id not in stored.imported:
        sentence = t("This was booked here: change it in the calendar, so that the patient hears.")
        plan.refuse(line, "start" if is_moved else "status", sentence)
    elif is_moved and row.status not in _OPEN:
        plan.refuse(line, "start", t("Only what is still open can move."))
    elif row.status is not draft.status and draft.status not in ARROWS[row.status]:
        sentence = t("It is {status} and cannot become that.", status=row.status.value)
        plan.refuse(line, "status", sentence)
    elif _is_free(plan, draft, occupied, row):
        plan.keep(_changed(draft, row, actor))


def _is_free(plan: Plan, draft: _Draft, occupied: Occupied, row: Appointment | None) -> bool:
    """Tell whether doctor and patient have time, noting a problem for each who has not."""
    if draft.status is AppointmentStatus.CANCELLED:
        return True
    conflict = occupied.taken(
        draft.line.number,
        row_id(draft.doctor),
        row_id(draft.patient),
        draft.starts_at,
        draft.ends_at,
        except_block=row.block_id if row else None,
        except_appointment=row.id if row else None,
    )
    if conflict is not None:
        plan.refuse(draft.line, "start", conflict)
    return conflict is None


def _new(draft: _Draft, actor: Actor) -> Entry:
    return Entry(
        draft.line.number,
        draft.line.cells[NUMBER],
        None,
        True,
        make=lambda: _rows_of(draft, actor),
        parent_field="block_id",
        clinic_id=draft.clinic.id,
        person_id=draft.patient.id,
    )


def _rows_of(draft: _Draft, actor: Actor) -> tuple[Appointment, BusyBlock]:
    """Return a new appointment and what it occupies the doctor with."""
    is_cancelled = draft.status is AppointmentStatus.CANCELLED
    clinic, visit_type = draft.clinic, draft.visit_type
    in_person = visit_type.mode is VisitMode.IN_PERSON
    block = BusyBlock(
        doctor_id=row_id(draft.doctor),
        kind=BlockKind.VISIT,
        busy_from=draft.starts_at,
        busy_until=draft.ends_at,
        active=not is_cancelled,
    )
    appointment = Appointment(
        reference="".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(8)),
        block_id=0,
        person_id=row_id(draft.patient),
        doctor_id=row_id(draft.doctor),
        clinic_id=row_id(clinic),
        visit_type_id=row_id(visit_type),
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        status=draft.status,
        active=not is_cancelled,
        visit_name=visit_type.name,
        duration=draft.duration,
        mode=visit_type.mode,
        price=visit_type.price,
        place=f"{clinic.name}, {clinic.address}" if in_person else "",
        zone=clinic.zone,
        join_link="" if in_person else visit_type.join_link,
        booked_by=actor.user_id or draft.doctor.user_id,
        idempotency_key=f"import-{secrets.token_hex(16)}",
    )
    return appointment, block


def _changed(draft: _Draft, row: Appointment, actor: Actor) -> Entry:
    changes: dict[str, Any] = {
        "starts_at": draft.starts_at,
        "ends_at": draft.ends_at,
        "duration": draft.duration,
        "status": draft.status,
    }
    if draft.status is AppointmentStatus.CANCELLED:
        changes |= {
            "active": False,
            "cancelled_at": clock.now(),
            "cancelled_by": actor.user_id,
        }
    return Entry(
        draft.line.number,
        draft.line.cells[NUMBER],
        row,
        False,
        {name: value for name, value in changes.items() if getattr(row, name) != value},
        clinic_id=draft.clinic.id,
        person_id=draft.patient.id,
    )
