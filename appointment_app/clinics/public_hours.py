"""The opening hours that a clinic tells the public: as they are typed, stored and shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from appointment_app.i18n import format_date, t

WEEKDAYS = range(7)
_HOUR = 60
_DAY = 24 * _HOUR
_A_MONDAY = date(2024, 1, 1)
_MOST_RANGES = 4
_TIME = r"(\d{1,2})(?:[:.](\d{2}))?\s*([ap]m)?"
_RANGE = re.compile(rf"{_TIME}\s*(?:-|–|—|to|until)\s*{_TIME}", re.IGNORECASE)


def read_ranges(typed: str) -> list[tuple[int, int]]:
    """Return what is typed for one day, such as ``8-12, 14:00-18:00``, in minutes, sorted.

    Empty is a day without hours. Raises ``ValueError`` with the sentence for the person.
    """
    ranges = []
    for part in re.split(r"[,;]", typed):
        if not part.strip():
            continue
        match = _RANGE.fullmatch(part.strip())
        if match is None:
            raise ValueError(_sentence())
        opens, closes = _minutes(*match.groups()[:3]), _minutes(*match.groups()[3:])
        if opens >= closes:
            raise ValueError(t("The end is not after the beginning."))
        ranges.append((opens, closes))
    ranges.sort()
    if len(ranges) > _MOST_RANGES:
        raise ValueError(t("Please give at most {limit} times a day.", limit=_MOST_RANGES))
    if any(later[0] < earlier[1] for earlier, later in pairwise(ranges)):
        raise ValueError(t("Two of these times overlap."))
    return ranges


def typed_ranges(hours: Sequence[Sequence[int]], weekday: int) -> str:
    """Return the hours of one day as one would type them; empty without any."""
    return ", ".join(
        f"{_clock(opens)}–{_clock(closes)}" for day, opens, closes in hours if day == weekday
    )


def lines(hours: Sequence[Sequence[int]]) -> list[str]:
    """Return the hours in words, days that follow each other together: ``Mon–Fri 08:00–12:00``.

    Days without hours are left out; nothing where there are none at all.
    """
    groups: list[tuple[list[int], str]] = []
    for weekday in WEEKDAYS:
        ranges = typed_ranges(hours, weekday)
        if groups and groups[-1][1] == ranges:
            groups[-1][0].append(weekday)
        else:
            groups.append(([weekday], ranges))
    return [f"{_days(days)} {ranges}" for days, ranges in groups if ranges]


def weekday_name(weekday: int, pattern: str = "EEEE") -> str:
    """Return what a weekday (0 is Monday) is called; ``pattern`` is of CLDR."""
    return format_date(date.fromordinal(_A_MONDAY.toordinal() + weekday), pattern)


def _days(weekdays: list[int]) -> str:
    names = [weekday_name(weekday, "EEE") for weekday in weekdays]
    return names[0] if len(names) == 1 else f"{names[0]}–{names[-1]}"


def _minutes(hour: str, minute: str | None, half: str | None) -> int:
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError(_sentence())
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    minutes = hours * _HOUR + int(minute or 0)
    if int(minute or 0) >= _HOUR or minutes > _DAY:
        raise ValueError(_sentence())
    return minutes


def _clock(minutes: int) -> str:
    return f"{minutes // _HOUR:02}:{minutes % _HOUR:02}"


def _sentence() -> str:
    return t("Please give times such as 08:00-12:00, 14:00-18:00.")
