"""Doctors from a file: each with a login, specialties, clinics and visit types."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.contact_details import Unreadable, read_email, read_name
from appointment_app.bulk.columns import NUMBER
from appointment_app.bulk.patients import read_language
from appointment_app.bulk.plan import (
    Entry,
    Known,
    Plan,
    Progress,
    differing,
    find,
    in_turns,
    load_clinics,
    own_clinic,
    rows_where_in,
    several,
    taken_by_other,
)
from appointment_app.bulk.reading import Line
from appointment_app.i18n import t
from appointment_app.models import (
    Approval,
    BulkKind,
    Clinic,
    Doctor,
    DoctorAtClinic,
    DoctorLanguage,
    DoctorSpecialty,
    Role,
    RoleAssignment,
    Specialty,
    User,
    VisitType,
    row_id,
)

_VISIT = re.compile(r"(.{1,80}?)\s+(\d{1,3})")
# Nobody has this as a password: they choose one with a mailed link.
_NO_PASSWORD = "!"  # noqa: S105
_LIMITS = {"title": 20, "licence_number": 40}


@dataclass(slots=True)
class _Stored:
    """What there is already, to be compared with."""

    doctors: dict[str, Doctor]
    specialties: dict[str, int]
    emails: dict[str, int]
    licences: dict[str, int]
    clinics: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    works: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    fields: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    languages: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    visits: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


@dataclass(slots=True)
class _Typed:
    """A line, read."""

    values: dict[str, Any]
    email: str
    clinics: list[Clinic]
    specialties: list[int]
    languages: list[str]
    visits: list[tuple[str, int]]


async def plan_doctors(
    session: AsyncSession, actor: Actor, lines: list[Line], progress: Progress
) -> Plan:
    """Return what a file of doctors does."""
    plan = Plan(BulkKind.DOCTORS)
    numbers = {number for line in lines for number in several(line.cells["clinics"])}
    known = await load_clinics(session, actor, numbers)
    stored = await _load(session, lines)
    async for line in in_turns(lines, progress):
        doctor = stored.doctors.get(line.cells[NUMBER])
        typed = _read(plan, line, known, stored, doctor)
        if typed is None:
            continue
        if doctor is None:
            plan.keep(_new(line, typed, actor))
            continue
        key = row_id(doctor)
        if not (stored.works[key] or stored.clinics[key]) & known.own:
            sentence = t("This number belongs to a doctor of another clinic.")
            plan.refuse(line, NUMBER, taken_by_other(line.cells[NUMBER], sentence))
            continue
        plan.keep(_changed(line, typed, doctor, stored))
    plan.doctors = {row_id(each.row) for each in plan.entries if not each.is_new}
    return plan


async def _load(session: AsyncSession, lines: list[Line]) -> _Stored:
    doctors = await find(session, BulkKind.DOCTORS, Doctor, (line.cells[NUMBER] for line in lines))
    emails = {line.cells["email"].strip().lower() for line in lines}
    licences = {line.cells["licence_number"] for line in lines}
    ids = [row_id(each) for each in doctors.values()]
    stored = _Stored(
        doctors,
        {code: key or 0 for code, key in await session.exec(select(Specialty.code, Specialty.id))},
        dict(await rows_where_in(session, select(User.email, User.id), col(User.email), emails)),
        dict(
            await rows_where_in(
                session,
                select(Doctor.licence_number, Doctor.id),
                col(Doctor.licence_number),
                licences,
            )
        ),
    )
    at_work = select(DoctorAtClinic.doctor_id, DoctorAtClinic.clinic_id).where(
        col(DoctorAtClinic.active)
    )
    for key, clinic in await rows_where_in(session, at_work, col(DoctorAtClinic.doctor_id), ids):
        stored.works[key].add(clinic)
    for found, (owner, value) in (
        (stored.clinics, (DoctorAtClinic.doctor_id, DoctorAtClinic.clinic_id)),
        (stored.fields, (DoctorSpecialty.doctor_id, DoctorSpecialty.specialty_id)),
        (stored.languages, (DoctorLanguage.doctor_id, DoctorLanguage.language)),
        (stored.visits, (VisitType.doctor_id, VisitType.name)),
    ):
        for key, each in await rows_where_in(session, select(owner, value), col(owner), ids):
            of_doctor: set[Any] = found[key]
            of_doctor.add(each.casefold() if found is stored.visits else each)
    return stored


def _read(
    plan: Plan, line: Line, known: Known, stored: _Stored, doctor: Doctor | None
) -> _Typed | None:
    """Return the line, None after a problem was noted."""
    before = len(plan.problems)
    cells = line.cells
    values: dict[str, Any] = {}
    for name, limit in _LIMITS.items():
        values[name] = " ".join(cells[name].split())
        if len(values[name]) > limit:
            plan.refuse(line, name, t("Please use at most {limit} characters.", limit=limit))
    for name in ("given_name", "family_name"):
        try:
            values[name] = read_name(cells[name])
        except Unreadable as unreadable:
            plan.refuse(line, name, str(unreadable))
    values["practising_since"] = _year(plan, line)
    typed = _Typed(
        values,
        _email(plan, line, stored, doctor),
        [
            clinic
            for number in several(cells["clinics"])
            if (clinic := own_clinic(plan, line, known, "clinics", number))
        ],
        _specialties(plan, line, stored),
        [read_language(plan, line, "languages", each) for each in several(cells["languages"])],
        _visits(plan, line),
    )
    own = row_id(doctor) if doctor else -line.number
    if stored.licences.setdefault(values["licence_number"], own) != own:
        sentence = t("There is another doctor with this licence number.")
        plan.refuse(line, "licence_number", sentence)
    return typed if len(plan.problems) == before else None


def _year(plan: Plan, line: Line) -> int | None:
    typed = line.cells["practising_since"]
    if not typed:
        return None
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else 0
    if not 1930 <= year <= clock.now().year:
        plan.refuse(line, "practising_since", t("Please give a year, such as 2009."))
    return year


def _email(plan: Plan, line: Line, stored: _Stored, doctor: Doctor | None) -> str:
    try:
        email = read_email(line.cells["email"])
    except Unreadable as unreadable:
        plan.refuse(line, "email", str(unreadable))
        return ""
    if doctor is not None:
        if stored.emails.get(email) != doctor.user_id:
            plan.refuse(line, "email", t("The login of a doctor is not changed by a file."))
    elif stored.emails.setdefault(email, -line.number) != -line.number:
        plan.refuse(line, "email", t("There is an account with this address already."))
    return email


def _specialties(plan: Plan, line: Line, stored: _Stored) -> list[int]:
    codes = several(line.cells["specialties"].casefold())
    for code in codes:
        if code not in stored.specialties:
            sentence = t("There is no specialty with the code {code}.", code=code)
            plan.refuse(line, "specialties", sentence)
    return [stored.specialties[code] for code in codes if code in stored.specialties]


def _visits(plan: Plan, line: Line) -> list[tuple[str, int]]:
    visits = []
    for each in several(line.cells["visit_types"]):
        matched = _VISIT.fullmatch(each)
        if matched is None or not 5 <= int(matched[2]) <= 480:
            sentence = t("Please give name and minutes (5 to 480), such as First visit 30.")
            plan.refuse(line, "visit_types", sentence)
        else:
            visits.append((matched[1], int(matched[2])))
    return visits


def _new(line: Line, typed: _Typed, actor: Actor) -> Entry:
    doctor = Doctor(
        **typed.values,
        user_id=0,
        approval=Approval.APPROVED,
        approval_decided_at=clock.now(),
        approval_decided_by=actor.user_id,
    )

    def then(entry: Entry) -> list[SQLModel]:
        role = RoleAssignment(user_id=entry.parent_key, role=Role.DOCTOR)
        return [role, *_belongings(entry.key, typed, set(), set(), set(), set())]

    return Entry(
        line.number,
        line.cells[NUMBER],
        doctor,
        True,
        parent=User(email=typed.email, password_hash=_NO_PASSWORD),
        parent_field="user_id",
        then=then,
        clinic_id=row_id(typed.clinics[0]),
    )


def _changed(line: Line, typed: _Typed, doctor: Doctor, stored: _Stored) -> Entry:
    key = row_id(doctor)
    missing = _belongings(
        key, typed, stored.clinics[key], stored.fields[key], stored.languages[key],
        stored.visits[key],
    )  # fmt: skip
    return Entry(
        line.number,
        line.cells[NUMBER],
        doctor,
        False,
        differing(doctor, typed.values),
        then=(lambda _: missing) if missing else None,
        then_fields=tuple(sorted({str(each.__tablename__) for each in missing})),
        clinic_id=row_id(typed.clinics[0]),
    )


def _belongings(
    doctor_id: int,
    typed: _Typed,
    clinics: set[int],
    fields: set[int],
    languages: set[str],
    visits: set[str],
) -> list[SQLModel]:
    """Return what the line names and the doctor does not have yet; nothing is ever taken away."""
    rows: list[SQLModel] = [
        DoctorAtClinic(doctor_id=doctor_id, clinic_id=row_id(clinic))
        for clinic in typed.clinics
        if clinic.id not in clinics
    ]
    rows += [
        DoctorSpecialty(doctor_id=doctor_id, specialty_id=key, position=len(fields) + position)
        for position, key in enumerate(dict.fromkeys(typed.specialties))
        if key not in fields
    ]
    rows += [
        DoctorLanguage(doctor_id=doctor_id, language=language)
        for language in dict.fromkeys(typed.languages)
        if language not in languages
    ]
    rows += [
        VisitType(doctor_id=doctor_id, name=name, duration=minutes, position=len(visits) + position)
        for position, (name, minutes) in enumerate(dict(typed.visits).items())
        if name.casefold() not in visits
    ]
    return rows
