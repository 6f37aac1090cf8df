"""What the public sees of a doctor: who they are, where, and what can be booked with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
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
    BookableBy,
    Clinic,
    Doctor,
    DoctorAtClinic,
    DoctorLanguage,
    DoctorSpecialty,
    Specialty,
    VisitMode,
    VisitType,
    row_id,
)
from appointment_app.scheduling.offered import is_offered
from appointment_app.scheduling.rules import Place, load_places


@dataclass(frozen=True, slots=True)
class VisitTypeView:
    """A visit type that can be booked; ``duration`` in minutes.

    ``price`` is in the doctor's words; ``capacity`` patients share one time. ``clinics`` (public
    ids) are those of the doctor at which it is offered.
    """

    id: UUID
    name: str
    duration: int
    mode: VisitMode
    needs_confirmation: bool
    price: str
    capacity: int
    for_known_patients: bool
    clinics: tuple[UUID, ...]


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

    def visit_types_at(self, clinic_id: UUID) -> tuple[VisitTypeView, ...]:
        """Return what can be booked at one of the clinics; the first is the default."""
        return tuple(each for each in self.visit_types if clinic_id in each.clinics)


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
    visit_types = await load_visit_types(session, places)
    profiles = await load_profiles(session, [key])
    return view_doctor(
        doctor,
        profiles[key],
        clinics=tuple(view_clinic(place.clinic) for place in places),
        visit_types=view_visit_types(places, visit_types),
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


def view_visit_types(
    places: Sequence[Place], visit_types: Mapping[int, Sequence[VisitType]]
) -> tuple[VisitTypeView, ...]:
    """Return what the public sees of the visit types at some places of one doctor, in order.

    ``visit_types`` are by the id of the place, as they are loaded below. Never their join links.
    """
    clinics: defaultdict[int, list[UUID]] = defaultdict(list)
    found: dict[int, VisitType] = {}
    for place in places:
        for each in visit_types.get(place.id, ()):
            found[row_id(each)] = each
            clinics[row_id(each)].append(place.clinic.public_id)
    return tuple(
        VisitTypeView(
            id=each.public_id,
            name=each.name,
            duration=each.duration,
            mode=each.mode,
            needs_confirmation=each.needs_confirmation,
            price=each.price,
            capacity=each.capacity,
            for_known_patients=each.bookable_by is BookableBy.KNOWN_PATIENTS,
            clinics=tuple(clinics[key]),
        )
        for key, each in sorted(found.items(), key=lambda item: (item[1].position, item[0]))
    )


async def load_visit_types(
    session: AsyncSession, places: Collection[Place]
) -> dict[int, tuple[VisitType, ...]]:
    """Return what patients can book at each place, by its id; the first is the default."""
    found: defaultdict[int, tuple[VisitType, ...]] = defaultdict(tuple)
    statement = (
        select(VisitType, DoctorAtClinic.id)
        .join(DoctorAtClinic, col(DoctorAtClinic.doctor_id) == VisitType.doctor_id)
        .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
        .where(col(DoctorAtClinic.id).in_({place.id for place in places}), *is_offered())
        .order_by(col(VisitType.position), col(VisitType.id))
    )
    for visit_type, place_id in await session.exec(statement):
        found[place_id or 0] += (visit_type,)
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
