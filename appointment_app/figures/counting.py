"""Counts appointments in the database: by day, by doctor, by lead time, by notice of cancelling.

Five statements for each zone in which clinics are; what comes back has a row for each day, doctor
or hour, however many appointments there are. Each of the large ones reads nothing but the index
``ix_appointment_clinic_id_starts_at``, and holds no subquery that refers to its row: PostgreSQL
lets only one processor work on such a statement. A local day is found by the database from the
seconds since a midnight: only a day on which clocks change has not 86,400 of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.figures.open_time import bounds_of, uneven_days
from appointment_app.figures.period import Period
from appointment_app.figures.seconds import day_start, epoch_seconds
from appointment_app.models import Appointment, AppointmentStatus, Doctor, Guardianship, Person
from appointment_app.scheduling.local_time import DAY

_DAY, _HOUR = 86_400, 3_600


class CancelledBy(StrEnum):
    """Who cancelled an appointment."""

    PATIENT = "patient"  # or a guardian of theirs
    DOCTOR = "doctor"
    CLINIC = "clinic"  # anybody else with an account
    UNKNOWN = "unknown"  # nobody was noted


class Notice(StrEnum):
    """How long before its start an appointment was cancelled."""

    AFTER_START = "after the start"
    HOURS_2 = "less than 2 hours"
    DAY = "2 to 24 hours"
    DAYS_2 = "1 to 2 days"
    WEEK = "2 to 7 days"
    MORE = "a week or more"
    UNKNOWN = "unknown"


# Whole seconds before the start below which each notice ends, the shortest first.
NOTICE_BELOW = (
    (0, Notice.AFTER_START),
    (2 * _HOUR, Notice.HOURS_2),
    (_DAY, Notice.DAY),
    (2 * _DAY, Notice.DAYS_2),
    (7 * _DAY, Notice.WEEK),
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose appointments count: those at ``clinics`` (internal id to zone) on the local days there.

    Of one doctor where ``doctor_id`` (internal) names one.
    """

    clinics: Mapping[int, str]
    period: Period
    doctor_id: int | None = None


@dataclass(slots=True)
class Tally:
    """Appointments by status, and the ``minutes`` that they take of the doctor's time.

    Cancelled ones take none; those who share one time take it once.
    """

    statuses: Counter[AppointmentStatus] = field(default_factory=Counter)
    minutes: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.statuses + other.statuses, self.minutes + other.minutes)

    @property
    def all(self) -> int:
        """How many there are, cancelled ones too."""
        return self.statuses.total()


@dataclass(slots=True)
class Counted:
    """What was counted, by internal ids.

    ``lead_hours`` has the whole hours from booking to start; what was noted only once it had begun
    is not in it.
    """

    by_day: defaultdict[date, Counter[AppointmentStatus]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    by_doctor: defaultdict[tuple[int, int], Tally] = field(
        default_factory=lambda: defaultdict(Tally)
    )
    lead_hours: Counter[int] = field(default_factory=Counter)
    cancelled: Counter[tuple[CancelledBy, Notice]] = field(default_factory=Counter)


async def count(session: AsyncSession, scope: Scope) -> Counted:
    """Return what ``scope`` holds."""
    counted = Counted()
    zones: defaultdict[str, list[int]] = defaultdict(list)
    for clinic_id, zone in scope.clinics.items():
        zones[zone].append(clinic_id)
    for zone, clinic_ids in zones.items():
        within = _within(scope, zone, clinic_ids)
        await _by_day(session, within, zone, scope.period, counted)
        await _by_doctor(session, within, counted)
        await _take_off_shared_time(session, within, counted)
        await _lead(session, within, counted)
        await _cancelled(session, within, counted)
    return counted


def _within(scope: Scope, zone: str, clinic_ids: list[int]) -> list[sa.ColumnElement[bool]]:
    start, end = bounds_of(zone, scope.period)
    within = [
        col(Appointment.clinic_id).in_(sorted(clinic_ids)),
        col(Appointment.starts_at) >= start,
        col(Appointment.starts_at) < end,
    ]
    if scope.doctor_id is not None:
        within.append(col(Appointment.doctor_id) == scope.doctor_id)
    return within


async def _by_day(
    session: AsyncSession,
    within: list[sa.ColumnElement[bool]],
    zone: str,
    period: Period,
    counted: Counted,
) -> None:
    starts = sa.select(_day_start(zone, period).label("start"), col(Appointment.status))
    days = period.all_days()
    midnights = [_midnight(zone, day) for day in days]
    for start, found, times in await _grouped(session, starts.where(*within)):
        counted.by_day[days[bisect_right(midnights, start) - 1]][found] += times


def _day_start(zone: str, period: Period) -> sa.ColumnElement[int]:
    """Return a moment of the local day on which an appointment starts, most often its midnight.

    Of a day that has 25 hours the last one lies after another such moment of the same day.
    """
    starts_at = col(Appointment.starts_at)
    pieces: list[tuple[sa.ColumnElement[bool], sa.ColumnElement[int]]] = []
    origin = period.first
    for day in sorted(uneven_days(zone, period)):
        starts, ends = bounds_of(zone, Period(day, day))
        pieces.append((starts_at < starts, _days_from(zone, origin)))
        pieces.append((starts_at < ends, _days_from(zone, day)))
        origin = day + DAY
    rest = _days_from(zone, origin)
    return sa.case(*pieces, else_=rest) if pieces else rest


def _days_from(zone: str, day: date) -> sa.ColumnElement[int]:
    return day_start(col(Appointment.starts_at), _number(_midnight(zone, day)))


def _midnight(zone: str, day: date) -> int:
    return int(bounds_of(zone, Period(day, day))[0].timestamp())


async def _by_doctor(
    session: AsyncSession, within: list[sa.ColumnElement[bool]], counted: Counted
) -> None:
    key = col(Appointment.doctor_id), col(Appointment.clinic_id), col(Appointment.status)
    minutes = sa.func.sum(col(Appointment.duration))
    statement = sa.select(*key, sa.func.count(), minutes).where(*within).group_by(*key)
    for doctor_id, clinic_id, found, times, taken in await _rows(session, statement):
        tally = counted.by_doctor[doctor_id, clinic_id]
        tally.statuses[found] += times
        if found is not AppointmentStatus.CANCELLED:
            tally.minutes += int(taken)


async def _take_off_shared_time(
    session: AsyncSession, within: list[sa.ColumnElement[bool]], counted: Counted
) -> None:
    """Count a time once that several patients share: who sits on the lowest seat takes it."""
    key = col(Appointment.doctor_id), col(Appointment.clinic_id)
    lower = aliased(Appointment)
    shares = sa.exists().where(
        col(lower.block_id) == col(Appointment.block_id),
        col(lower.active),
        col(lower.seat) < col(Appointment.seat),
    )
    statement = (
        sa.select(*key, sa.func.sum(col(Appointment.duration)))
        .where(*within, col(Appointment.seat) > _number(0), col(Appointment.active), shares)
        .group_by(*key)
    )
    for doctor_id, clinic_id, minutes in await _rows(session, statement):
        counted.by_doctor[doctor_id, clinic_id].minutes -= int(minutes)


async def _lead(
    session: AsyncSession, within: list[sa.ColumnElement[bool]], counted: Counted
) -> None:
    booked, starts = col(Appointment.created_at), col(Appointment.starts_at)
    hours = ((epoch_seconds(starts) - epoch_seconds(booked)) // _number(_HOUR)).label("hours")
    leads = sa.select(hours).where(*within, booked <= starts)
    for number, times in await _grouped(session, leads):
        counted.lead_hours[int(number)] += times


async def _cancelled(
    session: AsyncSession, within: list[sa.ColumnElement[bool]], counted: Counted
) -> None:
    cancellations = (
        sa.select(_who().label("who"), _notice().label("notice"))
        .select_from(Appointment)
        .join(Doctor, col(Doctor.id) == col(Appointment.doctor_id))
        .join(Person, col(Person.id) == col(Appointment.person_id))
        .where(*within, sa.not_(col(Appointment.active)))
    )
    for by, before, times in await _grouped(session, cancellations):
        counted.cancelled[CancelledBy(by), Notice(before)] += times


def _who() -> sa.ColumnElement[str]:
    by, guardian = col(Appointment.cancelled_by), aliased(Person)
    is_guardian = sa.exists().where(
        col(Guardianship.dependent_id) == col(Person.id),
        col(Guardianship.guardian_id) == col(guardian.id),
        col(guardian.user_id) == by,
    )
    return sa.case(
        (by.is_(None), _word(CancelledBy.UNKNOWN)),
        (by == col(Doctor.user_id), _word(CancelledBy.DOCTOR)),
        (sa.or_(by == col(Person.user_id), is_guardian), _word(CancelledBy.PATIENT)),
        else_=_word(CancelledBy.CLINIC),
    )


def _notice() -> sa.ColumnElement[str]:
    at, starts = col(Appointment.cancelled_at), col(Appointment.starts_at)
    seconds = epoch_seconds(starts) - epoch_seconds(at)
    return sa.case(
        (at.is_(None), _word(Notice.UNKNOWN)),
        *((seconds < _number(below), _word(each)) for below, each in NOTICE_BELOW),
        else_=_word(Notice.MORE),
    )


def _number(number: int) -> sa.ColumnElement[int]:
    return sa.literal_column(str(number), sa.BigInteger)


def _word(word: StrEnum) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{word.value}'", sa.String)


async def _grouped(session: AsyncSession, found: sa.Select[*tuple[Any, ...]]) -> list[Any]:
    """Return each different row of ``found`` with how often it is there."""
    rows = found.subquery()
    return await _rows(session, sa.select(*rows.c, sa.func.count()).group_by(*rows.c))


async def _rows(session: AsyncSession, statement: sa.Select[*tuple[Any, ...]]) -> list[Any]:
    connection = await session.connection()
    return list(await connection.execute(statement))
