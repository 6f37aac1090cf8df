"""Who can log in: users, their roles, their login sessions and mailed single-use links."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from appointment_app.clock import now
from appointment_app.models.base import choice, public_id, refers_to, text


class Role(StrEnum):
    """What a user may be; roles are rows, so one user can have several."""

    PATIENT = "patient"
    DOCTOR = "doctor"
    RECEPTION = "reception"
    ADMINISTRATOR = "administrator"


class User(SQLModel, table=True):
    """An account: an address and a password. Who the person is stands in ``Person``."""

    __tablename__ = "user_account"

    id: int | None = Field(default=None, primary_key=True)
    public_id: UUID = public_id()
    email: str = Field(max_length=254, unique=True)
    password_hash: str = Field(max_length=255)
    email_verified_at: datetime | None = None
    active: bool = True
    is_demo: bool = False
    created_at: datetime = Field(default_factory=now)
    last_login_at: datetime | None = None


class RoleAssignment(SQLModel, table=True):
    """A role of a user, at one clinic or, without a clinic, everywhere."""

    __tablename__ = "role_assignment"
    __table_args__ = (sa.UniqueConstraint("user_id", "role", "clinic_id"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = refers_to("user_account.id")
    role: Role = choice(Role, "role")
    clinic_id: int | None = refers_to("clinic.id", default=None)
    created_at: datetime = Field(default_factory=now)


class LoginSession(SQLModel, table=True):
    """One login of a user on one browser; ``public_id`` is the ``jti`` of its cookie."""

    __tablename__ = "login_session"

    id: int | None = Field(default=None, primary_key=True)
    public_id: UUID = public_id()
    user_id: int = refers_to("user_account.id")
    created_at: datetime = Field(default_factory=now)
    last_seen_at: datetime = Field(default_factory=now)
    idle_minutes: int
    expires_at: datetime
    ended_at: datetime | None = None
    user_agent: str = text(255)
    address: str = text(45)


class RefreshToken(SQLModel, table=True):
    """A secret for which a program gets its next access token, once; kept as its SHA-256."""

    __tablename__ = "refresh_token"

    id: int | None = Field(default=None, primary_key=True)
    login_session_id: int = refers_to("login_session.id")
    secret_hash: str = Field(max_length=64, unique=True)
    created_at: datetime = Field(default_factory=now)
    used_at: datetime | None = None


class RequestKey(SQLModel, table=True):
    """An ``Idempotency-Key`` that a user has sent, and the SHA-256 of what they sent with it."""

    __tablename__ = "request_key"
    __table_args__ = (sa.UniqueConstraint("user_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = refers_to("user_account.id", index=False)
    key: str = Field(max_length=64)
    fingerprint: str = Field(max_length=64)
    created_at: datetime = Field(default_factory=now)


class TokenPurpose(StrEnum):
    """What a mailed link lets its owner do."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"
    INVITATION = "invitation"
    CHANGE_EMAIL = "change_email"
    SHARE_FAMILY = "share_family"
    OWN_ACCOUNT = "own_account"


class AccountToken(SQLModel, table=True):
    """A mailed single-use link, kept as the SHA-256 of its secret.

    ``user_id`` is whose link it is, or who had it sent; ``email`` where it was sent, where that is
    not the user's address, and ``person_id`` whom it is about.
    """

    __tablename__ = "account_token"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = refers_to("user_account.id")
    purpose: TokenPurpose = choice(TokenPurpose, "purpose")
    secret_hash: str = Field(max_length=64, unique=True)
    next_path: str = text(500)
    email: str | None = Field(default=None, max_length=254)
    person_id: int | None = refers_to("person.id", default=None)
    created_at: datetime = Field(default_factory=now)
    expires_at: datetime
    used_at: datetime | None = None


class Consent(SQLModel, table=True):
    """That a user agreed to a version of the privacy notice, when, and from which address."""

    __tablename__ = "consent"
    __table_args__ = (sa.UniqueConstraint("user_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = refers_to("user_account.id", index=False)
    version: str = Field(max_length=20)
    agreed_at: datetime = Field(default_factory=now)
    address: str = text(45)


class LoginThrottle(SQLModel, table=True):
    """Recent failures of one key (a keyed hash of an address, or of address and network)."""

    __tablename__ = "login_throttle"

    key: str = Field(max_length=64, primary_key=True)
    failures: int = 0
    last_failure_at: datetime
