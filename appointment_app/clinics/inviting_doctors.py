"""Administrators add doctors: who is invited by mail need not be approved as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import contact_details, login_sessions, staff
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.own_clinics import clinics_where
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.accounts.registration import NewDoctor, checked_doctor, find_practice
from appointment_app.clinics.directory import Choice, specialties
from appointment_app.clinics.doctor_record import record_of_doctor
from appointment_app.database import transactional
from appointment_app.errors import Forbidden, Invalid, NotFound
from appointment_app.i18n import t
from appointment_app.models import (
    Approval,
    Clinic,
    Doctor,
    DoctorAtClinic,
    DoctorSpecialty,
    MessageKind,
    Person,
    Role,
    RoleAssignment,
    User,
    row_id,
)
from appointment_app.outbox import enqueue


@dataclass(frozen=True, slots=True)
class InvitedDoctor:
    """A doctor as an administrator types them: codes of specialties, the public id of a clinic.

    Without a clinic it is none of them, which is said at its field.
    """

    email: str
    given_name: str
    family_name: str
    licence_number: str
    specialties: Sequence[str]
    clinic_id: UUID | None


@dataclass(frozen=True, slots=True)
class InvitationChoices:
    """Where the actor can invite a doctor to, and all specialties, by name."""

    clinics: tuple[Choice, ...]
    specialties: tuple[Choice, ...]


async def list_choices(session: AsyncSession, actor: Actor) -> InvitationChoices:
    """Return what to choose from for a doctor; raises ``LoginRequired``, ``Forbidden``."""
    clinics = await clinics_where(session, actor, Action.DECIDE_DOCTORS)
    if not clinics:
        require(actor, Action.DECIDE_DOCTORS)
    return InvitationChoices(
        tuple(Choice(str(each.public_id), f"{each.name}, {each.city}") for each in clinics),
        tuple(await specialties(session)),
    )


async def invite_doctor(session: AsyncSession, actor: Actor, wanted: InvitedDoctor) -> UUID:
    """Add a doctor to a clinic of the actor, without hours yet; return their public id.

    They are approved, and told by mail. Who has no account, or never confirmed theirs, gets a link
    to choose a password. Raises ``LoginRequired``, ``Forbidden``, ``Invalid``, ``LicenceKnown``.
    """
    try:
        doctor, user_id = await _invite(session, actor, wanted)
    except IntegrityError:
        # Somebody else took the address or the licence number at the same moment.
        doctor, user_id = await _invite(session, actor, wanted)
    login_sessions.forget_logins(user_id=user_id)
    return doctor


@transactional
async def invite_again(session: AsyncSession, actor: Actor, doctor_id: UUID) -> bool:
    """Mail a doctor (public id) who has not accepted yet another link.

    Returns whether it was mailed, as ``staff.invite`` does. Raises ``LoginRequired``, ``Forbidden``
    unless the actor decides on the doctors of a clinic of theirs, ``NotFound``.
    """
    if not await clinics_where(session, actor, Action.DECIDE_DOCTORS):
        require(actor, Action.DECIDE_DOCTORS)
    by_id = (
        select(Doctor, User)
        .join(User, col(User.id) == Doctor.user_id)
        .where(Doctor.public_id == doctor_id, Doctor.approval == Approval.APPROVED)
    )
    found = (await session.exec(by_id)).first()
    if found is None:
        raise NotFound
    doctor, user = found
    places = (
        select(Clinic)
        .join(DoctorAtClinic, col(DoctorAtClinic.clinic_id) == Clinic.id)
        .where(DoctorAtClinic.doctor_id == doctor.id)
        .order_by(col(DoctorAtClinic.id))
    )
    for clinic in await session.exec(places):
        where = Record(doctor_id=doctor.id, clinic_id=clinic.id)
        if allows(actor, Action.DECIDE_DOCTORS, where):
            is_mailed = await staff.invite(session, user, clinic, Role.DOCTOR)
            if is_mailed:
                await record_of_doctor(
                    session, actor, row_id(doctor), "invited", clinic_id=row_id(clinic)
                )
            return is_mailed
    raise Forbidden


@transactional
async def _invite(session: AsyncSession, actor: Actor, wanted: InvitedDoctor) -> tuple[UUID, int]:
    clinic = None
    if wanted.clinic_id is None:
        # Whoever may invite somewhere reads what is wrong with what they typed.
        await list_choices(session, actor)
    else:
        by_id = select(Clinic).where(Clinic.public_id == wanted.clinic_id)
        clinic = (await session.exec(by_id)).one_or_none()
        where = clinic.id if clinic else None
        if not allows(actor, Action.DECIDE_DOCTORS, Record(clinic_id=where)):
            require(actor, Action.DECIDE_DOCTORS)
            raise Forbidden
    values, new = _checked(wanted)
    practice = await find_practice(session, new)
    user = await _account(session, values)
    doctor = Doctor(
        user_id=row_id(user),
        given_name=values["given_name"],
        family_name=values["family_name"],
        licence_number=new.licence_number,
        approval=Approval.APPROVED,
        approval_decided_at=clock.now(),
        approval_decided_by=actor.user_id,
    )
    session.add(doctor)
    await session.flush()
    doctor_id = row_id(doctor)
    session.add(RoleAssignment(user_id=row_id(user), role=Role.DOCTOR))
    session.add(DoctorAtClinic(doctor_id=doctor_id, clinic_id=practice.clinic_id))
    session.add_all(
        DoctorSpecialty(doctor_id=doctor_id, specialty_id=key, position=position)
        for position, key in enumerate(practice.specialty_ids)
    )
    await session.flush()
    await record_of_doctor(
        session, actor, doctor_id, "invited", after={"approval": Approval.APPROVED}
    )
    if user.email_verified_at is None:
        await staff.invite(session, user, clinic, Role.DOCTOR)
    else:
        enqueue(
            session,
            MessageKind.ROLE_GRANTED,
            recipient=user.email,
            key=uuid4().hex,
            payload=staff.payload_of(clinic, Role.DOCTOR),
        )
    return doctor.public_id, row_id(user)


async def _account(session: AsyncSession, values: dict[str, str]) -> User:
    """Return the account of an address, a new one where there is none."""
    by_address = select(User).where(User.email == values["email"])
    user = (await session.exec(by_address.with_for_update(key_share=True))).one_or_none()
    if user is None:
        user = User(email=values["email"], password_hash=staff.NO_PASSWORD)
        session.add(user)
        await session.flush()
        session.add(
            Person(
                user_id=row_id(user),
                given_name=values["given_name"],
                family_name=values["family_name"],
            )
        )
        return user
    if not user.active:
        raise Invalid({"email": t("The account of this address is not active.")})
    doctors = select(Doctor.id).where(col(Doctor.user_id) == user.id)
    if (await session.exec(doctors)).first() is not None:
        raise Invalid({"email": t("This address is a doctor's already.")})
    return user


def _checked(wanted: InvitedDoctor) -> tuple[dict[str, str], NewDoctor]:
    """Return what was typed in the form in which it is stored. Raises ``Invalid``."""
    errors: dict[str, str] = {}
    values: dict[str, str] = {}
    for field, reader in (
        ("given_name", contact_details.read_name),
        ("family_name", contact_details.read_name),
        ("email", contact_details.read_email),
    ):
        try:
            values[field] = reader(getattr(wanted, field))
        except contact_details.Unreadable as unreadable:
            errors[field] = str(unreadable)
    typed = NewDoctor(wanted.licence_number, wanted.specialties, str(wanted.clinic_id or ""))
    new = checked_doctor(typed, errors)
    if errors:
        raise Invalid(errors)
    return values, new
