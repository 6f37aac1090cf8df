"""Logging in and out."""

from __future__ import annotations

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import (
    audit,
    contact_details,
    login_sessions,
    passwords,
    throttle,
)
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.actors import identity_of
from appointment_app.accounts.equal_time import equal_time
from appointment_app.accounts.errors import AddressNotVerified, WrongLogin
from appointment_app.accounts.login_sessions import OpenedLogin
from appointment_app.accounts.verification import mail_verification_link
from appointment_app.database import transactional
from appointment_app.models import User
from appointment_app.models.base import row_id
from appointment_app.texts import fit


async def log_in(
    session: AsyncSession,
    visitor: Actor,
    *,
    email: str,
    password: str,
    next_path: str = "",
    user_agent: str = "",
) -> OpenedLogin:
    """Open a login for the owner of ``email`` and return its token.

    ``next_path`` is where the new confirmation link leads if one has to be sent. Raises
    ``WrongLogin``, ``AddressNotVerified`` (only to who knows the password) or ``TryAgainLater``.
    """
    async with equal_time(only_failures=True):
        try:
            email = contact_details.read_email(email)
        except contact_details.Unreadable:
            email = fit(email).lower()
        await throttle.begin_attempt(session, email, visitor.address)
        async with session.begin():
            user = (await session.exec(select(User).where(User.email == email))).one_or_none()
        if user is None:
            await passwords.pretend_to_match(password)
            raise WrongLogin
        matched, better_hash = await passwords.matches(password, user.password_hash)
        if not matched or not user.active:
            raise WrongLogin
        opened = await _open(session, visitor, row_id(user), better_hash, next_path, user_agent)
        if opened is None:
            raise AddressNotVerified
        return opened


async def log_out(session: AsyncSession, actor: Actor, *, token: str | None) -> None:
    """End the login that the token names; nothing happens when there is none."""
    await _end(session, actor, token)
    login_sessions.forget_logins(token=token)


@transactional
async def _open(
    session: AsyncSession,
    visitor: Actor,
    user_id: int,
    better_hash: str | None,
    next_path: str,
    user_agent: str,
) -> OpenedLogin | None:
    """Return the login, or None after mailing a link when the address is not confirmed yet."""
    user = await session.get_one(User, user_id)
    await throttle.forget_failures(session, user.email, visitor.address)
    if better_hash is not None:
        user.password_hash = better_hash
    if user.email_verified_at is None:
        await mail_verification_link(session, user, next_path=next_path)
        return None
    user.last_login_at = clock.now()
    identity = (await identity_of(session, user_id)).at(visitor.address)
    audit.record(
        session,
        identity.actor,
        "user.logged_in",
        record_type="user_account",
        record_id=user_id,
        person_id=identity.actor.person_id,
    )
    return await login_sessions.open_login(session, user_id, identity, user_agent=user_agent)


@transactional
async def _end(session: AsyncSession, actor: Actor, token: str | None) -> None:
    user_id = await login_sessions.end_login(session, token)
    if user_id is not None:
        audit.record(
            session,
            actor,
            "user.logged_out",
            record_type="user_account",
            record_id=user_id,
            person_id=actor.person_id,
        )
