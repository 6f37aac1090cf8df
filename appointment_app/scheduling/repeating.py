"""The starts of what repeats every n weeks: the same time by the clock on the clinic's wall."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from appointment_app.scheduling.local_time import DAY, instant_of


def repeated_starts(
    zone: str, starts_at: datetime, every_weeks: int, times: int
) -> list[datetime | None]:
    """Return so many starts (UTC), the first of them ``starts_at``.

    None stands for a day on which the clocks skip that time.
    """
    first = starts_at.astimezone(ZoneInfo(zone))
    minute = 60 * first.hour + first.minute
    starts: list[datetime | None] = [starts_at]
    for number in range(1, times):
        start = instant_of(zone, first.date() + 7 * every_weeks * number * DAY, minute)
        shown = start.astimezone(ZoneInfo(zone))
        starts.append(start if (shown.hour, shown.minute) == (first.hour, first.minute) else None)
    return starts
