"""Group sessions: which blocks have seats to offer, to whom and when. The one place that says so.

The first patient of a group visit makes a block of kind ``session``, the next ones sit down in it;
a doctor may also open one in advance (``published``). To everything else the block is busy time
like any other. To its own visit type at its own clinic it is a start, exactly the one at which it
begins, while a seat is free: in or outside the weekly hours, within notice and horizon.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import Appointment, BlockKind, BusyBlock, Hold, VisitType, row_id
from appointment_app.scheduling.availability import Refusal
from appointment_app.scheduling.local_time import local_date
from appointment_app.scheduling.rules import Place


@dataclass(frozen=True, slots=True)
class GroupSession:
    """A group session; seats count from 0, ``booked`` by patients or ``held`` for some minutes."""

    block_id: int
    visit_type_id: int
    clinic_id: int
    starts_at: datetime
    ends_at: datetime
    capacity: int
    booked: AbstractSet[int] = field(default_factory=frozenset)
    held: AbstractSet[int] = field(default_factory=frozenset)
    is_only_held: bool = False  # nobody has booked, so that it ends with its last hold

    @property
    def free_seats(self) -> list[int]:
        """The seats that can be had, the lowest first."""
        return [seat for seat in range(self.capacity) if seat not in self.booked | self.held]

    def without_holds(self) -> GroupSession:
        """Return the session as if nobody held a seat."""
        return GroupSession(
            self.block_id,
            self.visit_type_id,
            self.clinic_id,
            self.starts_at,
            self.ends_at,
            self.capacity,
            self.booked,
        )

    def is_of(self, place: Place, visit_type: VisitType) -> bool:
        """Tell whether it is a session of this visit type there."""
        return (self.visit_type_id, self.clinic_id) == (row_id(visit_type), row_id(place.clinic))

    def refusal(self, place: Place, now: datetime, full_days: AbstractSet[date]) -> Refusal | None:
        """Return why nobody can sit down any more, or None. The hours do not matter."""
        not_before, not_after = place.bounds(now)
        if self.starts_at < not_before:
            return Refusal.TOO_SOON
        if self.starts_at >= not_after:
            return Refusal.TOO_FAR
        if not self.free_seats:
            return Refusal.BUSY
        if local_date(place.clinic.zone, self.starts_at) in full_days:
            return Refusal.DAY_FULL
        return None


def session_at(
    sessions: Iterable[GroupSession], place: Place, visit_type: VisitType, starts_at: datetime
) -> GroupSession | None:
    """Return the session that somebody joins who books this visit at this start, if there is one.

    One with a free seat goes before one without.
    """
    there = [
        each for each in sessions if each.starts_at == starts_at and each.is_of(place, visit_type)
    ]
    return max(there, key=lambda each: len(each.free_seats), default=None)


async def find_session(
    session: AsyncSession,
    place: Place,
    visit_type: VisitType,
    starts_at: datetime,
    now: datetime,
) -> GroupSession | None:
    """Return the session of this visit that begins at this start, full or not; two statements."""
    there = sa.select(col(BusyBlock.id)).where(
        col(BusyBlock.doctor_id) == place.doctor_id,
        col(BusyBlock.visit_type_id) == row_id(visit_type),
        col(BusyBlock.starts_at) == starts_at,
        sa.or_(col(BusyBlock.kind) != BlockKind.HOLD, col(BusyBlock.expires_at) > now),
        col(BusyBlock.active),
    )
    block_ids = {key for (key,) in await session.exec(there) if key}  # type: ignore[call-overload]
    sessions = await load_sessions(session, block_ids, now)
    return session_at(sessions, place, visit_type, starts_at)


async def load_sessions(
    session: AsyncSession,
    block_ids: Collection[int],
    now: datetime,
    *,
    except_hold: int | None = None,
    visitor: str = "",
) -> list[GroupSession]:
    """Return the sessions among these blocks, in one statement; none for no blocks.

    Neither the hold ``except_hold`` nor that of the ``visitor`` with this key keeps anybody away.
    """
    if not block_ids:
        return []
    booked = sa.select(
        col(Appointment.block_id), col(Appointment.seat), sa.literal(0).label("held")
    ).where(col(Appointment.block_id).in_(block_ids), col(Appointment.active))
    held = sa.select(col(Hold.block_id), col(Hold.seat), sa.literal(1)).where(
        col(Hold.block_id).in_(block_ids),
        col(Hold.expires_at) > now,
        col(Hold.id) != (except_hold or 0),
        col(Hold.visitor) != visitor,
    )
    taken = sa.union_all(booked, held).subquery()
    statement = (
        sa.select(BusyBlock, taken.c.seat, taken.c.held)
        .outerjoin(taken, taken.c.block_id == col(BusyBlock.id))
        .where(col(BusyBlock.id).in_(block_ids), col(BusyBlock.active))
    )
    blocks: dict[int, BusyBlock] = {}
    seats: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for block, seat, is_held in await session.exec(statement):  # type: ignore[call-overload]
        blocks[row_id(block)] = block
        if seat is not None:
            seats[row_id(block), is_held].add(seat)
    return [
        GroupSession(
            block_id=key,
            visit_type_id=block.visit_type_id,
            clinic_id=block.clinic_id,
            starts_at=block.starts_at,
            ends_at=block.ends_at,
            capacity=block.capacity,
            booked=seats[key, 0],
            held=seats[key, 1],
            is_only_held=block.kind is BlockKind.HOLD,
        )
        for key, block in blocks.items()
        if block.visit_type_id and block.clinic_id and block.starts_at and block.ends_at
    ]
