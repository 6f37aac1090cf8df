"""Patients are people: with an account or without (a child, somebody who only phones)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from appointment_app.clock import now
from appointment_app.models.base import public_id, refers_to, text
from appointment_app.models.searched import Searched


class Person(Searched, table=True):
    """Somebody who can have appointments (FHIR: Patient)."""

    __tablename__ = "person"
    searched_by = ("given_name", "family_name")

    id: int | None = Field(default=None, primary_key=True)
    public_id: UUID = public_id()
    user_id: int | None = Field(
        default=None, foreign_key="user_account.id", ondelete="RESTRICT", unique=True
    )
    given_name: str = Field(max_length=100)
    family_name: str = Field(max_length=100)
    birth_date: date | None = None
    phone: str = text(32)
    language: str = text(8, default="en")
    active: bool = True
    version: int = 1
    created_at: datetime = Field(default_factory=now)

    @property
    def full_name(self) -> str:
        """The name as it is said."""
        return f"{self.given_name} {self.family_name}".strip()


class Guardianship(SQLModel, table=True):
    """``guardian`` may act for ``dependent``, such as a parent for a child."""

    __tablename__ = "guardianship"
    __table_args__ = (sa.CheckConstraint("guardian_id <> dependent_id", name="two_people"),)

    guardian_id: int = Field(foreign_key="person.id", ondelete="RESTRICT", primary_key=True)
    dependent_id: int = refers_to("person.id", primary_key=True)
    created_at: datetime = Field(default_factory=now)
