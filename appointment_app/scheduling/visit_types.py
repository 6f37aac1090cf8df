"""A doctor's visit types: what patients book. A change never rewrites what was booked before."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts import audit
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.database import transactional
from appointment_app.errors import Invalid, NotFound, StaleVersion
from appointment_app.i18n import t
from appointment_app.models import Clinic, DoctorAtClinic, VisitType, VisitTypeClinic, row_id
from appointment_app.scheduling import locks, visit_type_resources
from appointment_app.scheduling.visit_type_draft import (
    STORED_FIELDS,
    VisitTypeDraft,
    sound_draft,
)
from appointment_app.scheduling.visit_type_resources import ResourceChoice

MAX_VISIT_TYPES = 50


@dataclass(frozen=True, slots=True)
class ClinicChoice:
    """A clinic at which the doctor works and may offer a visit type; ``id`` is public."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class VisitTypeItem:
    """A stored visit type; ``last_active`` when patients could book nothing without it."""

    id: UUID
    draft: VisitTypeDraft
    active: bool
    last_active: bool
    version: int


async def list_visit_types(session: AsyncSession, actor: Actor) -> list[VisitTypeItem]:
    """Return the visit types of the actor, a doctor, in the order in which patients see them.

    Raises ``LoginRequired`` or ``Forbidden`` when the actor is no doctor.
    """
    doctor_id = _doctor(actor)
    rows = await _ordered(session, doctor_id)
    clinics = await _clinics_of_types(session, doctor_id)
    resources = await visit_type_resources.chosen_by(session, doctor_id)
    active = sum(row.active for row in rows)
    return [
        VisitTypeItem(
            id=row.public_id,
            draft=_draft_of(
                row,
                clinics.get(row_id(row), frozenset()),
                resources.get(row_id(row), frozenset()),
            ),
            active=row.active,
            last_active=row.active and active == 1,
            version=row.version,
        )
        for row in rows
    ]


async def list_clinics(session: AsyncSession, actor: Actor) -> list[ClinicChoice]:
    """Return the clinics at which the actor, a doctor, works. Raises what the list above does."""
    clinics = await _own_clinics(session, _doctor(actor))
    return [ClinicChoice(clinic.public_id, clinic.name) for clinic in clinics]


async def list_resources(session: AsyncSession, actor: Actor) -> list[ResourceChoice]:
    """Return the rooms and devices that the actor's visits can take, by clinic and name."""
    return await visit_type_resources.choices_of(session, _doctor(actor))


@transactional
async def create(session: AsyncSession, actor: Actor, draft: VisitTypeDraft) -> UUID:
    """Add a visit type, active and last in the order; returns its public id.

    Raises ``Invalid`` by the names of ``VisitTypeDraft``.
    """
    doctor_id = _doctor(actor)
    await locks.lock_doctor(session, doctor_id)
    rows = await _ordered(session, doctor_id)
    if len(rows) >= MAX_VISIT_TYPES:
        sentence = t("You have {limit} visit types; that is the most.", limit=MAX_VISIT_TYPES)
        raise Invalid({"name": sentence})
    clinics = await _own_clinics(session, doctor_id)
    draft = sound_draft(draft, _names(rows), {clinic.public_id for clinic in clinics})
    row = VisitType(
        doctor_id=doctor_id,
        name=draft.name,
        duration=draft.duration,
        mode=draft.mode,
        position=max((other.position for other in rows), default=-1) + 1,
    )
    _write(row, draft)
    session.add(row)
    await session.flush()
    await _write_clinics(session, row, draft, clinics)
    await visit_type_resources.write(session, row, draft.resources)
    _audit(session, actor, row, "created", ())
    return row.public_id


@transactional
async def edit(
    session: AsyncSession,
    actor: Actor,
    visit_type_id: UUID,
    draft: VisitTypeDraft,
    *,
    version: int,
) -> int:
    """Change a visit type; returns its new version. Appointments keep what was agreed.

    Raises ``NotFound``, ``Forbidden``, ``StaleVersion``, and ``Invalid`` by field.
    """
    row = await _locked(session, actor, visit_type_id, version)
    others = [other for other in await _ordered(session, row.doctor_id) if other.id != row.id]
    clinics = await _own_clinics(session, row.doctor_id)
    draft = sound_draft(draft, _names(others), {clinic.public_id for clinic in clinics})
    changed = _write(row, draft)
    if await _write_clinics(session, row, draft, clinics):
        changed.append("clinics")
    if await visit_type_resources.write(session, row, draft.resources):
        changed.append("resources")
    return _changed(session, actor, row, "changed", changed)


@transactional
async def set_active(
    session: AsyncSession, actor: Actor, visit_type_id: UUID, active: bool, *, version: int
) -> int:
    """Offer a visit type to patients, or no longer; returns its new version.

    The last active one may go too: then patients cannot book, and the page says so first.
    Raises ``NotFound``, ``Forbidden``, ``StaleVersion``.
    """
    row = await _locked(session, actor, visit_type_id, version)
    row.active = active
    return _changed(session, actor, row, "activated" if active else "deactivated", ["active"])


@transactional
async def move(session: AsyncSession, actor: Actor, visit_type_id: UUID, *, by: int) -> None:
    """Move a visit type ``by`` places down (up when negative), at most to the end of the list.

    The first active one is what a doctor's card offers. Raises ``NotFound``, ``Forbidden``.
    """
    row = await _locked(session, actor, visit_type_id, None)
    rows = await _ordered(session, row.doctor_id)
    rows.remove(row)
    place = sum(_order(other) < _order(row) for other in rows)
    rows.insert(max(0, min(len(rows), place + by)), row)
    for position, other in enumerate(rows):
        if other.position != position:
            other.position = position
            session.add(other)
    _audit(session, actor, row, "moved", ("position",))


def _doctor(actor: Actor) -> int:
    require(actor, Action.EDIT_VISIT_TYPES, Record(doctor_id=actor.doctor_id))
    if actor.doctor_id is None:
        raise NotFound
    return actor.doctor_id


async def _ordered(session: AsyncSession, doctor_id: int) -> list[VisitType]:
    statement = select(VisitType).where(VisitType.doctor_id == doctor_id)
    by_place = statement.order_by(col(VisitType.position), col(VisitType.id))
    return list(await session.exec(by_place))


async def _own_clinics(session: AsyncSession, doctor_id: int) -> list[Clinic]:
    statement = (
        select(Clinic)
        .join(DoctorAtClinic, col(DoctorAtClinic.clinic_id) == Clinic.id)
        .where(DoctorAtClinic.doctor_id == doctor_id, col(DoctorAtClinic.active))
        .order_by(col(DoctorAtClinic.id))
    )
    return list(await session.exec(statement))


async def _clinics_of_types(session: AsyncSession, doctor_id: int) -> dict[int, frozenset[UUID]]:
    """Return the clinics to which visit types are limited, by the id of the visit type."""
    statement = (
        select(VisitTypeClinic.visit_type_id, Clinic.public_id)
        .join(Clinic, col(Clinic.id) == VisitTypeClinic.clinic_id)
        .join(VisitType, col(VisitType.id) == VisitTypeClinic.visit_type_id)
        .where(VisitType.doctor_id == doctor_id)
    )
    found: dict[int, frozenset[UUID]] = {}
    for visit_type_id, clinic_id in await session.exec(statement):
        found[visit_type_id] = found.get(visit_type_id, frozenset()) | {clinic_id}
    return found


def _names(rows: list[VisitType]) -> list[str]:
    return [row.name for row in rows]


def _order(row: VisitType) -> tuple[int, int]:
    return row.position, row_id(row)


async def _locked(
    session: AsyncSession, actor: Actor, visit_type_id: UUID, version: int | None
) -> VisitType:
    """Return the visit type as it stands once nobody else changes its doctor's calendar."""
    owner = select(VisitType.doctor_id).where(VisitType.public_id == visit_type_id)
    doctor_id = (await session.exec(owner)).first()
    if doctor_id is None:
        _doctor(actor)
        raise NotFound
    require(actor, Action.EDIT_VISIT_TYPES, Record(doctor_id=doctor_id))
    await locks.lock_doctor(session, doctor_id)
    by_id = select(VisitType).where(VisitType.public_id == visit_type_id)
    row = (await session.exec(by_id)).one()
    if version is not None and row.version != version:
        raise StaleVersion
    return row


def _draft_of(
    row: VisitType, clinics: frozenset[UUID], resources: frozenset[UUID]
) -> VisitTypeDraft:
    values = {field: getattr(row, field) for field in STORED_FIELDS}
    return VisitTypeDraft(**values, clinics=clinics, resources=resources)


def _write(row: VisitType, draft: VisitTypeDraft) -> list[str]:
    """Write ``draft`` into ``row``; return the names of the fields that changed."""
    changed = []
    for field in STORED_FIELDS:
        value = getattr(draft, field)
        if getattr(row, field) != value:
            setattr(row, field, value)
            changed.append(field)
    return changed


async def _write_clinics(
    session: AsyncSession, row: VisitType, draft: VisitTypeDraft, clinics: list[Clinic]
) -> bool:
    """Store at which clinics the visit type is offered; return whether that is something new."""
    before = (await _clinics_of_types(session, row.doctor_id)).get(row_id(row), frozenset())
    if before == draft.clinics:
        return False
    await session.exec(
        delete(VisitTypeClinic).where(col(VisitTypeClinic.visit_type_id) == row_id(row))
    )
    session.add_all(
        VisitTypeClinic(visit_type_id=row_id(row), clinic_id=row_id(clinic))
        for clinic in clinics
        if clinic.public_id in draft.clinics
    )
    await session.flush()
    return True


def _changed(
    session: AsyncSession, actor: Actor, row: VisitType, deed: str, fields: list[str]
) -> int:
    row.version += 1
    session.add(row)
    _audit(session, actor, row, deed, fields)
    return row.version


def _audit(
    session: AsyncSession,
    actor: Actor,
    row: VisitType,
    deed: str,
    fields: tuple[str, ...] | list[str],
) -> None:
    audit.record(
        session,
        actor,
        f"visit_type.{deed}",
        record_type="visit_type",
        record_id=row_id(row),
        fields=fields,
    )
