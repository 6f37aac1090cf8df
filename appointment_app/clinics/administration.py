"""The clinics as administrators keep them: who sets one up, changes, closes and restores it.

Nothing is deleted: a clinic that is closed keeps its record, and takes no new bookings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import audit
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.clinics.clinic_draft import ClinicDraft, columns_of, draft_of
from appointment_app.clinics.specialties import add_standard_specialties
from appointment_app.database import transactional
from appointment_app.errors import DomainError, Invalid, NotFound, StaleVersion
from appointment_app.i18n import t
from appointment_app.models import Appointment, BusyBlock, Clinic, DoctorAtClinic, row_id
from appointment_app.scheduling import locks
from appointment_app.texts import search_form


class ClinicInUse(DomainError):
    """Somebody is still expected at the clinic."""

    code = "CLINIC_IN_USE"


class ClinicNameTaken(DomainError):
    """Another clinic of the city is called so by now."""

    code = "CLINIC_NAME_TAKEN"


@dataclass(frozen=True, slots=True)
class ClinicItem:
    """A clinic in the administrator's list."""

    id: UUID
    draft: ClinicDraft
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class ClinicList:
    """The clinics that somebody administers, by name, and whether they may add others."""

    clinics: tuple[ClinicItem, ...]
    may_open: bool


async def list_clinics(session: AsyncSession, actor: Actor) -> ClinicList:
    """Return the clinics that the actor administers, the closed ones last.

    Raises ``LoginRequired`` or ``Forbidden`` when there is none and they may add none.
    """
    statement = select(Clinic).order_by(col(Clinic.name), col(Clinic.id))
    found = [
        clinic
        for clinic in await session.exec(statement)
        if allows(actor, Action.EDIT_CLINIC, Record(clinic_id=clinic.id))
    ]
    if not found:
        require(actor, Action.EDIT_CLINIC)
    items = [
        ClinicItem(each.public_id, draft_of(each), each.active, each.version) for each in found
    ]
    items.sort(key=lambda item: not item.active)
    return ClinicList(tuple(items), allows(actor, Action.OPEN_CLINICS))


@transactional
async def add_clinic(session: AsyncSession, actor: Actor, draft: ClinicDraft) -> UUID:
    """Store a new clinic, and the standard specialties if they are missing; return its public id.

    Raises ``Invalid``, ``LoginRequired``, ``Forbidden``.
    """
    require(actor, Action.OPEN_CLINICS)
    columns = columns_of(draft)
    await _require_own_name(session, columns["name"], columns["city"])
    clinic = Clinic(**columns)
    session.add(clinic)
    await add_standard_specialties(session)
    await session.flush()
    _record(session, actor, clinic, "created", {}, columns)
    return clinic.public_id


@transactional
async def save_clinic(
    session: AsyncSession, actor: Actor, clinic_id: UUID, draft: ClinicDraft, *, version: int
) -> None:
    """Keep what an administrator changed.

    The zone stays as long as somebody is expected at the clinic: what is booked stands at a moment
    that was agreed, and would no longer lie within the hours. Raises ``StaleVersion``,
    ``Invalid``, ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    # Public holidays and the zone make the free times of everybody who works there.
    clinic = await _locked(session, actor, clinic_id, version, Action.EDIT_CLINIC)
    columns = columns_of(draft, clinic)
    if columns["zone"] != clinic.zone and (sentence := await _expected(session, clinic)):
        raise Invalid({"zone": t("The zone cannot change now. {why}", why=sentence)})
    if clinic.active:
        await _require_own_name(session, columns["name"], columns["city"], besides=clinic)
    before = {name: getattr(clinic, name) for name in columns}
    for name, value in columns.items():
        setattr(clinic, name, value)
    clinic.version += 1
    session.add(clinic)
    _record(session, actor, clinic, "changed", before, columns)


@transactional
async def close_clinic(
    session: AsyncSession, actor: Actor, clinic_id: UUID, *, version: int
) -> None:
    """Take a clinic out of the directory. Refused as long as somebody is expected there.

    Raises ``ClinicInUse``, ``StaleVersion``, ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    clinic = await _locked(session, actor, clinic_id, version, Action.OPEN_CLINICS)
    if sentence := await _expected(session, clinic):
        raise ClinicInUse(sentence)
    clinic.active = False
    clinic.version += 1
    session.add(clinic)
    _record(session, actor, clinic, "deactivated", {"active": True}, {"active": False})


@transactional
async def restore_clinic(
    session: AsyncSession, actor: Actor, clinic_id: UUID, *, version: int
) -> None:
    """Take a closed clinic into the directory again, with its doctors and their hours.

    Raises ``ClinicNameTaken``, ``StaleVersion``, ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    clinic = await _locked(session, actor, clinic_id, version, Action.OPEN_CLINICS)
    try:
        await _require_own_name(session, clinic.name, clinic.city, besides=clinic)
    except Invalid as taken:
        raise ClinicNameTaken(taken.sentence) from taken
    clinic.active = True
    clinic.version += 1
    session.add(clinic)
    _record(session, actor, clinic, "activated", {"active": False}, {"active": True})


async def _locked(
    session: AsyncSession, actor: Actor, clinic_id: UUID, version: int, action: Action
) -> Clinic:
    """Return the clinic once nobody else changes it, nor books with a doctor who works there."""
    key = (await session.exec(select(Clinic.id).where(Clinic.public_id == clinic_id))).first()
    of_one = action is Action.EDIT_CLINIC
    require(actor, action, Record(clinic_id=key) if of_one else None)
    if key is None:
        raise NotFound
    doctors = select(DoctorAtClinic.doctor_id).where(DoctorAtClinic.clinic_id == key)
    for doctor_id in sorted(set(await session.exec(doctors))):
        await locks.lock_doctor(session, doctor_id)
    clinic = (await session.exec(select(Clinic).where(Clinic.id == key).with_for_update())).one()
    if clinic.version != version:
        raise StaleVersion
    return clinic


async def _expected(session: AsyncSession, clinic: Clinic) -> str:
    """Return who is still expected at a locked clinic, in words; empty when nobody is."""
    now = clock.now()
    booked = (
        select(func.count())
        .select_from(Appointment)
        .where(
            Appointment.clinic_id == clinic.id, col(Appointment.active), Appointment.ends_at > now
        )
    )
    if count := (await session.exec(booked)).one():
        return (
            t("One appointment is still to come here. Move or cancel it first.")
            if count == 1
            else t(
                "{count} appointments are still to come here. Move or cancel them first.",
                count=count,
            )
        )
    kept = select(BusyBlock.id).where(
        BusyBlock.clinic_id == clinic.id,
        col(BusyBlock.active),
        BusyBlock.busy_until > now,
        or_(col(BusyBlock.expires_at).is_(None), col(BusyBlock.expires_at) > now),
    )
    if (await session.exec(kept.limit(1))).first() is None:
        return ""
    return t("A group session, or a time that somebody is just booking, is still to come here.")


async def _require_own_name(
    session: AsyncSession, name: str, city: str, *, besides: Clinic | None = None
) -> None:
    """Refuse a name that another clinic of the city has: nobody could tell the two apart."""
    rows = await session.exec(select(Clinic.id, Clinic.name, Clinic.city).where(Clinic.active))
    wanted = search_form(name), search_form(city)
    for key, other_name, other_city in rows:
        same = (search_form(other_name), search_form(other_city)) == wanted
        if same and (besides is None or key != besides.id):
            sentence = t("There is already a clinic of this name in {city}.", city=city)
            raise Invalid({"name": sentence})


def _record(
    session: AsyncSession,
    actor: Actor,
    clinic: Clinic,
    deed: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    audit.record(
        session,
        actor,
        f"clinic.{deed}",
        record_type="clinic",
        record_id=row_id(clinic),
        clinic_id=row_id(clinic),
        before=before,
        after=after,
    )
