"""Times at which patients have an appointment themselves: nobody is offered those."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.models import Appointment
from appointment_app.scheduling.availability import VisitShape
from appointment_app.scheduling.intervals import Interval, overlaps
from appointment_app.scheduling.moved import Moved


async def load_own_times(
    session: AsyncSession, actor: Actor, window: Interval, moved: Moved | None = None
) -> list[Interval]:
    """Return when the one for whom a time is looked for has appointments that touch ``window``.

    That is the actor, or whose appointment is ``moved``, which itself is in nobody's way. Asks
    the database only where there is somebody.
    """
    person_id = moved.person_id if moved else actor.person_id
    if person_id is None:
        return []
    statement = select(Appointment.starts_at, Appointment.ends_at).where(
        Appointment.person_id == person_id,
        Appointment.id != (moved.appointment_id if moved else 0),
        col(Appointment.active),
        Appointment.starts_at < window.end,
        Appointment.ends_at > window.start,
    )
    return [Interval(*row) for row in await session.exec(statement)]


def without_own(
    starts: Sequence[datetime], shape: VisitShape, own: Sequence[Interval]
) -> list[datetime]:
    """Return the starts of visits that overlap nothing of one's ``own``."""
    if not own:
        return list(starts)
    return [
        start for start in starts if not any(overlaps(shape.visit(start), each) for each in own)
    ]
