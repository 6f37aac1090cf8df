"""Counts appointments: by day, by doctor, by lead time, by notice of cancelling.

Whole weeks of clinics that are kept are read (``kept_weeks.py``), all else is counted in the
database by five statements for each zone in which clinics are; what comes back has a row for each
day, doctor or hour, however many appointments there are. Each of the large ones reads nothing but
the index ``ix_appointment_clinic_id_starts_at``, and holds no subquery that refers to its row:
PostgreSQL lets only one processor work on such a statement. A local day is found by the database
from the seconds since a midnight: only a day on which clocks change has not 86,400 of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.figures.counted import CancelledBy, Counted, Notice, Scope
from appointment_app.figures.kept_weeks import Kept, Stretch, add_kept, left_to_count, load_kept
from appointment_app.figures.open_time import bounds_of, uneven_days
from appointment_app.figures.period import Period
from appointment_app.figures.seconds import day_start, epoch_seconds
from appointment_app.models import Appointment, AppointmentStatus, Doctor, Guardianship, Person
from appointment_app.scheduling.local_time import DAY

_DAY, _HOUR = 86_400, 3_600
_Select = sa.Select[*tuple[Any, ...]]
_DOCTOR = col(Appointment.doctor_id), col(Appointment.clinic_id)


# Whole seconds before the start below which each notice ends, the shortest first.
NOTICE_BELOW = (
    (0, Notice.AFTER_START),
    (2 * _HOUR, Notice.HOURS_2),
    (_DAY, Notice.DAY),
    (2 * _DAY, Notice.DAYS_2),
    (7 * _DAY, Notice.WEEK),
)


async def count(session: AsyncSession, scope: Scope) -> Counted:
    """Return what ``scope`` holds: of a doctor counted anew, else from the weeks that are kept."""
    counted = Counted()
    zones: defaultdict[str, list[int]] = defaultdict(list)
    for clinic_id, zone in scope.clinics.items():
        zones[zone].append(clinic_id)
    for zone, clinic_ids in zones.items():
        kept: list[Kept] = []
        if scope.doctor_id is None:
            kept = await load_kept(session, zone, clinic_ids, scope.period)
            add_kept(counted, kept)
        left = left_to_count(clinic_ids, scope.period, kept)
        await count_anew(session, zone, left, counted, scope.doctor_id)
    return counted


async def count_anew(
    session: AsyncSession,
    zone: str,
    stretches: Sequence[Stretch],
    counted: Counted,
    doctor_id: int | None = None,
) -> None:
    """Add to ``counted`` what the stretches of clinics in ``zone`` hold; five statements, or none.

    Of one doctor (internal id) where one is named.
    """
    parts = [_Part(zone, each, doctor_id) for each in stretches]
    if parts:
        await _by_day(session, parts, zone, counted)
        await _by_doctor(session, parts, counted)
        await _take_off_shared_time(session, parts, counted)
        await _lead(session, parts, counted)
        await _cancelled(session, parts, counted)


class _Part:
    """What a statement reads of one stretch; those of several are put together by UNION ALL.

    An index answers each of them, which it does not where one condition names several stretches.
    """

    def __init__(self, zone: str, stretch: Stretch, doctor_id: int | None) -> None:
        self.zone, self.period = zone, stretch.period
        start, end = bounds_of(zone, stretch.period)
        # Written out: there can be more clinics and stretches than a statement takes parameters.
        clinic_ids: sa.BindParameter[Any] = sa.bindparam(
            None, sorted(stretch.clinic_ids), expanding=True, literal_execute=True
        )
        self.within: list[sa.ColumnElement[bool]] = [
            col(Appointment.clinic_id).in_(clinic_ids),
            col(Appointment.starts_at) >= start,
            col(Appointment.starts_at) < end,
        ]
        if doctor_id is not None:
            self.within.append(col(Appointment.doctor_id) == doctor_id)


async def _by_day(
    session: AsyncSession, parts: Sequence[_Part], zone: str, counted: Counted
) -> None:
    days = [day for each in parts for day in each.period.all_days()]
    midnights = [_midnight(zone, day) for day in days]
    starts = (
        sa.select(_day_start(zone, each.period).label("start"), col(Appointment.status)).where(
            *each.within
        )
        for each in parts
    )
    for start, found, times in await _grouped(session, starts):
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


async def _by_doctor(session: AsyncSession, parts: Sequence[_Part], counted: Counted) -> None:
    visits = (
        sa.select(*_DOCTOR, col(Appointment.status), col(Appointment.duration)).where(*each.within)
        for each in parts
    )
    rows = _all_of(visits).c
    key = rows.doctor_id, rows.clinic_id, rows.status
    statement = sa.select(*key, sa.func.count(), sa.func.sum(rows.duration)).group_by(*key)
    for doctor_id, clinic_id, found, times, taken in await _rows(session, statement):
        tally = counted.by_doctor[doctor_id, clinic_id]
        tally.statuses[found] += times
        if found is not AppointmentStatus.CANCELLED:
            tally.minutes += int(taken)


async def _take_off_shared_time(
    session: AsyncSession, parts: Sequence[_Part], counted: Counted
) -> None:
    """Count a time once that several patients share: who sits on the lowest seat takes it."""
    lower = aliased(Appointment)
    shares = sa.exists().where(
        col(lower.block_id) == col(Appointment.block_id),
        col(lower.active),
        col(lower.seat) < col(Appointment.seat),
    )
    shared = (
        sa.select(*_DOCTOR, col(Appointment.duration)).where(
            *each.within, col(Appointment.seat) > _number(0), col(Appointment.active), shares
        )
        for each in parts
    )
    rows = _all_of(shared).c
    key = rows.doctor_id, rows.clinic_id
    statement = sa.select(*key, sa.func.sum(rows.duration)).group_by(*key)
    for doctor_id, clinic_id, minutes in await _rows(session, statement):
        counted.by_doctor[doctor_id, clinic_id].minutes -= int(minutes)


async def _lead(session: AsyncSession, parts: Sequence[_Part], counted: Counted) -> None:
    booked, starts = col(Appointment.created_at), col(Appointment.starts_at)
    hours = ((epoch_seconds(starts) - epoch_seconds(booked)) // _number(_HOUR)).label("hours")
    leads = (sa.select(hours).where(*each.within, booked <= starts) for each in parts)
    for number, times in await _grouped(session, leads):
        counted.lead_hours[int(number)] += times


async def _cancelled(session: AsyncSession, parts: Sequence[_Part], counted: Counted) -> None:
    cancellations = (
        sa.select(_who().label("who"), _notice().label("notice"))
        .select_from(Appointment)
        .join(Doctor, col(Doctor.id) == col(Appointment.doctor_id))
        .join(Person, col(Person.id) == col(Appointment.person_id))
        .where(*each.within, sa.not_(col(Appointment.active)))
        for each in parts
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


async def _grouped(session: AsyncSession, found: Iterable[_Select]) -> list[Any]:
    """Return each different row of what is ``found`` with how often it is there."""
    rows = _all_of(found)
    return await _rows(session, sa.select(*rows.c, sa.func.count()).group_by(*rows.c))


def _all_of(found: Iterable[_Select]) -> sa.Subquery:
    first, *others = found
    return (sa.union_all(first, *others) if others else first).subquery()


async def _rows(session: AsyncSession, statement: _Select) -> list[Any]:
    connection = await session.connection()
    return list(await connection.execute(statement))
