"""Single-use secrets for mailed links; the database keeps only their SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.errors import LinkInvalid
from appointment_app.models import AccountToken, TokenPurpose

LIFETIMES = {
    TokenPurpose.VERIFY_EMAIL: timedelta(hours=24),
    TokenPurpose.RESET_PASSWORD: timedelta(minutes=30),
    TokenPurpose.INVITATION: timedelta(days=7),
    TokenPurpose.CHANGE_EMAIL: timedelta(hours=24),
    TokenPurpose.SHARE_FAMILY: timedelta(days=7),
    TokenPurpose.OWN_ACCOUNT: timedelta(days=7),
}
MOST_IN_A_WHILE = 3
A_WHILE = timedelta(minutes=30)


async def issue(
    session: AsyncSession,
    user_id: int,
    purpose: TokenPurpose,
    *,
    next_path: str = "",
    email: str | None = None,
    person_id: int | None = None,
) -> str | None:
    """Return a new secret, stored in the caller's transaction; see ``AccountToken``.

    Returns None when the user has got enough links of this kind within the last half hour:
    strangers can ask for them, and the mailbox is not theirs.
    """
    recent = select(func.count()).where(
        AccountToken.user_id == user_id,
        AccountToken.purpose == purpose,
        col(AccountToken.created_at) > clock.now() - A_WHILE,
    )
    if (await session.exec(recent)).one() >= MOST_IN_A_WHILE:
        return None
    secret = secrets.token_urlsafe(32)
    session.add(
        AccountToken(
            user_id=user_id,
            purpose=purpose,
            secret_hash=fingerprint(secret),
            next_path=next_path,
            email=email,
            person_id=person_id,
            created_at=clock.now(),
            expires_at=clock.now() + LIFETIMES[purpose],
        )
    )
    return secret


async def redeem(session: AsyncSession, secret: str, *purposes: TokenPurpose) -> AccountToken:
    """Use up the link with this secret, in the caller's transaction, and return it.

    It must be for one of ``purposes``. Raises ``LinkInvalid`` when it was used before, is too old
    or does not exist.
    """
    token = await find(session, secret, *purposes)
    used = await session.exec(
        update(AccountToken)
        .where(col(AccountToken.id) == token.id, col(AccountToken.used_at).is_(None))
        .values(used_at=clock.now())
    )
    if used.rowcount != 1:
        raise LinkInvalid
    return token


async def find(session: AsyncSession, secret: str, *purposes: TokenPurpose) -> AccountToken:
    """Return the link with this secret without using it up.

    Raises ``LinkInvalid`` as ``redeem`` does.
    """
    query = select(AccountToken).where(
        AccountToken.secret_hash == fingerprint(secret),
        col(AccountToken.purpose).in_(purposes),
        col(AccountToken.used_at).is_(None),
        col(AccountToken.expires_at) > clock.now(),
    )
    token = (await session.exec(query)).one_or_none()
    if token is None:
        raise LinkInvalid
    return token


async def withdraw_all(session: AsyncSession, user_id: int, purpose: TokenPurpose) -> None:
    """Make every unused link of this kind useless, in the caller's transaction."""
    await session.exec(
        update(AccountToken)
        .where(
            col(AccountToken.user_id) == user_id,
            col(AccountToken.purpose) == purpose,
            col(AccountToken.used_at).is_(None),
        )
        .values(used_at=clock.now())
    )


def fingerprint(secret: str) -> str:
    """Return the SHA-256 of a secret in hex: what may be stored of it, and what names its mail."""
    return hashlib.sha256(secret.encode()).hexdigest()
