"""The starts of what repeats every n weeks: the same time by the clock on the clinic's wall."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from appointment_app.scheduling.local_time import DAY, instant_of


def repeated_starts(
    zone: str, starts_at: datetime, every_weeks: int, times: int
) -> list[tuple[date, datetime | None]]:
    """Return so many local days with their starts (UTC), the first of them ``starts_at``.

    None stands for a time that the clocks skip on that day.
    """
    first = starts_at.astimezone(ZoneInfo(zone))
    minute = 60 * first.hour + first.minute
    starts: list[tuple[date, datetime | None]] = [(first.date(), starts_at)]
    for number in range(1, times):
        day = first.date() + 7 * every_weeks * number * DAY
        start = instant_of(zone, day, minute)
        shown = start.astimezone(ZoneInfo(zone))
        is_shown = (shown.hour, shown.minute) == (first.hour, first.minute)
        starts.append((day, start if is_shown else None))
    return starts
