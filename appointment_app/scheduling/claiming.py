"""A patient whom staff wrote down makes that record their own, with a mailed link."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import audit, family, login_sessions
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.errors import LinkInvalid, TryAgainLater
from appointment_app.accounts.mailed_links import A_WHILE, MOST_IN_A_WHILE, fingerprint
from appointment_app.database import transactional
from appointment_app.errors import DomainError, LoginRequired
from appointment_app.i18n import t
from appointment_app.models import (
    ClaimLink,
    MessageKind,
    Person,
    Role,
    RoleAssignment,
    row_id,
)
from appointment_app.outbox import enqueue
from appointment_app.scheduling import locks
from appointment_app.scheduling.keeping_patients import load_kept, merge_rows

LIFETIME = timedelta(days=14)


class CannotInvite(DomainError):
    """No link can be mailed about this record; the sentence says why."""

    code = "CANNOT_INVITE"


@transactional
async def send_claim_link(session: AsyncSession, actor: Actor, person_id: UUID) -> str:
    """Mail a link with which a patient (public id) claims their record; returns the address.

    Links that were sent before are good no more. Raises ``CannotInvite``, ``TryAgainLater``,
    ``LoginRequired``, ``NotFound``, ``Forbidden``.
    """
    person = await load_kept(session, actor, person_id)
    if person.user_id is not None:
        raise CannotInvite(t("This patient has an account already."))
    if not person.email or not person.active:
        raise CannotInvite(t("There is no mail address to send a link to."))
    if await family.guardians_of(session, row_id(person)):
        # Whom they look after, and what they tell of their health, is theirs to hand over.
        raise CannotInvite(t("Their family looks after this record, and can give them an account."))
    key, now = row_id(person), clock.now()
    recent = select(func.count()).where(
        ClaimLink.person_id == key, col(ClaimLink.created_at) > now - A_WHILE
    )
    if (await session.exec(recent)).one() >= MOST_IN_A_WHILE:
        raise TryAgainLater(int(A_WHILE.total_seconds()))
    await _withdraw(session, key)
    secret = token_urlsafe(32)
    session.add(
        ClaimLink(
            person_id=key,
            secret_hash=fingerprint(secret),
            created_by=actor.user_id or 0,
            created_at=now,
            expires_at=now + LIFETIME,
        )
    )
    enqueue(
        session,
        MessageKind.CLAIM_RECORD,
        recipient=person.email,
        locale=person.language,
        key=fingerprint(secret),
        payload={"secret": secret},
    )
    _record(session, actor, key, "claim_link_sent")
    return person.email


async def claim(session: AsyncSession, actor: Actor, secret: str) -> None:
    """Join the record of a link to the actor's account: its appointments, its history.

    Who has a record of their own keeps that one, and the other goes into it. Raises
    ``LoginRequired``, ``LinkInvalid``, ``CannotMerge`` (the link stays good).
    """
    await _claim(session, actor, secret)
    login_sessions.forget_logins(user_id=actor.user_id)


@transactional
async def _claim(session: AsyncSession, actor: Actor, secret: str) -> None:
    if actor.user_id is None:
        raise LoginRequired
    link = await _redeem(session, secret)
    person = await session.get_one(Person, link.person_id)
    own = (await session.exec(select(Person).where(Person.user_id == actor.user_id))).first()
    if own is None:  # else both are locked with their doctors
        await locks.lock_person(session, row_id(person))
        await session.refresh(person)
    if (
        person.user_id is not None
        or not person.active
        or await family.guardians_of(session, row_id(person))
    ):
        raise LinkInvalid
    await _withdraw(session, row_id(person))
    if own is not None:
        await merge_rows(session, actor, own, person)
    else:
        person.user_id = actor.user_id
        session.add(person)
        is_patient = select(RoleAssignment.id).where(
            RoleAssignment.user_id == actor.user_id, RoleAssignment.role == Role.PATIENT
        )
        if (await session.exec(is_patient)).first() is None:
            session.add(RoleAssignment(user_id=actor.user_id, role=Role.PATIENT))
    _record(session, actor, row_id(person), "claimed")


async def _redeem(session: AsyncSession, secret: str) -> ClaimLink:
    by_secret = select(ClaimLink).where(
        ClaimLink.secret_hash == fingerprint(secret),
        col(ClaimLink.used_at).is_(None),
        col(ClaimLink.expires_at) > clock.now(),
    )
    link = (await session.exec(by_secret.with_for_update())).one_or_none()
    if link is None:
        raise LinkInvalid
    return link


async def _withdraw(session: AsyncSession, person_id: int) -> None:
    """Make every link of the record useless, the one that is being used among them."""
    await session.exec(
        update(ClaimLink)
        .where(col(ClaimLink.person_id) == person_id, col(ClaimLink.used_at).is_(None))
        .values(used_at=clock.now())
    )


def _record(session: AsyncSession, actor: Actor, person_id: int, deed: str) -> None:
    audit.record(
        session,
        actor,
        f"patient.{deed}",
        record_type="person",
        record_id=person_id,
        person_id=person_id,
    )
