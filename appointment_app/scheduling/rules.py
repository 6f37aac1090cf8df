"""Reads what makes a doctor's availability into plain values, for one doctor or many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import (
    Appointment,
    Approval,
    BlockKind,
    BusyBlock,
    Clinic,
    DateOverride,
    DateOverrideRange,
    Doctor,
    DoctorAtClinic,
    VisitType,
    WeeklyHours,
    row_id,
)
from appointment_app.scheduling.availability import Hours, LocalRange, VisitShape, WeeklyRange
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import horizon_end, local_date

# No block is longer than this, so that a window finds what began before it by an index.
LONGEST_BLOCK = timedelta(days=1)
# More than the longest local day: where clocks go back it has 25 hours.
MORE_THAN_A_LOCAL_DAY = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Place:
    """A doctor at a clinic, with the rules under which it is booked."""

    doctor: Doctor
    clinic: Clinic
    at_clinic: DoctorAtClinic
    hours: Hours

    @property
    def id(self) -> int:
        """The internal id of the doctor at the clinic."""
        return row_id(self.at_clinic)

    @property
    def doctor_id(self) -> int:
        """The internal id of the doctor."""
        return row_id(self.doctor)

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the first moment that can be booked and the first that cannot any more."""
        return (
            now + timedelta(minutes=self.at_clinic.minimum_notice),
            horizon_end(self.clinic.zone, now, self.at_clinic.horizon_days),
        )


def shape_of(visit_type: VisitType) -> VisitShape:
    """Return the minutes that a visit of this type takes, pauses named apart."""
    return VisitShape(
        duration=visit_type.duration,
        pause_before=visit_type.pause_before,
        pause_after=visit_type.pause_after,
        step=visit_type.step,
    )


async def load_place(session: AsyncSession, doctor_id: UUID, clinic_id: UUID) -> Place | None:
    """Return the bookable place of public ids, or None where patients cannot book."""
    places = await load_places(
        session, col(Doctor.public_id) == doctor_id, col(Clinic.public_id) == clinic_id
    )
    return places[0] if places else None


async def load_places(session: AsyncSession, *conditions: object) -> list[Place]:
    """Return every bookable doctor at a clinic that meets the ``conditions``; three queries."""
    statement = (
        select(DoctorAtClinic, Doctor, Clinic)
        .join(Doctor, col(Doctor.id) == DoctorAtClinic.doctor_id)
        .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
        .where(
            col(Doctor.approval) == Approval.APPROVED,
            col(Doctor.active),
            col(Clinic.active),
            col(DoctorAtClinic.active),
            *conditions,  # type: ignore[arg-type]
        )
        .order_by(col(DoctorAtClinic.id))
    )
    rows = (await session.exec(statement)).all()
    zones = {row_id(at_clinic): clinic.zone for at_clinic, _, clinic in rows}
    hours = await load_hours(session, zones)
    return [
        Place(doctor, clinic, at_clinic, hours[row_id(at_clinic)])
        for at_clinic, doctor, clinic in rows
    ]


async def load_hours(session: AsyncSession, zones: dict[int, str]) -> dict[int, Hours]:
    """Return the hours of each doctor at a clinic; ``zones`` maps its id to the clinic's zone."""
    weekly: defaultdict[int, list[WeeklyRange]] = defaultdict(list)
    for row in await session.exec(
        select(WeeklyHours).where(col(WeeklyHours.doctor_at_clinic_id).in_(zones))
    ):
        weekly[row.doctor_at_clinic_id].append(WeeklyRange(row.weekday, row.opens, row.closes))

    overrides: defaultdict[int, dict[date, tuple[LocalRange, ...]]] = defaultdict(dict)
    for override, local_range in await session.exec(
        select(DateOverride, DateOverrideRange)
        .outerjoin(DateOverrideRange)
        .where(col(DateOverride.doctor_at_clinic_id).in_(zones))
        .order_by(col(DateOverrideRange.opens))
    ):
        days = overrides[override.doctor_at_clinic_id]
        ranges = days.setdefault(override.day, ())
        if local_range is not None:
            days[override.day] = (*ranges, LocalRange(local_range.opens, local_range.closes))

    return {key: Hours(zone, tuple(weekly[key]), overrides[key]) for key, zone in zones.items()}


async def load_busy(
    session: AsyncSession, doctor_ids: Collection[int], window: Interval, now: datetime
) -> dict[int, list[Interval]]:
    """Return what occupies each doctor within ``window``; an expired hold occupies nobody."""
    statement = select(BusyBlock.doctor_id, BusyBlock.busy_from, BusyBlock.busy_until).where(
        col(BusyBlock.doctor_id).in_(doctor_ids),
        col(BusyBlock.active),
        col(BusyBlock.busy_from) > window.start - LONGEST_BLOCK,
        col(BusyBlock.busy_from) < window.end,
        col(BusyBlock.busy_until) > window.start,
        or_(col(BusyBlock.kind) != BlockKind.HOLD, col(BusyBlock.expires_at) > now),
    )
    busy: defaultdict[int, list[Interval]] = defaultdict(list)
    for doctor_id, busy_from, busy_until in await session.exec(statement):
        busy[doctor_id].append(Interval(busy_from, busy_until))
    return busy


async def load_full_days(
    session: AsyncSession, places: Collection[Place], window: Interval
) -> dict[int, frozenset[date]]:
    """Return for each doctor-at-clinic id the local days that hold the doctor's maximum.

    Asks the database only when one of the doctors has a maximum.
    """
    limited = [place for place in places if place.doctor.max_patients_a_day]
    if not limited:
        return {}
    starts: defaultdict[int, list[datetime]] = defaultdict(list)
    for doctor_id, starts_at in await session.exec(
        select(Appointment.doctor_id, Appointment.starts_at).where(
            col(Appointment.doctor_id).in_({place.doctor_id for place in limited}),
            col(Appointment.active),
            col(Appointment.starts_at) >= window.start - MORE_THAN_A_LOCAL_DAY,
            col(Appointment.starts_at) < window.end + MORE_THAN_A_LOCAL_DAY,
        )
    ):
        starts[doctor_id].append(starts_at)
    return {place.id: _full_days(place, starts) for place in limited}


def _full_days(place: Place, starts: defaultdict[int, list[datetime]]) -> frozenset[date]:
    patients: defaultdict[date, int] = defaultdict(int)
    for starts_at in starts[place.doctor_id]:
        patients[local_date(place.clinic.zone, starts_at)] += 1
    limit = place.doctor.max_patients_a_day or 0
    return frozenset(day for day, count in patients.items() if count >= limit)
