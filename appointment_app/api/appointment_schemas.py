"""What the routes of appointments read and answer."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from appointment_app.api.values import Line, Moment, MomentOut
from appointment_app.models import AppointmentStatus, VisitMode
from appointment_app.scheduling.appointments import CancelledBy


class NewAppointment(BaseModel):
    """What to book; without `patient_id` for oneself, with it for a dependent."""

    doctor_id: UUID
    clinic_id: UUID
    visit_type_id: UUID
    starts_at: Moment
    reason: str = Field(default="", max_length=5000, examples=["A rash on the arm"])
    patient_id: UUID | None = None


class StaffAppointment(BaseModel):
    """What to book for a patient whom the doctor knows.

    `overbook` are the keys of the conflicts that were named and are overbooked on purpose.
    """

    clinic_id: UUID
    visit_type_id: UUID
    patient_id: UUID
    starts_at: Moment
    reason: str = Field(default="", max_length=5000)
    overbook: list[Line] = Field(default=[], max_length=50)


class NewTime(BaseModel):
    """Where an appointment is to go; `reason` and `overbook` are for doctors and clinics."""

    starts_at: Moment
    clinic_id: UUID | None = Field(default=None, description="By default where it is.")
    reason: str = Field(default="", max_length=5000)
    overbook: list[Line] = Field(default=[], max_length=50)


class Cancellation(BaseModel):
    """Why; whoever cancels for the clinic has to say so, and the patient is told."""

    reason: str = Field(default="", max_length=5000, examples=["The doctor is ill."])


class Notes(BaseModel):
    """The doctor's own notes."""

    notes: str = Field(max_length=10_000)


class EarlierTimeOut(BaseModel):
    """A time at which an appointment was before it was moved."""

    model_config = ConfigDict(from_attributes=True)

    starts_at: MomentOut
    reason: str


class AppointmentOut(BaseModel):
    """An appointment as agreed. `reason` is for the patient and the doctor alone."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    reference: str = Field(examples=["K7MP2QXA"])
    status: AppointmentStatus
    starts_at: MomentOut
    ends_at: MomentOut
    zone: str = Field(examples=["Europe/Berlin"])
    visit_type_id: UUID
    visit_name: str = Field(examples=["First visit"])
    duration: int = Field(examples=[30], description="Minutes.")
    mode: VisitMode
    price: str
    place: str
    join_link: str
    reason: str
    doctor_id: UUID
    doctor_name: str = Field(examples=["Dr Amara Meier"])
    clinic_id: UUID
    clinic_name: str = Field(examples=["Praxis am Park"])
    clinic_phone: str
    patient_id: UUID
    patient_name: str = Field(examples=["Mara Keller"])
    is_own: bool
    can_cancel: bool
    can_move: bool
    deadline: MomentOut = Field(description="Until when the patient may cancel or move it.")
    cancelled_by: CancelledBy | None
    cancel_reason: str
    room: str
    device: str
    earlier: tuple[EarlierTimeOut, ...]
    version: int = Field(examples=[1])
