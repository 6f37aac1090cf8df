"""Which clinics and specialties there are."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import Clinic, Specialty


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list to choose from: what a program calls it, and what a person does."""

    value: str
    label: str


async def active_clinics(session: AsyncSession) -> list[Choice]:
    """Return the clinics that take part, by public id, as ``Name, City``, ordered by name."""
    query = select(Clinic).where(col(Clinic.active)).order_by(col(Clinic.name), col(Clinic.city))
    return [
        Choice(str(clinic.public_id), f"{clinic.name}, {clinic.city}")
        for clinic in await session.exec(query)
    ]


async def specialties(session: AsyncSession) -> list[Choice]:
    """Return the specialties by code, ordered by name."""
    query = select(Specialty).order_by(col(Specialty.name))
    return [Choice(specialty.code, specialty.name) for specialty in await session.exec(query)]
