"""What everybody sees of clinics, doctors and free times."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from appointment_app.api.values import MomentOut
from appointment_app.models import VisitMode
from appointment_app.scheduling.nothing_free import Reason


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class SpecialtyOut(_Out):
    """A field of medicine; its code never changes."""

    code: str = Field(examples=["dermatology"])
    name: str = Field(examples=["Dermatology"])


class DepartmentOut(_Out):
    """A department of a clinic."""

    id: UUID
    name: str = Field(examples=["Children's ward"])


class ClinicOut(_Out):
    """A clinic; its zone (an IANA name) gives local days and hours their meaning."""

    id: UUID
    name: str = Field(examples=["Praxis am Park"])
    address: str = Field(examples=["Parkstr. 4, 10115 Berlin"])
    city: str = Field(examples=["Berlin"])
    zone: str = Field(examples=["Europe/Berlin"])
    phone: str = Field(examples=["+4930901820"])
    departments: tuple[DepartmentOut, ...] = Field(
        description="Those to which the doctor belongs whose clinic it is."
    )


class FoundClinicOut(ClinicOut):
    """A clinic, and how far it is to it where a position was given."""

    kilometres: float | None = Field(examples=[3.2])


class VisitTypeOut(_Out):
    """What can be booked; `clinics` are the ids of those at which it is offered."""

    id: UUID
    name: str = Field(examples=["First visit"])
    duration: int = Field(examples=[30], description="Minutes.")
    mode: VisitMode
    needs_confirmation: bool
    price: str = Field(examples=["80 EUR"])
    capacity: int = Field(examples=[1], description="How many patients share one time.")
    for_known_patients: bool
    clinics: tuple[UUID, ...]


class DoctorOut(_Out):
    """A doctor, with the clinics and visit types that can be booked."""

    id: UUID
    name: str = Field(examples=["Dr Amara Meier"])
    specialties: tuple[str, ...] = Field(examples=[["Dermatology"]])
    languages: tuple[str, ...] = Field(examples=[["de", "en"]], description="ISO 639-1.")
    years: int | None = Field(examples=[12], description="Of experience.")
    bio: str
    clinics: tuple[ClinicOut, ...]
    visit_types: tuple[VisitTypeOut, ...]


class FoundDoctorOut(_Out):
    """A doctor at a clinic, and the free times of the coming days for the default visit type."""

    doctor: DoctorOut
    clinic: ClinicOut
    visit_type: VisitTypeOut
    first_free: MomentOut | None
    kilometres: float | None = Field(description="To the clinic, where a position was given.")
    slots: list[MomentOut]


class OfferOut(_Out):
    """What is booked: a visit type of a doctor at a clinic."""

    doctor_id: UUID
    clinic_id: UUID
    visit_type_id: UUID


class SlotOut(_Out):
    """A free time; `seats_left` for group sessions."""

    starts_at: MomentOut
    ends_at: MomentOut
    seats_left: int | None = None


class AlternativeOut(_Out):
    """Somebody else, or somewhere else, with a free time."""

    offer: OfferOut
    doctor: str
    clinic: str
    city: str
    zone: str
    visit_type: str
    first_free: MomentOut


class NothingFreeOut(_Out):
    """Why there is no free time, and what else there is."""

    reason: Reason
    next_free: MomentOut | None
    alternatives: tuple[AlternativeOut, ...]


class SlotsOut(_Out):
    """The free times of what was asked for; `nothing` says why there are none."""

    offer: OfferOut
    zone: str = Field(examples=["Europe/Berlin"])
    first: date
    last: date
    slots: tuple[SlotOut, ...]
    nothing: NothingFreeOut | None
