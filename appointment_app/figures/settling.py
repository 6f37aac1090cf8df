"""Counts the weeks that have ended and keeps what was counted, so that figures need not.

Why what is read is exact at every moment, whoever books and however many processes count:

- The database marks each change of an appointment in the transaction that makes it
  (``models/uncounted.py``). A kept week with a mark in it is not read but counted anew, so whoever
  sees a change sees that the week does not hold.
- Of a week the ids of the marks are read first, then it is counted, then exactly these marks are
  deleted, all in one transaction in which each statement sees what was committed when it began
  (READ COMMITTED on PostgreSQL and MariaDB; on SQLite nobody else writes). Every change whose mark
  was read is thus in the count. A change that is committed later, even in between, has a mark that
  stays: the week does not hold until it is counted again.
- Two who count one week wait for each other at its row before they read marks: an older count
  never takes the place of a newer one.
- Marks tell moments, and a week's bounds depend on the zone of the clinic. So in the same
  transaction the zone is held, and what was kept in another one is deleted before any mark is.
- Marks of weeks that have not ended, which are not kept, are deleted unseen: nobody is counting
  such a week, for one is counted an hour after its end at the earliest.

Each week is a transaction of its own with a breath after it, and waits for no booking, nor makes
one wait.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.aside import aside
from appointment_app.database import Database, get_database, transactional
from appointment_app.errors import Busy
from appointment_app.figures.counted import Counted
from appointment_app.figures.counting import count_anew
from appointment_app.figures.kept_weeks import WEEK, Stretch, is_marked, monday_of, written
from appointment_app.figures.open_time import bounds_of
from appointment_app.figures.period import Period
from appointment_app.inserting import insert_if_new
from appointment_app.models import Appointment, Clinic, KeptWeek, UncountedChange, row_id
from appointment_app.scheduling.local_time import DAY, local_date

# Clocks of several servers may differ, and a transaction takes its time.
MARGIN = timedelta(hours=1)
BATCH = 500
_EVERY_SECONDS = 10 * 60
_FIRST_SECONDS = 10
_BREATH_SECONDS = 0.05

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Plan:
    """What is to be done: ``weeks`` (clinic, Monday) to count, the newest first.

    And ``to_come``: clinics with marks of a week that has not ended.
    """

    weeks: list[tuple[int, date]]
    to_come: set[int]


async def settle(database: Database, breath: float = _BREATH_SECONDS) -> int:
    """Keep every week that has ended and is not kept as it is; return how many were counted.

    After each it waits for ``breath`` seconds.
    """
    async with database.session() as session:
        plan = await _plan(session)
    for clinic_id in plan.to_come:
        while True:
            async with database.session() as session:
                found = await _forget_weeks_to_come(session, clinic_id)
            if found < BATCH:
                break
            await asyncio.sleep(breath)
    counted = 0
    for clinic_id, monday in plan.weeks:
        async with database.session() as session:
            counted += await _settle_week(session, clinic_id, monday)
        await asyncio.sleep(breath)
    return counted


async def _plan(session: AsyncSession) -> _Plan:
    weeks: set[tuple[int, date]] = set()
    earliest = select(func.min(Appointment.starts_at)).where(Appointment.clinic_id == Clinic.id)
    first_of_clinic = earliest.correlate(Clinic).scalar_subquery()
    zones: dict[int, str] = {}
    ended: dict[str, date] = {}
    for clinic, first in await session.exec(select(Clinic, first_of_clinic)):
        clinic_id, zone = row_id(clinic), clinic.zone
        zones[clinic_id] = zone
        if zone not in ended:
            ended[zone] = _last_ended(zone)
        monday = None if first is None else monday_of(local_date(zone, first))
        while monday and monday <= ended[zone]:
            weeks.add((clinic_id, monday))
            monday += WEEK
    kept = select(col(KeptWeek.clinic_id), col(KeptWeek.monday), col(KeptWeek.zone))
    for clinic_id, monday, zone in await session.exec(kept.where(~is_marked())):
        if zone == zones.get(clinic_id):
            weeks.discard((clinic_id, monday))
    marks = select(UncountedChange.clinic_id, UncountedChange.starts_at).distinct()
    to_come: set[int] = set()
    for clinic_id, moment in await session.exec(marks):
        if clinic_id not in zones:
            continue  # a clinic that is newer than the list of them
        monday = monday_of(local_date(zones[clinic_id], moment))
        if monday <= ended[zones[clinic_id]]:
            weeks.add((clinic_id, monday))
        else:
            to_come.add(clinic_id)
    newest_first = sorted(weeks, key=lambda week: (week[1], week[0]), reverse=True)
    return _Plan(newest_first, to_come)


def _has_ended(zone: str, monday: date) -> bool:
    return bounds_of(zone, _week_of(monday))[1] <= clock.now() - MARGIN


def _last_ended(zone: str) -> date:
    """Return the Monday of the last week that has ended."""
    monday = monday_of(local_date(zone, clock.now()))
    while not _has_ended(zone, monday):
        monday -= WEEK
    return monday


def _week_of(monday: date) -> Period:
    return Period(monday, monday + WEEK - DAY)


@transactional
async def _settle_week(session: AsyncSession, clinic_id: int, monday: date) -> bool:
    """Count a week unless it is kept as it is, and keep it; tell whether it was counted."""
    zone = await _hold_zone(session, clinic_id)
    if not _has_ended(zone, monday):  # in the zone that the clinic has got meanwhile
        return False
    week = await _lock_week(session, clinic_id, monday, zone)
    marks = await _marks_of(session, week)
    if week.content and not marks:
        return False
    week.counted_at, counted = clock.now(), Counted()
    stretch = Stretch(frozenset({clinic_id}), _week_of(monday))
    await count_anew(session, zone, [stretch], counted)
    week.content = written(counted)
    session.add(week)
    for start in range(0, len(marks), BATCH):
        await _delete_marks(session, marks[start : start + BATCH])
    return True


async def _hold_zone(session: AsyncSession, clinic_id: int) -> str:
    """Return the zone of a clinic, which nobody changes now; nothing is kept in another one."""
    of_clinic = select(Clinic.zone).where(Clinic.id == clinic_id).with_for_update(read=True)
    zone = (await session.exec(of_clinic)).one()
    elsewhere = col(KeptWeek.clinic_id) == clinic_id, col(KeptWeek.zone) != zone
    if (await session.exec(select(col(KeptWeek.monday)).where(*elsewhere).limit(1))).first():
        await session.exec(delete(KeptWeek).where(*elsewhere))
    return zone


async def _lock_week(session: AsyncSession, clinic_id: int, monday: date, zone: str) -> KeptWeek:
    """Return the row of a week, which nobody else has now; a new one is without content."""
    key = KeptWeek.clinic_id == clinic_id, KeptWeek.monday == monday
    locked = select(KeptWeek).where(*key).with_for_update()
    week = (await session.exec(locked)).one_or_none()
    if week is None:
        begins_at, ends_at = bounds_of(zone, _week_of(monday))
        new = {"begins_at": begins_at, "ends_at": ends_at, "content": "", "zone": zone}
        new |= {"clinic_id": clinic_id, "monday": monday, "counted_at": clock.now()}
        connection = await session.connection()
        table: sa.Table = KeptWeek.__table__  # type: ignore[attr-defined]
        await connection.execute(insert_if_new(connection.dialect.name, table).values(new))
        week = (await session.exec(locked)).one()
    return week


async def _marks_of(session: AsyncSession, week: KeptWeek) -> list[int | None]:
    marks = select(UncountedChange.id).where(
        UncountedChange.clinic_id == week.clinic_id,
        UncountedChange.starts_at >= week.begins_at,
        UncountedChange.starts_at < week.ends_at,
    )
    return list(await session.exec(marks))


async def _delete_marks(session: AsyncSession, ids: Collection[int | None]) -> None:
    await session.exec(delete(UncountedChange).where(col(UncountedChange.id).in_(ids)))


@transactional
async def _forget_weeks_to_come(session: AsyncSession, clinic_id: int) -> int:
    """Delete marks of weeks that have not ended, a batch at most; return how many."""
    zone = await _hold_zone(session, clinic_id)
    this_week = _week_of(monday_of(local_date(zone, clock.now())))
    marks = (
        select(UncountedChange.id)
        .where(
            UncountedChange.clinic_id == clinic_id,
            UncountedChange.starts_at >= bounds_of(zone, this_week)[0],
        )
        .limit(BATCH)
    )
    found = (await session.exec(marks)).all()
    await _delete_marks(session, found)
    return len(found)


@asynccontextmanager
async def settling() -> AsyncIterator[None]:
    """Settle soon and then six times an hour as long as the block lasts; a lifespan task."""
    async with aside(_settle_for_ever(get_database())):
        yield


async def _settle_for_ever(database: Database) -> None:
    seconds = _FIRST_SECONDS
    while True:
        # Processes that were started together do not come together.
        await asyncio.sleep(seconds * random.uniform(0.5, 1.5))
        seconds = _EVERY_SECONDS
        try:
            await settle(database)
        except (SQLAlchemyError, Busy, OSError) as error:
            _log.warning("figures_not_settled", error=type(error).__name__)
