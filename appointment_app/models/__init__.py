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
    AppointmentMove,
    AppointmentSeries,
    AppointmentStatus,
    BlockKind,
    BusyBlock,
    Hold,
    ResourceUse,
)
from appointment_app.models.availability import (
    BookableBy,
    DateOverride,
    DateOverrideRange,
    TimeOff,
    VisitMode,
    VisitType,
    VisitTypeClinic,
    VisitTypeResource,
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
    Resource,
    ResourceKind,
    Specialty,
)
from appointment_app.models.overlaps import (
    DOCTOR_OVERLAP,
    PERSON_OVERLAP,
    RESOURCE_OVERLAP,
    SEAT_TAKEN,
)
from appointment_app.models.people import Guardianship, Person
from appointment_app.models.record import AuditEvent, MessageKind, OutboxMessage

metadata = SQLModel.metadata

__all__ = [
    "DOCTOR_OVERLAP",
    "PERSON_OVERLAP",
    "RESOURCE_OVERLAP",
    "SEAT_TAKEN",
    "AccountToken",
    "Appointment",
    "AppointmentMove",
    "AppointmentSeries",
    "AppointmentStatus",
    "Approval",
    "AuditEvent",
    "BlockKind",
    "BookableBy",
    "BusyBlock",
    "Clinic",
    "DateOverride",
    "DateOverrideRange",
    "Doctor",
    "DoctorAtClinic",
    "DoctorLanguage",
    "DoctorSpecialty",
    "Guardianship",
    "Hold",
    "LoginSession",
    "LoginThrottle",
    "MessageKind",
    "OutboxMessage",
    "Person",
    "Resource",
    "ResourceKind",
    "ResourceUse",
    "Role",
    "RoleAssignment",
    "Specialty",
    "TimeOff",
    "TokenPurpose",
    "User",
    "VisitMode",
    "VisitType",
    "VisitTypeClinic",
    "VisitTypeResource",
    "WeeklyHours",
    "metadata",
    "row_id",
]
