"""Patients are people: with an account or without (a child, somebody who only phones)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from appointment_app.clock import now
from appointment_app.models.base import choice, public_id, refers_to, text
from appointment_app.models.searched import Searched
from appointment_app.texts import random_reference


class BloodGroup(StrEnum):
    """The blood groups, by ABO and Rh factor."""

    O_POSITIVE = "O+"
    O_NEGATIVE = "O-"
    A_POSITIVE = "A+"
    A_NEGATIVE = "A-"
    B_POSITIVE = "B+"
    B_NEGATIVE = "B-"
    AB_POSITIVE = "AB+"
    AB_NEGATIVE = "AB-"


class Person(Searched, table=True):
    """Somebody who can have appointments (FHIR: Patient).

    ``number`` is what staff ask for on the telephone. ``email`` is where somebody without an
    account is reached; it was typed by staff, and proves nothing. ``version`` counts the changes
    of the person and of their profile, which are edited together.
    """

    __tablename__ = "person"
    searched_by = ("given_name", "family_name")

    id: int | None = Field(default=None, primary_key=True)
    public_id: UUID = public_id()
    user_id: int | None = Field(
        default=None, foreign_key="user_account.id", ondelete="RESTRICT", unique=True
    )
    given_name: str = Field(max_length=100)
    family_name: str = Field(max_length=100)
    number: str = Field(
        default_factory=lambda: random_reference(9),
        max_length=9,
        nullable=True,
        index=True,
        unique=True,
    )
    birth_date: date | None = Field(default=None, index=True)
    phone: str = text(32, index=True)
    email: str | None = Field(default=None, max_length=254)
    language: str = text(8, default="en")
    active: bool = True
    version: int = 1
    created_at: datetime = Field(default_factory=now)

    @property
    def full_name(self) -> str:
        """The name as it is said."""
        return f"{self.given_name} {self.family_name}".strip()


class PatientOfClinic(SQLModel, table=True):
    """A clinic that knows a person who had no appointment there (yet): staff wrote them down."""

    __tablename__ = "patient_of_clinic"

    person_id: int = Field(foreign_key="person.id", ondelete="RESTRICT", primary_key=True)
    clinic_id: int = refers_to("clinic.id", primary_key=True)
    added_by: int = refers_to("user_account.id")
    created_at: datetime = Field(default_factory=now)


class PersonMerge(SQLModel, table=True):
    """Two records of one patient that became one: ``merged`` is not in use while it stands.

    ``moved`` says what went over to ``kept``, so that it can be put back.
    """

    __tablename__ = "person_merge"

    id: int | None = Field(default=None, primary_key=True)
    public_id: UUID = public_id()
    kept_id: int = refers_to("person.id")
    merged_id: int = refers_to("person.id")
    moved: dict[str, list[int]] = Field(default_factory=dict, sa_type=sa.JSON)
    merged_by: int = refers_to("user_account.id", index=False)
    merged_at: datetime = Field(default_factory=now)
    undone_by: int | None = refers_to("user_account.id", index=False, default=None)
    undone_at: datetime | None = None


class ClaimLink(SQLModel, table=True):
    """A mailed single-use link that joins a record to an account, kept as its secret's SHA-256."""

    __tablename__ = "claim_link"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = refers_to("person.id")
    secret_hash: str = Field(max_length=64, unique=True)
    created_by: int = refers_to("user_account.id", index=False)
    created_at: datetime = Field(default_factory=now)
    expires_at: datetime
    used_at: datetime | None = None


class PatientProfile(SQLModel, table=True):
    """What a person tells of their health, insurance and wishes; there once something is told.

    Telephone numbers are E.164, ``time_zone`` is an IANA name or empty; ``reminder_hours`` says how
    long before an appointment they are reminded, None as this installation does. Apart from
    ``Person``, because fewer people may see it.
    """

    __tablename__ = "patient_profile"

    person_id: int = Field(foreign_key="person.id", ondelete="RESTRICT", primary_key=True)
    blood_group: BloodGroup | None = choice(BloodGroup, "blood_group", default=None)
    allergies: str = text(1000)
    emergency_name: str = text(100)
    emergency_phone: str = text(32)
    emergency_relation: str = text(60)
    insurance_provider: str = text(100)
    insurance_number: str = text(60)
    time_zone: str = text(64)
    wants_reminders: bool = True
    reminder_hours: int | None = None


class Kinship(StrEnum):
    """What a dependent is to their guardian."""

    CHILD = "child"
    PARENT = "parent"
    PARTNER = "partner"
    OTHER = "other"


class Guardianship(SQLModel, table=True):
    """``guardian`` may act for ``dependent``, such as a parent for a child, until it is ended."""

    __tablename__ = "guardianship"
    __table_args__ = (sa.CheckConstraint("guardian_id <> dependent_id", name="two_people"),)

    guardian_id: int = Field(foreign_key="person.id", ondelete="RESTRICT", primary_key=True)
    dependent_id: int = refers_to("person.id", primary_key=True)
    created_at: datetime = Field(default_factory=now)
    kinship: str | None = Field(default=None, max_length=24)  # a Kinship
    ended_at: datetime | None = None


class PersonKey(SQLModel, table=True):
    """The key with which the values of a person in the record are encrypted, itself wrapped.

    ``wrapped`` is empty once the person was erased: no new key is made then.
    """

    __tablename__ = "person_key"

    person_id: int = Field(foreign_key="person.id", ondelete="RESTRICT", primary_key=True)
    wrapped: str | None = Field(default=None, max_length=120)
    created_at: datetime = Field(default_factory=now)
    destroyed_at: datetime | None = None
