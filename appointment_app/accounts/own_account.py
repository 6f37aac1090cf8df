"""One's own account: another password, another e-mail address."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import (
    audit,
    contact_details,
    mailed_links,
    own_logins,
    passwords,
    throttle,
)
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.errors import AddressTaken, TryAgainLater
from appointment_app.database import transactional
from appointment_app.errors import Invalid, LoginRequired
from appointment_app.i18n import t
from appointment_app.models import MessageKind, TokenPurpose, User, row_id
from appointment_app.outbox import enqueue


async def load_address(session: AsyncSession, actor: Actor) -> str:
    """Return the e-mail address of the actor's account. Raises ``LoginRequired``."""
    return (await _user(session, actor)).email


async def change_password(
    session: AsyncSession,
    actor: Actor,
    *,
    password: str,
    new_password: str,
    current: UUID | None,
) -> None:
    """Replace the password, and end every login but the ``current`` one.

    Raises ``LoginRequired``, ``TryAgainLater``, and ``Invalid`` for ``password`` or
    ``new_password``.
    """
    email = await _prove(session, actor, password)
    if sentence := passwords.problem(new_password, personal=(email,)):
        raise Invalid({"new_password": sentence})
    await _replace_password(session, actor, await passwords.hashed(new_password))
    await own_logins.end_other_logins(session, actor, current=current)


async def ask_for_address(
    session: AsyncSession, actor: Actor, *, password: str, email: str
) -> None:
    """Mail a link to the new address, which becomes the account's once the link is opened.

    Raises ``LoginRequired``, ``TryAgainLater``, and ``Invalid`` for ``password`` or ``email``.
    """
    try:
        email = contact_details.read_email(email)
    except contact_details.Unreadable as unreadable:
        raise Invalid({"email": str(unreadable)}) from unreadable
    if email == await _prove(session, actor, password):
        raise Invalid({"email": t("This is your address already.")})
    await _mail_link(session, actor, email)


async def confirm_address(session: AsyncSession, visitor: Actor, *, secret: str) -> None:
    """Use up a mailed link: its address is the account's now, and the old address is told.

    Raises ``LinkInvalid``, and ``AddressTaken`` when another account has the address meanwhile.
    """
    try:
        await _replace_address(session, visitor, secret)
    except IntegrityError as error:
        raise AddressTaken from error


async def _prove(session: AsyncSession, actor: Actor, password: str) -> str:
    """Return the actor's address once the password is theirs; wrong ones meet growing delays."""
    async with session.begin():
        user = await _user(session, actor)
    await throttle.begin_attempt(session, user.email, actor.address)
    matched, _ = await passwords.matches(password, user.password_hash)
    if not matched:
        raise Invalid({"password": t("This is not your password.")})
    await _forget_failures(session, user.email, actor)
    return user.email


async def _user(session: AsyncSession, actor: Actor) -> User:
    if actor.user_id is None:
        raise LoginRequired
    return await session.get_one(User, actor.user_id)


@transactional
async def _forget_failures(session: AsyncSession, email: str, actor: Actor) -> None:
    await throttle.forget_failures(session, email, actor.address)


@transactional
async def _replace_password(session: AsyncSession, actor: Actor, password_hash: str) -> None:
    user = await _user(session, actor)
    user.password_hash = password_hash
    session.add(user)
    await mailed_links.withdraw_all(session, row_id(user), TokenPurpose.RESET_PASSWORD)
    _record(session, actor, user, "user.password_changed", "password_hash")
    enqueue(
        session,
        MessageKind.PASSWORD_CHANGED,
        recipient=user.email,
        key=f"{user.id}:{clock.now():%Y-%m-%dT%H:%M:%S.%f}",
        payload={"user_id": user.id},
    )


@transactional
async def _mail_link(session: AsyncSession, actor: Actor, email: str) -> None:
    user = await _user(session, actor)
    secret = await mailed_links.issue(session, row_id(user), TokenPurpose.CHANGE_EMAIL, email=email)
    if secret is None:
        raise TryAgainLater(int(mailed_links.A_WHILE.total_seconds()))
    _record(session, actor, user, "user.address_asked", "email")
    enqueue(
        session,
        MessageKind.CHANGE_EMAIL,
        recipient=email,
        key=mailed_links.fingerprint(secret),
        payload={"user_id": user.id, "secret": secret},
    )


@transactional
async def _replace_address(session: AsyncSession, visitor: Actor, secret: str) -> None:
    link = await mailed_links.redeem(session, secret, TokenPurpose.CHANGE_EMAIL)
    user = await session.get_one(User, link.user_id)
    taken = select(User.id).where(User.email == link.email)
    if link.email is None or (await session.exec(taken)).first() is not None:
        raise AddressTaken
    old, user.email = user.email, link.email
    user.email_verified_at = clock.now()
    session.add(user)
    # What was mailed to the old address opens nothing any more.
    for purpose in TokenPurpose:
        await mailed_links.withdraw_all(session, row_id(user), purpose)
    _record(session, visitor, user, "user.address_changed", "email")
    enqueue(
        session,
        MessageKind.EMAIL_CHANGED,
        recipient=old,
        key=mailed_links.fingerprint(secret),
        payload={"user_id": user.id},
    )


def _record(session: AsyncSession, actor: Actor, user: User, deed: str, field: str) -> None:
    audit.record(
        session,
        actor,
        deed,
        record_type="user_account",
        record_id=row_id(user),
        fields=[field],
    )
