"""Hours, days and slots as people write them and as clocks on the wall show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from appointment_app.scheduling.availability import VisitShape, free_slots
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import local_day_bounds
from appointment_app.scheduling.opening_hours import Hours, LocalRange, WeeklyRange

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def minute_of(clock: str) -> int:
    hour, minute = map(int, clock.split(":"))
    return 60 * hour + minute


def ranges(text: str) -> tuple[LocalRange, ...]:
    """Hours as people write them: "09:00-12:00 13:00-18:00", 26:00 being 2 at night."""
    pairs = [each.split("-") for each in text.split()]
    return tuple(LocalRange(minute_of(opens), minute_of(closes)) for opens, closes in pairs)


def every_day(zone: str, text: str, **overrides: str) -> Hours:
    """The same hours on all days, except on `d2026_01_31="..."`."""
    weekly = tuple(
        WeeklyRange(weekday, each.opens, each.closes)
        for weekday in range(7)
        for each in ranges(text)
    )
    days = {
        date.fromisoformat(name[1:].replace("_", "-")): ranges(hours)
        for name, hours in overrides.items()
    }
    return Hours(zone, weekly, days)


def local_day(hours: Hours, day: str) -> Interval:
    return local_day_bounds(hours.zone, date.fromisoformat(day))


def labels(zone: str, starts: Sequence[datetime]) -> str:
    """What the clocks on the wall of that zone show at the starts."""
    return " ".join(f"{start.astimezone(ZoneInfo(zone)):%H:%M}" for start in starts)


def slots_of(hours: Hours, day: str, shape: VisitShape) -> str:
    """The labels of the slots of a local day without any appointment."""
    return labels(hours.zone, free_slots(hours, [], shape, local_day(hours, day), LONG_AGO))
