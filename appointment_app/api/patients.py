"""Patients over HTTP: their profiles, and finding those whom a doctor knows."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts import patients as accounts_of_patients
from appointment_app.accounts import profiles
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.patients import FIELDS
from appointment_app.accounts.profile_data import ProfileData, typed_of
from appointment_app.api.appointment_schemas import AppointmentOut
from appointment_app.api.appointments import list_appointments
from appointment_app.api.identity import CurrentIdentity
from appointment_app.api.openapi import refuses
from appointment_app.api.preconditions import SeenVersion, set_etag
from appointment_app.api.sessions import DatabaseSession
from appointment_app.api.values import Cursor, Limit, Line, Page
from appointment_app.errors import Forbidden, NotFound
from appointment_app.models import BloodGroup
from appointment_app.scheduling import own_place, patients

router = APIRouter(tags=["patients"])


class KnownPatientOut(BaseModel):
    """Just enough to tell one patient from another."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    birth_date: date | None


class ProfileChange(BaseModel):
    """What is to change; a field that is not sent stays as it is."""

    given_name: Line | None = None
    family_name: Line | None = None
    birth_date: Line | None = Field(default=None, examples=["1984-05-23"])
    phone: Line | None = Field(default=None, examples=["+49 30 901820"])
    language: Line | None = Field(default=None, examples=["de"])
    blood_group: Line | None = None
    allergies: str | None = Field(default=None, max_length=5000)
    emergency_name: Line | None = None
    emergency_phone: Line | None = None
    emergency_relation: Line | None = None
    insurance_provider: Line | None = None
    insurance_number: Line | None = None
    time_zone: Line | None = Field(default=None, examples=["Europe/Berlin"])


class NewPatient(BaseModel):
    """A patient of a clinic who has no account."""

    clinic_id: UUID
    given_name: Line = Field(examples=["Ben"])
    family_name: Line = Field(examples=["Keller"])
    birth_date: Line = Field(default="", examples=["1984-05-23"])
    phone: Line = Field(default="", examples=["+49 30 901820"])
    email: Line = ""
    seen: list[UUID] = Field(default=[], max_length=100)


class PatientId(BaseModel):
    """The id by which one books for them."""

    id: UUID


class PatientOut(BaseModel):
    """A patient, as far as one may see them: health data are for themselves and who treats them."""

    model_config = ConfigDict(from_attributes=True)

    person_id: UUID = Field(serialization_alias="id")
    name: str
    birth_date: date | None
    phone: str
    language: str
    insurance_provider: str
    insurance_number: str
    blood_group: BloodGroup | None = None
    allergies: str = ""
    emergency_name: str = ""
    emergency_phone: str = ""
    emergency_relation: str = ""


@router.get("/patients")
async def find_patients(
    session: DatabaseSession,
    identity: CurrentIdentity,
    doctor: UUID,
    clinic: UUID,
    q: Annotated[Line, Query(description="Names or a birth date.", examples=["Keller"])],
) -> list[KnownPatientOut]:
    """Find the first few patients whom a doctor knows, as the doctor or the clinic."""
    place = await own_place.find_place(session, identity.actor, doctor, clinic)
    found = await patients.find_patients(session, identity.actor, place, q)
    return [KnownPatientOut.model_validate(each) for each in found]


@router.post("/patients", status_code=status.HTTP_201_CREATED, responses=refuses(409))
async def add_patient(
    session: DatabaseSession, identity: CurrentIdentity, wanted: NewPatient
) -> PatientId:
    """Write down a patient who has no account, as the clinic.

    Who may be known already is refused with `LIKELY_DUPLICATES` and named; send their ids as
    `seen` to go on all the same.
    """
    typed = wanted.model_dump(include=set(FIELDS))
    key = await accounts_of_patients.create(
        session, identity.actor, wanted.clinic_id, typed, seen=frozenset(wanted.seen)
    )
    return PatientId(id=key)


@router.get("/patients/{patient_id}")
async def get_patient(
    session: DatabaseSession, identity: CurrentIdentity, patient_id: UUID, response: Response
) -> PatientOut:
    """Get a patient; each look of staff is on record."""
    return await _answer(session, identity.actor, patient_id, response)


@router.patch("/patients/{patient_id}", responses=refuses(412, 428))
async def change_patient(
    session: DatabaseSession,
    identity: CurrentIdentity,
    patient_id: UUID,
    version: SeenVersion,
    change: ProfileChange,
    response: Response,
) -> PatientOut:
    """Change one's own profile, or that of somebody in one's care."""
    await save(session, identity.actor, patient_id, change, version)
    return await _answer(session, identity.actor, patient_id, response)


@router.get("/patients/{patient_id}/appointments")
async def list_appointments_of(
    session: DatabaseSession,
    identity: CurrentIdentity,
    patient_id: UUID,
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Page[AppointmentOut]:
    """List the appointments of a patient, as far as one may see them, by their start."""
    return await list_appointments(
        session, identity, patient=patient_id, limit=limit, cursor=cursor
    )


async def save(
    session: AsyncSession,
    actor: Actor,
    patient_id: UUID | None,
    change: ProfileChange,
    version: int | None = None,
) -> None:
    """Change what was sent of a profile; without a version, of the one that stands."""
    async with session.begin():
        stored = await profiles.load_profile(session, actor, patient_id)
    typed = typed_of(stored.data) | change.model_dump(exclude_none=True)
    seen = stored.version if version is None else version
    await profiles.save_profile(session, actor, typed, person_id=patient_id, version=seen)


async def _answer(
    session: AsyncSession, actor: Actor, patient_id: UUID, response: Response
) -> PatientOut:
    """Return a profile in full to whom it is about, else what staff may see of it."""
    try:
        async with session.begin():
            own = await profiles.load_profile(session, actor, patient_id)
    except (NotFound, Forbidden):
        view = await profiles.view_patient(session, actor, patient_id)
        return PatientOut.model_validate(view)
    set_etag(response, own.version)
    name = f"{own.data.given_name} {own.data.family_name}".strip()
    return PatientOut(person_id=own.person_id, name=name, **_shown(own.data))


def _shown(data: ProfileData) -> dict[str, Any]:
    names = set(PatientOut.model_fields) - {"person_id", "name"}
    return {name: getattr(data, name) for name in names}
