"""Weeks of a clinic whose figures are kept, and the stretches of days that are left to count.

A week is kept once it has ended (``settling.py``), and holds as long as no change of it is marked
and the clinic is in the zone with which it was counted. One statement reads both, so that what it
gives was exact at the moment of that statement, whoever books or counts meanwhile. By whom an
appointment was cancelled (doctor, patient, guardian) is as it was known when the week was counted.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.figures.counted import CancelledBy, Counted, Notice
from appointment_app.figures.period import Period
from appointment_app.models import AppointmentStatus, KeptWeek, UncountedChange
from appointment_app.scheduling.local_time import DAY

WEEK = timedelta(weeks=1)
_STATUSES = {each.value: each for each in AppointmentStatus}
# Twelve weeks. Few book longer ahead, and one who does lets the number of all hours grow.
_USUAL_HOURS = 2016
_WIDTH = 4  # bytes that say how often


@dataclass(frozen=True, slots=True)
class Kept:
    """What was counted of a clinic (internal id) in a week, as it is stored."""

    clinic_id: int
    monday: date
    content: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Local days of some clinics (internal ids)."""

    clinic_ids: frozenset[int]
    period: Period


def monday_of(day: date) -> date:
    """Return the day on which the week of ``day`` begins."""
    return day - day.weekday() * DAY


def is_marked() -> sa.Exists:
    """Return the condition for kept weeks in which something changed since they were counted."""
    return sa.exists().where(
        col(UncountedChange.clinic_id) == col(KeptWeek.clinic_id),
        col(UncountedChange.starts_at) >= col(KeptWeek.begins_at),
        col(UncountedChange.starts_at) < col(KeptWeek.ends_at),
    )


async def load_kept(
    session: AsyncSession, zone: str, clinic_ids: Collection[int], period: Period
) -> list[Kept]:
    """Return the weeks of clinics in ``zone`` that lie within ``period`` and hold."""
    week = col(KeptWeek.clinic_id), col(KeptWeek.monday), col(KeptWeek.content)
    statement = select(*week).where(
        col(KeptWeek.clinic_id).in_(sorted(clinic_ids)),
        col(KeptWeek.zone) == zone,
        col(KeptWeek.monday) >= period.first,
        col(KeptWeek.monday) <= period.last - WEEK + DAY,
        ~is_marked(),
    )
    return [Kept(*row) for row in await session.exec(statement)]


def left_to_count(
    clinic_ids: Collection[int], period: Period, kept: Iterable[Kept]
) -> list[Stretch]:
    """Return the days of ``period`` that are not in ``kept``, as long stretches as there can be.

    They are at most as many as weeks, however many clinics there are.
    """
    of_week: defaultdict[date, set[int]] = defaultdict(set)
    for each in kept:
        of_week[each.monday].add(each.clinic_id)
    stretches: list[Stretch] = []
    monday = monday_of(period.first)
    while monday <= period.last:
        first, last = max(monday, period.first), min(monday + WEEK - DAY, period.last)
        left = frozenset(clinic_ids) - of_week[monday]
        before = stretches[-1] if stretches else None
        if before and before.clinic_ids == left and before.period.last + DAY == first:
            stretches[-1] = Stretch(left, Period(before.period.first, last))
        elif left:
            stretches.append(Stretch(left, Period(first, last)))
        monday += WEEK
    return stretches


def written(counted: Counted) -> str:
    """Return what is stored of a clinic's week; who changes what it is empties the table."""
    usual = {hours: times for hours, times in counted.lead_hours.items() if hours < _USUAL_HOURS}
    content = {
        "days": [[day.isoformat(), statuses] for day, statuses in counted.by_day.items()],
        "doctors": [
            [doctor_id, tally.minutes, tally.statuses]
            for (doctor_id, _), tally in counted.by_doctor.items()
        ],
        "usual_leads": f"{_packed(usual):x}",
        "other_leads": [each for each in counted.lead_hours.items() if each[0] not in usual],
        "cancelled": [[by, notice, times] for (by, notice), times in counted.cancelled.items()],
    }
    return json.dumps(content, separators=(",", ":"))


def add_kept(counted: Counted, kept: Iterable[Kept]) -> None:
    """Add what is stored of weeks to what was ``counted``."""
    usual = 0
    for each in kept:
        content = json.loads(each.content)
        for day, statuses in content["days"]:
            _add(counted.by_day[date.fromisoformat(day)], statuses)
        for doctor_id, minutes, statuses in content["doctors"]:
            tally = counted.by_doctor[doctor_id, each.clinic_id]
            tally.minutes += minutes
            _add(tally.statuses, statuses)
        usual += int(content["usual_leads"], 16)
        for hours, times in content["other_leads"]:
            counted.lead_hours[hours] += times
        for by, notice, times in content["cancelled"]:
            counted.cancelled[CancelledBy(by), Notice(notice)] += times
    counted.lead_hours.update(_unpacked(usual))


def _add(counter: Counter[AppointmentStatus], statuses: Mapping[str, int]) -> None:
    for status, times in statuses.items():
        counter[_STATUSES[status]] += times


def _packed(times: Mapping[int, int]) -> int:
    """Return one number that says how often there is each of some small numbers.

    The sum of several says how often in all of them: a week has a thousand different lead times,
    and to add them one after the other takes seventeen times as long.
    """
    digits = bytearray((max(times, default=-1) + 1) * _WIDTH)
    for number, often in times.items():
        digits[number * _WIDTH : (number + 1) * _WIDTH] = often.to_bytes(_WIDTH, "little")
    return int.from_bytes(digits, "little")


def _unpacked(packed: int) -> dict[int, int]:
    length = -(-packed.bit_length() // (8 * _WIDTH))
    digits = packed.to_bytes(length * _WIDTH, "little")
    found = (digits[place : place + _WIDTH] for place in range(0, len(digits), _WIDTH))
    times = (int.from_bytes(each, "little") for each in found)
    return {number: often for number, often in enumerate(times) if often}
