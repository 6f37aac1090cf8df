"""The tables, and the constraints that live with them."""

from sqlmodel import SQLModel

from appointment_app.models.accounts import (
    AccountToken,
    LoginSession,
    LoginThrottle,
    Role,
    RoleAssignment,
    TokenPurpose,
    User,
)
from appointment_app.models.appointments import (
    Appointment,
    AppointmentStatus,
    BlockKind,
    BusyBlock,
)
from appointment_app.models.availability import (
    DateOverride,
    DateOverrideRange,
    VisitMode,
    VisitType,
    WeeklyHours,
)
from appointment_app.models.base import row_id
from appointment_app.models.clinics import (
    Approval,
    Clinic,
    Doctor,
    DoctorAtClinic,
    DoctorLanguage,
    DoctorSpecialty,
    Specialty,
)
from appointment_app.models.overlaps import (
    DOCTOR_OVERLAP,
    PERSON_OVERLAP,
    SEAT_TAKEN,
)
from appointment_app.models.people import Guardianship, Person
from appointment_app.models.record import AuditEvent, MessageKind, OutboxMessage

metadata = SQLModel.metadata

__all__ = [
    "DOCTOR_OVERLAP",
    "PERSON_OVERLAP",
    "SEAT_TAKEN",
    "AccountToken",
    "Appointment",
    "AppointmentStatus",
    "Approval",
    "AuditEvent",
    "BlockKind",
    "BusyBlock",
    "Clinic",
    "DateOverride",
    "DateOverrideRange",
    "Doctor",
    "DoctorAtClinic",
    "DoctorLanguage",
    "DoctorSpecialty",
    "Guardianship",
    "LoginSession",
    "LoginThrottle",
    "MessageKind",
    "OutboxMessage",
    "Person",
    "Role",
    "RoleAssignment",
    "Specialty",
    "TokenPurpose",
    "User",
    "VisitMode",
    "VisitType",
    "WeeklyHours",
    "metadata",
    "row_id",
]
