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
    capacity: int = 1
    expires_at: datetime | None = None
    overbooked: bool = False
    active: bool = True
    created_at: datetime = Field(default_factory=now)


class AppointmentStatus(StrEnum):
    """Where an appointment is in its life; ``scheduling/statuses.py`` has the arrows."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class Appointment(SQLModel, table=True):
    """A person's seat in a block (FHIR: Appointment); never deleted.

    ``visit_name``, ``duration``, ``mode``, ``place``, ``zone`` and ``join_link`` are what was
    agreed when it was booked. ``active`` is False once cancelled: then it occupies nobody.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        sa.CheckConstraint("starts_at < ends_at", name="forward"),
        sa.CheckConstraint("active = (status <> 'cancelled')", name="active_unless_cancelled"),
        sa.CheckConstraint("seat >= 0", name="seat"),
        sa.UniqueConstraint("booked_by", "idempotency_key"),
        sa.Index("ix_appointment_person_id_starts_at", "person_id", "starts_at"),
        sa.Index("ix_appointment_doctor_id_starts_at", "doctor_id", "starts_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: UUID = public_id()
    reference: str = Field(max_length=12, unique=True)
    block_id: int = refers_to("busy_block.id")
    seat: int = 0
    person_id: int = Field(foreign_key="person.id", ondelete="RESTRICT")
    doctor_id: int = Field(foreign_key="doctor.id", ondelete="RESTRICT")
    clinic_id: int = refers_to("clinic.id")
    visit_type_id: int = refers_to("visit_type.id")
    starts_at: datetime
    ends_at: datetime
    status: AppointmentStatus = choice(AppointmentStatus, "status")
    active: bool = True
    overbooked: bool = False
    visit_name: str = Field(max_length=80)
    duration: int
    mode: VisitMode = choice(VisitMode, "mode")
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
    version: int = 1
    created_at: datetime = Field(default_factory=now)
