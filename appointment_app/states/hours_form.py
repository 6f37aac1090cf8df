"""Hours between the form in which they are typed and the service. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from appointment_app.i18n import format_date, t
from appointment_app.scheduling.local_time import DAY, MINUTES_A_DAY
from appointment_app.scheduling.opening_hours import LocalRange
from appointment_app.scheduling.week import (
    MAX_EVERY_WEEKS,
    MAX_RANGES_A_DAY,
    TypedDay,
    TypedRange,
    TypedWeek,
    is_in_reach,
)

A_MONDAY = date(2024, 1, 1)  # whichever: it gives the weekdays their names
_A_RANGE_MORE = 60, 180  # minutes after the last range, and how long the new one is
_A_WORKING_DAY = 9 * 60, 17 * 60


@dataclass(frozen=True)
class RangeRow:
    """A range as it is typed (``HH:MM``), and what is wrong with it.

    ``valid_from`` and ``valid_until`` are days (ISO) or empty; ``remark`` says in words what the
    two times do not say.
    """

    index: int = 0
    opens: str = ""
    closes: str = ""
    error: str = ""
    valid_from: str = ""
    valid_until: str = ""
    every_weeks: str = "1"
    remark: str = ""


@dataclass(frozen=True)
class DayRow:
    """A weekday (0 is Monday); switched off it keeps its ranges until it is saved."""

    weekday: int = 0
    name: str = ""
    short: str = ""
    on: bool = False
    ranges: list[RangeRow] = field(default_factory=list)


def day_rows(week: TypedWeek) -> list[DayRow]:
    """Return saved hours as the rows of the form."""
    return [
        DayRow(
            weekday=weekday,
            name=format_date(A_MONDAY + weekday * DAY, "EEEE"),
            short=format_date(A_MONDAY + weekday * DAY, "EEE"),
            on=bool(day),
            ranges=range_rows(day),
        )
        for weekday, day in enumerate(week)
    ]


def range_rows(ranges: Iterable[TypedRange | LocalRange]) -> list[RangeRow]:
    """Return ranges as they are typed."""
    rows = []
    for index, each in enumerate(ranges):
        row = RangeRow(index, clock_text(each.opens), clock_text(each.closes))
        if isinstance(each, TypedRange):
            row = replace(
                row,
                valid_from=each.valid_from.isoformat() if each.valid_from else "",
                valid_until=each.valid_until.isoformat() if each.valid_until else "",
                every_weeks=str(each.every_weeks),
            )
        rows.append(replace(row, remark=_remark(row)))
    return rows


def typed_week(rows: Sequence[DayRow]) -> TypedWeek:
    """Return what the form says; a day that is switched off is closed."""
    return tuple(typed_day(row.ranges) if row.on else () for row in rows)


def typed_day(rows: Sequence[RangeRow]) -> TypedDay:
    """Return the ranges of a day; an end before the beginning is on the next day."""
    return tuple(
        TypedRange(
            minute_of(row.opens),
            _closing(row),
            date_of(row.valid_from),
            date_of(row.valid_until),
            _whole(row.every_weeks) or 0,
        )
        for row in rows
    )


def written(rows: Sequence[RangeRow], index: int, **typed: str) -> list[RangeRow]:
    """Return the ranges with something else typed into one of them."""
    return [replace(row, **typed) if row.index == index else row for row in rows]


def with_errors(rows: Sequence[RangeRow], errors: dict[int, str]) -> list[RangeRow]:
    """Return the ranges with what is wrong with each."""
    return [
        replace(row, index=index, error=errors.get(index, ""), remark=_remark(row))
        for index, row in enumerate(rows)
    ]


def with_another(rows: Sequence[RangeRow]) -> list[RangeRow]:
    """Return the ranges and one more, after the last; empty when the day has no room left.

    No more than one too many, which is told: nobody needs to compare thousands with each other.
    """
    if len(rows) > MAX_RANGES_A_DAY:
        return list(rows)
    last = minute_of(rows[-1].closes) if rows else None
    opens, closes = _A_WORKING_DAY
    if rows:
        pause, length = _A_RANGE_MORE
        opens = MINUTES_A_DAY if last is None or last == 0 else last + pause
        closes = min(opens + length, MINUTES_A_DAY)
    if opens >= MINUTES_A_DAY:
        return [*rows, RangeRow(len(rows))]
    return [*rows, RangeRow(len(rows), clock_text(opens), clock_text(closes))]


def minute_of(text: str) -> int | None:
    """Return the minutes after midnight of ``HH:MM``, None when it is nothing of the kind."""
    hours, colon, minutes = text.strip()[:5].partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal()):
        return None
    minute = int(hours) * 60 + int(minutes)
    return minute if int(minutes) < 60 and minute <= MINUTES_A_DAY else None


def clock_text(minute: int | None) -> str:
    """Return ``HH:MM`` as a time input holds it: the end of the day is 00:00."""
    if minute is None:
        return ""
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def every_weeks_text(weeks: int) -> str:
    """Return ``Every week``, ``Every 2 weeks`` and so on."""
    return t("Every week") if weeks == 1 else t("Every {count} weeks", count=weeks)


def weeks_errors(valid_from: str, valid_until: str, every_weeks: str) -> dict[str, str]:
    """Return what is wrong with the weeks in which a range holds, by field."""
    errors: dict[str, str] = {}
    first, last, weeks = date_of(valid_from), date_of(valid_until), _whole(every_weeks)
    for name, typed, day in (("valid_from", valid_from, first), ("valid_until", valid_until, last)):
        if typed and (day is None or not is_in_reach(day)):
            errors[name] = t("Please give a day.")
    if first and last and last < first:
        errors["valid_until"] = t("The last day must not be before the first.")
    if weeks is None or not 1 <= weeks <= MAX_EVERY_WEEKS:
        errors["every_weeks"] = t("Please choose at most {limit} weeks.", limit=MAX_EVERY_WEEKS)
    elif weeks > 1 and not valid_from:
        errors["valid_from"] = t("Please give the day from which the weeks are counted.")
    return errors


def date_of(text: str) -> date | None:
    """Return the day of an ISO date, None when it is nothing of the kind."""
    try:
        return date.fromisoformat(str(text).strip())
    except ValueError:
        return None


def _closing(row: RangeRow) -> int | None:
    opens, closes = minute_of(row.opens), minute_of(row.closes)
    if closes == 0:
        return MINUTES_A_DAY
    if opens is not None and closes is not None and closes < opens:
        return closes + MINUTES_A_DAY
    return closes


def _remark(row: RangeRow) -> str:
    """Return what is unusual about a range, in words; empty for most."""
    remarks = []
    closes, weeks = _closing(row), _whole(row.every_weeks)
    if closes is not None and closes > MINUTES_A_DAY:
        remarks.append(t("until {time} the next day", time=row.closes))
    if weeks and weeks > 1:
        remarks.append(every_weeks_text(weeks).lower())
    if first := date_of(row.valid_from):
        remarks.append(t("from {day}", day=format_date(first, "d MMM y")))
    if last := date_of(row.valid_until):
        remarks.append(t("until {day}", day=format_date(last, "d MMM y")))
    return ", ".join(remarks)


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 4 else None
