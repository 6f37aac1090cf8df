"""How many minutes a doctor is open in a stretch of days. Pure: plain values.

The same minutes as ``availability.open_intervals`` gives, without walking through every day of
every doctor: most weeks are like the last one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

from appointment_app.figures.period import Period
from appointment_app.scheduling.availability import open_intervals
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import DAY, MINUTE, MINUTES_A_DAY, instant_of
from appointment_app.scheduling.opening_hours import Hours, LocalRange


def open_minutes(hours: Hours, period: Period) -> int:
    """Return the open minutes of the local days of ``period``; what overlaps counts once."""
    if not _is_same_every_week(hours):
        return _walked(hours, period)
    uneven = uneven_days(hours.zone, period)
    unusual = {
        day
        for days in (hours.overrides, hours.holidays, hours.days_off, uneven)
        for day in days
        if period.first <= day <= period.last
    }
    minutes = 0
    for weekday in range(7):
        usual = _weekdays(period, weekday) - sum(day.weekday() == weekday for day in unusual)
        ranges = [(each.opens, each.closes) for each in hours.weekly if each.weekday == weekday]
        minutes += usual * _together(ranges)
    for day in unusual:
        opening = tuple((each.opens, each.closes) for each in hours.opening_on(day))
        minutes += _on_uneven(hours.zone, day, opening) if day in uneven else _together(opening)
    return minutes


@lru_cache(maxsize=1024)
def _on_uneven(zone: str, day: date, ranges: tuple[tuple[int, int], ...]) -> int:
    """Return the minutes of ranges (opens, closes) on a day on which clocks change.

    That many doctors have the same hours is worth remembering: to walk takes long.
    """
    only = {day: tuple(LocalRange(opens, closes) for opens, closes in ranges)}
    return _walked(Hours(zone, overrides=only), Period(day, day))


def _is_same_every_week(hours: Hours) -> bool:
    """Tell whether no range ends after midnight, and each holds in all weeks."""
    return all(
        each.closes <= MINUTES_A_DAY
        and each.valid_from is None
        and each.valid_until is None
        and each.every_weeks == 1
        for each in hours.weekly
    ) and all(each.closes <= MINUTES_A_DAY for day in hours.overrides.values() for each in day)


def _walked(hours: Hours, period: Period) -> int:
    start, end = bounds_of(hours.zone, period)
    if start == end:  # a day that the zone left out
        return 0
    return sum(
        (each.end - each.start) // MINUTE for each in open_intervals(hours, Interval(start, end))
    )


def bounds_of(zone: str, period: Period) -> tuple[datetime, datetime]:
    """Return the first midnight of ``period`` and the one that ends it, in UTC."""
    return instant_of(zone, period.first, 0), instant_of(zone, period.last, MINUTES_A_DAY)


def _weekdays(period: Period, weekday: int) -> int:
    """Return how many days of ``period`` are this weekday."""
    weeks, rest = divmod(period.days, 7)
    return weeks + ((weekday - period.first.weekday()) % 7 < rest)


def _together(ranges: Iterable[tuple[int, int]]) -> int:
    """Return the minutes of the ranges (opens, closes) of one day with 24 hours."""
    minutes = reached = 0
    for opens, closes in sorted(ranges):
        minutes += max(closes - max(opens, reached), 0)
        reached = max(reached, closes)
    return minutes


@lru_cache(maxsize=256)
def uneven_days(zone: str, period: Period) -> frozenset[date]:
    """Return the days of ``period`` on which clocks change."""
    return frozenset(day for day in period.all_days() if _length(zone, day) != DAY)


def _length(zone: str, day: date) -> timedelta:
    start, end = bounds_of(zone, Period(day, day))
    return end - start
