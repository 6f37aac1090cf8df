"""A calendar the simple way: lists of what is there, and the oracle for what is free."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from appointment_app.models import AppointmentStatus as Status
from appointment_app.scheduling.availability import VisitShape
from appointment_app.scheduling.intervals import Interval, overlaps
from appointment_app.scheduling.opening_hours import Hours, LocalRange, WeeklyRange
from tests.scheduling.oracle import free_starts

DAY = timedelta(days=1)
OVER = {Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED}

# Beside the visit on one's own there is one of an hour for two, which needs the only room.
GROUP = VisitShape(60, step=60)
SEATS = 2


@dataclass
class Booked:
    """An appointment: who, when, what became of it, and how often it was changed.

    Or a seat in a group session: all who sit there at a time are in one.
    """

    person_id: int
    starts_at: datetime
    status: Status = Status.CONFIRMED
    version: int = 1
    is_group: bool = False

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
    room_taken: list[Interval] = field(default_factory=list)  # by another doctor
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

    def shape_of(self, *, group: bool) -> VisitShape:
        return GROUP if group else self.shape

    def sessions(self) -> Counter[datetime]:
        """How many sit in the group sessions, by their starts."""
        return Counter(
            booked.starts_at
            for booked in self.appointments.values()
            if booked.is_group and booked.status is not Status.CANCELLED
        )

    def is_room_free(self, wanted: Interval) -> bool:
        """Whether neither another doctor nor a session has the room then."""
        sessions = [GROUP.visit(start) for start in self.sessions()]
        return not any(overlaps(each, wanted) for each in (*self.room_taken, *sessions))

    def free(
        self,
        day: date,
        *,
        group: bool = False,
        moved: UUID | None = None,
        visitor: str | None = None,
    ) -> list[datetime]:
        """The free starts of a local day; neither ``moved`` nor ``visitor`` is in the way.

        But a session stays in the way when somebody moves out of it.
        """
        booked = {
            key: each
            for key, each in self.appointments.items()
            if each.status is not Status.CANCELLED
        }
        taken = {
            self.shape_of(group=each.is_group).busy(each.starts_at)
            for key, each in booked.items()
            if key != moved or each.is_group
        } | {
            self.shape.busy(kept.starts_at)
            for key, kept in self.holds.items()
            if kept.expires_at > self.now and key != visitor
        }
        days = Counter(self.day_of(each.starts_at) for key, each in booked.items() if key != moved)
        limit = self.max_patients_a_day
        full = {each for each, count in days.items() if limit is not None and count >= limit}
        not_before = self.now + timedelta(minutes=self.minimum_notice)
        not_after = self.midnight(self.today + (self.horizon_days + 1) * DAY)
        starts = free_starts(
            replace(self.hours, days_off=self._days_off()),
            taken,
            self.shape_of(group=group),
            self.window(day),
            not_before,
            not_after,
            full,
        )
        if not group:
            return starts
        alone = [start for start in starts if self.is_room_free(GROUP.visit(start))]
        joined = [
            start
            for start, seated in self.sessions().items()
            if seated < SEATS
            and self.day_of(start) == day
            and day not in full
            and not_before <= start < not_after
        ]
        return sorted({*alone, *joined})

    def _days_off(self) -> set[date]:
        return {
            first + number * DAY
            for first, last in self.time_off
            for number in range((last - first).days + 1)
        }

    def is_person_free(
        self,
        person_id: int,
        starts_at: datetime,
        *,
        group: bool = False,
        moved: UUID | None = None,
    ) -> bool:
        wanted = self.shape_of(group=group).visit(starts_at)
        return not any(
            booked.person_id == person_id
            and booked.status is not Status.CANCELLED
            and key != moved
            and overlaps(wanted, self.shape_of(group=booked.is_group).visit(booked.starts_at))
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
