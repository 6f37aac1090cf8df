"""Who is booked where a doctor will not work. They stay booked, so the doctor is told first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.models import Appointment, AppointmentStatus, BusyBlock, Clinic, Person
from appointment_app.scheduling.availability import open_intervals
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import DAY, local_date
from appointment_app.scheduling.opening_hours import Hours
from appointment_app.scheduling.rules import Place

_OPEN = (AppointmentStatus.PENDING, AppointmentStatus.CONFIRMED, AppointmentStatus.CHECKED_IN)


@dataclass(frozen=True, slots=True)
class BookedOutside:
    """An appointment that new hours do not cover; it stays booked. ``zone`` is its clinic's."""

    id: UUID
    starts_at: datetime
    patient: str
    zone: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What saving would do: how many days change, and who is booked outside the new hours."""

    changed_days: int
    outside: tuple[BookedOutside, ...]


async def booked_outside(
    session: AsyncSession, place: Place, after: Hours
) -> tuple[BookedOutside, ...]:
    """Return who is booked from now on, on a day that changes, outside the hours ``after``.

    Whoever sits in an extra session is where the doctor wants them, whatever the hours.
    """
    booked = await _load_booked(
        session,
        Appointment.doctor_id == place.doctor_id,
        Appointment.clinic_id == place.clinic.id,
        ~col(BusyBlock.published),
    )
    outside = []
    for each, ends_at in booked:
        day = local_date(place.clinic.zone, each.starts_at)
        # Past midnight it may be the hours of the day before.
        if not (differs(place.hours, day, after) or differs(place.hours, day - DAY, after)):
            continue
        visit = Interval(each.starts_at, ends_at)
        if open_intervals(after, visit) != [visit]:
            outside.append(each)
    return tuple(outside)


async def booked_on_days(
    session: AsyncSession, doctor_id: int, first: date, last: date
) -> tuple[BookedOutside, ...]:
    """Return who is booked with the doctor, at any clinic, on local days; both included."""
    booked = await _load_booked(session, Appointment.doctor_id == doctor_id)
    return tuple(
        each for each, _ in booked if first <= local_date(each.zone, each.starts_at) <= last
    )


def differs(before: Hours, day: date, after: Hours) -> bool:
    """Tell whether other hours hold on ``day``."""
    return _pairs(before, day) != _pairs(after, day)


async def _load_booked(
    session: AsyncSession, *conditions: object
) -> list[tuple[BookedOutside, datetime]]:
    """Return the appointments that are still to come, and when each ends."""
    statement = (
        select(Appointment, Person, Clinic.zone)
        .join(Person, col(Person.id) == Appointment.person_id)
        .join(Clinic, col(Clinic.id) == Appointment.clinic_id)
        .join(BusyBlock, col(BusyBlock.id) == Appointment.block_id)
        .where(
            col(Appointment.status).in_(_OPEN),
            col(Appointment.starts_at) >= clock.now(),
            *conditions,  # type: ignore[arg-type]
        )
        .order_by(col(Appointment.starts_at), col(Appointment.id))
    )
    return [
        (BookedOutside(row.public_id, row.starts_at, person.full_name, zone), row.ends_at)
        for row, person, zone in await session.exec(statement)
    ]


def _pairs(hours: Hours, day: date) -> list[tuple[int, int]]:
    return sorted((each.opens, each.closes) for each in hours.opening_on(day))
