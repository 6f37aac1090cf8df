"""Availability the slow and obvious way, to judge the fast one by.

It never turns a local time into an instant. It walks through the instants, minute by
minute, reads the clock on the wall at each (`datetime.astimezone`, nothing else), and
writes down what holds at that minute. A start is then judged minute for minute.

The clock it goes by is one that is never put back: in autumn it stands still until
the real one has caught up, and while it stands still nobody may start a visit.
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from appointment_app.scheduling.availability import VisitShape
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.opening_hours import Hours, WeeklyRange

MINUTE = timedelta(minutes=1)
# A range lasts less than 49 hours, so an earlier one has ended before the window.
LEAD = timedelta(hours=50)


@dataclass(frozen=True)
class Reading:
    """What the clocks on the wall show at one minute."""

    shown: datetime  # by the clock that is never put back, without a zone
    again: bool  # the real clock shows something that it has shown before


def reading(zone: str, moment: datetime) -> Reading:
    """What the clocks on the wall of that zone show at a whole minute."""
    return _readings(zone, moment.date())[moment]


@cache
def _readings(zone: str, utc_day: date) -> dict[datetime, Reading]:
    """The readings at each minute of a day of UTC."""
    clock = ZoneInfo(zone)
    midnight = datetime.combine(utc_day, time(), UTC)
    readings = {}
    latest = datetime.combine(date.min, time())
    # The walk sets off early enough to have seen what the day's first minutes repeat.
    for minute in range(-5 * 60, 24 * 60):
        moment = midnight + minute * MINUTE
        wall = moment.astimezone(clock).replace(tzinfo=None)
        readings[moment] = Reading(max(wall, latest), again=wall <= latest)
        latest = max(wall, latest)
    return readings


def open_minutes(hours: Hours, window: Interval) -> set[datetime]:
    """The minutes of the window at which the doctor is open."""
    return {
        moment
        for moment in _minutes(window)
        if _open_ranges(hours, reading(hours.zone, moment).shown)
    }


def free_starts(
    hours: Hours,
    busy: Iterable[Interval],
    shape: VisitShape,
    window: Interval,
    not_before: datetime,
    not_after: datetime | None,
    full_days: Set[date],
) -> list[datetime]:
    """The minutes of the window at which a visit may start."""
    duration = shape.duration * MINUTE
    whole = shape.pause_before + shape.duration + shape.pause_after
    step = (shape.step or whole) * MINUTE
    # One visit after the other: where a busy entry and the pause after it end, one begins.
    busy = list(busy)
    anew = set() if shape.step else {each.end + shape.pause_before * MINUTE for each in busy}
    walk = Interval(window.start - LEAD, window.end + duration)

    counted_from: dict[tuple[datetime, datetime], datetime] = {}
    open_at: set[datetime] = set()
    on_grid: set[datetime] = set()
    for moment in _minutes(walk):
        for span in _open_ranges(hours, reading(hours.zone, moment).shown):
            open_at.add(moment)
            if moment in anew:
                counted_from[span] = moment
            if (moment - counted_from.setdefault(span, moment)) % step == timedelta():
                on_grid.add(moment)

    taken = {moment for each in busy for moment in _minutes(each)}
    free = []
    for start in _minutes(window):
        now = reading(hours.zone, start)
        visit = Interval(start, start + duration)
        needed = Interval(
            start - shape.pause_before * MINUTE,
            start + duration + shape.pause_after * MINUTE,
        )
        if (
            start in on_grid
            and not now.again
            and start >= not_before
            and (not_after is None or start < not_after)
            and now.shown.date() not in full_days
            and all(each in open_at for each in _minutes(visit))
            and not any(each in taken for each in _minutes(needed))
        ):
            free.append(start)
    return free


def _open_ranges(hours: Hours, shown: datetime) -> list[tuple[datetime, datetime]]:
    """The ranges, as times without a zone, in which a wall-clock time lies."""
    found = []
    for day in (shown.date() - timedelta(days=1), shown.date()):
        midnight = datetime.combine(day, time())
        for opens, closes in _opening_on(hours, day):
            span = (midnight + opens * MINUTE, midnight + closes * MINUTE)
            if span[0] <= shown < span[1]:
                found.append(span)
    return found


def _opening_on(hours: Hours, day: date) -> list[tuple[int, int]]:
    """The ranges that open on a day, one reason to be closed after the other."""
    if day in hours.days_off:
        return []
    if day in hours.overrides:
        return [(each.opens, each.closes) for each in hours.overrides[day]]
    if day in hours.holidays:
        return []
    return [(each.opens, each.closes) for each in hours.weekly if _holds(each, day)]


def _holds(each: WeeklyRange, day: date) -> bool:
    """Whether a weekly range opens on a day, by walking there week by week."""
    if each.valid_until is not None and day > each.valid_until:
        return False
    if each.valid_from is None:
        return day.weekday() == each.weekday
    start = each.valid_from
    while start.weekday() != 0:
        start -= timedelta(days=1)
    while start <= day:
        if start + timedelta(days=each.weekday) == day:
            return day >= each.valid_from
        start += timedelta(weeks=each.every_weeks)
    return False


def _minutes(interval: Interval) -> Iterator[datetime]:
    """The whole minutes within the interval."""
    moment = interval.start.astimezone(UTC).replace(second=0, microsecond=0)
    if moment < interval.start:
        moment += MINUTE
    while moment < interval.end:
        yield moment
        moment += MINUTE
