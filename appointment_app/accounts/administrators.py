"""The first administrator, who comes from the command line: nobody is there to approve them."""

from __future__ import annotations

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import audit, passwords
from appointment_app.accounts.actor import NOBODY
from appointment_app.accounts.contact_details import Unreadable, read_email
from appointment_app.database import transactional
from appointment_app.errors import Invalid
from appointment_app.i18n import t
from appointment_app.models import Role, RoleAssignment, User, row_id


async def create_administrator(session: AsyncSession, email: str, password: str) -> None:
    """Create a verified account that administers every clinic.

    For whoever already controls the database; no page and no API route leads here. Raises
    ``Invalid`` when the address is wrong or known, or the password is not good enough.
    """
    try:
        address = read_email(email)
    except Unreadable as unreadable:
        raise Invalid({"email": str(unreadable)}) from unreadable
    if (sentence := passwords.problem(password, personal=(address,))) is not None:
        raise Invalid({"password": sentence})
    await _create(session, address, await passwords.hashed(password))


@transactional
async def _create(session: AsyncSession, email: str, password_hash: str) -> None:
    if (await session.exec(select(User.id).where(User.email == email))).first() is not None:
        raise Invalid({"email": t("There is an account with this address already.")})
    user = User(email=email, password_hash=password_hash, email_verified_at=clock.now())
    session.add(user)
    await session.flush()
    session.add(RoleAssignment(user_id=row_id(user), role=Role.ADMINISTRATOR))
    audit.record(
        session,
        NOBODY,
        "administrator.created",
        record_type="user_account",
        record_id=row_id(user),
        fields=("role",),
    )
