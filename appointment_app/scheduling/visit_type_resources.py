"""Which rooms and devices suit a doctor's visit types: one of each kind goes with a booking."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.errors import Invalid
from appointment_app.i18n import t
from appointment_app.models import (
    Clinic,
    DoctorAtClinic,
    Resource,
    ResourceKind,
    VisitType,
    VisitTypeResource,
    row_id,
)


@dataclass(frozen=True, slots=True)
class ResourceChoice:
    """A room or a device (public id) that a doctor's visits can take, and whose it is."""

    id: UUID
    kind: ResourceKind
    name: str
    clinic: str
    active: bool


async def choices_of(session: AsyncSession, doctor_id: int) -> list[ResourceChoice]:
    """Return what a doctor can choose from, by clinic and name.

    What is in use at their clinics, and what one of their visit types has chosen already.
    """
    return [
        ResourceChoice(row.public_id, row.kind, row.name, clinic, row.active)
        for row, clinic in await _choices(session, doctor_id)
    ]


async def chosen_by(session: AsyncSession, doctor_id: int) -> dict[int, frozenset[UUID]]:
    """Return what suits the visit types of a doctor, by the id of the visit type."""
    statement = (
        select(VisitTypeResource.visit_type_id, Resource.public_id)
        .join(Resource, col(Resource.id) == VisitTypeResource.resource_id)
        .join(VisitType, col(VisitType.id) == VisitTypeResource.visit_type_id)
        .where(VisitType.doctor_id == doctor_id)
    )
    found: defaultdict[int, set[UUID]] = defaultdict(set)
    for visit_type_id, resource in await session.exec(statement):
        found[visit_type_id].add(resource)
    return {key: frozenset(resources) for key, resources in found.items()}


async def write(session: AsyncSession, row: VisitType, resources: frozenset[UUID]) -> bool:
    """Store what suits a visit type of a locked doctor; return whether that is something new.

    Raises ``Invalid`` for the field ``resources`` when it is none of the doctor's choices.
    """
    before = (await chosen_by(session, row.doctor_id)).get(row_id(row), frozenset())
    if before == resources:
        return False
    choices = {each.public_id: each for each, _ in await _choices(session, row.doctor_id)}
    if not resources <= choices.keys():
        raise Invalid(
            {"resources": t("Please choose among the rooms and devices of your clinics.")}
        )
    of_type = col(VisitTypeResource.visit_type_id) == row_id(row)
    await session.exec(delete(VisitTypeResource).where(of_type))
    session.add_all(
        VisitTypeResource(visit_type_id=row_id(row), resource_id=row_id(choices[each]))
        for each in resources
    )
    await session.flush()
    return True


async def _choices(session: AsyncSession, doctor_id: int) -> list[tuple[Resource, str]]:
    works_at = select(DoctorAtClinic.clinic_id).where(
        DoctorAtClinic.doctor_id == doctor_id, col(DoctorAtClinic.active)
    )
    chosen = (
        select(VisitTypeResource.resource_id)
        .join(VisitType, col(VisitType.id) == VisitTypeResource.visit_type_id)
        .where(VisitType.doctor_id == doctor_id)
    )
    statement = (
        select(Resource, Clinic.name)
        .join(Clinic, col(Clinic.id) == Resource.clinic_id)
        .where(
            or_(
                col(Resource.active) & col(Resource.clinic_id).in_(works_at),
                col(Resource.id).in_(chosen),
            )
        )
    )
    found = (await session.exec(statement)).all()
    return sorted(found, key=lambda each: (each[1], each[0].name.casefold(), row_id(each[0])))
