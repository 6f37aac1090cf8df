"""Wall-clock times of a zone, as instants in UTC.

A wall-clock time means **the first instant at which a clock on the wall of that zone
shows this time or a later one**. That one rule settles the days on which clocks
change:

- A time that the clock skips in spring is the instant of the change, so a range that
  opens in the gap opens at its end, and a range wholly inside it is empty.
- A time that is shown twice in autumn is the first of the two. The second pass is
  `repeated_time`, so that nobody is offered two appointments called "02:30".
- A later wall-clock time is never an earlier instant, so no range is ever reversed.

Between two instants only elapsed time is counted; nothing is ever added to a local
time.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from appointment_app.scheduling.intervals import Interval, require_utc

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
MINUTES_A_DAY = 1440
_NEVER = datetime.min.replace(tzinfo=UTC)


def instant_of(zone: str, day: date, minute: int) -> datetime:
    """The instant, in UTC, of a wall-clock time given in minutes since midnight.

    `minute` may be 1440 or more: it then belongs to a following day.
    """
    if minute >= MINUTES_A_DAY:
        days, minute = divmod(minute, MINUTES_A_DAY)
        day += days * DAY
    local_day = _local_day(zone, day)
    if local_day.is_even:
        return local_day.start + minute * MINUTE
    return _first_showing(ZoneInfo(zone), datetime.combine(day, time()), minute)


def local_day_bounds(zone: str, day: date) -> Interval:
    """The whole of a local day: 24 hours, or 23 or 25 (or so) when clocks change.

    Raises ValueError for a day that the zone left out (Apia had no 30 December 2011).
    """
    local_day = _local_day(zone, day)
    if local_day.start == local_day.end:
        raise ValueError(f"{zone} had no {day}")
    return Interval(local_day.start, local_day.end)


def repeated_time(zone: str, day: date) -> Interval | None:
    """The second pass of the wall-clock times that are shown twice on that day."""
    return _local_day(zone, day).repeated


def local_date(zone: str, moment: datetime) -> date:
    """The date that a calendar on the wall of that zone shows at an instant."""
    return moment.astimezone(ZoneInfo(zone)).date()


def by_local_day(zone: str, moments: Iterable[datetime]) -> defaultdict[date, tuple[datetime, ...]]:
    """The moments by the local date on which they are, in the order they were given."""
    found: defaultdict[date, list[datetime]] = defaultdict(list)
    of_day: list[datetime] = []
    start = end = _NEVER
    for moment in moments:
        # Most are on the day of the one before, which its ends tell sooner than the clock does.
        if not start <= moment < end:
            day = local_date(zone, moment)
            of_day, local_day = found[day], _local_day(zone, day)
            start, end = local_day[:2] if local_day.is_even else (_NEVER, _NEVER)
        of_day.append(moment)
    return defaultdict(tuple, {day: tuple(each) for day, each in found.items()})


def horizon_end(zone: str, now: datetime, days: int) -> datetime:
    """The local midnight, in UTC, that ends the last day on which one may book.

    That day is `days` days after the local day of `now`; with 0 it is today.
    """
    require_utc(now)
    return _local_day(zone, local_date(zone, now) + (days + 1) * DAY).start


class _LocalDay(NamedTuple):
    start: datetime
    end: datetime
    is_even: bool  # no change of clocks: minute n of the day is start + n minutes
    repeated: Interval | None


# A day is looked up for each range of each doctor, but there are few zones and days.
@lru_cache(maxsize=8192)
def _local_day(zone: str, day: date) -> _LocalDay:
    clock = ZoneInfo(zone)
    midnight = datetime.combine(day, time())
    start = _first_showing(clock, midnight)
    end = _first_showing(clock, midnight, MINUTES_A_DAY)
    repeated = None
    if end - start > DAY:
        change = _change(clock, start, end)
        repeated = Interval(change, change + (end - start - DAY))
    return _LocalDay(start, end, end - start == DAY, repeated)


def _first_showing(clock: ZoneInfo, midnight: datetime, minute: int = 0) -> datetime:
    """The first instant at which `clock` shows that wall-clock time or a later one."""
    wall = (midnight + minute * MINUTE).replace(tzinfo=clock)
    # https://peps.python.org/pep-0495: for a time shown twice, fold=0 is the first
    # pass; for a skipped time, fold=0 has the offset before the change and fold=1 the
    # one after it, so that the change lies between the two readings.
    first, second = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
    return first if first <= second else _change(clock, second, first)


def _change(clock: ZoneInfo, earlier: datetime, later: datetime) -> datetime:
    """The instant in `(earlier, later]` at which the offset from UTC changes."""
    old = earlier.astimezone(clock).utcoffset()

    def changed(second: int) -> bool:
        moment = earlier + timedelta(seconds=second)
        return moment.astimezone(clock).utcoffset() != old

    seconds = range(int((later - earlier).total_seconds()))
    return earlier + timedelta(seconds=bisect_left(seconds, True, key=changed))
