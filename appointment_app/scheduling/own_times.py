"""Times at which patients have an appointment themselves: nobody is offered those."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.scheduling.availability import VisitShape
from appointment_app.scheduling.calendar_rows import Kind, Row, person_rows, read_rows
from appointment_app.scheduling.intervals import Interval, merge
from appointment_app.scheduling.moved import Moved


def looked_for(actor: Actor, moved: Moved | None) -> int | None:
    """Return for whom (internal id) a time is looked for, None where it is not clear who that is.

    That is whom the actor looks for, or whose appointment is ``moved``.
    """
    return moved.person_id if moved else actor.looks_for


async def load_own_times(session: AsyncSession, actor: Actor, window: Interval) -> list[Interval]:
    """Return when the one for whom a time is looked for has appointments that touch ``window``.

    Asks the database only where it is clear who that is. (``slots.find_free`` finds them together
    with what is free.)
    """
    person_id = looked_for(actor, None)
    if person_id is None:
        return []
    found = await read_rows(session, person_rows([person_id], window))
    return own_from(found)


def own_from(found: Mapping[Kind, Iterable[Row]]) -> list[Interval]:
    """Return when somebody has appointments, from what was ``found`` of one person."""
    return [Interval(row.begins, row.ends) for row in found[Kind.PERSON]]


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
