"""Logins of programs: a short access token, and a refresh token that is used once.

The refresh tokens of one login follow each other; they are a family. One that comes a second time
was copied by somebody, and nobody can say who of the two is the owner: the whole login ends. A
program that loses an answer, or asks twice at once, would end its own login that way, so within
``TOLERANCE`` after the first use the second is refused and nothing ends. One use wins in any case.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import access_tokens, audit, logging_in, login_sessions
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.actors import identity_of
from appointment_app.accounts.errors import TokenInvalid, TokenReused
from appointment_app.accounts.login_sessions import OpenedLogin, still_holds
from appointment_app.accounts.mailed_links import fingerprint
from appointment_app.database import transactional
from appointment_app.models import LoginSession, RefreshToken, row_id

TOLERANCE = timedelta(seconds=10)
# A program that asks once a week stays logged in, as long as a login may last at all.
IDLE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a program gets; the access token is good for ``expires_in`` seconds."""

    access_token: str
    refresh_token: str
    expires_in: int = int(access_tokens.LIFETIME.total_seconds())


async def log_in(
    session: AsyncSession, visitor: Actor, *, email: str, password: str, user_agent: str = ""
) -> Tokens:
    """Open a login for a program. Raises what ``logging_in.log_in`` raises."""
    opened = await logging_in.log_in(
        session, visitor, email=email, password=password, user_agent=user_agent
    )
    return await tokens_for(session, opened)


@transactional
async def tokens_for(session: AsyncSession, opened: OpenedLogin) -> Tokens:
    """Make a fresh login that of a program, and return its first tokens."""
    by_id = select(LoginSession).where(LoginSession.public_id == opened.login_id)
    row = (await session.exec(by_id)).one()
    row.idle_minutes = int(IDLE / timedelta(minutes=1))
    return _next_tokens(session, row)


async def refresh(session: AsyncSession, visitor: Actor, secret: str) -> Tokens:
    """Use up a refresh token and return the next tokens.

    Raises ``TokenInvalid`` when there is no such token or its login is over, ``TokenReused`` when
    it was used before.
    """
    outcome = await _refresh(session, visitor, secret)
    if isinstance(outcome, Tokens):
        return outcome
    if outcome is _Refusal.INVALID:
        raise TokenInvalid
    if isinstance(outcome, _Ended):
        login_sessions.forget_logins(login_id=outcome.login_id)
    raise TokenReused


class _Refusal(Enum):
    INVALID = "no such token, or its login is over"
    AT_ONCE = "used a moment ago"


@dataclass(frozen=True, slots=True)
class _Ended:
    login_id: UUID


@transactional
async def _refresh(
    session: AsyncSession, visitor: Actor, secret: str
) -> Tokens | _Refusal | _Ended:
    found = select(RefreshToken.id, RefreshToken.login_session_id).where(
        RefreshToken.secret_hash == fingerprint(secret)
    )
    token = (await session.exec(found)).one_or_none()
    if token is None:
        return _Refusal.INVALID
    token_id, row_key = token
    now = clock.now()
    used = await session.exec(
        update(RefreshToken)
        .where(col(RefreshToken.id) == token_id, col(RefreshToken.used_at).is_(None))
        .values(used_at=now)
    )
    row = await session.get_one(LoginSession, row_key)
    if used.rowcount != 1:
        before = select(RefreshToken.used_at).where(RefreshToken.id == token_id)
        used_at = (await session.exec(before)).one()
        if row.ended_at is not None:
            return _Refusal.INVALID
        if used_at is not None and now - used_at <= TOLERANCE:
            return _Refusal.AT_ONCE
        row.ended_at = now
        actor = Actor(user_id=row.user_id, address=visitor.address)
        audit.record(
            session,
            actor,
            "user.token_reused",
            record_type="user_account",
            record_id=row.user_id,
        )
        return _Ended(row.public_id)
    identity = await identity_of(session, row.user_id)
    if not identity.actor.is_somebody or not still_holds(row):
        return _Refusal.INVALID
    row.last_seen_at = now
    return _next_tokens(session, row)


def _next_tokens(session: AsyncSession, row: LoginSession) -> Tokens:
    secret = secrets.token_urlsafe(32)
    session.add(RefreshToken(login_session_id=row_id(row), secret_hash=fingerprint(secret)))
    return Tokens(access_tokens.issue(row.public_id), secret)
