"""A week of hours as somebody types it, and what is wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from appointment_app.i18n import t, zone_city
from appointment_app.scheduling.availability import Hours, LocalRange, WeeklyRange
from appointment_app.scheduling.intervals import Interval, overlaps
from appointment_app.scheduling.local_time import DAY, MINUTES_A_DAY, instant_of, local_date

MAX_RANGES_A_DAY = 12

# Two zones change their clocks on different days, so a clash may show in some weeks only.
_DAYS_COMPARED = 53 * 7


@dataclass(frozen=True, slots=True)
class TypedRange:
    """A range of minutes after midnight, None where nothing readable was typed yet."""

    opens: int | None
    closes: int | None


TypedDay = tuple[TypedRange, ...]
TypedWeek = tuple[TypedDay, ...]  # seven days, Monday first


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The hours of the same doctor at another clinic."""

    clinic: str
    hours: Hours


def range_text(opens: int, closes: int) -> str:
    """Return a range as people write it, such as ``08:00 – 12:00``."""
    return f"{_clock(opens)} – {_clock(closes)}"


def ranges_of(day: TypedDay) -> tuple[LocalRange, ...]:
    """Return the readable ranges of a day without errors, the earliest first."""
    ranges = [
        LocalRange(each.opens, each.closes)
        for each in day
        if each.opens is not None and each.closes is not None
    ]
    return tuple(sorted(ranges, key=lambda each: each.opens))


def weekly_ranges(week: TypedWeek) -> tuple[WeeklyRange, ...]:
    """Return the ranges of a week without errors."""
    return tuple(
        WeeklyRange(weekday, each.opens, each.closes)
        for weekday, day in enumerate(week)
        for each in ranges_of(day)
    )


def typed_week(weekly: Iterable[WeeklyRange]) -> TypedWeek:
    """Return saved hours in the form in which they are typed, each day sorted."""
    days: list[list[TypedRange]] = [[] for _ in range(7)]
    for each in sorted(weekly, key=lambda each: each.opens):
        days[each.weekday].append(TypedRange(each.opens, each.closes))
    return tuple(tuple(day) for day in days)


def day_errors(day: TypedDay) -> dict[int, str]:
    """Return what is wrong with the ranges of a day, by their place in it."""
    errors: dict[int, str] = {}
    sound: list[LocalRange] = []
    for index, each in enumerate(day):
        sentence, local_range = _check(each)
        if local_range is not None:
            overlapped = next((other for other in sound if _overlap(other, local_range)), None)
            if overlapped is None:
                sound.append(local_range)
            else:
                text = range_text(overlapped.opens, overlapped.closes)
                sentence = t("Overlaps {range}", range=text)
        if index >= MAX_RANGES_A_DAY:
            sentence = t("A day has room for {limit} ranges.", limit=MAX_RANGES_A_DAY)
        if sentence:
            errors[index] = sentence
    return errors


def week_errors(
    week: TypedWeek, own: Hours, elsewhere: Sequence[Elsewhere], today: date
) -> dict[tuple[int, int], str]:
    """Return what is wrong with a typed week, by weekday and place in the day.

    Ranges must not overlap each other nor, in the coming year, the doctor's hours at
    other clinics; ``own`` gives the zone and the days that differ anyway.
    """
    errors = {
        (weekday, index): sentence
        for weekday, day in enumerate(week)
        for index, sentence in day_errors(day).items()
    }
    if not elsewhere:
        return errors
    for offset in range(_DAYS_COMPARED):
        day = today + offset * DAY
        if day in own.overrides:
            continue
        for index, each in enumerate(week[day.weekday()]):
            key = (day.weekday(), index)
            if key not in errors and (clash := _clash(own.zone, day, each, elsewhere)):
                errors[key] = clash
    return errors


def override_errors(
    days: Iterable[date], ranges: TypedDay, zone: str, elsewhere: Sequence[Elsewhere]
) -> dict[int, str]:
    """Return what is wrong with other hours for ``days``, by place in ``ranges``."""
    errors = day_errors(ranges)
    if elsewhere:
        for day in days:
            for index, each in enumerate(ranges):
                if index not in errors and (clash := _clash(zone, day, each, elsewhere)):
                    errors[index] = clash
    return errors


def _check(typed: TypedRange) -> tuple[str, LocalRange | None]:
    if typed.opens is None or typed.closes is None:
        return t("Please give both times."), None
    if not (0 <= typed.opens < MINUTES_A_DAY and 0 <= typed.closes <= MINUTES_A_DAY):
        return t("Please give times of one day."), None
    if typed.opens >= typed.closes:
        return t("The end must be later than the beginning."), None
    return "", LocalRange(typed.opens, typed.closes)


def _overlap(one: LocalRange, other: LocalRange) -> bool:
    return one.opens < other.closes and other.opens < one.closes


def _clash(zone: str, day: date, typed: TypedRange, elsewhere: Sequence[Elsewhere]) -> str | None:
    """Return a sentence when the range of that day falls into hours at another clinic."""
    sentence, local_range = _check(typed)
    span = None if sentence or local_range is None else _span(zone, day, local_range)
    if span is None:
        return None
    for other in elsewhere:
        for other_day in _days_of(other.hours.zone, zone, day, span):
            for each in other.hours.opening_on(other_day):
                taken = _span(other.hours.zone, other_day, each)
                if taken is not None and overlaps(span, taken):
                    return _clash_text(zone, other, each)
    return None


def _clash_text(zone: str, other: Elsewhere, taken: LocalRange | WeeklyRange) -> str:
    text = range_text(taken.opens, taken.closes)
    if other.hours.zone == zone:
        return t("Overlaps {range} at {clinic}", range=text, clinic=other.clinic)
    return t(
        "Overlaps {range} at {clinic} ({city} time)",
        range=text,
        clinic=other.clinic,
        city=zone_city(other.hours.zone),
    )


def _days_of(other_zone: str, zone: str, day: date, span: Interval) -> Iterator[date]:
    """The local days of another zone on which hours may touch ``span``."""
    if other_zone == zone:
        yield day
        return
    other_day, last = local_date(other_zone, span.start), local_date(other_zone, span.end)
    while other_day <= last:
        yield other_day
        other_day += DAY


def _span(zone: str, day: date, local: LocalRange | WeeklyRange) -> Interval | None:
    start, end = instant_of(zone, day, local.opens), instant_of(zone, day, local.closes)
    # A range that the spring change swallowed is empty.
    return Interval(start, end) if start < end else None


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
