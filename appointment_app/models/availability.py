"""What makes availability: visit types, weekly hours and the days that differ.

Times of day are minutes after local midnight in the clinic's zone, 0 to 1440.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from appointment_app.clock import now
from appointment_app.models.base import choice, public_id, refers_to, text


class VisitMode(StrEnum):
    """How patient and doctor meet."""

    IN_PERSON = "in_person"
    VIDEO = "video"


class VisitType(SQLModel, table=True):
    """What is booked (FHIR: HealthcareService); durations and pauses are minutes.

    The active one with the lowest ``position`` is the doctor's default.
    """

    __tablename__ = "visit_type"
    __table_args__ = (
        sa.CheckConstraint("duration BETWEEN 5 AND 480", name="duration"),
        sa.CheckConstraint("pause_before BETWEEN 0 AND 240", name="pause_before"),
        sa.CheckConstraint("pause_after BETWEEN 0 AND 240", name="pause_after"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: UUID = public_id()
    doctor_id: int = refers_to("doctor.id")
    name: str = Field(max_length=80)
    duration: int
    pause_before: int = 0
    pause_after: int = 0
    mode: VisitMode = choice(VisitMode, "mode", default=VisitMode.IN_PERSON)
    join_link: str = text(500)
    needs_confirmation: bool = False
    position: int = 0
    active: bool = True
    version: int = 1
    created_at: datetime = Field(default_factory=now)


class WeeklyHours(SQLModel, table=True):
    """One range of a weekday (0 is Monday) in which a doctor receives at a clinic."""

    __tablename__ = "weekly_hours"
    __table_args__ = (
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        sa.CheckConstraint("0 <= opens AND opens < closes AND closes <= 1440", name="range"),
    )

    id: int | None = Field(default=None, primary_key=True)
    doctor_at_clinic_id: int = refers_to("doctor_at_clinic.id")
    weekday: int
    opens: int
    closes: int


class DateOverride(SQLModel, table=True):
    """A local day on which other hours hold; without any range the day is closed."""

    __tablename__ = "date_override"
    __table_args__ = (sa.UniqueConstraint("doctor_at_clinic_id", "day"),)

    id: int | None = Field(default=None, primary_key=True)
    doctor_at_clinic_id: int = Field(foreign_key="doctor_at_clinic.id", ondelete="RESTRICT")
    day: date
    note: str = text(120)


class DateOverrideRange(SQLModel, table=True):
    """One range of a day that differs."""

    __tablename__ = "date_override_range"
    __table_args__ = (
        sa.CheckConstraint("0 <= opens AND opens < closes AND closes <= 1440", name="range"),
    )

    id: int | None = Field(default=None, primary_key=True)
    date_override_id: int = Field(foreign_key="date_override.id", ondelete="CASCADE", index=True)
    opens: int
    closes: int
