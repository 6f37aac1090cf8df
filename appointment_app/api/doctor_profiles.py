"""Doctors as they and their administrators keep them, over HTTP: profile and clinics."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, ConfigDict, Field

from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.openapi import refuses
from appointment_app.api.preconditions import SeenVersion, set_etag
from appointment_app.api.sessions import DatabaseSession
from appointment_app.api.values import Line
from appointment_app.clinics import doctor_profiles, inviting_doctors, workplaces
from appointment_app.clinics.doctor_profiles import ProfileDraft

router = APIRouter(tags=["doctors"])
_Codes = list[Line]


class NewDoctor(BaseModel):
    """A doctor who is to work at a clinic, and the address to which the invitation goes."""

    email: Line = Field(examples=["noor@clinic.example"])
    given_name: Line = Field(examples=["Noor"])
    family_name: Line = Field(examples=["Haddad"])
    licence_number: Line = Field(examples=["DE-48211"])
    specialties: _Codes = Field(max_length=50, description="Codes.", examples=[["dermatology"]])
    clinic_id: UUID


class DoctorId(BaseModel):
    """The id of a doctor."""

    id: UUID


class DoctorChange(BaseModel):
    """What is to change; a field that is not sent stays as it is."""

    title: Line | None = Field(default=None, examples=["Dr"])
    given_name: Line | None = None
    family_name: Line | None = None
    licence_number: Line | None = Field(default=None, description="By administrators only.")
    qualifications: str | None = Field(default=None, max_length=5000)
    practising_since: Line | None = Field(default=None, examples=["2009"])
    bio: str | None = Field(default=None, max_length=5000)
    max_patients_a_day: Line | None = Field(default=None, examples=["20"])
    specialties: _Codes | None = Field(
        default=None, max_length=50, description="Codes.", examples=[["dermatology"]]
    )
    languages: Line | None = Field(default=None, examples=["German, English"])


class DoctorProfileOut(BaseModel):
    """A doctor's profile as it is kept; `version` is its ETag."""

    id: UUID
    title: str
    given_name: str
    family_name: str
    licence_number: str
    qualifications: str
    practising_since: str
    bio: str
    max_patients_a_day: str
    specialties: tuple[str, ...]
    languages: str
    version: int


class DepartmentChoiceOut(BaseModel):
    """A department, and whether the doctor belongs to it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    chosen: bool


class WorkplaceOut(BaseModel):
    """A clinic of a doctor; the id is of the two together, `version` is its ETag."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    clinic: str
    active: bool
    clinic_closed: bool
    may_change: bool
    departments: tuple[DepartmentChoiceOut, ...]
    version: int


class NewWorkplace(BaseModel):
    """The clinic at which a doctor is to work."""

    clinic_id: UUID


class ChosenDepartments(BaseModel):
    """The departments (ids) to which a doctor belongs at a clinic."""

    departments: list[UUID] = Field(max_length=100)


@router.post("/doctors", status_code=status.HTTP_201_CREATED, responses=refuses(409))
async def add_doctor(
    session: DatabaseSession, identity: CurrentIdentity, wanted: NewDoctor
) -> DoctorId:
    """Add a doctor to a clinic, as its administrator; they are invited by mail, and approved."""
    invited = inviting_doctors.InvitedDoctor(
        wanted.email,
        wanted.given_name,
        wanted.family_name,
        wanted.licence_number,
        wanted.specialties,
        wanted.clinic_id,
    )
    key = await inviting_doctors.invite_doctor(session, identity.actor, invited)
    return DoctorId(id=key)


@router.post("/doctors/{doctor_id}/invite", status_code=status.HTTP_204_NO_CONTENT)
async def invite_again(
    session: DatabaseSession, identity: CurrentIdentity, doctor_id: UUID
) -> None:
    """Mail a doctor who has not accepted yet another link; nothing happens to one who has."""
    await inviting_doctors.invite_again(session, identity.actor, doctor_id)


@router.get("/doctors/{doctor_id}/profile")
async def get_profile(
    session: DatabaseSession, identity: CurrentIdentity, doctor_id: UUID, response: Response
) -> DoctorProfileOut:
    """Get a doctor's profile as the doctor and administrators keep it."""
    found = await doctor_profiles.get_profile(session, identity.actor, doctor_id)
    set_etag(response, found.version)
    return DoctorProfileOut(id=found.id, version=found.version, **asdict(found.draft))


@router.patch("/doctors/{doctor_id}", responses=refuses(409, 412, 428))
async def change_profile(
    session: DatabaseSession,
    identity: CurrentIdentity,
    doctor_id: UUID,
    version: SeenVersion,
    change: DoctorChange,
    response: Response,
) -> DoctorProfileOut:
    """Change a doctor's profile, as the doctor or an administrator."""
    async with session.begin():
        stored = await doctor_profiles.get_profile(session, identity.actor, doctor_id)
    values = asdict(stored.draft) | change.model_dump(exclude_none=True)
    values["specialties"] = tuple(values["specialties"])
    await doctor_profiles.save_profile(
        session, identity.actor, doctor_id, ProfileDraft(**values), version=version
    )
    return await get_profile(session, identity, doctor_id, response)


@router.get("/doctors/{doctor_id}/workplaces")
async def list_workplaces(
    session: DatabaseSession, identity: CurrentIdentity, doctor_id: UUID
) -> list[WorkplaceOut]:
    """List where a doctor works, and those that they left last."""
    found = await workplaces.list_workplaces(session, identity.actor, doctor_id)
    return [WorkplaceOut.model_validate(each) for each in found.places]


@router.post("/doctors/{doctor_id}/workplaces", status_code=status.HTTP_204_NO_CONTENT)
async def add_workplace(
    session: DatabaseSession, identity: CurrentIdentity, doctor_id: UUID, wanted: NewWorkplace
) -> None:
    """Let a doctor work at another clinic, without hours yet."""
    await workplaces.add_workplace(session, identity.actor, doctor_id, wanted.clinic_id)


@router.delete(
    "/workplaces/{workplace_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refuses(409, 412, 428),
)
async def leave_workplace(
    session: DatabaseSession, identity: CurrentIdentity, workplace_id: UUID, version: SeenVersion
) -> None:
    """Let a doctor work no longer at a clinic; refused while patients are expected there."""
    await workplaces.leave_workplace(session, identity.actor, workplace_id, version=version)


@router.post(
    "/workplaces/{workplace_id}/return",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refuses(412, 428),
)
async def return_to_workplace(
    session: DatabaseSession, identity: CurrentIdentity, workplace_id: UUID, version: SeenVersion
) -> None:
    """Let a doctor work again at a clinic, with the hours from before."""
    await workplaces.return_to_workplace(session, identity.actor, workplace_id, version=version)


@router.put("/workplaces/{workplace_id}/departments", status_code=status.HTTP_204_NO_CONTENT)
async def set_departments(
    session: DatabaseSession,
    identity: CurrentIdentity,
    workplace_id: UUID,
    chosen: ChosenDepartments,
) -> None:
    """Say to which departments of a clinic a doctor belongs."""
    await workplaces.set_departments(session, identity.actor, workplace_id, chosen.departments)
