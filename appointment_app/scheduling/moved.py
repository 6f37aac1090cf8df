"""An appointment on its way to another time: it takes the same time there, and is in no way here.

Its length and pauses are those that were agreed, whatever became of the visit type meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.errors import NotFound
from appointment_app.models import Appointment, BlockKind, BusyBlock, row_id
from appointment_app.scheduling.availability import VisitShape
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import MINUTE


@dataclass(frozen=True, slots=True)
class Moved:
    """What is moved (internal ids), and the time that it takes wherever it goes."""

    appointment_id: int
    block_id: int
    person_id: int
    duration: int
    pause_before: int
    pause_after: int

    def shape(self, offered: VisitShape) -> VisitShape:
        """Return the time it takes, on the grid on which its visit type is ``offered``."""
        return VisitShape(
            duration=self.duration,
            pause_before=self.pause_before,
            pause_after=self.pause_after,
            step=offered.step,
        )

    def visit(self, starts_at: datetime) -> Interval:
        """Return the time of the visit that begins at ``starts_at``."""
        return Interval(starts_at, starts_at + self.duration * MINUTE)

    def busy(self, starts_at: datetime) -> Interval:
        """Return what a visit that begins at ``starts_at`` takes of the doctor."""
        visit = self.visit(starts_at)
        return Interval(
            visit.start - self.pause_before * MINUTE, visit.end + self.pause_after * MINUTE
        )


async def find_moved(session: AsyncSession, actor: Actor, appointment_id: UUID) -> Moved | None:
    """Return what is moved with the actor's own appointment.

    None for a seat in a group session: the session stays where it is, and in the way. Raises
    ``LoginRequired``, ``NotFound``, ``Forbidden``.
    """
    by_id = select(Appointment).where(Appointment.public_id == appointment_id)
    appointment = (await session.exec(by_id)).first()
    if appointment is None:
        raise NotFound
    record = Record(appointment.person_id, appointment.doctor_id, appointment.clinic_id)
    require(actor, Action.RESCHEDULE_APPOINTMENT, record)
    return await load_moved(session, appointment)


async def load_moved(session: AsyncSession, appointment: Appointment) -> Moved | None:
    """Return what is moved with ``appointment``; None for a seat in a group session."""
    block = await session.get_one(BusyBlock, appointment.block_id)
    if block.kind is not BlockKind.VISIT:
        return None
    return Moved(
        appointment_id=row_id(appointment),
        block_id=row_id(block),
        person_id=appointment.person_id,
        duration=(appointment.ends_at - appointment.starts_at) // MINUTE,
        pause_before=(appointment.starts_at - block.busy_from) // MINUTE,
        pause_after=(block.busy_until - appointment.ends_at) // MINUTE,
    )
