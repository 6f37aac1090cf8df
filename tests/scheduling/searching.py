"""Patients who search, on a Monday morning, and doctors whom they may find."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.models import (
    Clinic,
    DateOverride,
    Doctor,
    DoctorAtClinic,
    DoctorSpecialty,
    Specialty,
    row_id,
)
from appointment_app.scheduling.search import Query, SearchPage, find_doctors
from tests.factories import make_doctor, make_visit_type

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)  # Monday, 09:00 in Berlin
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland")


def stand_still() -> Iterator[None]:
    """The clock stands at ``NOW``: a fixture of every module that searches."""
    with clock.frozen(NOW):
        yield


async def search(session: AsyncSession, **asked: object) -> SearchPage:
    return await find_doctors(session, NOBODY, Query(**asked), limit=100)  # type: ignore[arg-type]


async def names(session: AsyncSession, **asked: object) -> list[str]:
    return [card.doctor.name for card in (await search(session, **asked)).cards]


async def make_bookable(session: AsyncSession, clinic: Clinic, **values: object) -> Doctor:
    doctor = await make_doctor(session, clinic, **values)  # type: ignore[arg-type]
    await make_visit_type(session, doctor)
    return doctor


async def make_specialist(
    session: AsyncSession, clinic: Clinic, specialty: str, search_words: str = "", **values: object
) -> Doctor:
    doctor = await make_bookable(session, clinic, **values)
    row = Specialty(code=uuid4().hex, name=specialty, search_words=search_words)
    session.add(row)
    await session.flush()
    session.add(DoctorSpecialty(doctor_id=row_id(doctor), specialty_id=row_id(row)))
    await session.commit()
    return doctor


async def close(session: AsyncSession, doctor: Doctor, days: int) -> None:
    """Close the days from today on."""
    work = select(DoctorAtClinic).where(DoctorAtClinic.doctor_id == row_id(doctor))
    at_clinic = (await session.exec(work)).one()
    for number in range(days):
        day = NOW.date() + timedelta(days=number)
        session.add(DateOverride(doctor_at_clinic_id=row_id(at_clinic), day=day))
    await session.commit()
