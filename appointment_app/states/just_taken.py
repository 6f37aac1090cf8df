"""Times that were free a moment ago on an open page: shown struck through, then gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from appointment_app.states.slot_links import SlotLink

SHOWN_FOR = timedelta(seconds=5)


class JustTaken:
    """What was taken while one tab looked, by the address of its booking form."""

    def __init__(self) -> None:
        """Nothing was taken yet."""
        self._gone: dict[str, datetime] = {}

    def mark(
        self, before: Sequence[SlotLink], now_free: Sequence[SlotLink], now: datetime
    ) -> list[SlotLink]:
        """Return ``now_free`` with what vanished since ``before`` struck through in its place.

        A time that time itself took away is left out.
        """
        free = {link.href for link in now_free}
        links = list(now_free)
        for link in before:
            if link.href in free or datetime.fromisoformat(link.starts_at) <= now:
                continue
            if not link.is_taken:
                self._gone[link.href] = now + SHOWN_FOR
            if self._gone.get(link.href, now) > now:
                links.append(replace(link, is_taken=True))
        return sorted(links, key=lambda link: link.starts_at)

    def until(self, now: datetime) -> datetime | None:
        """Return when the next of them shall go, None when there is none; forgets the others."""
        self._gone = {href: moment for href, moment in self._gone.items() if moment > now}
        return min(self._gone.values(), default=None)
