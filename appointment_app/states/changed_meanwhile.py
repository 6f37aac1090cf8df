"""What the clinic changed of a patient's list while it was open: it stays in its place, and why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from uuid import UUID

from appointment_app.errors import NotFound
from appointment_app.i18n import t
from appointment_app.states.appointment_words import Shown


async def with_changes(
    before: Sequence[Shown], fresh: Sequence[Shown], read: Callable[[UUID], Awaitable[Shown]]
) -> list[Shown]:
    """Return the ``fresh`` rows with what changed since ``before``.

    What was cancelled stays, with the reason; what was moved says from when, and why. ``read``
    returns all there is to say about one.
    """
    known = {row.id: row for row in before}
    rows = [await _with_news(known.get(row.id), row, read) for row in fresh]
    there = {row.id for row in fresh}
    for place, row in enumerate(before):
        if row.id in there:
            continue
        try:
            gone = await read(UUID(row.id))
        except NotFound:
            continue
        if gone.cancelled:
            rows.insert(min(place, len(rows)), gone)
    return rows


def news_since(before: Sequence[Shown], rows: Sequence[Shown]) -> str:
    """Return the sentence about the first change since ``before``, or nothing."""
    known = {row.id: row for row in before}
    for row in rows:
        old = known.get(row.id, row)
        if row.cancelled and not old.cancelled:
            return t("The appointment on {when} was cancelled.", when=row.when)
        if row.news and row.news != old.news:
            return t("An appointment was moved to {when}.", when=row.when)
    return ""


async def _with_news(
    old: Shown | None, row: Shown, read: Callable[[UUID], Awaitable[Shown]]
) -> Shown:
    if old is None:
        return row
    if old.when == row.when:
        return replace(row, news=old.news)
    earlier = (await read(UUID(row.id))).earlier[-1:]
    reason = earlier[0].reason if earlier else ""
    news = t("Moved from {before}.", before=old.when)
    return replace(row, news=f"{news} {reason}".strip())
