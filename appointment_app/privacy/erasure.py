"""Forgetting a person (GDPR Art. 17): what can be erased is, what must be kept loses its name.

The rows stay, for others refer to them: that a doctor's hour was taken, that an invoice was right.
With the person's key every copy of the record, in backups too, forgets the values it kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, func, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from appointment_app import clock
from appointment_app.accounts import audit, login_sessions, passwords, person_keys, throttle
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.contact import MailContact, mail_contacts
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.bulk.erased import drop_uploads, forget_numbers
from appointment_app.database import transactional
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound
from appointment_app.i18n import t
from appointment_app.models import (
    AccountToken,
    Appointment,
    AppointmentMove,
    AppointmentStatus,
    ClaimLink,
    Consent,
    Doctor,
    Guardianship,
    LoginSession,
    MessageKind,
    OutboxMessage,
    PatientOfClinic,
    PatientProfile,
    Person,
    PersonKey,
    PersonMerge,
    RequestKey,
    Role,
    RoleAssignment,
    User,
    row_id,
)
from appointment_app.outbox import enqueue
from appointment_app.privacy.errors import AppointmentsAhead, FamilyRemains, WorksHere
from appointment_app.scheduling import locks
from appointment_app.scheduling.cancelling import cancel_locked
from appointment_app.texts import random_reference

GIVEN_NAME, FAMILY_NAME = "Erased", "Person"
_AHEAD = (AppointmentStatus.PENDING, AppointmentStatus.CONFIRMED)
_FIELDS = ("birth_date", "email", "family_name", "given_name", "phone", "profile", "reasons")


async def erase(
    session: AsyncSession,
    actor: Actor,
    person_id: UUID,
    *,
    password: str,
    cancels_appointments: bool = False,
) -> bool:
    """Erase a person (public id), for themselves or their guardian, who gives their own password.

    Who has an account of their own is erased by themselves alone.

    Returns whether it was the actor themselves, who is logged out everywhere. Raises
    ``LoginRequired``, ``NotFound``, ``Forbidden``, ``TryAgainLater``, ``Invalid`` for the field
    ``password``, and what ``privacy/errors.py`` has.
    """
    if not actor.is_somebody:
        raise LoginRequired
    async with session.begin():
        person = (await session.exec(select(Person).where(Person.public_id == person_id))).first()
        if person is None:
            raise NotFound
        key = row_id(person)
        require(actor, Action.TAKE_DATA, Record(person_id=key))
        if person.user_id is not None and key != actor.person_id:
            raise Forbidden(t("{name} has an account, and decides this.", name=person.given_name))
        user = await session.get_one(User, actor.user_id)
    await throttle.begin_attempt(session, user.email, actor.address)
    matched, _ = await passwords.matches(password, user.password_hash)
    if not matched:
        raise Invalid({"password": t("This is not your password.")})
    await _erase(session, actor, person_id, cancels_appointments, known=user.email)
    login_sessions.forget_logins(user_id=actor.user_id)
    return key == actor.person_id


async def erase_for_patient(
    session: AsyncSession,
    actor: Actor,
    person_id: UUID,
    *,
    typed_number: str,
    cancels_appointments: bool = False,
) -> bool:
    """Erase a patient (public id) who asked for it by telephone or letter.

    By an administrator of all clinics, for every clinic is concerned, who has typed the patient's
    number. Returns whether a last letter goes out: else the patient has to be told. Raises
    ``LoginRequired``, ``Forbidden``, ``NotFound``, ``Invalid`` for the field ``typed_number``, and
    what ``privacy/errors.py`` has.
    """
    require(actor, Action.ERASE_PATIENT)
    async with session.begin():
        person = await _unerased(session, person_id)
        if _letters(typed_number) != _letters(person.number or person.full_name):
            raise Invalid({"typed_number": t("This is not the number of this patient.")})
        is_told = bool(await mail_contacts(session, row_id(person)))
    user_id = await _erase(session, actor, person_id, cancels_appointments)
    if user_id is not None:
        login_sessions.forget_logins(user_id=user_id)
    return is_told


def _letters(typed: str) -> str:
    """Return what counts of a number that is written in groups."""
    return "".join(filter(str.isalnum, typed)).upper()


@transactional
async def _erase(
    session: AsyncSession,
    actor: Actor,
    person_id: UUID,
    cancels_appointments: bool,
    *,
    known: str = "",
) -> int | None:
    """Do it, whoever may; return the user who had the person's account, if there was one."""
    await drop_uploads(session)  # before anything is read: an import that runs has ended then
    person = await _unerased(session, person_id)
    key = row_id(person)
    await _require_nothing_depends(session, person, is_asking_themselves=bool(known))
    contacts = await mail_contacts(session, key)
    await _cancel_what_is_ahead(session, actor, key, cancels_appointments)
    await locks.lock_person(session, key)
    # What was booked until nobody else could is nothing that they said shall be cancelled.
    if ahead := (await session.exec(_ahead(key))).all():
        raise AppointmentsAhead(len(ahead))
    kept = await _clear_appointments(session, key)
    await _clear_account(session, person)
    await _clear_person(session, person)
    merged = await _merged_into(session, key)
    for each in merged:
        await _clear_account(session, each)
        await _clear_person(session, each)
    audit.record(
        session,
        actor,
        "person.erased",
        record_type="person",
        record_id=key,
        person_id=key,
        fields=_FIELDS,
    )
    await session.flush()
    for each in (person, *merged):
        await person_keys.destroy_key(session, row_id(each))
    if known:
        await throttle.forget_failures(session, known, actor.address)
    for place, contact in enumerate(contacts):
        _tell(session, person, contact, kept, place)
    return person.user_id


async def _unerased(session: AsyncSession, person_id: UUID) -> Person:
    statement = (
        select(Person, PersonKey.destroyed_at)
        .outerjoin(PersonKey, col(PersonKey.person_id) == Person.id)
        .where(Person.public_id == person_id)
        .execution_options(populate_existing=True)
    )
    found = (await session.exec(statement)).first()
    if found is None or found[1] is not None:
        raise NotFound
    person: Person = found[0]
    return person


async def _merged_into(session: AsyncSession, person_id: int) -> list[Person]:
    """Return the records that became part of this one, and those that became part of them."""
    found: list[Person] = []
    further = {person_id}
    while further:
        statement = (
            select(Person)
            .join(PersonMerge, col(PersonMerge.merged_id) == Person.id)
            .where(col(PersonMerge.kept_id).in_(further), col(PersonMerge.undone_at).is_(None))
        )
        known = {person_id, *map(row_id, found)}
        new = [each for each in await session.exec(statement) if row_id(each) not in known]
        found += new
        further = {row_id(each) for each in new}
    return found


async def _require_nothing_depends(
    session: AsyncSession, person: Person, *, is_asking_themselves: bool
) -> None:
    """Raise ``WorksHere`` or ``FamilyRemains`` where others would be left alone."""
    if person.user_id is not None:
        works = select(RoleAssignment.id).where(
            RoleAssignment.user_id == person.user_id, RoleAssignment.role != Role.PATIENT
        )
        is_doctor = select(Doctor.id).where(Doctor.user_id == person.user_id)
        for statement in (works, is_doctor):
            if (await session.exec(statement)).first() is not None:
                raise WorksHere
    other = aliased(Guardianship)
    others = select(other.guardian_id).where(
        other.dependent_id == Person.id,
        other.guardian_id != person.id,
        col(other.ended_at).is_(None),
    )
    left_alone = (
        select(Person)
        .join(Guardianship, col(Guardianship.dependent_id) == Person.id)
        .where(
            Guardianship.guardian_id == person.id,
            col(Guardianship.ended_at).is_(None),
            col(Person.user_id).is_(None),
            ~others.exists(),
        )
    )
    if (remaining := (await session.exec(left_alone)).first()) is not None:
        raise FamilyRemains(remaining.given_name, is_asking_themselves=is_asking_themselves)


async def _cancel_what_is_ahead(
    session: AsyncSession, actor: Actor, person_id: int, cancels: bool
) -> None:
    """Cancel the appointments to come, late ones too: the person will not come."""
    found = (await session.exec(_ahead(person_id))).all()
    if found and not cancels:
        raise AppointmentsAhead(len(found))
    for doctor_id in sorted({each.doctor_id for each in found}):
        await locks.lock_doctor(session, doctor_id)
    # Not as the patient, who would be held to the time until which they may cancel.
    anybody = Actor(user_id=actor.user_id, address=actor.address)
    for each in found:
        await session.refresh(each)
        if each.status in _AHEAD:
            await cancel_locked(session, anybody, each, t("The patient has left."))
    await session.flush()


def _ahead(person_id: int) -> SelectOfScalar[Appointment]:
    return (
        select(Appointment)
        .where(
            Appointment.person_id == person_id,
            Appointment.starts_at > clock.now(),
            col(Appointment.status).in_(_AHEAD),
        )
        .order_by(col(Appointment.doctor_id), col(Appointment.id))
    )


async def _clear_appointments(session: AsyncSession, person_id: int) -> list[str]:
    """Erase what the person wrote; return the references of visits whose notes must be kept.

    Who treats somebody has to keep the medical record for years (in Germany ten, BGB § 630f).
    """
    took_place = col(Appointment.status) == AppointmentStatus.COMPLETED
    of_person = col(Appointment.person_id) == person_id
    await session.exec(
        update(Appointment)
        .where(of_person)
        .values(
            reason="",
            cancel_reason="",
            join_link="",
            notes=case((took_place, col(Appointment.notes)), else_=""),
        )
    )
    appointments = select(Appointment.id).where(of_person)
    await session.exec(
        update(AppointmentMove)
        .where(col(AppointmentMove.appointment_id).in_(appointments))
        .values(reason="")
    )
    noted = select(Appointment.reference).where(
        of_person, took_place, func.length(Appointment.notes) > 0
    )
    return list(await session.exec(noted.order_by(col(Appointment.id))))


async def _clear_account(session: AsyncSession, person: Person) -> None:
    """Close the account: no address, no password, no login, no mail that still waits."""
    if person.user_id is None:
        return
    user = await session.get_one(User, person.user_id)
    email = user.email
    own_links = col(AccountToken.user_id) == user.id
    links = list(await session.exec(select(AccountToken.secret_hash).where(own_links)))
    told = [f"{MessageKind.EMAIL_CHANGED}:{each}" for each in links]
    former = select(OutboxMessage.recipient).where(col(OutboxMessage.idempotency_key).in_(told))
    addresses = {email, *(await session.exec(former))}
    await _clear_mails(session, addresses, links, user.id)
    user.email = f"{user.public_id}@erased.invalid"
    user.password_hash = "!"  # noqa: S105 (no hash begins so: nothing matches)
    user.active, user.email_verified_at, user.last_login_at = False, None, None
    session.add(user)
    await login_sessions.end_all_logins(session, row_id(user))
    own: Any = col(LoginSession.user_id) == user.id
    await session.exec(update(LoginSession).where(own).values(user_agent="", address=""))
    await session.exec(delete(AccountToken).where(own_links))
    await session.exec(update(Consent).where(col(Consent.user_id) == user.id).values(address=""))
    await session.exec(delete(RequestKey).where(col(RequestKey.user_id) == user.id))
    await throttle.forget_failures(session, email, "")


async def _clear_mails(
    session: AsyncSession, addresses: Iterable[str], links: Iterable[str], user_id: int | None
) -> None:
    """Forget the mails to addresses, unless these are another account's by now, and with links.

    ``links`` are the SHA-256 of their secrets; these mails went to whomever the person named,
    who has other mails that are no business of the person.
    """
    others = select(User.email).where(col(User.email).in_(set(addresses)), User.id != user_id)
    own = set(addresses).difference((await session.exec(others)).all())
    keys = [f"{kind}:{link}" for link in links for kind in MessageKind]
    mails = update(OutboxMessage).where(
        col(OutboxMessage.recipient).in_(own) | col(OutboxMessage.idempotency_key).in_(keys)
    )
    await session.exec(
        mails.values(
            recipient="",
            payload={},
            last_error="",
            sent_at=func.coalesce(OutboxMessage.sent_at, clock.now()),
        )
    )


async def _clear_person(session: AsyncSession, person: Person) -> None:
    key = row_id(person)
    claims = select(ClaimLink.secret_hash).where(ClaimLink.person_id == key)
    offers = select(AccountToken.secret_hash).where(AccountToken.person_id == key)
    links = [*(await session.exec(claims)), *(await session.exec(offers))]
    written = {person.email} if person.email else set()
    await _clear_mails(session, written, links, person.user_id)
    person.given_name, person.family_name = GIVEN_NAME, FAMILY_NAME
    person.birth_date, person.phone, person.language = None, "", "en"
    person.email = None
    # The one before stands on letters and lists, beside the name.
    person.number = random_reference(9)
    person.active = False
    person.version += 1
    session.add(person)
    await session.exec(delete(PatientProfile).where(col(PatientProfile.person_id) == key))
    await session.exec(delete(PatientOfClinic).where(col(PatientOfClinic.person_id) == key))
    await session.exec(delete(AccountToken).where(col(AccountToken.person_id) == key))
    await forget_numbers(session, [key])
    await session.exec(delete(ClaimLink).where(col(ClaimLink.person_id) == key))
    family = (col(Guardianship.guardian_id) == key) | (col(Guardianship.dependent_id) == key)
    await session.exec(
        update(Guardianship)
        .where(family)
        .values(kinship=None, ended_at=func.coalesce(Guardianship.ended_at, clock.now()))
    )


def _tell(
    session: AsyncSession, person: Person, contact: MailContact, kept: Sequence[str], place: int
) -> None:
    """Write a last letter; its address is forgotten once it is sent."""
    enqueue(
        session,
        MessageKind.PERSON_ERASED,
        recipient=contact.email,
        locale=contact.language,
        key=f"{person.public_id}:{place}" if place else str(person.public_id),
        payload={"kept": list(kept)},
    )
