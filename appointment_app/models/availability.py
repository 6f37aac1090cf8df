"""What makes availability: visit types, weekly hours and the days that differ.

Times of day are minutes after local midnight in the clinic's zone. Hours open on their day and
close at most a day later: beyond 1440 on the next day.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from appointment_app.clock import now
from appointment_app.models.base import choice, public_id, refers_to, text

_RANGE = "0 <= opens AND opens < closes AND opens < 1440 AND closes - opens <= 1440"


class VisitMode(StrEnum):
    """How patient and doctor meet."""

    IN_PERSON = "in_person"
    VIDEO = "video"


class BookableBy(StrEnum):
    """Who may book a visit type."""

    EVERYBODY = "everybody"
    KNOWN_PATIENTS = "known_patients"
    STAFF = "staff"


class VisitType(SQLModel, table=True):
    """What is booked (FHIR: HealthcareService); durations, pauses and the step are minutes.

    The active one with the lowest ``position`` is the doctor's default. Starts are offered
    every ``step`` minutes, one visit after the other where there is none. ``capacity`` patients
    share one time: more than one make it a group session.
    """

    __tablename__ = "visit_type"
    __table_args__ = (
        sa.CheckConstraint("duration BETWEEN 5 AND 480", name="duration"),
        sa.CheckConstraint("pause_before BETWEEN 0 AND 240", name="pause_before"),
        sa.CheckConstraint("pause_after BETWEEN 0 AND 240", name="pause_after"),
        sa.CheckConstraint("step IS NULL OR step BETWEEN 5 AND 480", name="step"),
        sa.CheckConstraint("capacity BETWEEN 1 AND 200", name="capacity"),
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
    step: int | None = None
    capacity: int = 1
    price: str = text(80)
    bookable_by: BookableBy = choice(BookableBy, "bookable_by", default=BookableBy.EVERYBODY)
    position: int = 0
    active: bool = True
    version: int = 1
    created_at: datetime = Field(default_factory=now)


class VisitTypeClinic(SQLModel, table=True):
    """A clinic at which a visit type is offered; one without any row is offered at all."""

    __tablename__ = "visit_type_clinic"

    visit_type_id: int = Field(foreign_key="visit_type.id", ondelete="RESTRICT", primary_key=True)
    clinic_id: int = refers_to("clinic.id", primary_key=True)


class VisitTypeResource(SQLModel, table=True):
    """A room or device that suits a visit type.

    With the booking one of the rooms named here is taken, and one of the devices.
    """

    __tablename__ = "visit_type_resource"

    visit_type_id: int = Field(foreign_key="visit_type.id", ondelete="RESTRICT", primary_key=True)
    resource_id: int = refers_to("resource.id", primary_key=True)


class WeeklyHours(SQLModel, table=True):
    """One range of a weekday (0 is Monday) in which a doctor receives at a clinic.

    It holds from ``valid_from`` until ``valid_until``, local days, both included, without an end
    where there is none; and only in every n-th week, counted from the week of ``valid_from``.
    """

    __tablename__ = "weekly_hours"
    __table_args__ = (
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        sa.CheckConstraint(_RANGE, name="range"),
        sa.CheckConstraint("valid_from <= valid_until", name="valid"),
        sa.CheckConstraint(
            "every_weeks = 1 OR (every_weeks BETWEEN 2 AND 12 AND valid_from IS NOT NULL)",
            name="every_weeks",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    doctor_at_clinic_id: int = refers_to("doctor_at_clinic.id")
    weekday: int
    opens: int
    closes: int
    valid_from: date | None = None
    valid_until: date | None = None
    every_weeks: int = 1


class TimeOff(SQLModel, table=True):
    """Local days, both included, on which a doctor receives nobody at any clinic."""

    __tablename__ = "time_off"
    __table_args__ = (sa.CheckConstraint("first_day <= last_day", name="forward"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: UUID = public_id()
    doctor_id: int = refers_to("doctor.id")
    first_day: date
    last_day: date
    note: str = text(120)
    created_at: datetime = Field(default_factory=now)


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
    __table_args__ = (sa.CheckConstraint(_RANGE, name="range"),)

    id: int | None = Field(default=None, primary_key=True)
    date_override_id: int = Field(foreign_key="date_override.id", ondelete="CASCADE", index=True)
    opens: int
    closes: int
