"""Times at which patients have an appointment themselves: nobody is offered those."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.scheduling.availability import VisitShape
from appointment_app.scheduling.calendar_rows import Kind, Row, person_rows, read_rows
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.moved import Moved


def looked_for(actor: Actor, moved: Moved | None) -> int | None:
    """Return for whom (internal id) a time is looked for, None where it is not clear who that is.

    That is whom the actor looks for, or whose appointment is ``moved``.
    """
    return moved.person_id if moved else actor.looks_for


async def load_own_times(session: AsyncSession, actor: Actor, window: Interval) -> list[Interval]:
    """Return when the one for whom a time is looked for has appointments that touch ``window``.

    Asks the database only where it is clear who that is. (``free_times.find_free`` finds them
    together with what is free.)
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
    starts: Sequence[datetime], shape: VisitShape, own: Iterable[Interval]
) -> list[datetime]:
    """Return the ``starts`` (sorted) of visits that overlap nothing of one's ``own``."""
    free = list(starts)
    length = timedelta(minutes=shape.duration)
    for each in own:
        # A visit that ends with the beginning of one's own, or begins with its end, is free.
        del free[bisect_right(free, each.start - length) : bisect_left(free, each.end)]
    return free
