"""What happened (audit events) and what still has to be said (outbox messages)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from appointment_app.clock import now
from appointment_app.models.base import open_choice, refers_to, text


class AuditEvent(SQLModel, table=True):
    """Who did what to which record, written in the transaction that did it; append-only.

    ``person_id`` says whom the record is about, ``clinic_id`` where it belongs; they are no
    references, so that an entry neither looks at nor locks what it names. ``changes`` holds the
    values before and after by field: encrypted with the key of the person where there is one.
    ``nonce`` is different in each entry, ``mark`` says that this program wrote it.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        sa.Index("ix_audit_event_record", "record_type", "record_id"),
        sa.Index("ix_audit_event_action", "action", "id"),
        sa.Index("ix_audit_event_clinic", "clinic_id", "id"),
        sa.Index("ix_audit_event_person", "person_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    occurred_at: datetime = Field(default_factory=now, index=True)
    actor_user_id: int | None = refers_to("user_account.id", default=None)
    action: str = Field(max_length=60)
    record_type: str = Field(max_length=40)
    record_id: int
    person_id: int | None = None
    clinic_id: int | None = None
    fields: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    changes: dict[str, list[Any]] | None = Field(
        default=None,
        sa_type=sa.JSON(none_as_null=True),
    )
    address: str = text(45)
    nonce: str | None = Field(default=None, max_length=32)
    mark: str | None = Field(default=None, max_length=64)


class AuditSeal(SQLModel, table=True):
    """A batch of entries as they were when it was sealed, chained to the seal before.

    ``ids`` are the numbers of its entries, such as ``1-40,42``: some are never used, and an entry
    that is committed late belongs to a later seal than its neighbours. ``digest`` is taken over
    the digest before and the entries, ``signature`` over the digest with our secret.
    """

    __tablename__ = "audit_seal"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    last_id: int = refers_to("audit_event.id")
    ids: str = Field(sa_type=sa.Text)
    count: int
    previous: str = text(64)
    digest: str = Field(max_length=64)
    signature: str = Field(max_length=64)
    sealed_at: datetime = Field(default_factory=now)


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
    APPOINTMENT_REMINDER = "appointment_reminder"
    SERIES_BOOKED = "series_booked"
    SERIES_CANCELLED = "series_cancelled"
    DOCTOR_APPROVED = "doctor_approved"
    DOCTOR_REFUSED = "doctor_refused"
    STAFF_INVITED = "staff_invited"
    ROLE_GRANTED = "role_granted"
    CHANGE_EMAIL = "change_email"
    EMAIL_CHANGED = "email_changed"
    SHARE_FAMILY = "share_family"
    OWN_ACCOUNT = "own_account"
    FAMILY_ACCOUNT_OFFERED = "family_account_offered"
    FAMILY_ACCOUNT_OPENED = "family_account_opened"
    PERSON_ERASED = "person_erased"
    CLAIM_RECORD = "claim_record"


class OutboxMessage(SQLModel, table=True):
    """A mail to be sent, written in the transaction that causes it, sent at least once.

    ``payload`` holds what the template needs and is emptied once the mail is sent.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (sa.Index("ix_outbox_message_due", "sent_at", "send_after"),)

    id: int | None = Field(default=None, primary_key=True)
    idempotency_key: str = Field(max_length=120, unique=True)
    kind: MessageKind = open_choice(MessageKind)
    recipient: str = Field(max_length=254)
    locale: str = text(8, default="en")
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    created_at: datetime = Field(default_factory=now)
    send_after: datetime = Field(default_factory=now)
    attempts: int = 0
    last_error: str = text(500)
    sent_at: datetime | None = None
