"""What is planned for the demo doctors' calendars, before any of it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from appointment_app.demo.people import DemoPatient
from appointment_app.demo.practice import DemoDoctor, DemoVisit
from appointment_app.models import AppointmentStatus
from appointment_app.scheduling.availability import VisitShape
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.opening_hours import LocalRange


@dataclass(frozen=True, slots=True)
class PlannedOverride:
    """A day on which a doctor at a clinic has other hours, or with no ranges none."""

    day: date
    ranges: tuple[LocalRange, ...]
    note: str


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """An appointment to be stored; moments in UTC.

    A ``seat`` other than 0 is one in the block of the visit before it.
    """

    doctor: DemoDoctor
    clinic: str
    visit: DemoVisit
    patient: DemoPatient
    starts_at: datetime
    status: AppointmentStatus
    booked_at: datetime
    reason: str
    notes: str = ""
    cancelled_at: datetime | None = None
    cancelled_by_doctor: bool = False
    cancel_reason: str = ""
    seat: int = 0

    @property
    def time(self) -> Interval:
        """When patient and doctor meet."""
        return shape(self.visit).visit(self.starts_at)

    @property
    def busy(self) -> Interval:
        """The doctor's time that this takes, pauses inside."""
        return shape(self.visit).busy(self.starts_at)


@dataclass(slots=True)
class DemoPlan:
    """Everything that is planned; ``overrides`` by doctor and clinic code."""

    visits: list[PlannedVisit] = field(default_factory=list)
    overrides: dict[tuple[DemoDoctor, str], list[PlannedOverride]] = field(default_factory=dict)


def shape(visit: DemoVisit) -> VisitShape:
    """Return the minutes that a visit takes, as availability counts them."""
    return VisitShape(visit.duration, visit.pause_before, visit.pause_after, visit.step)
