"""What the demo says of a doctor and their visits, and how it writes their hours."""

from __future__ import annotations

from dataclasses import dataclass

from appointment_app.models import BookableBy, VisitMode
from appointment_app.scheduling.opening_hours import WeeklyRange

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class DemoVisit:
    """A visit type; durations, pauses and steps in minutes, ``share`` is how often it is booked.

    ``resources`` are the rooms and devices of the clinic that suit it.
    """

    name: str
    duration: int
    share: int
    mode: VisitMode = VisitMode.IN_PERSON
    pause_before: int = 0
    pause_after: int = 0
    needs_confirmation: bool = False
    step: int = 15
    capacity: int = 1
    price: str = ""
    bookable_by: BookableBy = BookableBy.EVERYBODY
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class DemoDoctor:
    """A doctor; ``hours`` maps a clinic's code to weekly hours as ``weekly`` reads them.

    No two have the same family name. ``full_days`` is for how many days from today on they
    are booked out; ``demand`` multiplies how full the other days are.
    """

    given_name: str
    family_name: str
    specialties: tuple[str, ...]
    languages: tuple[str, ...]
    years: int
    hours: dict[str, str]
    visits: tuple[DemoVisit, ...]
    bio: str
    email: str = ""
    max_patients_a_day: int | None = None
    minimum_notice: int = 120
    approved: bool = True
    full_days: int = 0
    demand: float = 1.0


def weekly(hours: str) -> tuple[WeeklyRange, ...]:
    """Read hours written like ``Mon Thu 8:00-12:00 13:00-17:00, Fri 9:00-13:00``."""
    ranges = []
    for line in hours.split(","):
        words = line.split()
        days = [_WEEKDAYS.index(word) for word in words if word in _WEEKDAYS]
        spans = [word.split("-") for word in words if word not in _WEEKDAYS]
        ranges += [
            WeeklyRange(day, minute_of_day(opens), minute_of_day(closes))
            for day in days
            for opens, closes in spans
        ]
    return tuple(ranges)


def minute_of_day(clock: str) -> int:
    """Return the minutes after midnight of a time written like ``8:30``."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
