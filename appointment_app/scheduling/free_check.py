"""Whether a time is free, asked inside the transaction that is going to take it.

Whoever asks holds the doctor's lock (``locks.py``), so that the answer stays true until the commit.
The constraints of the database judge once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.models import BlockKind, BusyBlock
from appointment_app.scheduling import next_free, resources
from appointment_app.scheduling.availability import Refusal, is_free
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
    SlotTaken,
    TooFarAhead,
    TooSoon,
)
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import DAY, local_date
from appointment_app.scheduling.rules import Place, hours_from, load_full_days, shape_of
from appointment_app.scheduling.seats import GroupSession, load_sessions, session_at
from appointment_app.scheduling.slots import OfferRows

REFUSALS: dict[Refusal, Callable[[], SchedulingError]] = {
    Refusal.BUSY: SlotTaken,
    Refusal.OUTSIDE_HOURS: OutsideAvailability,
    Refusal.NOT_ON_GRID: OutsideAvailability,
    Refusal.TOO_SOON: TooSoon,
    Refusal.TOO_FAR: TooFarAhead,
    Refusal.DAY_FULL: DayFull,
}


@dataclass(frozen=True, slots=True)
class Granted:
    """A time that may be taken: the place, and the group session that is ``joined``, if any."""

    place: Place
    joined: GroupSession | None


async def require_free(
    session: AsyncSession,
    rows: OfferRows,
    starts_at: datetime,
    *,
    person_id: int | None = None,
    except_block: int | None = None,
    except_appointment: int | None = None,
) -> Granted:
    """Return the place of an offer at which a visit may start at ``starts_at`` (UTC).

    Where a group session of that visit begins then, a seat in it is what is free. ``person_id``
    must be free as well; the block ``except_block`` is in nobody's way, and
    ``except_appointment`` does not count among the day's. Frees the doctor of expired holds that
    stand there. One statement, and another where the doctor has a maximum a
    day, a hold expired or a group session of that visit is near.

    Raises ``SlotTaken``, ``PatientBusy``, ``OutsideAvailability``, ``TooSoon``, ``TooFarAhead``,
    ``DayFull``.
    """
    now = clock.now()
    shape = shape_of(rows.visit_type)
    visit, taken = shape.visit(starts_at), shape.busy(starts_at)
    day = local_date(rows.clinic.zone, starts_at)
    around = (day - DAY, day + DAY)
    found = await read_rows(
        session,
        weekly_rows([rows.place_id]),
        override_rows([rows.place_id], around),
        time_off_rows([rows.place_id], around),
        block_rows([rows.doctor_id], shape.busy_around(visit), except_block=except_block),
        person_rows([] if person_id is None else [person_id], visit),
        bound_rows(rows.doctor_id, taken.end),
    )
    place = rows.place(hours_from(found, [(rows.at_clinic, rows.clinic)])[rows.place_id])
    live = [row for row in found[Kind.BLOCK] if not _has_expired(row, now)]
    if len(live) < len(found[Kind.BLOCK]):
        await release_expired_holds(session, rows.doctor_id)
    full_days = (
        await load_full_days(session, [place], visit, except_appointment=except_appointment)
    ).get(place.id, frozenset())
    own = {row.block_id for row in live if row.session_of == rows.visit_type.id}
    sessions = await load_sessions(session, own, now)
    joined = session_at(sessions, place, rows.visit_type, starts_at)
    refusal = (
        joined.refusal(place, now, full_days)
        if joined
        else is_free(place.hours, _intervals(live), shape, starts_at, *place.bounds(now), full_days)
    )
    if refusal is not None:
        raise REFUSALS[refusal]()
    if found[Kind.PERSON]:
        raise PatientBusy
    if found[Kind.BOUND]:
        await next_free.forget(session, rows.doctor_id, later_than=taken.end)
    return Granted(place, joined)


async def release_expired_holds(session: AsyncSession, doctor_id: int) -> None:
    """Free a locked doctor of the holds that expired: the constraint knows no time."""
    expired = (
        col(BusyBlock.doctor_id) == doctor_id,
        col(BusyBlock.kind) == BlockKind.HOLD,
        col(BusyBlock.active),
        col(BusyBlock.expires_at) <= clock.now(),
    )
    await resources.release(session, *expired)
    statement = update(BusyBlock).where(*expired).values(active=False)
    await session.exec(statement.execution_options(synchronize_session=False))


def _has_expired(row: Row, now: datetime) -> bool:
    return row.expires_at is not None and row.expires_at <= now


def _intervals(rows: Iterable[Row]) -> list[Interval]:
    return [Interval(row.begins, row.ends) for row in rows]
