"""What an administrator sets of a clinic: its name, its region, and its public holidays."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts import audit
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.database import transactional
from appointment_app.errors import Invalid, NotFound, StaleVersion
from appointment_app.i18n import countries, t
from appointment_app.models import Clinic, DoctorAtClinic, row_id
from appointment_app.scheduling import locks
from appointment_app.scheduling.public_holidays import regions_of
from appointment_app.texts import fit

NAME_LIMIT = 120


@dataclass(frozen=True, slots=True)
class ClinicDraft:
    """What an administrator may change; ``region`` is empty for the whole country.

    ``country`` is ISO 3166-1.
    """

    name: str
    country: str
    region: str
    closed_on_holidays: bool


@dataclass(frozen=True, slots=True)
class ClinicItem:
    """A clinic in the administrator's list."""

    id: UUID
    draft: ClinicDraft
    city: str
    version: int


async def list_clinics(session: AsyncSession, actor: Actor) -> list[ClinicItem]:
    """Return the clinics that the actor administers, by name.

    Raises ``LoginRequired`` or ``Forbidden`` when there is none.
    """
    statement = select(Clinic).where(col(Clinic.active)).order_by(col(Clinic.name), col(Clinic.id))
    found = [
        clinic
        for clinic in await session.exec(statement)
        if allows(actor, Action.EDIT_CLINIC, Record(clinic_id=clinic.id))
    ]
    if not found:
        require(actor, Action.EDIT_CLINIC)
    return [
        ClinicItem(
            clinic.public_id,
            ClinicDraft(clinic.name, clinic.country, clinic.region, clinic.closed_on_holidays),
            clinic.city,
            clinic.version,
        )
        for clinic in found
    ]


@transactional
async def save_clinic(
    session: AsyncSession, actor: Actor, clinic_id: UUID, draft: ClinicDraft, *, version: int
) -> None:
    """Keep what an administrator changed.

    Raises ``StaleVersion``, ``Invalid`` (``name``, ``country``, ``region``), ``NotFound``,
    ``Forbidden``.
    """
    key = (await session.exec(select(Clinic.id).where(Clinic.public_id == clinic_id))).first()
    require(actor, Action.EDIT_CLINIC, Record(clinic_id=key))
    if key is None:
        raise NotFound
    # Public holidays make the free times of everybody who works there.
    doctors = select(DoctorAtClinic.doctor_id).where(DoctorAtClinic.clinic_id == key)
    for doctor_id in sorted(set(await session.exec(doctors))):
        await locks.lock_doctor(session, doctor_id)
    clinic = (await session.exec(select(Clinic).where(Clinic.id == key).with_for_update())).one()
    if clinic.version != version:
        raise StaleVersion
    if errors := _errors(clinic, draft):
        raise Invalid(errors)
    clinic.name, clinic.country, clinic.region = fit(draft.name), draft.country, draft.region
    clinic.closed_on_holidays = draft.closed_on_holidays
    clinic.version += 1
    session.add(clinic)
    audit.record(
        session,
        actor,
        "clinic.changed",
        record_type="clinic",
        record_id=row_id(clinic),
        fields=("name", "country", "region", "closed_on_holidays"),
    )


def _errors(clinic: Clinic, draft: ClinicDraft) -> dict[str, str]:
    errors: dict[str, str] = {}
    name = fit(draft.name)
    if not name:
        errors["name"] = t("Please give a name.")
    elif len(name) > NAME_LIMIT:
        errors["name"] = t("Please use at most {limit} characters.", limit=NAME_LIMIT)
    if draft.country not in {code for code, _ in countries()} | {clinic.country}:
        errors["country"] = t("Please choose a country.")
    known = {"", *(code for code, _ in regions_of(draft.country))}
    if draft.country == clinic.country:
        known.add(clinic.region)
    if draft.region not in known:
        errors["region"] = t("Please choose a region.")
    return errors
