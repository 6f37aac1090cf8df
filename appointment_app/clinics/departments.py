"""The departments of a clinic, as its administrators name them; nothing is deleted."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action
from appointment_app.clinics.named_parts import (
    find_clinic,
    find_part,
    other_parts,
    parts_of_clinic,
    record_of_part,
    require_fewer_than,
    sound_name,
)
from appointment_app.database import transactional
from appointment_app.i18n import t
from appointment_app.models import Department, DoctorAtClinic, DoctorDepartment, row_id
from appointment_app.texts import search_form

MOST_DEPARTMENTS = 100
_ACTION = Action.EDIT_CLINIC


@dataclass(frozen=True, slots=True)
class DepartmentItem:
    """A department; ``doctors`` of the clinic belong to it."""

    id: UUID
    name: str
    active: bool
    doctors: int
    version: int


async def list_departments(
    session: AsyncSession, actor: Actor, clinic_id: UUID
) -> list[DepartmentItem]:
    """Return the departments of a clinic (public id) by name, those not in use last.

    Raises ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    clinic = await find_clinic(session, actor, clinic_id, _ACTION)
    doctors = (
        select(func.count())
        .select_from(DoctorDepartment)
        .join(DoctorAtClinic, col(DoctorAtClinic.id) == DoctorDepartment.doctor_at_clinic_id)
        .where(DoctorDepartment.department_id == Department.id, col(DoctorAtClinic.active))
        .scalar_subquery()
    )
    statement = select(Department, doctors).where(Department.clinic_id == clinic.id)
    found = [
        DepartmentItem(row.public_id, row.name, row.active, count, row.version)
        for row, count in await session.exec(statement)
    ]
    return sorted(found, key=lambda each: (not each.active, search_form(each.name)))


@transactional
async def add_department(session: AsyncSession, actor: Actor, clinic_id: UUID, name: str) -> UUID:
    """Add a department to a clinic (public id); return its public id.

    Raises ``NotFound``, ``LoginRequired``, ``Forbidden``, and ``Invalid`` for the field ``name``.
    """
    clinic = await find_clinic(session, actor, clinic_id, _ACTION, lock=True)
    others = await parts_of_clinic(session, Department, row_id(clinic))
    require_fewer_than(MOST_DEPARTMENTS, others)
    row = Department(clinic_id=row_id(clinic), name=_sound_name(name, others))
    session.add(row)
    await session.flush()
    record_of_part(session, actor, row, "created", after={"name": row.name})
    return row.public_id


@transactional
async def rename_department(
    session: AsyncSession, actor: Actor, department_id: UUID, name: str, *, version: int
) -> None:
    """Give a department another name.

    Raises ``NotFound``, ``LoginRequired``, ``Forbidden``, ``StaleVersion``, and ``Invalid`` for
    the field ``name``.
    """
    row = await find_part(session, actor, Department, department_id, _ACTION, version=version)
    before, row.name = row.name, _sound_name(name, await other_parts(session, row))
    row.version += 1
    session.add(row)
    after = {"name": row.name}
    record_of_part(session, actor, row, "changed", before={"name": before}, after=after)


@transactional
async def set_department_active(
    session: AsyncSession, actor: Actor, department_id: UUID, active: bool, *, version: int
) -> None:
    """Use a department, or no longer; the doctors in it stay, and it is no longer shown.

    Raises ``NotFound``, ``LoginRequired``, ``Forbidden``, ``StaleVersion``, and ``Invalid`` for
    the field ``name`` where another one is called so by now.
    """
    row = await find_part(session, actor, Department, department_id, _ACTION, version=version)
    if active:
        _sound_name(row.name, [each for each in await other_parts(session, row) if each.active])
    before, row.active = row.active, active
    row.version += 1
    session.add(row)
    deed = "activated" if active else "deactivated"
    after = {"active": active}
    record_of_part(session, actor, row, deed, before={"active": before}, after=after)


def _sound_name(typed: str, others: list[Department]) -> str:
    taken = {search_form(each.name) for each in others}
    return sound_name(
        typed,
        missing=t("Please give it a name, such as Outpatients."),
        is_taken=lambda name: search_form(name) in taken,
    )
