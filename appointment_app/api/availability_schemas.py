"""What makes a doctor's slots, as requests and answers have it; hours are those on the wall."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from appointment_app.api.values import Day, Line, MomentOut
from appointment_app.scheduling.hours import BookingRules, PlaceHours
from appointment_app.scheduling.opening_hours import LocalRange, WeeklyRange
from appointment_app.scheduling.week import TypedDay, TypedRange, TypedWeek

_A_DAY = 24 * 60


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WallTime = Annotated[
    str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["09:00"], description="24 hours.")
]


class Hours(BaseModel):
    """From when until when; what closes no later than it opens closes on the next day."""

    opens: WallTime
    closes: WallTime

    @classmethod
    def of(cls, local: LocalRange | WeeklyRange) -> dict[str, str]:
        """Return the fields of stored hours."""
        return {"opens": _text(local.opens), "closes": _text(local.closes)}

    def minutes(self) -> tuple[int, int]:
        """Return both in minutes after midnight of the day on which it opens."""
        opens, closes = minutes_of(self.opens), minutes_of(self.closes)
        return opens, closes if closes > opens else closes + _A_DAY


class WeeklyHours(Hours):
    """Hours that come back every week, or every few, counted from `valid_from`."""

    weekday: Weekday
    valid_from: Day | None = None
    valid_until: Day | None = None
    every_weeks: int = Field(default=1, ge=1, le=52)


class Rules(BaseModel):
    """How patients may book and cancel; `minimum_notice` and `cancellation_window` in minutes."""

    model_config = ConfigDict(from_attributes=True)

    minimum_notice: int = Field(ge=0, le=10**6, examples=[120])
    horizon_days: int = Field(ge=0, le=10**4, examples=[60])
    max_patients_a_day: int | None = Field(default=None, ge=0, le=10**4)
    cancellation_window: int = Field(default=0, ge=0, le=10**6, examples=[1440])
    max_open_appointments: int | None = Field(default=None, ge=0, le=10**4)

    def rules(self) -> BookingRules:
        """Return them as the service takes them."""
        return BookingRules(**self.model_dump())


class NewAvailability(BaseModel):
    """The weekly hours of a doctor at a clinic, all of them."""

    weekly_hours: list[WeeklyHours] = Field(max_length=200)

    def week(self) -> TypedWeek:
        """Return them as the service takes them."""
        days: list[list[TypedRange]] = [[] for _ in Weekday]
        for each in self.weekly_hours:
            opens, closes = each.minutes()
            days[list(Weekday).index(each.weekday)].append(
                TypedRange(opens, closes, each.valid_from, each.valid_until, each.every_weeks)
            )
        return tuple(map(tuple, days))


class Holidays(BaseModel):
    """Whether one is away on public holidays; null: as the clinic is."""

    closed: bool | None


class NewOverride(BaseModel):
    """Other hours from `first` to `last` (included); without `hours` the doctor is away."""

    first: Day
    last: Day
    hours: list[Hours] = Field(default=[], max_length=50)
    note: Line = ""

    def ranges(self) -> TypedDay:
        """Return the hours as the service takes them."""
        return tuple(TypedRange(*each.minutes()) for each in self.hours)


class OverrideOut(BaseModel):
    """Days in a row with other hours than in the week."""

    first: date
    last: date
    hours: list[Hours]
    note: str


class NewTimeOff(BaseModel):
    """Days, both included, on which the doctor receives nobody at any clinic."""

    first: Day
    last: Day
    note: Line = ""


class TimeOffOut(BaseModel):
    """Time off; the note is for the doctor alone."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    first: date
    last: date
    note: str


class NewSession(BaseModel):
    """A session outside the hours; `starts` on the clinic's clock, `duration` in minutes."""

    clinic_id: UUID
    visit_type_id: UUID
    day: Day
    starts: WallTime
    duration: int = Field(ge=1, le=10**4, examples=[60])
    capacity: int = Field(ge=1, le=10**4, examples=[2])


class SessionOut(BaseModel):
    """A session that the doctor opened; `taken` of `capacity` seats."""

    model_config = ConfigDict(from_attributes=True)

    starts_at: MomentOut
    ends_at: MomentOut
    visit_type: str
    capacity: int
    taken: int


class AvailabilityOut(BaseModel):
    """All that makes the slots of a doctor at a clinic."""

    clinic_id: UUID
    clinic: str
    zone: str
    weekly_hours: list[WeeklyHours]
    overrides: list[OverrideOut]
    time_off: list[TimeOffOut]
    sessions: list[SessionOut]
    closed_on_holidays: bool | None = Field(description="Null: as the clinic is.")
    rules: Rules


def availability_out(clinic_id: UUID, found: PlaceHours) -> AvailabilityOut:
    """Return what the service found as it is answered."""
    return AvailabilityOut(
        clinic_id=clinic_id,
        clinic=found.clinic,
        zone=found.hours.zone,
        weekly_hours=[
            WeeklyHours(
                weekday=list(Weekday)[each.weekday],
                valid_from=each.valid_from,
                valid_until=each.valid_until,
                every_weeks=each.every_weeks,
                **Hours.of(each),
            )
            for each in found.hours.weekly
        ],
        overrides=[
            OverrideOut(
                first=each.first,
                last=each.last,
                note=each.note,
                hours=[Hours(**Hours.of(local)) for local in each.ranges],
            )
            for each in found.different
        ],
        time_off=[TimeOffOut.model_validate(each) for each in found.time_off],
        sessions=[SessionOut.model_validate(each) for each in found.sessions],
        closed_on_holidays=found.holidays.closed,
        rules=Rules.model_validate(found.rules),
    )


def minutes_of(wall_time: str) -> int:
    """Return a time of the clock in minutes after midnight."""
    hours, minutes = wall_time.split(":")
    return int(hours) * 60 + int(minutes)


def _text(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
