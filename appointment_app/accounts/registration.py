"""Opening an account, as a patient or as a doctor.

Whether an address is known is told to its owner by mail, never to the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import audit, consent, contact_details, passwords, throttle
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.equal_time import equal_time
from appointment_app.accounts.errors import LicenceKnown
from appointment_app.accounts.verification import mail_verification_link
from appointment_app.database import transactional
from appointment_app.errors import Invalid
from appointment_app.i18n import t
from appointment_app.models import (
    Clinic,
    Doctor,
    DoctorAtClinic,
    DoctorSpecialty,
    MessageKind,
    OutboxMessage,
    Person,
    Role,
    RoleAssignment,
    Specialty,
    User,
)
from appointment_app.models.base import row_id
from appointment_app.outbox import enqueue
from appointment_app.texts import fit

_MAXIMUM_LICENCE = 40
_MAXIMUM_SPECIALTIES = 8


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What everybody fills in, as they typed it."""

    email: str
    password: str
    given_name: str
    family_name: str
    phone: str = ""
    agrees: bool = False  # to the privacy notice


@dataclass(frozen=True, slots=True)
class NewDoctor:
    """What doctors fill in besides: codes of specialties, the public id of a clinic."""

    licence_number: str
    specialties: Sequence[str]
    clinic: str


async def register_patient(
    session: AsyncSession, visitor: Actor, account: NewAccount, *, next_path: str = ""
) -> None:
    """Open a patient's account and mail a link to confirm the address.

    When the address is known nothing changes, and its owner is told by mail; the caller cannot
    tell the difference. Raises ``Invalid`` or ``TryAgainLater``.
    """
    await _register(session, visitor, account, None, next_path)


async def register_doctor(
    session: AsyncSession,
    visitor: Actor,
    account: NewAccount,
    doctor: NewDoctor,
    *,
    next_path: str = "",
) -> None:
    """Open a doctor's account, to be approved by an administrator; else as ``register_patient``.

    Raises ``Invalid``, ``LicenceKnown`` or ``TryAgainLater``.
    """
    await _register(session, visitor, account, doctor, next_path)


async def _register(
    session: AsyncSession,
    visitor: Actor,
    account: NewAccount,
    doctor: NewDoctor | None,
    next_path: str,
) -> None:
    async with equal_time():
        account, doctor = _checked(account, doctor)
        await throttle.begin_request(session, "register", visitor.address)
        password_hash = await passwords.hashed(account.password)
        try:
            await _store(session, visitor, account, doctor, password_hash, next_path)
        except IntegrityError:
            # Somebody else took the address or the licence number at the same moment.
            await _store(session, visitor, account, doctor, password_hash, next_path)


@transactional
async def _store(
    session: AsyncSession,
    visitor: Actor,
    account: NewAccount,
    doctor: NewDoctor | None,
    password_hash: str,
    next_path: str,
) -> None:
    practice = None if doctor is None else await find_practice(session, doctor)
    known = (await session.exec(select(User).where(User.email == account.email))).one_or_none()
    if known is not None:
        await _tell_the_owner(session, known)
        return
    user = User(email=account.email, password_hash=password_hash)
    session.add(user)
    await session.flush()
    user_id = row_id(user)
    person = Person(
        user_id=user_id,
        given_name=account.given_name,
        family_name=account.family_name,
        phone=account.phone,
    )
    session.add(person)
    await session.flush()
    role = Role.PATIENT if doctor is None else Role.DOCTOR
    session.add(RoleAssignment(user_id=user_id, role=role))
    audit.record(
        session,
        replace(visitor, user_id=user_id),
        "user.registered",
        record_type="user_account",
        record_id=user_id,
        person_id=row_id(person),
    )
    consent.add_consent(session, replace(visitor, user_id=user_id))
    if doctor is not None and practice is not None:
        await _store_doctor(session, user_id, account, doctor, practice)
    await mail_verification_link(session, user, next_path=next_path)


@dataclass(frozen=True, slots=True)
class Practice:
    """Where a new doctor works, and their specialties; internal ids."""

    clinic_id: int
    specialty_ids: list[int]


async def find_practice(session: AsyncSession, doctor: NewDoctor) -> Practice:
    """Return clinic and specialties as they stand in the database.

    Raises ``Invalid`` when one does not exist, ``LicenceKnown``.
    """
    errors = {}
    clinic = select(Clinic.id).where(Clinic.public_id == UUID(doctor.clinic), col(Clinic.active))
    clinic_id = (await session.exec(clinic)).one_or_none()
    if clinic_id is None:
        errors["clinic"] = t("Please choose a clinic.")
    specialties = select(Specialty.code, Specialty.id).where(
        col(Specialty.code).in_(doctor.specialties)
    )
    ids = dict((await session.exec(specialties)).all())
    if len(ids) != len(doctor.specialties):
        errors["specialties"] = _specialties_sentence()
    if errors or clinic_id is None:
        raise Invalid(errors)
    licence = select(Doctor.id).where(Doctor.licence_number == doctor.licence_number)
    if (await session.exec(licence)).one_or_none() is not None:
        raise LicenceKnown
    return Practice(clinic_id, [ids[code] or 0 for code in doctor.specialties])


async def _store_doctor(
    session: AsyncSession, user_id: int, account: NewAccount, new: NewDoctor, practice: Practice
) -> None:
    doctor = Doctor(
        user_id=user_id,
        given_name=account.given_name,
        family_name=account.family_name,
        licence_number=new.licence_number,
    )
    session.add(doctor)
    await session.flush()
    doctor_id = row_id(doctor)
    session.add(DoctorAtClinic(doctor_id=doctor_id, clinic_id=practice.clinic_id))
    for position, specialty_id in enumerate(practice.specialty_ids):
        session.add(
            DoctorSpecialty(doctor_id=doctor_id, specialty_id=specialty_id, position=position)
        )


async def _tell_the_owner(session: AsyncSession, user: User) -> None:
    """Mail the owner of a known address that somebody tried to register it, once a day."""
    key = f"{row_id(user)}:{clock.now():%Y-%m-%d}"
    kind = MessageKind.ADDRESS_KNOWN
    sent = select(OutboxMessage.id).where(OutboxMessage.idempotency_key == f"{kind}:{key}")
    if user.active and (await session.exec(sent)).one_or_none() is None:
        enqueue(session, kind, recipient=user.email, key=key, payload={"user_id": row_id(user)})


def _checked(account: NewAccount, doctor: NewDoctor | None) -> tuple[NewAccount, NewDoctor | None]:
    """Return what was typed in the form in which it is stored. Raises ``Invalid``."""
    errors: dict[str, str] = {}
    read = {
        "given_name": contact_details.read_name,
        "family_name": contact_details.read_name,
        "email": contact_details.read_email,
        "phone": contact_details.read_phone,
    }
    values: dict[str, str] = {}
    for field, reader in read.items():
        try:
            values[field] = reader(getattr(account, field))
        except contact_details.Unreadable as unreadable:
            errors[field] = str(unreadable)
    personal = (account.email.strip(), account.given_name.strip(), account.family_name.strip())
    if sentence := passwords.problem(account.password, personal=personal):
        errors["password"] = sentence
    if doctor is not None:
        doctor = checked_doctor(doctor, errors)
    if not account.agrees:
        errors["agrees"] = t("Please read the privacy notice and agree to it.")
    if errors:
        raise Invalid(errors)
    return NewAccount(password=account.password, agrees=True, **values), doctor


def checked_doctor(doctor: NewDoctor, errors: dict[str, str]) -> NewDoctor:
    """Return what was typed of a doctor as it is stored; adds what is wrong to ``errors``."""
    licence_number = " ".join(fit(doctor.licence_number).upper().split())
    specialties = list(dict.fromkeys(map(fit, doctor.specialties)))
    if not 3 <= len(licence_number) <= _MAXIMUM_LICENCE:
        errors["licence_number"] = t("Please enter the licence number.")
    if not 1 <= len(specialties) <= _MAXIMUM_SPECIALTIES:
        errors["specialties"] = _specialties_sentence()
    try:
        UUID(doctor.clinic)
    except ValueError:
        errors["clinic"] = t("Please choose a clinic.")
    return NewDoctor(licence_number, specialties, doctor.clinic)


def _specialties_sentence() -> str:
    return t("Please choose between one and {count} specialties.", count=_MAXIMUM_SPECIALTIES)
