"""What a visitor keeps, as it is stored: found, given up, or in somebody else's way.

The caller has the transaction and the doctor's lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, delete, func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.models import BlockKind, BusyBlock, Doctor, Hold, ResourceUse, row_id
from appointment_app.scheduling import resources
from appointment_app.scheduling.hold_keys import visitor_keys
from appointment_app.scheduling.rules import shape_of
from appointment_app.scheduling.seats import GroupSession
from appointment_app.scheduling.slots import OfferRows


@dataclass(frozen=True, slots=True)
class Held:
    """A visitor's hold and the block that it keeps a seat in.

    It ``is_alone`` when the block is there for its sake only.
    """

    hold: Hold
    block: BusyBlock
    is_alone: bool

    @property
    def is_live(self) -> bool:
        """Whether it still keeps anybody away."""
        return self.block.active and self.hold.expires_at > clock.now()

    def keeps(self, rows: OfferRows, starts_at: datetime, joined: GroupSession | None) -> bool:
        """Whether it keeps just this time, or a seat in the session that is joined then."""
        if not self.is_live:
            return False
        if joined is not None:
            return joined.block_id == self.block.id
        block, wanted = self.block, block_for(rows, starts_at)
        return self.is_alone and _what_for(block) == _what_for(wanted)


def block_for(rows: OfferRows, starts_at: datetime) -> BusyBlock:
    """Return a new block for a visit of the offer: one with several seats for a group's."""
    shape, visit_type = shape_of(rows.visit_type), rows.visit_type
    visit, busy = shape.visit(starts_at), shape.busy(starts_at)
    block = BusyBlock(
        doctor_id=rows.doctor_id,
        clinic_id=rows.clinic.id,
        kind=BlockKind.VISIT,
        busy_from=busy.start,
        busy_until=busy.end,
        capacity=visit_type.capacity,
    )
    if visit_type.capacity > 1:
        block.kind, block.visit_type_id = BlockKind.SESSION, visit_type.id
        block.starts_at, block.ends_at = visit.start, visit.end
    return block


async def holders(session: AsyncSession, doctor_id: UUID, now: datetime) -> frozenset[str]:
    """Return the keys of the visitors who hold something of a doctor (public id) at present."""
    statement = (
        select(Hold.visitor)
        .join(BusyBlock, col(BusyBlock.id) == Hold.block_id)
        .join(Doctor, col(Doctor.id) == BusyBlock.doctor_id)
        .where(Doctor.public_id == doctor_id, col(Hold.expires_at) > now)
    )
    return frozenset(await session.exec(statement))


async def find(session: AsyncSession, visitor: str) -> Held | None:
    """Return the hold, live or not, of the visitor with this secret."""
    if not visitor:
        return None
    statement = (
        select(Hold, BusyBlock)
        .join(BusyBlock, col(BusyBlock.id) == Hold.block_id)
        .where(col(Hold.visitor).in_(visitor_keys(visitor)))
        .execution_options(populate_existing=True)
    )
    found = (await session.exec(statement)).first()
    if found is None:
        return None
    hold, block = found
    is_alone = block.kind is BlockKind.HOLD and (
        block.capacity == 1 or await _last_expiry(session, block, hold) is None
    )
    return Held(hold, block, is_alone)


async def give_up(session: AsyncSession, held: Held) -> None:
    """Free what ``held`` keeps."""
    await forget(session, held)
    block = held.block
    still_held = col(BusyBlock.id) == block.id, col(BusyBlock.kind) == BlockKind.HOLD
    if held.is_alone:
        only_held = select(BusyBlock.id).where(*still_held)
        await resources.release(session, *still_held)
        await session.exec(delete(ResourceUse).where(col(ResourceUse.block_id).in_(only_held)))
        await session.exec(delete(BusyBlock).where(*still_held))
        session.expunge(block)
    elif (expires_at := await _last_expiry(session, block, held.hold)) is not None:
        await lengthen(session, row_id(block), expires_at)


async def forget(session: AsyncSession, held: Held) -> None:
    """Remove the hold, because its seat has become somebody's or is free again."""
    await session.exec(delete(Hold).where(col(Hold.id) == held.hold.id))
    session.expunge(held.hold)


async def lengthen(session: AsyncSession, block_id: int, expires_at: datetime) -> None:
    """Let a block in which nobody has booked yet end with the last of its holds."""
    statement = update(BusyBlock).where(
        col(BusyBlock.id) == block_id, col(BusyBlock.kind) == BlockKind.HOLD
    )
    statement = statement.values(expires_at=expires_at)
    await session.exec(statement.execution_options(synchronize_session=False))


async def settle(session: AsyncSession, block_id: int) -> None:
    """Make a block that was only held one in which somebody has booked."""
    is_session = col(BusyBlock.visit_type_id).is_not(None)
    kind = case((is_session, BlockKind.SESSION), else_=BlockKind.VISIT)
    statement = update(BusyBlock).where(col(BusyBlock.id) == block_id)
    statement = statement.values(kind=kind, expires_at=None)
    await session.exec(statement.execution_options(synchronize_session=False))


async def _last_expiry(session: AsyncSession, block: BusyBlock, own: Hold) -> datetime | None:
    """Return when the last of the others' holds in a block expires."""
    statement = select(func.max(col(Hold.expires_at))).where(
        Hold.block_id == block.id, Hold.id != own.id, Hold.expires_at > clock.now()
    )
    return (await session.exec(statement)).one()


def _what_for(block: BusyBlock) -> tuple[object, ...]:
    return (
        *(block.doctor_id, block.clinic_id, block.visit_type_id, block.capacity),
        *(block.busy_from, block.busy_until),
    )
