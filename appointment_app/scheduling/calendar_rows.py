"""Rows of several tables that together make doctors' free time, read in one statement.

A booking may cost few statements, and a search over many doctors few round trips: so each kind of
row is selected in one common shape, and what is wanted is united. The kinds:

- weekly hours, days that differ and time off, by the id of the doctor at the clinic (``owner``)
- what occupies doctors, the starts of their appointments and the bounds of their first free
  starts, by the doctor's id
- what occupies persons, by the person's id
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlmodel import UTCDateTime, col
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import (
    Appointment,
    BlockKind,
    BusyBlock,
    DateOverride,
    DateOverrideRange,
    DoctorAtClinic,
    TimeOff,
    WeeklyHours,
)
from appointment_app.scheduling.intervals import Interval

# No block is longer than this, so that a window finds what began before it by an index.
LONGEST_BLOCK = timedelta(days=1)
# More than the longest local day: where clocks go back it has 25 hours.
_MORE_THAN_A_LOCAL_DAY = timedelta(hours=36)

Rows = sa.Select[Any]


class Kind(StrEnum):
    """What a row says."""

    WEEKLY = "weekly"
    OVERRIDE = "override"
    TIME_OFF = "time_off"
    BLOCK = "block"
    PERSON = "person"
    SEAT = "seat"
    BOUND = "bound"


class Row(NamedTuple):
    """One row; what does not belong to its ``kind`` is None.

    ``opens`` and ``closes`` are minutes after local midnight, ``first`` and ``last`` local days, of
    which a day that differs is the ``first``; ``begins`` and ``ends`` are UTC. A block that
    ``expires_at`` some moment is a hold; ``session_of`` a visit type is a group session.
    """

    kind: Kind
    owner: int
    weekday: Any
    opens: Any
    closes: Any
    first: Any
    last: Any
    every_weeks: Any
    begins: Any
    ends: Any
    expires_at: Any
    block_id: Any
    session_of: Any


_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "weekday": sa.Integer(),
    "opens": sa.Integer(),
    "closes": sa.Integer(),
    "first": sa.Date(),
    "last": sa.Date(),
    "every_weeks": sa.Integer(),
    "begins": UTCDateTime(),
    "ends": UTCDateTime(),
    "expires_at": UTCDateTime(),
    "block_id": sa.Integer(),
    "session_of": sa.Integer(),
}


def weekly_rows(places: Collection[int]) -> Rows:
    """Select the weekly hours of doctors at clinics."""
    owner = col(WeeklyHours.doctor_at_clinic_id)
    return _rows(
        Kind.WEEKLY,
        owner,
        weekday=col(WeeklyHours.weekday),
        opens=col(WeeklyHours.opens),
        closes=col(WeeklyHours.closes),
        first=col(WeeklyHours.valid_from),
        last=col(WeeklyHours.valid_until),
        every_weeks=col(WeeklyHours.every_weeks),
    ).where(owner.in_(places))


def override_rows(places: Collection[int], days: tuple[date, date] | None = None) -> Rows:
    """Select the days that differ, of doctors at clinics; ``days`` are the first and the last.

    A day has as many rows as ranges; a closed one has one without ``opens``.
    """
    owner, day = col(DateOverride.doctor_at_clinic_id), col(DateOverride.day)
    rows = (
        _rows(
            Kind.OVERRIDE,
            owner,
            first=day,
            opens=col(DateOverrideRange.opens),
            closes=col(DateOverrideRange.closes),
        )
        .select_from(DateOverride)
        .outerjoin(DateOverrideRange)
        .where(owner.in_(places))
    )
    return rows if days is None else rows.where(day.between(*days))


def time_off_rows(places: Collection[int], days: tuple[date, date] | None = None) -> Rows:
    """Select the time off of doctors at clinics; ``days`` are the first and the last."""
    owner, first, last = col(DoctorAtClinic.id), col(TimeOff.first_day), col(TimeOff.last_day)
    rows = (
        _rows(Kind.TIME_OFF, owner, first=first, last=last)
        .select_from(TimeOff)
        .join(DoctorAtClinic, col(DoctorAtClinic.doctor_id) == TimeOff.doctor_id)
        .where(owner.in_(places))
    )
    return rows if days is None else rows.where(first <= days[1], last >= days[0])


def block_rows(
    doctors: Collection[int], window: Interval, *, except_block: int | None = None
) -> Rows:
    """Select what occupies doctors within ``window``, holds that have expired included."""
    begins, ends = col(BusyBlock.busy_from), col(BusyBlock.busy_until)
    owner = col(BusyBlock.doctor_id)
    rows = _rows(
        Kind.BLOCK,
        owner,
        begins=begins,
        ends=ends,
        expires_at=col(BusyBlock.expires_at),
        block_id=col(BusyBlock.id),
        session_of=sa.case(
            (col(BusyBlock.kind) == BlockKind.SESSION, col(BusyBlock.visit_type_id))
        ),
    ).where(
        owner.in_(doctors),
        col(BusyBlock.active),
        begins > window.start - LONGEST_BLOCK,
        begins < window.end,
        ends > window.start,
    )
    return rows if except_block is None else rows.where(col(BusyBlock.id) != except_block)


def live_block_rows(
    doctors: Collection[int], window: Interval, now: datetime, *, except_block: int | None = None
) -> Rows:
    """Select what occupies doctors within ``window``; an expired hold occupies nobody."""
    is_hold = col(BusyBlock.kind) == BlockKind.HOLD
    return block_rows(doctors, window, except_block=except_block).where(
        sa.or_(~is_hold, col(BusyBlock.expires_at) > now)
    )


def person_rows(persons: Collection[int], window: Interval) -> Rows:
    """Select when persons have appointments within ``window``."""
    begins, ends = col(Appointment.starts_at), col(Appointment.ends_at)
    owner = col(Appointment.person_id)
    return _rows(Kind.PERSON, owner, begins=begins, ends=ends).where(
        owner.in_(persons),
        col(Appointment.active),
        begins > window.start - LONGEST_BLOCK,
        begins < window.end,
        ends > window.start,
    )


def seat_rows(
    doctors: Collection[int], window: Interval, *, except_appointment: int | None = None
) -> Rows:
    """Select the starts of doctors' appointments on the local days that ``window`` touches."""
    begins, owner = col(Appointment.starts_at), col(Appointment.doctor_id)
    rows = _rows(Kind.SEAT, owner, begins=begins).where(
        owner.in_(doctors),
        col(Appointment.active),
        begins >= window.start - _MORE_THAN_A_LOCAL_DAY,
        begins < window.end + _MORE_THAN_A_LOCAL_DAY,
    )
    if except_appointment is not None:
        rows = rows.where(col(Appointment.id) != except_appointment)
    return rows


def bound_rows(doctor_id: int, after: datetime) -> Rows:
    """Select the bounds of a doctor's first free starts that are later than ``after``."""
    begins, owner = col(DoctorAtClinic.next_free_at), col(DoctorAtClinic.doctor_id)
    return _rows(Kind.BOUND, owner, begins=begins).where(owner == doctor_id, begins > after)


async def read_rows(session: AsyncSession, *selects: Rows) -> dict[Kind, list[Row]]:
    """Return the rows of all ``selects`` by their kind, in one statement."""
    found: defaultdict[Kind, list[Row]] = defaultdict(list)
    statement = selects[0] if len(selects) == 1 else sa.union_all(*selects)
    rows = await session.exec(statement)  # type: ignore[call-overload]  # a union is no Select
    for kind, *rest in rows.all():
        found[Kind(kind)].append(Row(Kind(kind), *rest))
    return found


def _rows(kind: Kind, owner: Any, **columns: Any) -> Rows:
    shaped: Any = sa.select(
        sa.literal_column(f"'{kind}'").label("kind"),
        owner.label("owner"),
        *(
            columns[name].label(name) if name in columns else sa.cast(sa.null(), type_).label(name)
            for name, type_ in _TYPES.items()
        ),
    )
    return cast(Rows, shaped)
