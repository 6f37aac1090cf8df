"""A week of hours as somebody types it, and what is wrong with it. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from appointment_app.i18n import format_date, t, zone_city
from appointment_app.scheduling.intervals import Interval, overlaps
from appointment_app.scheduling.local_time import DAY, MINUTES_A_DAY, instant_of, local_date
from appointment_app.scheduling.opening_hours import Hours, LocalRange, WeeklyRange

MAX_RANGES_A_DAY = 12
MAX_EVERY_WEEKS = 12

# A year and a half. Two zones change their clocks on different days, and hours may hold in every
# n-th week only, so that a clash may show in some weeks only.
_WEEKS_COMPARED = 78
_A_MONDAY = date(2024, 1, 1)
# Between which hours may begin and end: where dates end, counting weeks does too.
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class TypedRange:
    """A range of minutes after midnight, None where nothing readable was typed yet.

    The rest says in which weeks it holds, as in ``WeeklyRange``; a single day leaves it alone.
    """

    opens: int | None
    closes: int | None
    valid_from: date | None = None
    valid_until: date | None = None
    every_weeks: int = 1


TypedDay = tuple[TypedRange, ...]
TypedWeek = tuple[TypedDay, ...]  # seven days, Monday first


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The hours of the same doctor at another clinic."""

    clinic: str
    hours: Hours


def is_in_reach(day: date) -> bool:
    """Tell whether hours may begin or end on this day."""
    return _FIRST_DAY <= day <= _LAST_DAY


def range_text(opens: int, closes: int) -> str:
    """Return a range as people write it, such as ``08:00 – 12:00``."""
    if closes > MINUTES_A_DAY:
        closing = _clock(closes - MINUTES_A_DAY)
        return t("{opens} – {closes} the next day", opens=_clock(opens), closes=closing)
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
    """Return the ranges of a week without errors, each day's in order."""
    return tuple(
        weekly
        for weekday, day in enumerate(week)
        for weekly in sorted(
            filter(None, (_weekly(weekday, each) for each in day)), key=_order_in_day
        )
    )


def typed_week(weekly: Iterable[WeeklyRange]) -> TypedWeek:
    """Return saved hours in the form in which they are typed, each day sorted."""
    days: list[list[TypedRange]] = [[] for _ in range(7)]
    for each in sorted(weekly, key=_order_in_day):
        typed = TypedRange(
            each.opens, each.closes, each.valid_from, each.valid_until, each.every_weeks
        )
        days[each.weekday].append(typed)
    return tuple(tuple(day) for day in days)


def day_errors(day: TypedDay) -> dict[int, str]:
    """Return what is wrong with the ranges of a single day, by their place in it."""
    errors = week_errors((day, *((),) * 6), None, (), _A_MONDAY)
    return {index: sentence for (_, index), sentence in errors.items()}


def week_errors(
    week: TypedWeek, own: Hours | None, elsewhere: Sequence[Elsewhere], today: date
) -> dict[tuple[int, int], str]:
    """Return what is wrong with a typed week, by weekday and place in the day.

    Ranges must not overlap each other nor, in the coming weeks, the doctor's hours at other
    clinics; ``own`` gives the zone and the days on which other hours hold anyway.
    """
    errors: dict[tuple[int, int], str] = {}
    sound: list[WeeklyRange] = []
    for weekday, day in enumerate(week):
        for index, typed in enumerate(day):
            sentence = _range_error(typed)
            weekly = None if sentence else _weekly(weekday, typed)
            if weekly is not None:
                overlapped = next((other for other in sound if _meet(other, weekly)), None)
                if overlapped is not None:
                    sentence = _overlap_text(overlapped, weekday)
                elif own is not None:
                    sentence = _clash_in_weeks(own, weekly, elsewhere, today)
                if not sentence:
                    sound.append(weekly)
            if index >= MAX_RANGES_A_DAY:
                sentence = t("A day has room for {limit} ranges.", limit=MAX_RANGES_A_DAY)
            if sentence:
                errors[weekday, index] = sentence
    return errors


def override_errors(
    days: Iterable[date], ranges: TypedDay, zone: str, elsewhere: Sequence[Elsewhere]
) -> dict[int, str]:
    """Return what is wrong with other hours for ``days``, by place in ``ranges``."""
    errors = day_errors(ranges)
    if elsewhere:
        for day in days:
            for index, each in enumerate(ranges):
                if index in errors or each.opens is None or each.closes is None:
                    continue
                if clash := _clash(zone, day, LocalRange(each.opens, each.closes), elsewhere):
                    errors[index] = clash
    return errors


def _range_error(typed: TypedRange) -> str:
    if typed.opens is None or typed.closes is None:
        return t("Please give both times.")
    if not (0 <= typed.opens < MINUTES_A_DAY and 0 <= typed.closes <= 2 * MINUTES_A_DAY):
        return t("Please give times of one day.")
    if typed.opens >= typed.closes:
        return t("The end must be later than the beginning.")
    if typed.closes - typed.opens > MINUTES_A_DAY:
        return t("Please give at most 24 hours.")
    if not all(is_in_reach(day) for day in (typed.valid_from, typed.valid_until) if day):
        return t("Please give a day.")
    if typed.valid_from and typed.valid_until and typed.valid_until < typed.valid_from:
        return t("The last day must not be before the first.")
    if not 1 <= typed.every_weeks <= MAX_EVERY_WEEKS:
        return t("Please choose at most {limit} weeks.", limit=MAX_EVERY_WEEKS)
    if typed.every_weeks > 1 and typed.valid_from is None:
        return t("Please give the day from which the weeks are counted.")
    return ""


def _weekly(weekday: int, typed: TypedRange) -> WeeklyRange | None:
    """Return a range without errors, None where nothing readable was typed."""
    if typed.opens is None or typed.closes is None:
        return None
    return WeeklyRange(
        weekday,
        typed.opens,
        typed.closes,
        typed.valid_from,
        typed.valid_until,
        typed.every_weeks,
    )


def _order_in_day(each: WeeklyRange) -> tuple[int, date]:
    return each.opens, each.valid_from or date.min


def _meet(one: WeeklyRange, other: WeeklyRange) -> bool:
    """Tell whether two ranges can be open at the same time, also past midnight."""
    for days_later in (-1, 0, 1):
        if (other.weekday - one.weekday - days_later) % 7:
            continue
        later = days_later * MINUTES_A_DAY
        if one.opens < other.closes + later and other.opens + later < one.closes:
            return _hold_together(one, other, days_later)
    return False


def _hold_together(one: WeeklyRange, other: WeeklyRange, days_later: int) -> bool:
    """Tell whether ``other`` holds so many days after a day on which ``one`` does."""
    begins = [each.valid_from for each in (one, other) if each.valid_from]
    ends = [each.valid_until for each in (one, other) if each.valid_until]
    day = max(begins) if begins else min(ends, default=_A_MONDAY) - 7 * DAY
    day -= (day.weekday() - one.weekday) % 7 * DAY + 7 * DAY
    # After so many weeks both begin anew; three more for the days at the edges.
    for _ in range(math.lcm(one.every_weeks, other.every_weeks) + 3):
        if one.holds_on(day) and other.holds_on(day + days_later * DAY):
            return True
        day += 7 * DAY
    return False


def _overlap_text(overlapped: WeeklyRange, weekday: int) -> str:
    text = range_text(overlapped.opens, overlapped.closes)
    if overlapped.weekday == weekday:
        return t("Overlaps {range}", range=text)
    day = format_date(_A_MONDAY + overlapped.weekday * DAY, "EEEE")
    return t("Overlaps {range} of {day}", range=text, day=day)


def _clash_in_weeks(
    own: Hours, weekly: WeeklyRange, elsewhere: Sequence[Elsewhere], today: date
) -> str:
    """Return a sentence when a range falls into hours at another clinic, else nothing."""
    if not elsewhere:
        return ""
    day = max(today, weekly.valid_from or today)
    day += (weekly.weekday - day.weekday()) % 7 * DAY
    for _ in range(_WEEKS_COMPARED):
        holds = own.is_usual(day) and weekly.holds_on(day)
        if holds and (clash := _clash(own.zone, day, weekly, elsewhere)):
            return clash
        day += 7 * DAY
    return ""


def _clash(
    zone: str, day: date, local: LocalRange | WeeklyRange, elsewhere: Sequence[Elsewhere]
) -> str:
    """Return a sentence when the range of that day falls into hours at another clinic."""
    span = _span(zone, day, local)
    if span is None:
        return ""
    for other in elsewhere:
        for other_day in _days_of(other.hours.zone, span):
            for each in other.hours.opening_on(other_day):
                taken = _span(other.hours.zone, other_day, each)
                if taken is not None and overlaps(span, taken):
                    return _clash_text(zone, other, each)
    return ""


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


def _days_of(zone: str, span: Interval) -> Iterator[date]:
    """The local days whose hours may touch ``span``: the one before for those past midnight."""
    day, last = local_date(zone, span.start) - DAY, local_date(zone, span.end)
    while day <= last:
        yield day
        day += DAY


def _span(zone: str, day: date, local: LocalRange | WeeklyRange) -> Interval | None:
    start, end = instant_of(zone, day, local.opens), instant_of(zone, day, local.closes)
    # A range that the spring change swallowed is empty.
    return Interval(start, end) if start < end else None


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
