"""The local days that figures are about: by name, so that they move with today, or by date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LONGEST_DAYS = 732
_EARLIEST, _LATEST = date(2000, 1, 1), date(2199, 12, 31)


class Preset(StrEnum):
    """Days around today; those that lie behind end with yesterday."""

    LAST_7 = "last-7"
    LAST_30 = "last-30"
    LAST_90 = "last-90"
    LAST_365 = "last-365"
    NEXT_30 = "next-30"


DEFAULT = Preset.LAST_30


@dataclass(frozen=True, slots=True)
class Period:
    """Local days, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days there are."""
        return (self.last - self.first).days + 1

    def all_days(self) -> list[date]:
        """Return every day."""
        return [self.first + timedelta(days=number) for number in range(self.days)]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address asks for: a preset or, where both days are given, these."""

    preset: Preset | None = None
    first: date | None = None
    last: date | None = None

    def period(self, today: date) -> Period:
        """Return the days, in order and at most two years of them; without a wish the default."""
        if self.first is not None and self.last is not None:
            first, last = sorted((_within(self.first), _within(self.last)))
            return Period(max(first, last - timedelta(days=LONGEST_DAYS - 1)), last)
        preset = self.preset or DEFAULT
        days = timedelta(days=int(preset.rpartition("-")[2]))
        if preset is Preset.NEXT_30:
            return Period(today, today + days - timedelta(days=1))
        return Period(today - days, today - timedelta(days=1))


def _within(day: date) -> date:
    return min(max(day, _EARLIEST), _LATEST)
