"""Clinics, doctors, and which doctor works at which clinic."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from appointment_app.clock import now
from appointment_app.models.base import choice, public_id, refers_to, text
from appointment_app.models.searched import Searched

# Local days and minutes, sorted: weekday (0 is Monday), opens, closes.
PublicHours = tuple[tuple[int, int, int], ...]


class Clinic(Searched, table=True):
    """A place where doctors work (FHIR: Location); its zone gives the hours their meaning.

    ``country`` (ISO 3166-1) and ``region`` (the second part of ISO 3166-2, such as ``BY``) say
    which public holidays it has. ``latitude`` and ``longitude`` are degrees (WGS 84), both or
    neither. ``opening_hours`` is what the clinic tells the public, ``[weekday, opens, closes]`` in
    local minutes (``clinics/public_hours.py``); free times come from the doctors' hours alone.
    """

    __tablename__ = "clinic"
    searched_by = ("name", "postcode", "city")

    id: int | None = Field(default=None, primary_key=True)
    public_id: UUID = public_id()
    name: str = Field(max_length=120)
    street: str = text(120)
    postcode: str = text(16)
    city: str = Field(max_length=80, index=True)
    state: str = text(80)
    country: str = Field(max_length=2)
    region: str = text(8)
    closed_on_holidays: bool = False
    zone: str = Field(max_length=64)
    phone: str = text(32)
    email: str = text(254)
    latitude: float | None = Field(default=None, sa_type=sa.Double, index=True)
    longitude: float | None = Field(default=None, sa_type=sa.Double)
    opening_hours: list[list[int]] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True))
    is_demo: bool = False
    active: bool = True
    version: int = 1
    created_at: datetime = Field(default_factory=now)

    @property
    def address(self) -> str:
        """Street, postcode and city on one line."""
        return ", ".join(part for part in (self.street, f"{self.postcode} {self.city}") if part)

    @property
    def public_hours(self) -> PublicHours:
        """The opening hours that it tells the public; nothing where it tells none."""
        return tuple((day, opens, closes) for day, opens, closes in self.opening_hours or ())


class ResourceKind(StrEnum):
    """What a visit may need besides the doctor."""

    ROOM = "room"
    DEVICE = "device"


class Resource(SQLModel, table=True):
    """A room or a device of a clinic, of which a visit may need one."""

    __tablename__ = "resource"

    id: int | None = Field(default=None, primary_key=True)
    public_id: UUID = public_id()
    clinic_id: int = refers_to("clinic.id")
    kind: ResourceKind = choice(ResourceKind, "kind")
    name: str = Field(max_length=80)
    active: bool = True
    version: int = 1
    created_at: datetime = Field(default_factory=now)


class Department(SQLModel, table=True):
    """A part of a clinic, such as its outpatients or its children's ward."""

    __tablename__ = "department"

    id: int | None = Field(default=None, primary_key=True)
    public_id: UUID = public_id()
    clinic_id: int = refers_to("clinic.id")
    name: str = Field(max_length=80)
    active: bool = True
    version: int = 1
    created_at: datetime = Field(default_factory=now)


class Specialty(SQLModel, table=True):
    """A field of medicine, with the words a patient would search it by."""

    __tablename__ = "specialty"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=80)
    search_words: str = text(400)


class Approval(StrEnum):
    """Whether an administrator lets patients see a doctor."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"


# Columns that a table got later: rows that were there have the default.
_EMPTY = {"server_default": ""}


class Doctor(Searched, table=True):
    """A practitioner (FHIR: Practitioner).

    ``revision`` counts the changes of everything that makes this doctor's free slots and
    calendar; each such transaction raises it first, which also locks the row: that is the
    order in which bookings of one doctor wait for each other. ``photo`` is another name for each
    ``DoctorPhoto``, empty without one. From ``suspended_from`` on nobody finds or books them, until
    the moment ``suspended_until`` where there is one.
    """

    __tablename__ = "doctor"
    searched_by = ("given_name", "family_name")
    __table_args__ = (
        sa.CheckConstraint("max_patients_a_day IS NULL OR max_patients_a_day > 0", name="max_day"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: UUID = public_id()
    user_id: int = Field(foreign_key="user_account.id", ondelete="RESTRICT", unique=True)
    title: str = text(20, default="Dr")
    given_name: str = Field(max_length=100)
    family_name: str = Field(max_length=100, index=True)
    licence_number: str = Field(max_length=40, unique=True)
    practising_since: int | None = None
    qualifications: str = text(1000, sa_column_kwargs=_EMPTY)
    photo: str = text(16, sa_column_kwargs=_EMPTY)
    bio: str = text(2000)
    max_patients_a_day: int | None = None
    approval: Approval = choice(Approval, "approval", default=Approval.PENDING, index=True)
    approval_reason: str = text(500)
    approval_decided_at: datetime | None = None
    approval_decided_by: int | None = refers_to("user_account.id", default=None)
    suspended_from: datetime | None = None
    suspended_until: datetime | None = None
    suspension_reason: str = text(500, sa_column_kwargs=_EMPTY)
    active: bool = True
    revision: int = 0
    version: int = 1
    created_at: datetime = Field(default_factory=now)

    @property
    def full_name(self) -> str:
        """Title and name as they are said."""
        return f"{self.title} {self.given_name} {self.family_name}".strip()

    def suspended_after(self, moment: datetime) -> datetime | None:
        """Return since when the doctor is suspended, or will be; None without, or once it is over.

        In UTC.
        """
        is_over = self.suspended_until is not None and self.suspended_until <= moment
        return None if is_over else self.suspended_from


class DoctorPhoto(SQLModel, table=True):
    """The photo of a doctor, apart from the row that everything else reads."""

    __tablename__ = "doctor_photo"

    doctor_id: int = Field(foreign_key="doctor.id", ondelete="RESTRICT", primary_key=True)
    image: bytes = Field(sa_type=sa.LargeBinary(1 << 20))


class DoctorSpecialty(SQLModel, table=True):
    """A specialty of a doctor; the lowest position is named first."""

    __tablename__ = "doctor_specialty"

    doctor_id: int = Field(foreign_key="doctor.id", ondelete="RESTRICT", primary_key=True)
    specialty_id: int = refers_to("specialty.id", primary_key=True)
    position: int = 0


class DoctorLanguage(SQLModel, table=True):
    """A language (ISO 639-1) that a doctor speaks with patients."""

    __tablename__ = "doctor_language"

    doctor_id: int = Field(foreign_key="doctor.id", ondelete="RESTRICT", primary_key=True)
    language: str = Field(max_length=8, primary_key=True)


class DoctorAtClinic(SQLModel, table=True):
    """A doctor's work at one clinic: the hours hang on it, and these booking rules.

    ``minimum_notice`` is in minutes before the start; ``horizon_days`` counts local days,
    today included in none: bookings end at the local midnight after that many days.
    ``cancellation_window`` is in minutes before the start: in it the patient can no longer cancel
    or reschedule. ``max_open_appointments`` is of one patient with the doctor.
    ``closed_on_holidays`` overrides the clinic's switch where it is set.

    ``next_free_at`` is a lower bound of the first free start of the doctor's default visit type,
    never later than the truth; None where nothing is known.
    """

    __tablename__ = "doctor_at_clinic"
    __table_args__ = (
        sa.UniqueConstraint("doctor_id", "clinic_id"),
        sa.CheckConstraint("minimum_notice >= 0", name="minimum_notice"),
        sa.CheckConstraint("horizon_days BETWEEN 1 AND 730", name="horizon_days"),
        sa.CheckConstraint("cancellation_window >= 0", name="cancellation_window"),
        sa.CheckConstraint(
            "max_open_appointments IS NULL OR max_open_appointments > 0",
            name="max_open_appointments",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: UUID = public_id()
    doctor_id: int = refers_to("doctor.id")
    clinic_id: int = refers_to("clinic.id")
    minimum_notice: int = 120
    horizon_days: int = 60
    cancellation_window: int = 0
    max_open_appointments: int | None = None
    closed_on_holidays: bool | None = None
    next_free_at: datetime | None = Field(default=None, index=True)
    active: bool = True
    version: int = 1


class DoctorDepartment(SQLModel, table=True):
    """A department of the clinic to which a doctor belongs there."""

    __tablename__ = "doctor_department"

    doctor_at_clinic_id: int = Field(
        foreign_key="doctor_at_clinic.id", ondelete="RESTRICT", primary_key=True
    )
    department_id: int = refers_to("department.id", primary_key=True)
