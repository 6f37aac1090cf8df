"""What is counted of appointments, as plain values that can be put together. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from appointment_app.figures.period import Period
from appointment_app.models import AppointmentStatus


class CancelledBy(StrEnum):
    """Who cancelled an appointment."""

    PATIENT = "patient"  # or a guardian of theirs
    DOCTOR = "doctor"
    CLINIC = "clinic"  # anybody else with an account
    UNKNOWN = "unknown"  # nobody was noted


class Notice(StrEnum):
    """How long before its start an appointment was cancelled."""

    AFTER_START = "after the start"
    HOURS_2 = "less than 2 hours"
    DAY = "2 to 24 hours"
    DAYS_2 = "1 to 2 days"
    WEEK = "2 to 7 days"
    MORE = "a week or more"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose appointments count: those at ``clinics`` (internal id to zone) on the local days there.

    Of one doctor where ``doctor_id`` (internal) names one.
    """

    clinics: Mapping[int, str]
    period: Period
    doctor_id: int | None = None


@dataclass(slots=True)
class Tally:
    """Appointments by status, and the ``minutes`` that they take of the doctor's time.

    Cancelled ones take none; those who share one time take it once.
    """

    statuses: Counter[AppointmentStatus] = field(default_factory=Counter)
    minutes: int = 0


@dataclass(slots=True)
class Counted:
    """What was counted, by internal ids.

    ``by_doctor`` is by doctor and clinic. ``lead_hours`` has the whole hours from booking to start;
    what was noted only once it had begun is not in it.
    """

    by_day: defaultdict[date, Counter[AppointmentStatus]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    by_doctor: defaultdict[tuple[int, int], Tally] = field(
        default_factory=lambda: defaultdict(Tally)
    )
    lead_hours: Counter[int] = field(default_factory=Counter)
    cancelled: Counter[tuple[CancelledBy, Notice]] = field(default_factory=Counter)
