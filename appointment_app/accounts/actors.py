"""Building an actor from what the database knows of a user."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor, Grant, Suspended
from appointment_app.models import (
    Clinic,
    Doctor,
    DoctorAtClinic,
    Guardianship,
    PatientProfile,
    Person,
    Role,
    RoleAssignment,
    User,
    row_id,
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as the services know them (``actor``) and as the header names them.

    ``patient_id`` and ``doctor_id`` are the public ids of their own records, ``time_zone`` is the
    IANA zone that they chose to read times in, or empty. ``suspension`` is of the doctor, whether
    or not it has begun; ``as_of`` says what they may do at a moment.
    """

    actor: Actor
    display_name: str = ""
    initials: str = ""
    time_zone: str = ""
    email: str = ""
    patient_id: UUID | None = None
    doctor_id: UUID | None = None
    suspension: Suspended | None = None

    @property
    def is_patient(self) -> bool:
        """Whether this account books appointments for itself."""
        return self._has(Role.PATIENT)

    @property
    def is_doctor(self) -> bool:
        """Whether this account is a doctor's, suspended or not."""
        return self.actor.own_doctor_id is not None

    @property
    def is_administrator(self) -> bool:
        """Whether this account administers a clinic, or all."""
        return self._has(Role.ADMINISTRATOR)

    @property
    def is_reception(self) -> bool:
        """Whether this account works at the front desk of a clinic, or of all."""
        return self._has(Role.RECEPTION)

    @property
    def is_staff(self) -> bool:
        """Whether this account sees other people's appointments."""
        return any(grant.role is not Role.PATIENT for grant in self.actor.grants)

    def at(self, address: str) -> Identity:
        """Return the same somebody at the network address."""
        return replace(self, actor=replace(self.actor, address=address))

    def as_of(self, moment: datetime) -> Identity:
        """Return the same somebody with the rights that they have at a moment."""
        planned = self.suspension
        if planned is None:
            return self
        held = planned if planned.holds(moment) else None
        acts_as = None if held else planned.doctor_id
        return replace(self, actor=replace(self.actor, doctor_id=acts_as, suspension=held))

    def _has(self, role: Role) -> bool:
        return any(grant.role is role for grant in self.actor.grants)


ANONYMOUS = Identity(NOBODY)


async def identity_of(session: AsyncSession, user_id: int) -> Identity:
    """Return who the user is and what they may do; nobody when the account is not active."""
    query = (
        select(User, Person, Doctor, PatientProfile.time_zone)
        .outerjoin(Person, col(Person.user_id) == User.id)
        .outerjoin(PatientProfile, col(PatientProfile.person_id) == Person.id)
        .outerjoin(Doctor, (col(Doctor.user_id) == User.id) & col(Doctor.active))
        .where(User.id == user_id, col(User.active))
    )
    row = (await session.exec(query)).one_or_none()
    if row is None:
        return ANONYMOUS
    user, person, doctor, zone = row
    grants = await session.exec(
        select(RoleAssignment.role, RoleAssignment.clinic_id).where(
            RoleAssignment.user_id == user_id
        )
    )
    actor = Actor(
        user_id=user_id,
        person_id=person.id if person else None,
        doctor_id=doctor.id if doctor else None,
        dependents=await _dependents(session, person),
        grants=frozenset(Grant(Role(role), clinic_id) for role, clinic_id in grants),
    )
    named = doctor or person
    identity = Identity(
        actor,
        display_name=named.full_name if named else user.email,
        initials=(
            f"{named.given_name[:1]}{named.family_name[:1]}" if named else user.email[0]
        ).upper(),
        time_zone=zone or "",
        email=user.email,
        patient_id=person.public_id if person else None,
        doctor_id=doctor.public_id if doctor else None,
        suspension=await _suspension(session, doctor),
    )
    return identity.as_of(clock.now())


async def _suspension(session: AsyncSession, doctor: Doctor | None) -> Suspended | None:
    if doctor is None or doctor.suspended_from is None:
        return None
    works_in = (
        select(Clinic.zone)
        .join(DoctorAtClinic, col(DoctorAtClinic.clinic_id) == Clinic.id)
        .where(DoctorAtClinic.doctor_id == doctor.id)
        .order_by(col(DoctorAtClinic.id))
    )
    zone = (await session.exec(works_in)).first() or "UTC"
    return Suspended(row_id(doctor), doctor.suspended_from, doctor.suspended_until, zone)


async def _dependents(session: AsyncSession, person: Person | None) -> frozenset[int]:
    if person is None:
        return frozenset()
    query = select(Guardianship.dependent_id).where(
        Guardianship.guardian_id == person.id, col(Guardianship.ended_at).is_(None)
    )
    return frozenset(await session.exec(query))
