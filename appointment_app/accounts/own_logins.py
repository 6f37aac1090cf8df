"""Where somebody is logged in, in browsers and by programs, and ending it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import audit, login_sessions
from appointment_app.accounts.actor import Actor
from appointment_app.database import transactional
from appointment_app.errors import LoginRequired, NotFound
from appointment_app.models import LoginSession, RefreshToken


class LoginKind(StrEnum):
    """What is logged in."""

    BROWSER = "browser"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class LoginItem:
    """A login that still holds; times are UTC, ``is_current`` the one that asks."""

    id: UUID
    kind: LoginKind
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    user_agent: str
    address: str
    is_current: bool


async def list_logins(
    session: AsyncSession, actor: Actor, *, current: UUID | None
) -> list[LoginItem]:
    """Return the actor's logins, the latest first; raises ``LoginRequired``."""
    is_program = (
        select(RefreshToken.id).where(RefreshToken.login_session_id == LoginSession.id).exists()
    )
    statement = (
        select(LoginSession, is_program)
        .where(LoginSession.user_id == _user(actor), col(LoginSession.ended_at).is_(None))
        .order_by(col(LoginSession.created_at).desc(), col(LoginSession.id).desc())
    )
    return [
        LoginItem(
            id=row.public_id,
            kind=LoginKind.PROGRAM if of_program else LoginKind.BROWSER,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            expires_at=row.expires_at,
            user_agent=row.user_agent,
            address=row.address,
            is_current=row.public_id == current,
        )
        for row, of_program in await session.exec(statement)
        if login_sessions.still_holds(row)
    ]


async def end_login(session: AsyncSession, actor: Actor, login_id: UUID) -> None:
    """End one of the actor's logins, at once; raises ``LoginRequired``, ``NotFound``."""
    await _end(session, actor, login_id)
    login_sessions.forget_logins(login_id=login_id)


async def end_other_logins(session: AsyncSession, actor: Actor, *, current: UUID | None) -> None:
    """End all of the actor's logins but the ``current`` one; raises ``LoginRequired``."""
    await _end_others(session, actor, current)
    login_sessions.forget_logins(user_id=actor.user_id)


@transactional
async def _end(session: AsyncSession, actor: Actor, login_id: UUID) -> None:
    ended = await session.exec(
        update(LoginSession)
        .where(
            col(LoginSession.public_id) == login_id,
            col(LoginSession.user_id) == _user(actor),
            col(LoginSession.ended_at).is_(None),
        )
        .values(ended_at=clock.now())
    )
    if ended.rowcount != 1:
        raise NotFound
    _record(session, actor)


@transactional
async def _end_others(session: AsyncSession, actor: Actor, current: UUID | None) -> None:
    others = [col(LoginSession.user_id) == _user(actor), col(LoginSession.ended_at).is_(None)]
    if current is not None:
        others.append(col(LoginSession.public_id) != current)
    ended = await session.exec(update(LoginSession).where(*others).values(ended_at=clock.now()))
    if ended.rowcount:
        _record(session, actor)


def _user(actor: Actor) -> int:
    if actor.user_id is None:
        raise LoginRequired
    return actor.user_id


def _record(session: AsyncSession, actor: Actor) -> None:
    audit.record(
        session,
        actor,
        "user.logged_out",
        record_type="user_account",
        record_id=_user(actor),
    )
