"""What keeps demo data and real data apart."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.database import Database
from appointment_app.models import Clinic, User
from appointment_app.settings import Settings


class NotADemo(Exception):
    """The database holds what is not demo data; it is not ours to throw away."""


class DemoAccountsInProduction(Exception):
    """Everybody knows the password of the demo accounts: real patients must not meet them."""


async def require_demo(session: AsyncSession) -> None:
    """Return when the database may be replaced by the demo clinic.

    It may when it is empty, or when it is a demo clinic already: it has clinics, and all are
    demo clinics. Whoever registered at those by hand belongs to the demo and goes with it.
    Raises ``NotADemo`` otherwise.
    """
    if (await session.exec(select(Clinic.id).where(~col(Clinic.is_demo)).limit(1))).first():
        raise NotADemo(
            "This database holds a clinic that is not a demo. Nothing was changed. "
            "Name another database with DATABASE_URL."
        )
    if await is_empty(session):
        return
    if (await session.exec(select(Clinic.id).limit(1))).first() is None:
        raise NotADemo(
            "This database holds accounts and no demo clinic. Nothing was changed. "
            "Name another database with DATABASE_URL."
        )


async def is_empty(session: AsyncSession) -> bool:
    """Tell whether the database holds neither clinics nor accounts."""
    clinic = await session.exec(select(Clinic.id).limit(1))
    user = await session.exec(select(User.id).limit(1))
    return clinic.first() is None and user.first() is None


async def refuse_demo_accounts(settings: Settings) -> None:
    """Raise ``DemoAccountsInProduction`` when real patients would meet demo data."""
    if not settings.is_production:
        return
    database = Database(settings.database_url)
    try:
        async with database.session() as session:
            found = await _holds_demo_data(session)
    finally:
        await database.dispose()
    if found:
        raise DemoAccountsInProduction(
            "This database holds demo accounts, whose password everybody knows. "
            "APP_ENV=production does not start with it: name another with DATABASE_URL."
        )


async def _holds_demo_data(session: AsyncSession) -> bool:
    user = await session.exec(select(User.id).where(col(User.is_demo)).limit(1))
    clinic = await session.exec(select(Clinic.id).where(col(Clinic.is_demo)).limit(1))
    return user.first() is not None or clinic.first() is not None
