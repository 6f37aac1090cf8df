"""Frees a doctor of holds that expired, when somebody comes who wants their time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.models import Appointment, BlockKind, BusyBlock, Hold, ResourceUse
from appointment_app.scheduling import resources


async def release_expired_holds(session: AsyncSession, doctor_id: int) -> None:
    """Free a locked doctor of the holds that expired: the constraint knows no time.

    Nothing is left of them. Only a block in which somebody has sat stays, free: their cancelled
    appointment names it.
    """
    statement = select(
        BusyBlock.id,
        select(Appointment.id).where(Appointment.block_id == BusyBlock.id).exists(),
        select(ResourceUse.id).where(ResourceUse.block_id == BusyBlock.id).exists(),
    ).where(
        BusyBlock.doctor_id == doctor_id,
        BusyBlock.kind == BlockKind.HOLD,
        col(BusyBlock.active),
        col(BusyBlock.expires_at) <= clock.now(),
    )
    expired = (await session.exec(statement)).all()
    if not expired:
        return
    every = [key for key, *_ in expired]
    named = [key for key, is_named, _ in expired if is_named]
    forgotten = [key for key, is_named, _ in expired if not is_named]
    statements: list[Any] = [delete(Hold).where(col(Hold.block_id).in_(every))]
    if any(has_resources for *_, has_resources in expired):
        await resources.release(session, col(BusyBlock.id).in_(every))
        statements.append(delete(ResourceUse).where(col(ResourceUse.block_id).in_(forgotten)))
    if forgotten:
        statements.append(delete(BusyBlock).where(col(BusyBlock.id).in_(forgotten)))
    if named:
        freed = update(BusyBlock).where(col(BusyBlock.id).in_(named))
        statements.append(freed.values(active=False))
    for each in statements:
        await session.exec(each.execution_options(synchronize_session=False))
