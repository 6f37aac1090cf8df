"""The clinics at which somebody may do something."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, allows
from appointment_app.models import Clinic


async def clinics_where(session: AsyncSession, actor: Actor, action: Action) -> list[Clinic]:
    """Return the clinics in use at which ``actor`` may do ``action``, by name."""
    by_name = select(Clinic).where(col(Clinic.active)).order_by(col(Clinic.name), col(Clinic.id))
    return [
        clinic
        for clinic in await session.exec(by_name)
        if allows(actor, action, Record(clinic_id=clinic.id))
    ]
