"""What happened (audit events) and what still has to be said (outbox messages)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from appointment_app.clock import now
from appointment_app.models.base import choice, refers_to, text


class AuditEvent(SQLModel, table=True):
    """Who did what to which record, written in the transaction that did it.

    Holds ids, field names and times, never personal values.
    """

    __tablename__ = "audit_event"
    __table_args__ = (sa.Index("ix_audit_event_record", "record_type", "record_id"),)

    id: int | None = Field(default=None, primary_key=True)
    occurred_at: datetime = Field(default_factory=now, index=True)
    actor_user_id: int | None = refers_to("user_account.id", default=None)
    action: str = Field(max_length=60)
    record_type: str = Field(max_length=40)
    record_id: int
    fields: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    address: str = text(45)


class MessageKind(StrEnum):
    """The mails that we send; each has a template of this name."""

    VERIFY_EMAIL = "verify_email"
    ADDRESS_KNOWN = "address_known"
    RESET_PASSWORD = "reset_password"
    PASSWORD_CHANGED = "password_changed"
    APPOINTMENT_BOOKED = "appointment_booked"
    APPOINTMENT_CONFIRMED = "appointment_confirmed"
    APPOINTMENT_CANCELLED = "appointment_cancelled"
    APPOINTMENT_RESCHEDULED = "appointment_rescheduled"
    SERIES_BOOKED = "series_booked"
    SERIES_CANCELLED = "series_cancelled"
    DOCTOR_APPROVED = "doctor_approved"
    DOCTOR_REFUSED = "doctor_refused"


class OutboxMessage(SQLModel, table=True):
    """A mail to be sent, written in the transaction that causes it, sent at least once.

    ``payload`` holds what the template needs and is emptied once the mail is sent.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (sa.Index("ix_outbox_message_due", "sent_at", "send_after"),)

    id: int | None = Field(default=None, primary_key=True)
    idempotency_key: str = Field(max_length=120, unique=True)
    kind: MessageKind = choice(MessageKind, "kind")
    recipient: str = Field(max_length=254)
    locale: str = text(8, default="en")
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    created_at: datetime = Field(default_factory=now)
    send_after: datetime = Field(default_factory=now)
    attempts: int = 0
    last_error: str = text(500)
    sent_at: datetime | None = None
