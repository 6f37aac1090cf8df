"""A password that is chosen through a mailed link: a forgotten one anew, or the first one."""

from __future__ import annotations

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import (
    audit,
    contact_details,
    login_sessions,
    mailed_links,
    passwords,
    throttle,
)
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.actors import identity_of
from appointment_app.accounts.equal_time import equal_time
from appointment_app.accounts.errors import LinkInvalid
from appointment_app.accounts.login_sessions import OpenedLogin
from appointment_app.database import transactional
from appointment_app.errors import Invalid
from appointment_app.models import MessageKind, TokenPurpose, User
from appointment_app.models.base import row_id
from appointment_app.outbox import enqueue

_PURPOSES = (TokenPurpose.RESET_PASSWORD, TokenPurpose.INVITATION)


async def forgot_password(session: AsyncSession, visitor: Actor, *, email: str) -> None:
    """Mail the owner of the address a link to choose a new password, if there is an owner.

    The caller cannot tell whether there is. Raises ``Invalid`` for what is no address,
    ``TryAgainLater``.
    """
    async with equal_time():
        try:
            email = contact_details.read_email(email)
        except contact_details.Unreadable as unreadable:
            raise Invalid({"email": str(unreadable)}) from unreadable
        await throttle.begin_request(session, "forgot password", visitor.address)
        await _mail_reset_link(session, email)


async def reset_password(
    session: AsyncSession, visitor: Actor, *, secret: str, password: str, user_agent: str = ""
) -> OpenedLogin:
    """Store the password, end every login there is and open a new one.

    Holding the link shows that the address is theirs, so it counts as confirmed. Raises
    ``LinkInvalid``, or ``Invalid`` for a password that is not good enough (the link stays good).
    """
    async with session.begin():
        link = await mailed_links.find(session, secret, *_PURPOSES)
        user = await session.get_one(User, link.user_id)
    if sentence := passwords.problem(password, personal=(user.email,)):
        raise Invalid({"password": sentence})
    password_hash = await passwords.hashed(password)
    opened = await _replace(session, visitor, secret, password_hash, user_agent)
    login_sessions.forget_logins(user_id=link.user_id)
    return opened


@transactional
async def _mail_reset_link(session: AsyncSession, email: str) -> None:
    user = (await session.exec(select(User).where(User.email == email))).one_or_none()
    if user is None or not user.active:
        return
    secret = await mailed_links.issue(session, row_id(user), TokenPurpose.RESET_PASSWORD)
    if secret is not None:
        enqueue(
            session,
            MessageKind.RESET_PASSWORD,
            recipient=user.email,
            key=mailed_links.fingerprint(secret),
            payload={"user_id": row_id(user), "secret": secret},
        )


@transactional
async def _replace(
    session: AsyncSession, visitor: Actor, secret: str, password_hash: str, user_agent: str
) -> OpenedLogin:
    link = await mailed_links.redeem(session, secret, *_PURPOSES)
    for purpose in TokenPurpose:
        await mailed_links.withdraw_all(session, link.user_id, purpose)
    await login_sessions.end_all_logins(session, link.user_id)
    user = await session.get_one(User, link.user_id)
    identity = (await identity_of(session, link.user_id)).at(visitor.address)
    if not identity.actor.is_somebody:
        raise LinkInvalid
    is_first = link.purpose is TokenPurpose.INVITATION
    user.password_hash = password_hash
    user.email_verified_at = user.email_verified_at or clock.now()
    user.last_login_at = clock.now()
    await throttle.forget_failures(session, user.email, visitor.address)
    audit.record(
        session,
        identity.actor,
        "user.invitation_accepted" if is_first else "user.password_reset",
        record_type="user_account",
        record_id=link.user_id,
        person_id=identity.actor.person_id,
        fields=["password_hash"],
    )
    if not is_first:
        enqueue(
            session,
            MessageKind.PASSWORD_CHANGED,
            recipient=user.email,
            key=mailed_links.fingerprint(secret),
            payload={"user_id": link.user_id},
        )
    return await login_sessions.open_login(session, link.user_id, identity, user_agent=user_agent)
