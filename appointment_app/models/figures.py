"""Sums that figures are made of, and what was changed since they were counted."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlmodel import Field, SQLModel

from appointment_app.clock import now


class KeptWeek(SQLModel, table=True):
    """What was counted of a clinic's appointments in a week that has ended.

    The week lasts from its ``monday``, local days of the ``zone`` that the clinic had. ``content``
    is what ``figures/kept_weeks.py`` makes of it; it holds no more as soon as there is an
    ``UncountedChange`` in the week.
    """

    __tablename__ = "kept_week"

    clinic_id: int = Field(foreign_key="clinic.id", ondelete="RESTRICT", primary_key=True)
    monday: date = Field(primary_key=True)
    zone: str = Field(max_length=64)
    begins_at: datetime
    ends_at: datetime
    content: str = Field(sa_type=sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb"))
    counted_at: datetime = Field(default_factory=now)


class UncountedChange(SQLModel, table=True):
    """That something changed about the appointments of a clinic that start at a moment.

    Written by the database itself (``models/uncounted.py``), read and deleted by who counts anew
    (``figures/settling.py``). Without a foreign key: what is only ever added blocks nobody.
    """

    __tablename__ = "uncounted_change"
    __table_args__ = (sa.Index("ix_uncounted_change_place", "clinic_id", "starts_at"),)

    id: int | None = Field(default=None, primary_key=True)
    clinic_id: int
    starts_at: datetime
