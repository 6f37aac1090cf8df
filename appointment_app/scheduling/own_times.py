"""Times at which patients have an appointment themselves: nobody is offered those."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.models import Appointment
from appointment_app.scheduling.availability import VisitShape
from appointment_app.scheduling.intervals import Interval, merge
from appointment_app.scheduling.moved import Moved


async def load_own_times(
    session: AsyncSession, actor: Actor, window: Interval, moved: Moved | None = None
) -> list[Interval]:
    """Return when the one for whom a time is looked for has appointments that touch ``window``.

    That is whom the actor looks for, or whose appointment is ``moved``, which itself is in nobody's
    way. Asks the database only where it is clear who that is.
    """
    person_id = moved.person_id if moved else actor.looks_for
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
    # Whoever comes every week has many: the last that begins before a visit ends tells.
    merged = merge(own)
    begins = [each.start for each in merged]
    length = timedelta(minutes=shape.duration)

    def is_free(start: datetime) -> bool:
        before = bisect_left(begins, start + length)
        return not before or merged[before - 1].end <= start

    return [start for start in starts if is_free(start)]
