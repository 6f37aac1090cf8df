"""When a doctor works at a clinic, by the clock on its wall. Pure: plain values.

What a wall-clock time means on the days when clocks change is told in `local_time`.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from appointment_app.scheduling.local_time import MINUTES_A_DAY


@dataclass(frozen=True, slots=True)
class LocalRange:
    """Open hours of one local day, in minutes after midnight by the clock on the wall.

    `closes` beyond 1440 reaches into the next day (22:00-02:00 is 1320 to 1560); such
    a range belongs to the day on which it opens. Raises ValueError for a range that is
    empty, reversed, opens on another day or closes after the next one.
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        _check_range(self.opens, self.closes)


@dataclass(frozen=True, slots=True)
class WeeklyRange:
    """A `LocalRange` that comes back, on `weekday` (0 is Monday, 6 is Sunday).

    It holds from `valid_from` until `valid_until`, local days, both included, without an
    end where there is none; and in every `every_weeks`-th week (ISO 8601, so from Monday
    on), counted from the week of `valid_from`, without which it holds in every week.
    """

    weekday: int
    opens: int
    closes: int
    valid_from: date | None = None
    valid_until: date | None = None
    every_weeks: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError(f"not a weekday: {self.weekday}")
        _check_range(self.opens, self.closes)
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError(f"hours end on {self.valid_until} but begin on {self.valid_from}")
        if self.every_weeks < 1 or (self.every_weeks > 1 and self.valid_from is None):
            raise ValueError(f"no week to count {self.every_weeks} weeks from")

    def holds_on(self, day: date) -> bool:
        """Whether the range opens on that local day, if nothing else holds on it."""
        if day.weekday() != self.weekday:
            return False
        if self.valid_until is not None and day > self.valid_until:
            return False
        if self.valid_from is None:
            return True
        if day < self.valid_from:
            return False
        first_monday = self.valid_from.toordinal() - self.valid_from.weekday()
        return (day.toordinal() - first_monday) // 7 % self.every_weeks == 0


@dataclass(frozen=True, slots=True)
class Hours:
    """When a doctor works at a clinic, in wall-clock times of the clinic's `zone`.

    `zone` is an IANA name; ValueError if it is unknown. On a local day the first of these
    counts: it is one of the `days_off`, and nothing opens; it has an entry in
    `overrides`, which says what opens (an empty one: nothing); it is one of the
    `holidays`, each with its name, and nothing opens; else the weekly hours hold. (The
    end of a range that opened the evening before still stands: it belongs to that
    evening.)
    """

    zone: str
    weekly: tuple[WeeklyRange, ...] = ()
    overrides: Mapping[date, tuple[LocalRange, ...]] = field(default_factory=dict)
    holidays: Mapping[date, str] = field(default_factory=dict)
    days_off: AbstractSet[date] = frozenset()

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"unknown time zone: {self.zone!r}") from error

    def opening_on(self, day: date) -> Sequence[LocalRange | WeeklyRange]:
        """The ranges that open on that local day, in the order they were given."""
        if day in self.days_off:
            return ()
        override = self.overrides.get(day)
        if override is not None:
            return override
        if day in self.holidays:
            return ()
        return [each for each in self.weekly if each.holds_on(day)]

    def is_usual(self, day: date) -> bool:
        """Whether the weekly hours hold on that local day."""
        return not (day in self.days_off or day in self.overrides or day in self.holidays)


def _check_range(opens: int, closes: int) -> None:
    if not 0 <= opens < MINUTES_A_DAY:
        raise ValueError(f"hours open outside their day: {opens}")
    if not opens < closes <= 2 * MINUTES_A_DAY:
        raise ValueError(f"hours close at {closes} but open at {opens}")
