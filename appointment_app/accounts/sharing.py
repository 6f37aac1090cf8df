"""Mailed invitations about a dependent: to look after them too, or to an account of their own."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import (
    audit,
    consent,
    contact,
    contact_details,
    login_sessions,
    mailed_links,
    passwords,
)
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.actors import identity_of
from appointment_app.accounts.errors import AddressTaken, LinkInvalid, TryAgainLater
from appointment_app.accounts.login_sessions import OpenedLogin
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.database import transactional
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound
from appointment_app.i18n import t
from appointment_app.models import (
    AccountToken,
    Guardianship,
    MessageKind,
    Person,
    Role,
    RoleAssignment,
    TokenPurpose,
    User,
    row_id,
)
from appointment_app.outbox import enqueue


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a mailed link offers: who sent it, and about whom."""

    sender: str
    person: str


@transactional
async def invite_guardian(session: AsyncSession, actor: Actor, person_id: UUID, email: str) -> None:
    """Mail a link with which its reader becomes a guardian of the actor's dependent too.

    Raises ``LoginRequired``, ``NotFound``, ``Invalid`` for ``email``, ``TryAgainLater``.
    """
    person = await _dependent(session, actor, person_id)
    if person.user_id is not None:
        # Who ended that somebody looks after them would find them back.
        sentence = t("{name} has an account, and decides this.", name=person.full_name)
        raise Invalid({"email": sentence})
    await _mail(session, actor, person, email, TokenPurpose.SHARE_FAMILY, MessageKind.SHARE_FAMILY)


@transactional
async def offer_account(session: AsyncSession, actor: Actor, person_id: UUID, email: str) -> None:
    """Mail a link with which the actor's dependent, who has none, opens an account of their own.

    The other guardians are told by mail, now and when it is opened. Raises
    ``LoginRequired``, ``NotFound``, ``Invalid`` for ``email``, ``TryAgainLater``.
    """
    person = await _dependent(session, actor, person_id)
    if person.user_id is not None:
        raise Invalid({"email": t("{name} has an account already.", name=person.full_name)})
    key = await _mail(
        session, actor, person, email, TokenPurpose.OWN_ACCOUNT, MessageKind.OWN_ACCOUNT
    )
    await _tell_guardians(
        session,
        person,
        MessageKind.FAMILY_ACCOUNT_OFFERED,
        key,
        besides=_own_person(actor),
        guardian_id=_own_person(actor),
    )


async def look_at_invitation(session: AsyncSession, actor: Actor, secret: str) -> Invitation:
    """Return what the link offers to look after; raises ``LoginRequired``, ``LinkInvalid``."""
    _own_person(actor)
    link = await mailed_links.find(session, secret, TokenPurpose.SHARE_FAMILY)
    person, guardian, _ = await _offered(session, link)
    return Invitation(guardian.full_name, person.full_name)


async def accept_invitation(session: AsyncSession, actor: Actor, secret: str) -> None:
    """Become a guardian with a mailed link, for the same dependent as who sent it.

    Raises ``LoginRequired``, ``Forbidden`` for an account that is no person's, ``LinkInvalid``.
    """
    await _accept(session, actor, secret)
    login_sessions.forget_logins(user_id=actor.user_id)


async def open_own_account(
    session: AsyncSession,
    visitor: Actor,
    *,
    secret: str,
    password: str,
    agrees: bool,
    keeps_guardians: bool,
    user_agent: str = "",
) -> OpenedLogin:
    """Open the account that a mailed link offers, and log its owner in.

    Their appointments and profile are theirs now; their guardians stay or go as they choose, and
    are told by mail. Raises ``LinkInvalid``, ``AddressTaken``, and ``Invalid`` for ``password`` or
    ``agrees``.
    """
    async with session.begin():
        link = await mailed_links.find(session, secret, TokenPurpose.OWN_ACCOUNT)
    errors = {}
    if sentence := passwords.problem(password, personal=(link.email or "",)):
        errors["password"] = sentence
    if not agrees:
        errors["agrees"] = t("Please read the privacy notice and agree to it.")
    if errors:
        raise Invalid(errors)
    password_hash = await passwords.hashed(password)
    try:
        opened, guardians = await _open(
            session, visitor, secret, password_hash, keeps_guardians, user_agent
        )
    except IntegrityError as error:
        raise AddressTaken from error
    for user_id in guardians:
        login_sessions.forget_logins(user_id=user_id)
    return opened


@transactional
async def _accept(session: AsyncSession, actor: Actor, secret: str) -> None:
    own = _own_person(actor)
    link = await mailed_links.redeem(session, secret, TokenPurpose.SHARE_FAMILY)
    person, _, kinship = await _offered(session, link)
    if row_id(person) == own or person.user_id is not None:
        raise LinkInvalid
    known = await session.get(Guardianship, (own, row_id(person)))
    shared = known or Guardianship(guardian_id=own, dependent_id=row_id(person))
    shared.kinship, shared.ended_at = kinship, None
    session.add(shared)
    _record(session, actor, "guardianship.shared", person)


@transactional
async def _open(
    session: AsyncSession,
    visitor: Actor,
    secret: str,
    password_hash: str,
    keeps_guardians: bool,
    user_agent: str,
) -> tuple[OpenedLogin, list[int]]:
    link = await mailed_links.redeem(session, secret, TokenPurpose.OWN_ACCOUNT)
    person, *_ = await _offered(session, link)
    # Another offer, or the clinic's link, may be taken at the same moment.
    locked = select(Person).where(Person.id == person.id).with_for_update(key_share=True)
    person = (await session.exec(locked.execution_options(populate_existing=True))).one()
    if person.user_id is not None or not person.active or link.email is None:
        raise LinkInvalid
    taken = select(User.id).where(User.email == link.email)
    if (await session.exec(taken)).first() is not None:
        raise AddressTaken
    user = User(email=link.email, password_hash=password_hash, email_verified_at=clock.now())
    session.add(user)
    await session.flush()
    user_id = row_id(user)
    session.add(RoleAssignment(user_id=user_id, role=Role.PATIENT))
    person.user_id = user_id
    session.add(person)
    await session.flush()
    await _tell_guardians(
        session,
        person,
        MessageKind.FAMILY_ACCOUNT_OPENED,
        mailed_links.fingerprint(secret),
        keeps_guardians=keeps_guardians,
    )
    guardians = [] if keeps_guardians else await _end_guardianships(session, person)
    identity = (await identity_of(session, user_id)).at(visitor.address)
    consent.add_consent(session, identity.actor)
    _record(session, identity.actor, "dependent.independent", person)
    for _ in guardians:
        _record(session, identity.actor, "guardianship.ended", person)
    opened = await login_sessions.open_login(session, user_id, identity, user_agent=user_agent)
    return opened, guardians


async def _end_guardianships(session: AsyncSession, person: Person) -> list[int]:
    """Return the users who may act for the person no more."""
    statement = (
        select(Guardianship, Person.user_id)
        .join(Person, col(Person.id) == Guardianship.guardian_id)
        .where(Guardianship.dependent_id == person.id, col(Guardianship.ended_at).is_(None))
    )
    users = []
    for link, user_id in (await session.exec(statement)).all():
        link.ended_at = clock.now()
        session.add(link)
        users.append(user_id or 0)
    return users


async def _tell_guardians(
    session: AsyncSession,
    person: Person,
    kind: MessageKind,
    key: str,
    *,
    besides: int | None = None,
    **payload: int,
) -> None:
    """Mail a person's guardians, without the one ``besides``, what becomes of the account.

    ``key`` is the fingerprint of the link that it is about; ``payload`` holds ids, no names.
    """
    contacts = await contact.guardian_contacts(session, row_id(person), besides=besides)
    for place, each in enumerate(contacts):
        enqueue(
            session,
            kind,
            recipient=each.email,
            locale=each.language,
            key=f"{key}:{place}",
            payload={"person_id": person.id, **payload},
        )


async def _mail(
    session: AsyncSession,
    actor: Actor,
    person: Person,
    email: str,
    purpose: TokenPurpose,
    kind: MessageKind,
) -> str:
    """Mail a new link; return its fingerprint."""
    try:
        email = contact_details.read_email(email)
    except contact_details.Unreadable as unreadable:
        raise Invalid({"email": str(unreadable)}) from unreadable
    sender = await session.get_one(Person, _own_person(actor))
    secret = await mailed_links.issue(
        session, actor.user_id or 0, purpose, email=email, person_id=row_id(person)
    )
    if secret is None:
        raise TryAgainLater(int(mailed_links.A_WHILE.total_seconds()))
    _record(session, actor, f"dependent.{purpose}", person)
    # The mail names who asks, not for whom: the address may be mistyped.
    fingerprint = mailed_links.fingerprint(secret)
    enqueue(
        session,
        kind,
        recipient=email,
        key=fingerprint,
        payload={"secret": secret, "name": sender.full_name},
    )
    return fingerprint


async def _dependent(session: AsyncSession, actor: Actor, person_id: UUID) -> Person:
    require(actor, Action.MANAGE_FAMILY)
    person = (await session.exec(select(Person).where(Person.public_id == person_id))).first()
    if person is None or person.id not in actor.dependents:
        raise NotFound
    require(actor, Action.EDIT_PROFILE, Record(person_id=person.id))
    return person


async def _offered(session: AsyncSession, link: AccountToken) -> tuple[Person, Person, str | None]:
    """Return whom a link is about, who sent it, and what the one is to the other.

    Raises ``LinkInvalid`` when the sender is no guardian any more.
    """
    guardian = (await session.exec(select(Person).where(Person.user_id == link.user_id))).first()
    if guardian is None or link.person_id is None:
        raise LinkInvalid
    tie = await session.get(Guardianship, (row_id(guardian), link.person_id))
    if tie is None or tie.ended_at is not None:
        raise LinkInvalid
    return await session.get_one(Person, link.person_id), guardian, tie.kinship


def _own_person(actor: Actor) -> int:
    if not actor.is_somebody:
        raise LoginRequired
    if actor.person_id is None:
        raise Forbidden
    return actor.person_id


def _record(session: AsyncSession, actor: Actor, deed: str, person: Person) -> None:
    audit.record(
        session,
        actor,
        deed,
        record_type="person",
        record_id=row_id(person),
        person_id=row_id(person),
    )
