"""A calendar the simple way: lists of what is there, and the oracle for what is free."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from appointment_app.models import AppointmentStatus as Status
from appointment_app.scheduling.availability import VisitShape
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.opening_hours import Hours, LocalRange, WeeklyRange
from tests.scheduling.oracle import free_starts

DAY = timedelta(days=1)
OVER = {Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED}


@dataclass
class Booked:
    """An appointment: who, when, what became of it, and how often it was changed."""

    person_id: int
    starts_at: datetime
    status: Status = Status.CONFIRMED
    version: int = 1

    def become(self, status: Status) -> None:
        self.status = status
        self.version += 1


@dataclass
class Kept:
    """A time that a visitor keeps until it expires."""

    starts_at: datetime
    expires_at: datetime


@dataclass
class CalendarModel:
    """What a doctor's calendar should be after all that was done to it."""

    now: datetime
    shape: VisitShape
    hours: Hours
    minimum_notice: int
    horizon_days: int
    max_patients_a_day: int | None
    appointments: dict[UUID, Booked] = field(default_factory=dict)
    holds: dict[str, Kept] = field(default_factory=dict)
    time_off: list[tuple[date, date]] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.hours.zone)

    @property
    def today(self) -> date:
        return self.day_of(self.now)

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def window(self, day: date) -> Interval:
        return Interval(self.midnight(day), self.midnight(day + DAY))

    def free(
        self, day: date, *, moved: UUID | None = None, visitor: str | None = None
    ) -> list[datetime]:
        """The free starts of a local day; neither ``moved`` nor ``visitor`` is in the way."""
        counted = [
            booked
            for key, booked in self.appointments.items()
            if booked.status is not Status.CANCELLED and key != moved
        ]
        held = [
            kept
            for key, kept in self.holds.items()
            if kept.expires_at > self.now and key != visitor
        ]
        days = [self.day_of(booked.starts_at) for booked in counted]
        limit = self.max_patients_a_day
        return free_starts(
            replace(self.hours, days_off=self._days_off()),
            [self.shape.busy(each.starts_at) for each in (*counted, *held)],
            self.shape,
            self.window(day),
            self.now + timedelta(minutes=self.minimum_notice),
            self.midnight(self.today + (self.horizon_days + 1) * DAY),
            {each for each in days if limit is not None and days.count(each) >= limit},
        )

    def _days_off(self) -> set[date]:
        return {
            first + number * DAY
            for first, last in self.time_off
            for number in range((last - first).days + 1)
        }

    def is_person_free(
        self, person_id: int, starts_at: datetime, *, moved: UUID | None = None
    ) -> bool:
        wanted = self.shape.visit(starts_at)
        return not any(
            booked.person_id == person_id
            and booked.status is not Status.CANCELLED
            and key != moved
            and booked.starts_at < wanted.end
            and wanted.start < self.shape.visit(booked.starts_at).end
            for key, booked in self.appointments.items()
        )

    def open_weekly(self, ranges: tuple[LocalRange, ...]) -> None:
        """Let the same ranges hold on every weekday."""
        weekly = tuple(
            WeeklyRange(weekday, each.opens, each.closes) for weekday in range(7) for each in ranges
        )
        self.hours = replace(self.hours, weekly=weekly)

    def override(self, day: date, ranges: tuple[LocalRange, ...] | None) -> None:
        """Let other hours hold on a day, or those of the week again (None)."""
        overrides = {**self.hours.overrides}
        overrides.pop(day, None)
        if ranges is not None:
            overrides[day] = ranges
        self.hours = replace(self.hours, overrides=overrides)
