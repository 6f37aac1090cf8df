"""Hours between the form and the service: what is typed, what is shown, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from appointment_app.i18n import days_text, format_date, format_moment, format_time, t
from appointment_app.scheduling.availability import LocalRange, WeeklyRange
from appointment_app.scheduling.booked_outside import BookedOutside
from appointment_app.scheduling.different_days import DifferentDays
from appointment_app.scheduling.hours import PlaceHours
from appointment_app.scheduling.local_time import DAY, MINUTES_A_DAY, local_date
from appointment_app.scheduling.week import TypedDay, TypedRange, TypedWeek, range_text

_A_MONDAY = date(2024, 1, 1)
_A_RANGE_MORE = 60, 180  # minutes after the last range, and how long the new one is
_A_WORKING_DAY = 9 * 60, 17 * 60


@dataclass(frozen=True)
class RangeRow:
    """A range as it is typed (``HH:MM``), and what is wrong with it."""

    index: int = 0
    opens: str = ""
    closes: str = ""
    error: str = ""


@dataclass(frozen=True)
class DayRow:
    """A weekday (0 is Monday); switched off it keeps its ranges until it is saved."""

    weekday: int = 0
    name: str = ""
    short: str = ""
    on: bool = False
    ranges: list[RangeRow] = field(default_factory=list)


@dataclass(frozen=True)
class OverrideRow:
    """Days that differ, in words."""

    key: str = ""
    days: str = ""
    hours: str = ""
    remark: str = ""
    is_closed: bool = False


@dataclass(frozen=True)
class OutsideRow:
    """Somebody who is booked outside new hours, in words, and where the calendar shows it."""

    when: str = ""
    patient: str = ""
    href: str = ""


def day_rows(week: TypedWeek) -> list[DayRow]:
    """Return saved hours as the rows of the form."""
    return [
        DayRow(
            weekday=weekday,
            name=format_date(_A_MONDAY + weekday * DAY, "EEEE"),
            short=format_date(_A_MONDAY + weekday * DAY, "EEE"),
            on=bool(day),
            ranges=range_rows(day),
        )
        for weekday, day in enumerate(week)
    ]


def range_rows(ranges: Iterable[TypedRange | LocalRange]) -> list[RangeRow]:
    """Return ranges as they are typed."""
    return [
        RangeRow(index, clock_text(each.opens), clock_text(each.closes))
        for index, each in enumerate(ranges)
    ]


def typed_week(rows: Sequence[DayRow]) -> TypedWeek:
    """Return what the form says; a day that is switched off is closed."""
    return tuple(typed_day(row.ranges) if row.on else () for row in rows)


def typed_day(rows: Sequence[RangeRow]) -> TypedDay:
    """Return the ranges of a day; as an end, midnight is the end of the day."""
    return tuple(
        TypedRange(minute_of(row.opens), minute_of(row.closes) or _midnight(row.closes))
        for row in rows
    )


def with_errors(rows: Sequence[RangeRow], errors: dict[int, str]) -> list[RangeRow]:
    """Return the ranges with what is wrong with each."""
    return [
        replace(row, index=index, error=errors.get(index, "")) for index, row in enumerate(rows)
    ]


def with_another(rows: Sequence[RangeRow]) -> list[RangeRow]:
    """Return the ranges and one more, after the last; empty when the day has no room left."""
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


def override_row(days: DifferentDays) -> OverrideRow:
    """Return days that differ in words."""
    hours = _ranges_text(days.ranges) if days.ranges else t("Closed")
    remarks = []
    if days.ranges and days.instead:
        remarks.append(t("instead of {hours}", hours=_ranges_text(days.instead)))
    if days.note:
        remarks.append(days.note)
    return OverrideRow(
        key=f"{days.first.isoformat()}/{days.last.isoformat()}",
        days=days_text(days.first, days.last),
        hours=hours,
        remark=" · ".join(remarks),
        is_closed=not days.ranges,
    )


def outside_rows(outside: Iterable[BookedOutside], zone: str, calendar: str) -> list[OutsideRow]:
    """Return who is booked outside new hours; ``calendar`` is the route that shows a day."""
    return [
        OutsideRow(
            when=format_moment(each.starts_at, zone),
            patient=each.patient,
            href=f"{calendar}?view=day&date={_local(each, zone)}",
        )
        for each in outside
    ]


def outside_sentence(outside: Sequence[BookedOutside], zone: str) -> str:
    """Return who is booked outside new hours as one sentence, empty when nobody is."""
    if not outside:
        return ""
    first = outside[0]
    day = format_date(local_date(zone, first.starts_at))
    local = f"{day} {format_time(first.starts_at, zone)}"
    if len(outside) == 1:
        return t(
            "1 booked appointment falls outside the new hours: {when}, {patient}.",
            when=local,
            patient=first.patient,
        )
    return t(
        "{count} booked appointments fall outside the new hours, the first: {when}, {patient}.",
        count=len(outside),
        when=local,
        patient=first.patient,
    )


def month_weeks(hours: PlaceHours, month: date) -> list[list[dict[str, str]]]:
    """Return the weeks of ``month`` (its first day) for the month grid, empty cells around it."""
    first = month.replace(day=1)
    day = first - first.weekday() * DAY
    weeks = []
    while day < _next_month(first):
        weeks.append([_cell(hours, day + n * DAY, first.month) for n in range(7)])
        day += 7 * DAY
    return weeks


def weekday_initials() -> list[str]:
    """Return the first letters of the weekdays, Monday first."""
    return [format_date(_A_MONDAY + n * DAY, "EEEEE") for n in range(7)]


def _cell(hours: PlaceHours, day: date, month: int) -> dict[str, str]:
    if day.month != month:
        return {"date": "", "number": "", "kind": "off", "label": ""}
    usual = [each for each in hours.hours.weekly if each.weekday == day.weekday()]
    different = hours.hours.overrides.get(day)
    ranges = hours.hours.opening_on(day)
    text = _ranges_text(ranges) if ranges else t("closed")
    kind = "normal" if usual else "off"
    if different:
        kind = "changed"
    elif different is not None and usual:
        kind = "closed"
    return {
        "date": day.isoformat(),
        "number": str(day.day),
        "kind": kind,
        "label": f"{format_date(day, 'EEEE d MMMM')}: {text}",
    }


def _ranges_text(ranges: Iterable[LocalRange | WeeklyRange]) -> str:
    pairs = sorted((each.opens, each.closes) for each in ranges)
    return ", ".join(range_text(opens, closes) for opens, closes in pairs)


def _midnight(closes: str) -> int | None:
    return MINUTES_A_DAY if minute_of(closes) == 0 else None


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _local(each: BookedOutside, zone: str) -> str:
    return local_date(zone, each.starts_at).isoformat()
