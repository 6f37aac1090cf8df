"""Login sessions: a row for each login, named by the signed token in the browser's cookie.

The token lives as long as the row may; whether the login still holds stands in the row alone,
so it can be ended at any moment. What was read is kept for ``REMEMBERED`` in this process.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actors import ANONYMOUS, Identity, identity_of
from appointment_app.accounts.keys import keys_for, read_signed, sign
from appointment_app.database import Database, transactional
from appointment_app.models import LoginSession

REMEMBERED = timedelta(seconds=3)
TOUCHED_EVERY = timedelta(minutes=1)
_PURPOSE = "login session"
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a login lasts without use, and at most."""

    idle: timedelta
    absolute: timedelta


PATIENT_LIMITS = Limits(idle=timedelta(hours=12), absolute=timedelta(days=30))
STAFF_LIMITS = Limits(idle=timedelta(hours=12), absolute=timedelta(days=7))


@dataclass(frozen=True, slots=True)
class OpenedLogin:
    """A fresh login: whose, the token for the cookie, and when that becomes worthless.

    ``login_id`` is the public id of its row.
    """

    identity: Identity
    token: str
    expires_at: datetime
    login_id: UUID


@dataclass(frozen=True, slots=True)
class _Found:
    identity: Identity
    read_at: datetime
    ends_at: datetime


_found: dict[UUID, _Found] = {}


async def open_login(
    session: AsyncSession, user_id: int, identity: Identity, *, user_agent: str = ""
) -> OpenedLogin:
    """Add a login of the user to the caller's transaction and return its token."""
    limits = STAFF_LIMITS if identity.is_staff else PATIENT_LIMITS
    # Whole seconds, as the token has them.
    now = clock.now().replace(microsecond=0)
    row = LoginSession(
        user_id=user_id,
        created_at=now,
        last_seen_at=now,
        idle_minutes=int(limits.idle / timedelta(minutes=1)),
        expires_at=now + limits.absolute,
        user_agent=user_agent[:255],
        address=identity.actor.address[:45],
    )
    session.add(row)
    claims = {"jti": str(row.public_id), "iat": now, "exp": row.expires_at}
    token = sign(claims, _PURPOSE)
    return OpenedLogin(identity, token, row.expires_at, row.public_id)


async def who_is(database: Database, token: str | None) -> Identity:
    """Return whose login the token names, or ``ANONYMOUS`` when it names none that still holds.

    A login that another process ended is noticed after ``REMEMBERED`` at the latest.
    """
    login_id = login_of(token)
    return ANONYMOUS if login_id is None else await holder_of(database, login_id)


async def holder_of(database: Database, login_id: UUID) -> Identity:
    """Return whose login this is, as ``who_is`` does."""
    now = clock.now()
    found = _found.get(login_id)
    if found is None or not timedelta(0) <= now - found.read_at < REMEMBERED:
        found = await _read(database, login_id)
        _remember(login_id, found)
    return found.identity.as_of(now) if now < found.ends_at else ANONYMOUS


def login_of(token: str | None) -> UUID | None:
    """Return the ``jti`` of a token that we signed and that has not expired by our clock."""
    if not token:
        return None
    try:
        claims = read_signed(
            token,
            keys_for(_PURPOSE),
            # Our own clock decides, below, so that tests can freeze it.
            options={
                "require": ["jti", "iat", "exp"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        login_id = UUID(claims["jti"])
    except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError):
        return None
    return login_id if clock.now() < expires_at else None


async def end_login(session: AsyncSession, token: str | None) -> int | None:
    """End the login that the token names, in the caller's transaction; return its user's id."""
    login_id = login_of(token)
    if login_id is None:
        return None
    query = select(LoginSession).where(
        LoginSession.public_id == login_id, col(LoginSession.ended_at).is_(None)
    )
    row = (await session.exec(query)).one_or_none()
    if row is None:
        return None
    row.ended_at = clock.now()
    return row.user_id


async def end_all_logins(session: AsyncSession, user_id: int) -> None:
    """End every login of the user, in the caller's transaction."""
    await session.exec(
        update(LoginSession)
        .where(col(LoginSession.user_id) == user_id, col(LoginSession.ended_at).is_(None))
        .values(ended_at=clock.now())
    )


def forget_logins(
    *, token: str | None = None, user_id: int | None = None, login_id: UUID | None = None
) -> None:
    """Read again what this process remembers: call it after the transaction that ended logins."""
    login_id = login_id or login_of(token)
    for remembered, found in list(_found.items()):
        if remembered == login_id or found.identity.actor.user_id == user_id:
            del _found[remembered]


def forget_everything() -> None:
    """Read every login again."""
    _found.clear()


def still_holds(row: LoginSession) -> bool:
    """Tell whether nobody and nothing has ended the login of this row."""
    return row.ended_at is None and clock.now() < _ends_at(row, row.last_seen_at)


def _ends_at(row: LoginSession, last_seen_at: datetime) -> datetime:
    return min(last_seen_at + timedelta(minutes=row.idle_minutes), row.expires_at)


async def _read(database: Database, login_id: UUID) -> _Found:
    now = clock.now()
    nobody = _Found(ANONYMOUS, now, now)
    async with database.session() as session:
        async with session.begin():
            query = select(LoginSession).where(LoginSession.public_id == login_id)
            row = (await session.exec(query)).one_or_none()
            if row is None or not still_holds(row):
                return nobody
            ends_at = _ends_at(row, row.last_seen_at)
            identity = await identity_of(session, row.user_id)
        if now - row.last_seen_at >= TOUCHED_EVERY:
            await _touch(session, login_id, now)
            ends_at = _ends_at(row, now)
    return _Found(identity, now, ends_at)


@transactional
async def _touch(session: AsyncSession, login_id: UUID, now: datetime) -> None:
    await session.exec(
        update(LoginSession).where(col(LoginSession.public_id) == login_id).values(last_seen_at=now)
    )


def _remember(login_id: UUID, found: _Found) -> None:
    if len(_found) >= _MOST_REMEMBERED:
        forget_everything()
    _found[login_id] = found
