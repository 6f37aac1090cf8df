"""Who works at which clinic: administrators give reception and administrator rights, and take them.

Doctors and patients have their roles by registering; they are no business of this module.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import audit, contact_details, login_sessions, mailed_links
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.own_clinics import clinics_where
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.database import transactional
from appointment_app.errors import DomainError, Forbidden, Invalid, NotFound
from appointment_app.i18n import t
from appointment_app.models import (
    AccountToken,
    Clinic,
    MessageKind,
    Role,
    RoleAssignment,
    TokenPurpose,
    User,
    row_id,
)
from appointment_app.outbox import enqueue

STAFF_ROLES = (Role.RECEPTION, Role.ADMINISTRATOR)
NO_PASSWORD = "!"  # noqa: S105 - the hash of none


class LastAdministrator(DomainError):
    """Without this one nobody could give anybody rights at all clinics any more."""

    code = "LAST_ADMINISTRATOR"

    def __init__(self) -> None:
        super().__init__(
            t(
                "This is the last administrator of all clinics. Make somebody else one first;"
                " an invitation counts once it is accepted."
            )
        )


@dataclass(frozen=True, slots=True)
class StaffMember:
    """An account (public id) with a role; ``is_invited`` until its owner chose a password.

    ``invited_until`` is when the newest link ends (UTC), None where none works any more.
    """

    user_id: UUID
    email: str
    role: Role
    is_invited: bool
    is_you: bool
    invited_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class StaffOfClinic:
    """Who works at a clinic (public id) or, without an ``id``, at all of them."""

    id: UUID | None
    name: str
    members: tuple[StaffMember, ...]
    zone: str = "UTC"


async def list_staff(session: AsyncSession, actor: Actor) -> list[StaffOfClinic]:
    """Return whom the actor can give and take rights: all clinics first, then each by name.

    Raises ``LoginRequired``, ``Forbidden`` when the actor administers no clinic.
    """
    clinics = await clinics_where(session, actor, Action.MANAGE_STAFF)
    everywhere = _may_manage(actor, None)
    if not clinics and not everywhere:
        require(actor, Action.MANAGE_STAFF)
    statement = (
        select(RoleAssignment, User)
        .join(User, col(User.id) == RoleAssignment.user_id)
        .where(col(RoleAssignment.role).in_(STAFF_ROLES), col(User.active))
        .order_by(col(RoleAssignment.role), User.email)
    )
    rows = (await session.exec(statement)).all()
    links = await _links_of(session, [row.user_id for row, user in rows if not _has_accepted(user)])
    found: defaultdict[int | None, list[StaffMember]] = defaultdict(list)
    for row, user in rows:
        found[row.clinic_id].append(
            StaffMember(
                user_id=user.public_id,
                email=user.email,
                role=row.role,
                is_invited=not _has_accepted(user),
                is_you=row.user_id == actor.user_id,
                invited_until=links.get(row.user_id),
            )
        )
    places = [StaffOfClinic(None, t("All clinics"), tuple(found[None]))] if everywhere else []
    return places + [
        StaffOfClinic(each.public_id, each.name, tuple(found[row_id(each)]), each.zone)
        for each in clinics
    ]


async def _links_of(session: AsyncSession, user_ids: list[int]) -> dict[int, datetime]:
    """Return until when the newest invitation of each account works, where one does."""
    statement = select(AccountToken.user_id, AccountToken.expires_at).where(
        col(AccountToken.user_id).in_(user_ids),
        AccountToken.purpose == TokenPurpose.INVITATION,
        col(AccountToken.used_at).is_(None),
        AccountToken.expires_at > clock.now(),
    )
    return dict((await session.exec(statement.order_by(col(AccountToken.expires_at)))).all())


async def grant(
    session: AsyncSession, actor: Actor, clinic_id: UUID | None, role: Role, email: str
) -> None:
    """Give the owner of an address a role at a clinic (public id) or, with None, at all.

    They are told by mail. Who has no account, or never confirmed theirs, is invited: the mail has
    a link to choose a password. Raises ``LoginRequired``, ``Forbidden``, ``NotFound``, and
    ``Invalid`` for the field ``email``.
    """
    if role not in STAFF_ROLES:
        raise NotFound
    try:
        address = contact_details.read_email(email)
    except contact_details.Unreadable as unreadable:
        raise Invalid({"email": str(unreadable)}) from unreadable
    try:
        user_id = await _grant(session, actor, clinic_id, role, address)
    except IntegrityError:
        # Somebody else has invited the same address at the same moment: now it is known.
        user_id = await _grant(session, actor, clinic_id, role, address)
    login_sessions.forget_logins(user_id=user_id)


async def revoke(
    session: AsyncSession, actor: Actor, clinic_id: UUID | None, role: Role, user_id: UUID
) -> None:
    """Take a role back; open pages of that account lose it at what they do next.

    The link of an invitation goes with the last role that it opens.
    Raises ``LoginRequired``, ``Forbidden``, ``NotFound``, ``LastAdministrator``.
    """
    login_sessions.forget_logins(user_id=await _revoke(session, actor, clinic_id, role, user_id))


@transactional
async def invite_again(
    session: AsyncSession, actor: Actor, clinic_id: UUID | None, user_id: UUID
) -> bool:
    """Mail somebody who has not accepted yet another link, for any role at this clinic.

    Returns whether it was mailed, as ``invite`` does. Raises as ``revoke`` does.
    """
    clinic = await _clinic(session, actor, clinic_id)
    found = await _assignments(session, clinic, STAFF_ROLES, user_id)
    if not found:
        raise NotFound
    user = await session.get_one(User, found[0].user_id)
    return await invite(session, user, clinic, found[0].role)


@transactional
async def _grant(
    session: AsyncSession, actor: Actor, clinic_id: UUID | None, role: Role, email: str
) -> int:
    clinic = await _clinic(session, actor, clinic_id)
    by_address = select(User).where(User.email == email).with_for_update(key_share=True)
    user = (await session.exec(by_address)).one_or_none()
    if user is None:
        # No password matches this one: the owner chooses theirs with the mailed link.
        user = User(email=email, password_hash=NO_PASSWORD)
        session.add(user)
        await session.flush()
    elif not user.active:
        raise Invalid({"email": t("The account of this address is not active.")})
    elif await _assignments(session, clinic, (role,), user.public_id):
        raise Invalid({"email": t("This address has the role here already.")})
    where = row_id(clinic) if clinic else None
    session.add(RoleAssignment(user_id=row_id(user), role=role, clinic_id=where))
    if _has_accepted(user):
        enqueue(
            session,
            MessageKind.ROLE_GRANTED,
            recipient=user.email,
            key=uuid4().hex,
            payload=payload_of(clinic, role),
        )
    else:
        await invite(session, user, clinic, role)
    _audit(session, actor, "granted", row_id(user), role, clinic)
    return row_id(user)


@transactional
async def _revoke(
    session: AsyncSession, actor: Actor, clinic_id: UUID | None, role: Role, user_id: UUID
) -> int:
    clinic = await _clinic(session, actor, clinic_id)
    if clinic is None and role is Role.ADMINISTRATOR:
        await _require_another(session, user_id)
    found = await _assignments(session, clinic, (role,), user_id)
    if not found or role not in STAFF_ROLES:
        raise NotFound
    user = await session.get_one(User, found[0].user_id)
    for row in found:
        await session.delete(row)
    if not _has_accepted(user) and not await _works_somewhere(session, user):
        await mailed_links.withdraw_all(session, row_id(user), TokenPurpose.INVITATION)
    _audit(session, actor, "revoked", row_id(user), role, clinic)
    return row_id(user)


async def _works_somewhere(session: AsyncSession, user: User) -> bool:
    """Tell whether an account has a role at work left: its invitation stands for that one too."""
    at_work = select(RoleAssignment.id).where(
        RoleAssignment.user_id == user.id, RoleAssignment.role != Role.PATIENT
    )
    return (await session.exec(at_work.limit(1))).first() is not None


async def _require_another(session: AsyncSession, user_id: UUID) -> None:
    """Return when somebody besides this account administers all clinics; two at once wait."""
    statement = (
        select(User)
        .join(RoleAssignment, col(RoleAssignment.user_id) == User.id)
        .where(
            RoleAssignment.role == Role.ADMINISTRATOR,
            col(RoleAssignment.clinic_id).is_(None),
            col(User.active),
        )
        .order_by(col(User.id))
        .with_for_update()
    )
    everywhere = (await session.exec(statement)).all()
    if not any(_has_accepted(each) and each.public_id != user_id for each in everywhere):
        raise LastAdministrator


async def invite(session: AsyncSession, user: User, clinic: Clinic | None, role: Role) -> bool:
    """Mail the link with which the owner of the address chooses a password; tell whether it was.

    Not to who has accepted, nor more than three in half an hour. Anybody can register an address
    that is not theirs; the password which they chose must not open what is given to its owner.
    """
    # Whoever accepts at this very moment keeps the password that they have just chosen.
    await session.refresh(user, with_for_update={"key_share": True})
    if _has_accepted(user):
        return False
    user_id = row_id(user)
    user.password_hash = NO_PASSWORD
    session.add(user)
    await mailed_links.withdraw_all(session, user_id, TokenPurpose.VERIFY_EMAIL)
    secret = await mailed_links.issue(session, user_id, TokenPurpose.INVITATION)
    if secret is not None:
        enqueue(
            session,
            MessageKind.STAFF_INVITED,
            recipient=user.email,
            key=mailed_links.fingerprint(secret),
            payload=payload_of(clinic, role) | {"secret": secret},
        )
    return secret is not None


async def _clinic(session: AsyncSession, actor: Actor, clinic_id: UUID | None) -> Clinic | None:
    """Return the clinic whose staff the actor may manage, or None for all clinics."""
    clinic = None
    if clinic_id is not None:
        by_id = select(Clinic).where(Clinic.public_id == clinic_id)
        clinic = (await session.exec(by_id)).one_or_none()
    if not _may_manage(actor, clinic.id if clinic else None):
        require(actor, Action.MANAGE_STAFF)
        raise Forbidden
    if clinic is None and clinic_id is not None:
        raise NotFound
    return clinic


async def _assignments(
    session: AsyncSession, clinic: Clinic | None, roles: tuple[Role, ...], user_id: UUID
) -> list[RoleAssignment]:
    statement = (
        select(RoleAssignment)
        .join(User, col(User.id) == RoleAssignment.user_id)
        .where(
            User.public_id == user_id,
            col(RoleAssignment.role).in_(roles),
            col(RoleAssignment.clinic_id).is_(None)
            if clinic is None
            else RoleAssignment.clinic_id == clinic.id,
        )
    )
    return list(await session.exec(statement))


def _may_manage(actor: Actor, clinic_id: int | None) -> bool:
    return allows(actor, Action.MANAGE_STAFF, Record(clinic_id=clinic_id))


def _has_accepted(user: User) -> bool:
    return user.email_verified_at is not None


def payload_of(clinic: Clinic | None, role: Role) -> dict[str, str]:
    """Return what a letter about a role says."""
    return {"role": role.value, "clinic": clinic.name if clinic else ""}


def _audit(
    session: AsyncSession, actor: Actor, deed: str, user_id: int, role: Role, clinic: Clinic | None
) -> None:
    audit.record(
        session,
        actor,
        f"role.{deed}",
        record_type="user_account",
        record_id=user_id,
        clinic_id=row_id(clinic) if clinic else None,
        before={"role": role} if deed == "revoked" else {},
        after={"role": role} if deed == "granted" else {},
    )
