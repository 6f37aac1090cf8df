"""What the public sees of a doctor: who they are, where, and what can be booked with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, require
from appointment_app.errors import NotFound
from appointment_app.live.keys import doctor_key
from appointment_app.models import (
    Clinic,
    Doctor,
    DoctorLanguage,
    DoctorSpecialty,
    Specialty,
    VisitMode,
    VisitType,
    row_id,
)
from appointment_app.scheduling.rules import load_places


@dataclass(frozen=True, slots=True)
class VisitTypeView:
    """A visit type that can be booked; ``duration`` in minutes."""

    id: UUID
    name: str
    duration: int
    mode: VisitMode
    needs_confirmation: bool


@dataclass(frozen=True, slots=True)
class ClinicView:
    """A clinic as the public sees it."""

    id: UUID
    name: str
    address: str
    city: str
    zone: str
    phone: str


@dataclass(frozen=True, slots=True)
class DoctorView:
    """A doctor as the public sees them; ``years`` of experience, languages as ISO 639-1.

    ``key`` is published when something changes, and ``revision`` is what was read: neither is for
    the browser.
    """

    id: UUID
    name: str
    specialties: tuple[str, ...]
    languages: tuple[str, ...]
    years: int | None
    bio: str
    clinics: tuple[ClinicView, ...]
    visit_types: tuple[VisitTypeView, ...]
    key: str
    revision: int


@dataclass(frozen=True, slots=True)
class DoctorProfile:
    """The names of a doctor's specialties, the main one first, and languages (ISO 639-1)."""

    specialties: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)


async def get_doctor(session: AsyncSession, actor: Actor, doctor_id: UUID) -> DoctorView:
    """Return the public view of a doctor; raises ``NotFound`` where patients cannot book."""
    require(actor, Action.FIND_DOCTORS)
    places = await load_places(session, col(Doctor.public_id) == doctor_id)
    if not places:
        raise NotFound
    doctor, key = places[0].doctor, places[0].doctor_id
    visit_types = await load_visit_types(session, [key])
    profiles = await load_profiles(session, [key])
    return view_doctor(
        doctor,
        profiles[key],
        clinics=tuple(view_clinic(place.clinic) for place in places),
        visit_types=tuple(view_visit_type(each) for each in visit_types[key]),
    )


def view_doctor(
    doctor: Doctor,
    profile: DoctorProfile,
    *,
    clinics: tuple[ClinicView, ...],
    visit_types: tuple[VisitTypeView, ...],
) -> DoctorView:
    """Return what the public sees of ``doctor``."""
    return DoctorView(
        id=doctor.public_id,
        name=doctor.full_name,
        specialties=tuple(profile.specialties),
        languages=tuple(profile.languages),
        years=years_of_experience(doctor),
        bio=doctor.bio,
        clinics=clinics,
        visit_types=visit_types,
        key=doctor_key(row_id(doctor)),
        revision=doctor.revision,
    )


def years_of_experience(doctor: Doctor) -> int | None:
    """Return for how many calendar years the doctor has practised, if that is known."""
    if doctor.practising_since is None:
        return None
    return max(0, clock.now().year - doctor.practising_since)


def view_clinic(clinic: Clinic) -> ClinicView:
    """Return what the public sees of ``clinic``."""
    return ClinicView(
        clinic.public_id, clinic.name, clinic.address, clinic.city, clinic.zone, clinic.phone
    )


def view_visit_type(visit_type: VisitType) -> VisitTypeView:
    """Return what the public sees of ``visit_type``; never its join link."""
    return VisitTypeView(
        visit_type.public_id,
        visit_type.name,
        visit_type.duration,
        visit_type.mode,
        visit_type.needs_confirmation,
    )


async def load_visit_types(
    session: AsyncSession, doctor_ids: Collection[int]
) -> dict[int, tuple[VisitType, ...]]:
    """Return the active visit types of each doctor; the first is the default."""
    found: defaultdict[int, tuple[VisitType, ...]] = defaultdict(tuple)
    for visit_type in await session.exec(
        select(VisitType)
        .where(col(VisitType.doctor_id).in_(doctor_ids), col(VisitType.active))
        .order_by(col(VisitType.position), col(VisitType.id))
    ):
        found[visit_type.doctor_id] += (visit_type,)
    return found


async def load_profiles(
    session: AsyncSession, doctor_ids: Collection[int]
) -> dict[int, DoctorProfile]:
    """Return each doctor's specialties and languages; one statement."""
    no_position = sa.cast(sa.null(), sa.Integer)
    specialties: Any = (
        sa.select(
            col(DoctorSpecialty.doctor_id).label("doctor"),
            col(DoctorSpecialty.position).label("position"),
            col(Specialty.name).label("name"),
        )
        .join(Specialty)
        .where(col(DoctorSpecialty.doctor_id).in_(doctor_ids))
    )
    languages = sa.select(
        col(DoctorLanguage.doctor_id), no_position, col(DoctorLanguage.language)
    ).where(col(DoctorLanguage.doctor_id).in_(doctor_ids))
    statement: Any = sa.union_all(specialties, languages)
    rows = (await session.exec(statement)).all()
    found: defaultdict[int, DoctorProfile] = defaultdict(DoctorProfile)
    for doctor, _, name in sorted(row for row in rows if row.position is not None):
        found[doctor].specialties.append(name)
    for doctor, name in sorted((row.doctor, row.name) for row in rows if row.position is None):
        found[doctor].languages.append(name)
    return found
