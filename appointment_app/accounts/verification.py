"""Confirming that an e-mail address belongs to who registered it, by a mailed link."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import audit, login_sessions, mailed_links
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.actors import identity_of
from appointment_app.accounts.errors import LinkInvalid
from appointment_app.accounts.login_sessions import OpenedLogin
from appointment_app.database import transactional
from appointment_app.models import MessageKind, TokenPurpose, User
from appointment_app.models.base import row_id
from appointment_app.outbox import enqueue


@dataclass(frozen=True, slots=True)
class Verified:
    """What a confirmed address gives: a login, and the path that the registration came from."""

    login: OpenedLogin
    next_path: str


async def mail_verification_link(session: AsyncSession, user: User, *, next_path: str) -> None:
    """Mail the user a link to confirm the address, in the caller's transaction.

    Nothing is sent when they have got enough of them within the last half hour.
    """
    user_id = row_id(user)
    secret = await mailed_links.issue(
        session, user_id, TokenPurpose.VERIFY_EMAIL, next_path=next_path
    )
    if secret is not None:
        enqueue(
            session,
            MessageKind.VERIFY_EMAIL,
            recipient=user.email,
            key=mailed_links.fingerprint(secret),
            payload={"user_id": user_id, "secret": secret, "next": next_path},
        )


@transactional
async def verify_email(
    session: AsyncSession, visitor: Actor, *, secret: str, user_agent: str = ""
) -> Verified:
    """Use up a mailed link: the address is confirmed, and its owner is logged in.

    Raises ``LinkInvalid`` when it was used before, is too old or does not exist.
    """
    link = await mailed_links.redeem(session, secret, TokenPurpose.VERIFY_EMAIL)
    await mailed_links.withdraw_all(session, link.user_id, TokenPurpose.VERIFY_EMAIL)
    user = await session.get_one(User, link.user_id)
    identity = (await identity_of(session, link.user_id)).at(visitor.address)
    if not identity.actor.is_somebody:
        raise LinkInvalid
    user.email_verified_at = user.email_verified_at or clock.now()
    user.last_login_at = clock.now()
    audit.record(
        session,
        identity.actor,
        "user.address_verified",
        record_type="user_account",
        record_id=link.user_id,
        person_id=identity.actor.person_id,
        fields=["email_verified_at"],
    )
    login = await login_sessions.open_login(session, link.user_id, identity, user_agent=user_agent)
    return Verified(login, link.next_path)
