"""Building an actor from what the database knows of a user."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import NOBODY, Actor, Grant
from appointment_app.models import Doctor, Guardianship, Person, Role, RoleAssignment, User


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as the services know them (``actor``) and as the header names them."""

    actor: Actor
    display_name: str = ""
    initials: str = ""

    @property
    def is_patient(self) -> bool:
        """Whether this account books appointments for itself."""
        return self._has(Role.PATIENT)

    @property
    def is_doctor(self) -> bool:
        """Whether this account has a calendar."""
        return self.actor.doctor_id is not None

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

    def _has(self, role: Role) -> bool:
        return any(grant.role is role for grant in self.actor.grants)


ANONYMOUS = Identity(NOBODY)


async def identity_of(session: AsyncSession, user_id: int) -> Identity:
    """Return who the user is and what they may do; nobody when the account is not active."""
    query = (
        select(User, Person, Doctor)
        .outerjoin(Person, col(Person.user_id) == User.id)
        .outerjoin(Doctor, (col(Doctor.user_id) == User.id) & col(Doctor.active))
        .where(User.id == user_id, col(User.active))
    )
    row = (await session.exec(query)).one_or_none()
    if row is None:
        return ANONYMOUS
    user, person, doctor = row
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
    if named is None:
        return Identity(actor, user.email, user.email[0].upper())
    initials = f"{named.given_name[:1]}{named.family_name[:1]}".upper()
    return Identity(actor, named.full_name, initials)


async def _dependents(session: AsyncSession, person: Person | None) -> frozenset[int]:
    if person is None:
        return frozenset()
    query = select(Guardianship.dependent_id).where(Guardianship.guardian_id == person.id)
    return frozenset(await session.exec(query))
