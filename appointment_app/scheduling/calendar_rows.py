"""Rows of several tables that together make doctors' free time, read in one statement.

A booking may cost few statements, and a search over many doctors few round trips: so each kind of
row is selected in one common shape, and what is wanted is united. The kinds:

- weekly hours, days that differ and time off, by the id of the doctor at the clinic (``owner``)
- what occupies doctors, the starts of their appointments and the bounds of their first free
  starts, by the doctor's id
- what occupies persons, by the person's id
- visit types that need a room or a device, by their id
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
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
    Hold,
    TimeOff,
    VisitTypeResource,
    WeeklyHours,
)
from appointment_app.scheduling.intervals import Interval

_SESSIONS = (BlockKind.SESSION, BlockKind.HOLD)

# No block is longer than this, so that a window finds what began before it by an index.
LONGEST_BLOCK = timedelta(days=1)
# More than the longest local day: where clocks go back it has 25 hours.
_MORE_THAN_A_LOCAL_DAY = timedelta(hours=36)
ALL_DAYS = (date.min, date.max)
_NO_ID = 0


class Rows(NamedTuple):
    """Rows that are wanted: the name of their select, and the values for its parameters."""

    select: str
    values: dict[str, Any]


class Kind(StrEnum):
    """What a row says."""

    WEEKLY = "weekly"
    OVERRIDE = "override"
    TIME_OFF = "time_off"
    BLOCK = "block"
    PERSON = "person"
    SEAT = "seat"
    BOUND = "bound"
    NEEDS = "needs"


class Row(NamedTuple):
    """One row; what does not belong to its ``kind`` is None.

    ``opens`` and ``closes`` are minutes after local midnight, ``first`` and ``last`` local days, of
    which a day that differs is the ``first``; ``begins`` and ``ends`` are UTC. A block that
    ``expires_at`` some moment is a hold, ``is_own`` one of the visitor who looks; ``session_of`` a
    visit type is a group session.
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
    is_own: Any


class _Moment(UTCDateTime):
    """A moment that comes back in UTC; nothing has to be done where the driver says so itself."""

    cache_ok = True

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Any:
        if dialect.name == "postgresql":
            return None
        return super().result_processor(dialect, coltype)


_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "weekday": sa.Integer(),
    "opens": sa.Integer(),
    "closes": sa.Integer(),
    "first": sa.Date(),
    "last": sa.Date(),
    "every_weeks": sa.Integer(),
    "begins": _Moment(),
    "ends": _Moment(),
    "expires_at": _Moment(),
    "block_id": sa.Integer(),
    "session_of": sa.Integer(),
    "is_own": sa.Integer(),
}


def weekly_rows(places: Collection[int]) -> Rows:
    """Want the weekly hours of doctors at clinics."""
    return Rows("weekly", {"weekly_places": places})


def override_rows(places: Collection[int], days: tuple[date, date] = ALL_DAYS) -> Rows:
    """Want the days that differ, of doctors at clinics; ``days`` are the first and the last.

    A day has as many rows as ranges; a closed one has one without ``opens``.
    """
    first, last = days
    values = {"override_places": places, "override_first": first, "override_last": last}
    return Rows("override", values)


def time_off_rows(places: Collection[int], days: tuple[date, date] = ALL_DAYS) -> Rows:
    """Want the time off of doctors at clinics; ``days`` are the first and the last."""
    first, last = days
    values = {"time_off_places": places, "time_off_first": first, "time_off_last": last}
    return Rows("time_off", values)


def block_rows(
    doctors: Collection[int], window: Interval, *, except_block: int | None = None
) -> Rows:
    """Want what occupies doctors within ``window``, holds that have expired included."""
    return Rows("block", _block_values(doctors, window, except_block))


def live_block_rows(
    doctors: Collection[int],
    window: Interval,
    now: datetime,
    *,
    except_block: int | None = None,
    visitor: str = "",
) -> Rows:
    """Want what occupies doctors within ``window``; an expired hold occupies nobody.

    ``visitor`` is the key of the one who looks, whose own hold is told apart.
    """
    values = _block_values(doctors, window, except_block)
    return Rows("live_block", values | {"block_now": now, "block_visitor": visitor})


def person_rows(
    persons: Collection[int], window: Interval, *, except_appointment: int | None = None
) -> Rows:
    """Want when persons have appointments within ``window``."""
    values = {
        "persons": persons,
        "person_since": window.start - LONGEST_BLOCK,
        "person_from": window.start,
        "person_until": window.end,
        "person_except": _NO_ID if except_appointment is None else except_appointment,
    }
    return Rows("person", values)


def seat_rows(
    doctors: Collection[int], window: Interval, *, except_appointment: int | None = None
) -> Rows:
    """Want the starts of doctors' appointments on the local days that ``window`` touches."""
    values = {
        "seat_doctors": doctors,
        "seat_from": window.start - _MORE_THAN_A_LOCAL_DAY,
        "seat_until": window.end + _MORE_THAN_A_LOCAL_DAY,
        "seat_except": _NO_ID if except_appointment is None else except_appointment,
    }
    return Rows("seat", values)


def bound_rows(doctor_id: int, after: datetime) -> Rows:
    """Want the bounds of a doctor's first free starts that are later than ``after``."""
    return Rows("bound", {"bound_doctor": doctor_id, "bound_after": after})


def needs_rows(visit_types: Collection[int]) -> Rows:
    """Want which of the visit types (internal ids) need a room or a device."""
    return Rows("needs", {"needs_types": visit_types})


async def read_rows(session: AsyncSession, *wanted: Rows) -> dict[Kind, list[Row]]:
    """Return all rows that are ``wanted`` by their kind, in one statement."""
    found: defaultdict[Kind, list[Row]] = defaultdict(list)
    values = {name: value for rows in wanted for name, value in rows.values.items()}
    connection = await session.connection()
    result = await connection.execute(_united(*(rows.select for rows in wanted)), values)
    # The columns of the statement are named as those of a Row, so its rows are as good.
    for row in cast("Sequence[Row]", result.all()):
        found[_KINDS[row[0]]].append(row)
    return found


def _block_values(
    doctors: Collection[int], window: Interval, except_block: int | None
) -> dict[str, Any]:
    return {
        "block_doctors": doctors,
        "block_since": window.start - LONGEST_BLOCK,
        "block_from": window.start,
        "block_until": window.end,
        "block_except": _NO_ID if except_block is None else except_block,
    }


def _selects() -> dict[str, sa.Select[Any]]:
    """Return each select by its name; made once, since to make one takes longer than to run it."""
    hours, override, time_off = WeeklyHours, DateOverride, TimeOff
    block, seat, at_clinic = BusyBlock, Appointment, DoctorAtClinic

    def blocks(**columns: Any) -> sa.Select[Any]:
        return _rows(
            Kind.BLOCK,
            col(block.doctor_id),
            begins=col(block.busy_from),
            ends=col(block.busy_until),
            expires_at=col(block.expires_at),
            block_id=col(block.id),
            # A session of which all seats are only held so far is a block of kind hold.
            session_of=sa.case((col(block.kind).in_(_SESSIONS), col(block.visit_type_id))),
            **columns,
        ).where(
            _is_one_of(block.doctor_id, "block_doctors"),
            col(block.active),
            col(block.busy_from) > sa.bindparam("block_since"),
            col(block.busy_from) < sa.bindparam("block_until"),
            col(block.busy_until) > sa.bindparam("block_from"),
            col(block.id) != sa.bindparam("block_except"),
        )

    # In a group session others may sit beside the visitor: its seats are looked at one by one.
    own = sa.select(col(Hold.block_id)).where(col(Hold.visitor) == sa.bindparam("block_visitor"))
    is_own = sa.and_(col(block.capacity) == 1, col(block.id) == own.scalar_subquery())
    return {
        "weekly": _rows(
            Kind.WEEKLY,
            col(hours.doctor_at_clinic_id),
            weekday=col(hours.weekday),
            opens=col(hours.opens),
            closes=col(hours.closes),
            first=col(hours.valid_from),
            last=col(hours.valid_until),
            every_weeks=col(hours.every_weeks),
        ).where(_is_one_of(hours.doctor_at_clinic_id, "weekly_places")),
        "override": _rows(
            Kind.OVERRIDE,
            col(override.doctor_at_clinic_id),
            first=col(override.day),
            opens=col(DateOverrideRange.opens),
            closes=col(DateOverrideRange.closes),
        )
        .select_from(override)
        .outerjoin(DateOverrideRange)
        .where(
            _is_one_of(override.doctor_at_clinic_id, "override_places"),
            col(override.day).between(
                sa.bindparam("override_first"), sa.bindparam("override_last")
            ),
        ),
        "time_off": _rows(
            Kind.TIME_OFF,
            col(at_clinic.id),
            first=col(time_off.first_day),
            last=col(time_off.last_day),
        )
        .select_from(time_off)
        .join(at_clinic, col(at_clinic.doctor_id) == time_off.doctor_id)
        .where(
            _is_one_of(at_clinic.id, "time_off_places"),
            col(time_off.first_day) <= sa.bindparam("time_off_last"),
            col(time_off.last_day) >= sa.bindparam("time_off_first"),
        ),
        "block": blocks(),
        "live_block": blocks(is_own=sa.case((is_own, 1), else_=0)).where(
            sa.or_(
                col(block.kind) != BlockKind.HOLD,
                col(block.expires_at) > sa.bindparam("block_now"),
            )
        ),
        "person": _rows(
            Kind.PERSON, col(seat.person_id), begins=col(seat.starts_at), ends=col(seat.ends_at)
        ).where(
            _is_one_of(seat.person_id, "persons"),
            col(seat.active),
            col(seat.starts_at) > sa.bindparam("person_since"),
            col(seat.starts_at) < sa.bindparam("person_until"),
            col(seat.ends_at) > sa.bindparam("person_from"),
            col(seat.id) != sa.bindparam("person_except"),
        ),
        "seat": _rows(Kind.SEAT, col(seat.doctor_id), begins=col(seat.starts_at)).where(
            _is_one_of(seat.doctor_id, "seat_doctors"),
            col(seat.active),
            col(seat.starts_at) >= sa.bindparam("seat_from"),
            col(seat.starts_at) < sa.bindparam("seat_until"),
            col(seat.id) != sa.bindparam("seat_except"),
        ),
        "bound": _rows(
            Kind.BOUND, col(at_clinic.doctor_id), begins=col(at_clinic.next_free_at)
        ).where(
            col(at_clinic.doctor_id) == sa.bindparam("bound_doctor"),
            col(at_clinic.next_free_at) > sa.bindparam("bound_after"),
        ),
        "needs": _rows(Kind.NEEDS, col(VisitTypeResource.visit_type_id)).where(
            _is_one_of(VisitTypeResource.visit_type_id, "needs_types")
        ),
    }


def _is_one_of(column: Any, name: str) -> sa.ColumnElement[bool]:
    return col(column).in_(sa.bindparam(name, expanding=True))


def _rows(kind: Kind, owner: Any, **columns: Any) -> sa.Select[Any]:
    shaped: Any = sa.select(
        sa.literal_column(f"'{kind}'").label("kind"),
        owner.label("owner"),
        *(
            (
                sa.type_coerce(columns[name], type_)
                if name in columns
                else sa.cast(sa.null(), type_)
            ).label(name)
            for name, type_ in _TYPES.items()
        ),
    )
    return cast("sa.Select[Any]", shaped)


@lru_cache
def _united(*names: str) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    first, *others = (_SELECTS[name] for name in names)
    return sa.union_all(first, *map(_typed_by_first, others)) if others else first


def _typed_by_first(select: sa.Select[Any]) -> sa.Select[Any]:
    """Return the select as it may follow another one in a union, which types the empty columns.

    So the whole stays below 4096 letters: what is longer, the driver of PostgreSQL parses anew
    whenever it is run.
    """
    columns: Any = (
        sa.literal_column("NULL") if isinstance(each.element, sa.Cast) else each
        for each in cast("Any", select.selected_columns)
    )
    return select.with_only_columns(*columns, maintain_column_froms=True)


_KINDS = {kind.value: kind for kind in Kind}
_SELECTS = _selects()
