"""The privacy notice: which version there is, and who agreed to it when."""

from __future__ import annotations

from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts import audit
from appointment_app.accounts.actor import Actor
from appointment_app.database import transactional
from appointment_app.errors import LoginRequired
from appointment_app.models import Consent

# Whoever changes what ``pages/privacy.py`` says sets another day: everybody is asked once more.
NOTICE_DAY = date(2026, 11, 21)
NOTICE_VERSION = NOTICE_DAY.isoformat()


async def is_needed(session: AsyncSession, actor: Actor) -> bool:
    """Tell whether a person who is logged in has not agreed to the notice as it is now.

    Accounts that are no person's have nothing kept about them that the notice speaks of.
    """
    return actor.person_id is not None and not await _has_agreed(session, actor)


def add_consent(session: AsyncSession, actor: Actor) -> None:
    """Note in the caller's transaction that the actor agrees, who has not before."""
    if actor.user_id is None:
        raise LoginRequired
    session.add(Consent(user_id=actor.user_id, version=NOTICE_VERSION, address=actor.address))
    audit.record(
        session,
        actor,
        "privacy.agreed",
        record_type="user_account",
        record_id=actor.user_id,
        fields=[NOTICE_VERSION],
    )


async def agree(session: AsyncSession, actor: Actor) -> None:
    """Note that the actor agrees to the notice as it is now, once. Raises ``LoginRequired``."""
    try:
        await _agree(session, actor)
    except IntegrityError:
        return  # the second of two quick clicks


@transactional
async def _agree(session: AsyncSession, actor: Actor) -> None:
    if not await _has_agreed(session, actor):
        add_consent(session, actor)


async def _has_agreed(session: AsyncSession, actor: Actor) -> bool:
    agreed = select(Consent.id).where(
        Consent.user_id == actor.user_id, Consent.version == NOTICE_VERSION
    )
    return (await session.exec(agreed)).first() is not None
