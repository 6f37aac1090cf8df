"""What occupies a doctor, and who sits in it. The constraints stand in ``overlaps.py``."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from appointment_app.clock import now
from appointment_app.models.availability import VisitMode
from appointment_app.models.base import choice, public_id, refers_to, text


class BlockKind(StrEnum):
    """What occupies a doctor."""

    VISIT = "visit"
    SESSION = "session"
    HOLD = "hold"
    OUTSIDE = "outside"


class BusyBlock(SQLModel, table=True):
    """A time in which a doctor is taken, pauses inside, half-open.

    The database refuses two active blocks of one doctor that overlap, except one that was
    overbooked on purpose. ``expires_at`` is for a hold, after which it blocks nothing.

    A group session is one block of kind ``session`` with several seats: ``visit_type_id``,
    ``starts_at`` and ``ends_at`` (without the pauses) say what for. One that is ``published`` was
    opened by the doctor in advance and stays when nobody sits in it.
    """

    __tablename__ = "busy_block"
    __table_args__ = (
        sa.CheckConstraint("busy_from < busy_until", name="forward"),
        sa.CheckConstraint("(kind = 'hold') = (expires_at IS NOT NULL)", name="hold_expires"),
        sa.CheckConstraint("capacity >= 1", name="capacity"),
        sa.Index("ix_busy_block_doctor_id_busy_from", "doctor_id", "busy_from"),
    )

    id: int | None = Field(default=None, primary_key=True)
    doctor_id: int = Field(foreign_key="doctor.id", ondelete="RESTRICT")
    clinic_id: int | None = refers_to("clinic.id", default=None)
    kind: BlockKind = choice(BlockKind, "kind")
    busy_from: datetime
    busy_until: datetime
    visit_type_id: int | None = refers_to("visit_type.id", default=None)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    capacity: int = 1
    published: bool = False
    expires_at: datetime | None = None
    overbooked: bool = False
    active: bool = True
    created_at: datetime = Field(default_factory=now)


class Hold(SQLModel, table=True):
    """A seat that a visitor keeps for some minutes while they fill in the form.

    ``visitor`` and ``address`` are keyed hashes. A visitor has one hold at most, a network address
    a few, which are numbered: two at once cannot both be the last one. An expired hold keeps
    nobody away and is removed by whoever comes next.
    """

    __tablename__ = "hold"
    __table_args__ = (
        sa.CheckConstraint("seat >= 0", name="seat"),
        sa.CheckConstraint("number >= 0", name="number"),
        sa.UniqueConstraint("address", "number"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: UUID = public_id()
    block_id: int = refers_to("busy_block.id")
    seat: int = 0
    visitor: str = Field(max_length=64, unique=True)
    address: str = Field(max_length=64)
    number: int = 0
    expires_at: datetime
    created_at: datetime = Field(default_factory=now)


class ResourceUse(SQLModel, table=True):
    """A room or device that a block takes, for the same time; no two may overlap."""

    __tablename__ = "resource_use"
    __table_args__ = (
        sa.CheckConstraint("busy_from < busy_until", name="forward"),
        sa.Index("ix_resource_use_resource_id_busy_from", "resource_id", "busy_from"),
    )

    id: int | None = Field(default=None, primary_key=True)
    resource_id: int = Field(foreign_key="resource.id", ondelete="RESTRICT")
    block_id: int = refers_to("busy_block.id")
    busy_from: datetime
    busy_until: datetime
    active: bool = True


class AppointmentSeries(SQLModel, table=True):
    """Appointments that were booked together: every n weeks, some times."""

    __tablename__ = "appointment_series"
    __table_args__ = (sa.CheckConstraint("every_weeks BETWEEN 1 AND 52", name="every_weeks"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: UUID = public_id()
    every_weeks: int
    created_by: int = refers_to("user_account.id")
    created_at: datetime = Field(default_factory=now)


class AppointmentStatus(StrEnum):
    """Where an appointment is in its life; ``scheduling/statuses.py`` has the arrows."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    CHECKED_IN = "checked_in"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class Appointment(SQLModel, table=True):
    """A person's seat in a block (FHIR: Appointment); never deleted.

    ``visit_name``, ``duration``, ``mode``, ``price``, ``place``, ``zone`` and ``join_link`` are
    what was agreed when it was booked. ``active`` is False once cancelled: then it occupies nobody.
    ``reminded_for`` is the start for which the patient was reminded, or needed no reminder.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        sa.CheckConstraint("starts_at < ends_at", name="forward"),
        sa.CheckConstraint("active = (status <> 'cancelled')", name="active_unless_cancelled"),
        sa.CheckConstraint("seat >= 0", name="seat"),
        sa.UniqueConstraint("booked_by", "idempotency_key"),
        sa.Index("ix_appointment_person_id_starts_at", "person_id", "starts_at"),
        sa.Index("ix_appointment_doctor_id_starts_at", "doctor_id", "starts_at"),
        sa.Index("ix_appointment_starts_at", "starts_at"),
        # What figures count, which PostgreSQL finds in the index alone.
        sa.Index(
            "ix_appointment_clinic_id_starts_at",
            "clinic_id",
            "starts_at",
            postgresql_include=["doctor_id", "status", "duration", "created_at"],
        ),
        sa.Index(
            "ix_appointment_cancelled",
            "clinic_id",
            "starts_at",
            postgresql_include=["doctor_id", "person_id", "cancelled_by", "cancelled_at"],
            postgresql_where=sa.text("NOT active"),
            sqlite_where=sa.text("active = 0"),
        ).ddl_if(dialect=("postgresql", "sqlite")),  # type: ignore[arg-type]  # as documented
        sa.Index(
            "ix_appointment_shared",
            "clinic_id",
            "starts_at",
            postgresql_where=sa.text("seat > 0"),
            sqlite_where=sa.text("seat > 0"),
        ).ddl_if(dialect=("postgresql", "sqlite")),  # type: ignore[arg-type]  # as documented
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: UUID = public_id()
    reference: str = Field(max_length=12, unique=True)
    block_id: int = refers_to("busy_block.id")
    seat: int = 0
    person_id: int = Field(foreign_key="person.id", ondelete="RESTRICT")
    doctor_id: int = Field(foreign_key="doctor.id", ondelete="RESTRICT")
    clinic_id: int = refers_to("clinic.id", index=False)
    visit_type_id: int = refers_to("visit_type.id")
    series_id: int | None = refers_to("appointment_series.id", default=None)
    starts_at: datetime
    ends_at: datetime
    status: AppointmentStatus = choice(AppointmentStatus, "status")
    active: bool = True
    overbooked: bool = False
    visit_name: str = Field(max_length=80)
    duration: int
    mode: VisitMode = choice(VisitMode, "mode")
    price: str = text(80)
    place: str = text(300)
    zone: str = Field(max_length=64)
    join_link: str = text(500)
    reason: str = text(1000)
    notes: str = text(4000)
    booked_by: int = refers_to("user_account.id", index=False)
    idempotency_key: str = Field(max_length=64)
    cancelled_at: datetime | None = None
    cancelled_by: int | None = refers_to("user_account.id", default=None)
    cancel_reason: str = text(500)
    checked_in_at: datetime | None = None
    reminded_for: datetime | None = None
    version: int = 1
    created_at: datetime = Field(default_factory=now)


class AppointmentMove(SQLModel, table=True):
    """One time at which an appointment was before it was rescheduled."""

    __tablename__ = "appointment_move"

    id: int | None = Field(default=None, primary_key=True)
    appointment_id: int = refers_to("appointment.id")
    from_starts_at: datetime
    from_ends_at: datetime
    to_starts_at: datetime
    to_ends_at: datetime
    reason: str = text(500)
    moved_by: int = refers_to("user_account.id", index=False)
    moved_at: datetime = Field(default_factory=now)
