"""Times that were free a moment ago on an open page: shown struck through, then gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from appointment_app.states.slot_links import SlotLink, SlotState

SHOWN_FOR = timedelta(seconds=5)


class JustTaken:
    """What was taken of one doctor's times while somebody looked, by its start."""

    def __init__(self, before: JustTaken | None = None) -> None:
        """Go on from ``before``; without it nothing was taken yet."""
        self._gone: dict[str, datetime] = dict(before._gone) if before else {}

    def mark(
        self,
        before: Sequence[SlotLink],
        fresh: Sequence[SlotLink],
        now: datetime,
        *,
        most: int | None = None,
    ) -> list[SlotLink]:
        """Return the ``fresh`` slots of a day with what vanished since ``before`` in its place.

        It is struck through first, then an empty place, so that nothing moves under a finger. A
        time that time itself took away is left out. Of more than ``most`` slots, the first are
        fresh: what became of a later one is not known.
        """
        if list(before) == list(fresh):
            return list(fresh)
        there = {slot.starts_at for slot in fresh}
        known_until = fresh[-1].starts_at if most is not None and len(fresh) >= most else None
        slots = list(fresh)
        for slot in before:
            is_known = known_until is None or slot.starts_at <= known_until
            if slot.starts_at in there or not is_known or _is_past(slot, now):
                continue
            if slot.state in {SlotState.FREE, SlotState.HELD}:
                self._gone[slot.starts_at] = now + SHOWN_FOR
            is_new = self._gone.get(slot.starts_at, now) > now
            slots.append(replace(slot, state=SlotState.TAKEN if is_new else SlotState.GONE))
        return sorted(slots, key=lambda slot: slot.starts_at)

    def until(self, now: datetime) -> datetime | None:
        """Return when the next of them shall go, None when there is none; forgets the others."""
        self._gone = {start: moment for start, moment in self._gone.items() if moment > now}
        return min(self._gone.values(), default=None)


def first_links(links: Sequence[SlotLink], count: int | None = None) -> list[SlotLink]:
    """Return the first ``count`` of ``links``, a free one among them if there is any.

    Empty places are closed up once there is nothing left between them to be tapped.
    """
    first = list(links[:count])
    if any(link.state in {SlotState.FREE, SlotState.TAKEN} for link in first):
        return first
    left = [link for link in links if link.state is not SlotState.GONE]
    first, later = left[:count], left[count:] if count else []
    free = next((link for link in later if link.state is SlotState.FREE), None)
    if free is None or any(link.state is SlotState.FREE for link in first):
        return first
    return [*first[:-1], free]


def _is_past(slot: SlotLink, now: datetime) -> bool:
    return datetime.fromisoformat(slot.starts_at) <= now
