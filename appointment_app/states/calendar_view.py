"""What a calendar shows: which days belong to a view of a date, and how they are titled. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from appointment_app.i18n import format_date
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import DAY, local_day_bounds

VIEWS = ("day", "week", "month", "list")
_WEEK = 7 * DAY
_MONTH_ROWS = 6
_FIRST_HOUR, _LAST_HOUR = 8, 18  # shown even when nothing lies there


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of the grid, from ``first`` to ``last`` (24 is midnight)."""

    first: int = _FIRST_HOUR
    last: int = _LAST_HOUR


def days_shown(view: str, day: date) -> tuple[date, date]:
    """Return the first day that ``view`` shows around ``day``, and the first after it."""
    if view == "day":
        return day, day + DAY
    if view == "month":
        first = monday_of(day.replace(day=1))
        return first, first + _MONTH_ROWS * _WEEK
    return monday_of(day), monday_of(day) + _WEEK


def step(view: str, day: date, by: int) -> date:
    """Return the date to show ``by`` days, weeks or months later (earlier when negative)."""
    if view == "day":
        return day + by * DAY
    if view == "month":
        months = day.year * 12 + day.month - 1 + by
        return date(months // 12, months % 12 + 1, 1)
    return day + by * _WEEK


def monday_of(day: date) -> date:
    """Return the Monday on or before ``day``."""
    return day - day.weekday() * DAY


def span_of(zone: str, first: date, end: date) -> Interval:
    """Return the local days from ``first`` until before ``end`` as an interval in UTC."""
    return Interval(local_day_bounds(zone, first).start, local_day_bounds(zone, end - DAY).end)


def title_of(view: str, day: date, *, weekends: bool) -> str:
    """Return the title of a view, such as ``23 – 27 November 2026``."""
    if view == "day":
        return format_date(day, "EEEE d MMMM y")
    if view == "month":
        return format_date(day, "MMMM y")
    first = monday_of(day)
    last = first + (6 if weekends else 4) * DAY
    if first.year != last.year:
        return f"{format_date(first, 'd MMMM y')} – {format_date(last, 'd MMMM y')}"
    if first.month != last.month:
        return f"{format_date(first, 'd MMMM')} – {format_date(last, 'd MMMM y')}"
    return f"{format_date(first, 'd')} – {format_date(last, 'd MMMM y')}"


def hours_needed(zone: str, spans: Iterable[Interval]) -> Hours:
    """Return the whole hours that show all ``spans``, and a working day at least."""
    first, last = _FIRST_HOUR, _LAST_HOUR
    local = ZoneInfo(zone)
    for span in spans:
        start, end = span.start.astimezone(local), span.end.astimezone(local)
        if start.date() < end.date():
            end_of_day = end - timedelta(microseconds=1)
            first, last = (min(first, start.hour), 24)
            if end_of_day.date() > start.date():
                first = 0
            continue
        first = min(first, start.hour)
        last = max(last, end.hour + (end.minute > 0))
    return Hours(first, last)


def touches_weekend(zone: str, spans: Iterable[Interval]) -> bool:
    """Tell whether one of ``spans`` begins on a local Saturday or Sunday."""
    return any(span.start.astimezone(ZoneInfo(zone)).weekday() >= 5 for span in spans)
