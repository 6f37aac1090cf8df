"""Whether a time is free, asked inside the transaction that is going to take it.

Whoever asks holds the doctor's lock (``locks.py``), so that the answer stays true until the commit.
The constraints of the database judge once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.scheduling import next_free
from appointment_app.scheduling.availability import Refusal, VisitShape, is_free
from appointment_app.scheduling.calendar_rows import (
    Kind,
    Row,
    block_rows,
    bound_rows,
    override_rows,
    person_rows,
    read_rows,
    time_off_rows,
    weekly_rows,
)
from appointment_app.scheduling.errors import (
    DayFull,
    OutsideAvailability,
    PatientBusy,
    SchedulingError,
    SlotHeld,
    SlotTaken,
    TimesChanged,
    TooFarAhead,
    TooSoon,
)
from appointment_app.scheduling.expired_holds import release_expired_holds
from appointment_app.scheduling.held import Held
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import DAY, local_date
from appointment_app.scheduling.moved import Moved
from appointment_app.scheduling.rules import Place, hours_from, load_full_days, shape_of
from appointment_app.scheduling.seats import GroupSession, load_sessions, session_at
from appointment_app.scheduling.slots import OfferRows

# Farther than any horizon, near enough for arithmetic with dates.
_FARTHEST = timedelta(days=1000)

REFUSALS: dict[Refusal, Callable[[], SchedulingError]] = {
    Refusal.BUSY: SlotTaken,
    Refusal.OUTSIDE_HOURS: OutsideAvailability,
    Refusal.NOT_ON_GRID: TimesChanged,
    Refusal.TOO_SOON: TooSoon,
    Refusal.TOO_FAR: TooFarAhead,
    Refusal.DAY_FULL: DayFull,
}


@dataclass(frozen=True, slots=True)
class Granted:
    """A time that may be taken: the place, and the group session that is ``joined``, if any."""

    place: Place
    joined: GroupSession | None


def require_near(starts_at: datetime) -> None:
    """Refuse what no page asks for, before any arithmetic stumbles over it.

    Raises ``TooSoon``, ``TooFarAhead``.
    """
    distance = starts_at - clock.now()
    if distance < -_FARTHEST:
        raise TooSoon
    if distance > _FARTHEST:
        raise TooFarAhead


async def require_free(
    session: AsyncSession,
    rows: OfferRows,
    starts_at: datetime,
    *,
    person_id: int | None = None,
    kept: Held | None = None,
    moved: Moved | None = None,
    except_appointment: int | None = None,
) -> Granted:
    """Return what ``check_free`` grants of a start that is about to be taken.

    Frees the doctor of expired holds that stand there, in a few statements more, and forgets
    what was known of their next free time where this may be later.

    Raises ``SlotTaken`` (``SlotHeld`` when it may become free again), ``PatientBusy``,
    ``OutsideAvailability``, ``TooSoon``, ``TooFarAhead``, ``DayFull``.
    """
    checked = await check_free(
        session,
        rows,
        starts_at,
        person_id=person_id,
        kept=kept,
        moved=moved,
        except_appointment=except_appointment,
    )
    if checked.has_expired_holds:
        await release_expired_holds(session, rows.doctor_id)
    if checked.refusal is not None:
        raise checked.refusal
    if checked.is_bound_near:
        taken = _shape(rows, moved).busy(starts_at)
        await next_free.forget(session, rows.doctor_id, later_than=taken.end)
    return checked.granted


@dataclass(frozen=True, slots=True)
class Checked:
    """What is granted unless there is a ``refusal``."""

    granted: Granted
    refusal: SchedulingError | None
    has_expired_holds: bool
    is_bound_near: bool


async def check_free(
    session: AsyncSession,
    rows: OfferRows,
    starts_at: datetime,
    *,
    person_id: int | None = None,
    kept: Held | None = None,
    moved: Moved | None = None,
    except_appointment: int | None = None,
) -> Checked:
    """Tell whether a visit of an offer may start at ``starts_at`` (UTC); changes nothing.

    Where a group session of that visit begins then, a seat in it is what is free, except to what
    is ``moved``: that takes its own time along. ``person_id`` must be free as well; what the
    visitor has ``kept`` and what is ``moved`` are not in the way, and ``except_appointment`` does
    not count among the day's. One statement, and another where the
    doctor has a maximum a day or a group session of that visit is near.
    """
    now = clock.now()
    own_block = kept.block.id if kept and kept.is_alone else None
    own_hold = kept.hold.id if kept else None
    if moved is not None:
        own_block, except_appointment = moved.block_id, moved.appointment_id
    shape = _shape(rows, moved)
    visit, taken = shape.visit(starts_at), shape.busy(starts_at)
    day = local_date(rows.clinic.zone, starts_at)
    around = (day - DAY, day + DAY)
    found = await read_rows(
        session,
        weekly_rows([rows.place_id]),
        override_rows([rows.place_id], around),
        time_off_rows([rows.place_id], around),
        block_rows([rows.doctor_id], shape.busy_around(visit), except_block=own_block),
        person_rows([] if person_id is None else [person_id], visit),
        bound_rows(rows.doctor_id, taken.end),
    )
    place = rows.place(hours_from(found, [(rows.at_clinic, rows.clinic)])[rows.place_id])
    live = [row for row in found[Kind.BLOCK] if not _has_expired(row, now)]
    full_days = (
        await load_full_days(session, [place], visit, except_appointment=except_appointment)
    ).get(place.id, frozenset())
    own = {row.block_id for row in live if moved is None and row.session_of == rows.visit_type.id}
    sessions = await load_sessions(session, own, now, except_hold=own_hold)
    joined = session_at(sessions, place, rows.visit_type, starts_at)
    reason = (
        joined.refusal(place, now, full_days)
        if joined
        else is_free(place.hours, _intervals(live), shape, starts_at, *place.bounds(now), full_days)
    )
    refusal: SchedulingError | None = None
    if reason is Refusal.BUSY and _may_become_free(joined, live, taken):
        refusal = SlotHeld()
    elif reason is not None:
        refusal = REFUSALS[reason]()
    elif found[Kind.PERSON]:
        refusal = PatientBusy()
    has_expired_holds = len(live) < len(found[Kind.BLOCK])
    return Checked(Granted(place, joined), refusal, has_expired_holds, bool(found[Kind.BOUND]))


def _shape(rows: OfferRows, moved: Moved | None) -> VisitShape:
    offered = shape_of(rows.visit_type)
    return moved.shape(offered) if moved else offered


def _has_expired(row: Row, now: datetime) -> bool:
    return row.expires_at is not None and row.expires_at <= now


def _may_become_free(joined: GroupSession | None, rows: Iterable[Row], wanted: Interval) -> bool:
    """Tell whether only holds stand in the way: of a seat, or of the ``wanted`` time."""
    if joined is not None:
        return bool(joined.without_holds().free_seats)
    in_the_way = [row for row in rows if row.begins < wanted.end and wanted.start < row.ends]
    return all(row.expires_at is not None for row in in_the_way)


def _intervals(rows: Iterable[Row]) -> list[Interval]:
    return [Interval(row.begins, row.ends) for row in rows]
