"""What a visitor keeps, as it is stored: found, given up, or in somebody else's way.

The caller has the transaction and the doctor's lock. Who keeps and from where stands in the
table as keyed hashes only: whoever reads it can neither use a hold nor name anybody.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.keys import key_for
from appointment_app.accounts.network import network_of
from appointment_app.models import BlockKind, BusyBlock, Hold, ResourceUse
from appointment_app.scheduling.intervals import Interval


@dataclass(frozen=True, slots=True)
class Held:
    """A visitor's hold and the block that it keeps a seat in."""

    hold: Hold
    block: BusyBlock

    @property
    def is_live(self) -> bool:
        """Whether it still keeps anybody away."""
        return self.block.active and self.hold.expires_at > clock.now()

    def is_of(self, doctor_id: int, clinic_id: int | None, busy: Interval) -> bool:
        """Whether it keeps just this time of the doctor, pauses inside, at this clinic."""
        block = self.block
        kept = (block.doctor_id, block.clinic_id, block.busy_from, block.busy_until)
        return kept == (doctor_id, clinic_id, busy.start, busy.end)


def visitor_key(visitor: str) -> str:
    """Return under what the table knows the visitor with this secret."""
    return _hashed("hold visitor", visitor)


def address_key(address: str) -> str:
    """Return under what the table knows the network of an address."""
    return _hashed("hold address", network_of(address))


async def find(session: AsyncSession, visitor: str) -> Held | None:
    """Return the hold, live or not, of the visitor with this secret."""
    if not visitor:
        return None
    statement = (
        select(Hold, BusyBlock)
        .join(BusyBlock, col(BusyBlock.id) == Hold.block_id)
        .where(Hold.visitor == visitor_key(visitor))
        .execution_options(populate_existing=True)
    )
    found = (await session.exec(statement)).first()
    return Held(*found) if found else None


async def give_up(session: AsyncSession, held: Held) -> None:
    """Free what ``held`` keeps."""
    await forget(session, held)
    block = held.block
    is_kept = select(BusyBlock.id).where(BusyBlock.id == block.id, BusyBlock.kind == BlockKind.HOLD)
    await session.exec(delete(ResourceUse).where(col(ResourceUse.block_id).in_(is_kept)))
    await session.exec(
        delete(BusyBlock).where(
            col(BusyBlock.id) == block.id, col(BusyBlock.kind) == BlockKind.HOLD
        )
    )
    session.expunge(block)


async def forget(session: AsyncSession, held: Held) -> None:
    """Remove the hold, because its block has become a visit or goes as well."""
    await session.exec(delete(Hold).where(col(Hold.id) == held.hold.id))
    session.expunge(held.hold)


def _hashed(purpose: str, text: str) -> str:
    return hmac.new(key_for(purpose), text.encode(), hashlib.sha256).hexdigest()
