"""What the public sees of a doctor: who they are, where, and what can be booked with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
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
    Department,
    Doctor,
    DoctorAtClinic,
    DoctorDepartment,
    DoctorLanguage,
    DoctorSpecialty,
    PublicHours,
    Specialty,
    VisitMode,
    VisitType,
    row_id,
)
from appointment_app.scheduling.offered import is_offered
from appointment_app.scheduling.rules import UNREAD, Place, bookable_places
from appointment_app.texts import search_form


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
class DepartmentView:
    """A department of a clinic as the public sees it."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class ClinicView:
    """A clinic as the public sees it; ``opening_hours`` as ``clinics/public_hours.py`` has them.

    ``departments`` are those to which the doctor belongs whose clinic it is, by name.
    """

    id: UUID
    name: str
    address: str
    city: str
    zone: str
    phone: str
    opening_hours: PublicHours = ()
    departments: tuple[DepartmentView, ...] = ()


@dataclass(frozen=True, slots=True)
class DoctorView:
    """A doctor as the public sees them; ``years`` of experience, languages as ISO 639-1.

    ``photo`` names their photo, and is empty without one.

    ``key`` is published when something changes, and ``revision`` is what was read;
    ``suspended_from`` is when they are not found any more, though nothing changes: none of these is
    for the browser.
    """

    id: UUID
    name: str
    specialties: tuple[str, ...]
    languages: tuple[str, ...]
    years: int | None
    bio: str
    qualifications: str
    photo: str
    clinics: tuple[ClinicView, ...]
    visit_types: tuple[VisitTypeView, ...]
    key: str
    revision: int
    suspended_from: datetime | None = None

    def visit_types_at(self, clinic_id: UUID) -> tuple[VisitTypeView, ...]:
        """Return what can be booked at one of the clinics; the first is the default."""
        return tuple(each for each in self.visit_types if clinic_id in each.clinics)


@dataclass(frozen=True, slots=True)
class DoctorProfile:
    """The names of a doctor's specialties, the main one first, and languages (ISO 639-1).

    ``departments`` are by the clinic (internal id).
    """

    specialties: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    departments: defaultdict[int, list[DepartmentView]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def departments_at(self, clinic: Clinic) -> tuple[DepartmentView, ...]:
        """Return the departments of a clinic to which the doctor belongs, by name."""
        found = self.departments.get(row_id(clinic), [])
        return tuple(sorted(found, key=lambda each: search_form(each.name)))


async def get_doctor(session: AsyncSession, actor: Actor, doctor_id: UUID) -> DoctorView:
    """Return the public view of a doctor; raises ``NotFound`` where patients cannot book."""
    require(actor, Action.FIND_DOCTORS)
    places = await _load_places(session, [doctor_id])
    if not places:
        raise NotFound
    doctor, key = places[0].doctor, places[0].doctor_id
    visit_types = await load_visit_types(session, places)
    profiles = await load_profiles(session, [key])
    return view_doctor(
        doctor,
        profiles[key],
        clinics=tuple(
            view_clinic(place.clinic, profiles[key].departments_at(place.clinic))
            for place in places
        ),
        visit_types=view_visit_types(places, visit_types),
    )


async def load_doctor_keys(
    session: AsyncSession, actor: Actor, doctor_ids: Collection[UUID]
) -> dict[UUID, tuple[str, int]]:
    """Return the key that is published when a doctor's times change, and the revision now.

    Raises ``NotFound`` when patients cannot book one of them.
    """
    require(actor, Action.FIND_DOCTORS)
    places = await _load_places(session, doctor_ids)
    found = {
        place.doctor.public_id: (doctor_key(place.doctor_id), place.doctor.revision)
        for place in places
    }
    if not found.keys() >= set(doctor_ids):
        raise NotFound
    return found


async def _load_places(session: AsyncSession, doctor_ids: Collection[UUID]) -> list[Place]:
    """Return where patients can book these doctors, the hours unread; one statement."""
    rows = await session.exec(_places_statement(), params={"doctors": list(doctor_ids)})
    return [Place(doctor, clinic, at_clinic, UNREAD) for at_clinic, doctor, clinic in rows]


# These statements are made once: to make one takes longer than to run it.
@lru_cache
def _places_statement() -> Any:
    return (
        bookable_places()
        .where(col(Doctor.public_id).in_(sa.bindparam("doctors", expanding=True)))
        .order_by(col(DoctorAtClinic.id))
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
        qualifications=doctor.qualifications,
        photo=doctor.photo,
        clinics=clinics,
        visit_types=visit_types,
        key=doctor_key(row_id(doctor)),
        revision=doctor.revision,
        suspended_from=doctor.suspended_after(clock.now()),
    )


def years_of_experience(doctor: Doctor) -> int | None:
    """Return for how many calendar years the doctor has practised, if that is known."""
    if doctor.practising_since is None:
        return None
    return max(0, clock.now().year - doctor.practising_since)


def view_clinic(clinic: Clinic, departments: tuple[DepartmentView, ...] = ()) -> ClinicView:
    """Return what the public sees of ``clinic``, and of the ``departments`` of a doctor there."""
    return ClinicView(
        clinic.public_id,
        clinic.name,
        clinic.address,
        clinic.city,
        clinic.zone,
        clinic.phone,
        clinic.public_hours,
        departments,
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
    keys = {"places": [place.id for place in places]}
    for visit_type, place_id in await session.exec(_visit_types_statement(), params=keys):
        found[place_id] += (visit_type,)
    return found


@lru_cache
def _visit_types_statement() -> Any:
    return (
        select(VisitType, DoctorAtClinic.id)
        .join(DoctorAtClinic, col(DoctorAtClinic.doctor_id) == VisitType.doctor_id)
        .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
        .where(col(DoctorAtClinic.id).in_(sa.bindparam("places", expanding=True)), *is_offered())
        .order_by(col(VisitType.position), col(VisitType.id))
    )


async def load_profiles(
    session: AsyncSession, doctor_ids: Collection[int]
) -> dict[int, DoctorProfile]:
    """Return each doctor's specialties, languages and departments; one statement."""
    keys = {"doctors": list(doctor_ids)}
    rows = (await session.exec(_profiles_statement(), params=keys)).all()
    found: defaultdict[int, DoctorProfile] = defaultdict(DoctorProfile)
    for _, doctor, number, name, key in rows:
        if key is not None:
            found[doctor].departments[number].append(DepartmentView(key, name))
    for doctor, _, name in sorted(row[1:4] for row in rows if row.kind == "specialty"):
        found[doctor].specialties.append(name)
    for doctor, name in sorted((row.doctor, row.name) for row in rows if row.kind == "language"):
        found[doctor].languages.append(name)
    return found


@lru_cache
def _profiles_statement() -> Any:
    nothing = sa.null()
    doctor_ids: Any = sa.bindparam("doctors", expanding=True)
    # The departments come first: they give the columns their types.
    departments: Any = (
        sa.select(
            sa.literal_column("'department'").label("kind"),
            col(DoctorAtClinic.doctor_id).label("doctor"),
            col(DoctorAtClinic.clinic_id).label("number"),
            col(Department.name).label("name"),
            col(Department.public_id).label("id"),
        )
        .join(DoctorDepartment, col(DoctorDepartment.doctor_at_clinic_id) == DoctorAtClinic.id)
        .join(Department, col(Department.id) == DoctorDepartment.department_id)
        .where(col(DoctorAtClinic.doctor_id).in_(doctor_ids), col(Department.active))
    )
    specialties: Any = (
        sa.select(
            sa.literal_column("'specialty'"),
            col(DoctorSpecialty.doctor_id),
            col(DoctorSpecialty.position),
            col(Specialty.name),
            nothing,
        )
        .join(Specialty)
        .where(col(DoctorSpecialty.doctor_id).in_(doctor_ids))
    )
    languages: Any = sa.select(
        sa.literal_column("'language'"),
        col(DoctorLanguage.doctor_id),
        nothing,
        col(DoctorLanguage.language),
        nothing,
    ).where(col(DoctorLanguage.doctor_id).in_(doctor_ids))
    return sa.union_all(departments, specialties, languages)
