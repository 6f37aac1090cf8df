"""At which clinics a doctor works, and in which departments: administrators say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.clinics.doctor_profiles import known_doctor
from appointment_app.clinics.doctor_record import record_of_doctor
from appointment_app.database import transactional
from appointment_app.errors import DomainError, NotFound, StaleVersion
from appointment_app.i18n import t
from appointment_app.models import (
    Appointment,
    Clinic,
    Department,
    DoctorAtClinic,
    DoctorDepartment,
    row_id,
)
from appointment_app.scheduling import locks


class StillExpected(DomainError):
    """Patients are still expected at a clinic which the doctor shall leave."""

    code = "STILL_EXPECTED"


@dataclass(frozen=True, slots=True)
class DepartmentChoice:
    """A department of a clinic, and whether the doctor belongs to it."""

    id: UUID
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Workplace:
    """A clinic of a doctor (``id`` is of the two together); ``may_change`` is for the actor.

    ``clinic_closed`` when the clinic itself is out of the directory.
    """

    id: UUID
    clinic: str
    active: bool
    clinic_closed: bool
    may_change: bool
    departments: tuple[DepartmentChoice, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Workplaces:
    """Where a doctor works, and the other clinics (public id, name) to which the actor may add."""

    places: tuple[Workplace, ...]
    others: tuple[tuple[str, str], ...]


async def list_workplaces(
    session: AsyncSession, actor: Actor, doctor_id: UUID | None
) -> Workplaces:
    """Return where a doctor (public id, None: the actor) works, those that they left last.

    Raises ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    doctor = await known_doctor(session, actor, doctor_id)
    rows = (
        await session.exec(
            select(DoctorAtClinic, Clinic)
            .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
            .where(DoctorAtClinic.doctor_id == doctor.id)
            .order_by(col(DoctorAtClinic.active).desc(), Clinic.name)
        )
    ).all()
    departments = await _departments(session, [row_id(clinic) for _, clinic in rows])
    chosen = set(
        (
            await session.exec(
                select(DoctorDepartment.doctor_at_clinic_id, DoctorDepartment.department_id).where(
                    col(DoctorDepartment.doctor_at_clinic_id).in_([row.id for row, _ in rows])
                )
            )
        ).all()
    )
    places = tuple(
        Workplace(
            row.public_id,
            f"{clinic.name}, {clinic.city}",
            row.active,
            not clinic.active,
            _may_place(actor, row_id(clinic)),
            tuple(
                DepartmentChoice(each.public_id, each.name, (row.id, each.id) in chosen)
                for each in departments[row_id(clinic)]
                if each.active or (row.id, each.id) in chosen
            ),
            row.version,
        )
        for row, clinic in rows
    )
    known = {clinic.id for _, clinic in rows}
    clinics = select(Clinic).where(col(Clinic.active)).order_by(Clinic.name)
    others = tuple(
        (str(clinic.public_id), f"{clinic.name}, {clinic.city}")
        for clinic in await session.exec(clinics)
        if clinic.id not in known and _may_place(actor, row_id(clinic))
    )
    return Workplaces(places, others)


@transactional
async def add_workplace(
    session: AsyncSession, actor: Actor, doctor_id: UUID, clinic_id: UUID
) -> None:
    """Let a doctor work at another clinic, without hours yet. Again it changes nothing.

    Raises ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    doctor = await known_doctor(session, actor, doctor_id)
    by_id = select(Clinic).where(Clinic.public_id == clinic_id, col(Clinic.active))
    clinic = (await session.exec(by_id)).first()
    require(actor, Action.PLACE_DOCTORS, Record(clinic_id=clinic.id if clinic else None))
    if clinic is None:
        raise NotFound
    await locks.lock_doctor(session, row_id(doctor))
    known = select(DoctorAtClinic.id).where(
        DoctorAtClinic.doctor_id == doctor.id, DoctorAtClinic.clinic_id == clinic.id
    )
    if (await session.exec(known)).first() is not None:
        return
    session.add(DoctorAtClinic(doctor_id=row_id(doctor), clinic_id=row_id(clinic)))
    await record_of_doctor(
        session,
        actor,
        row_id(doctor),
        "placed",
        after={"works_here": True},
        clinic_id=row_id(clinic),
    )


@transactional
async def leave_workplace(
    session: AsyncSession, actor: Actor, place_id: UUID, *, version: int
) -> None:
    """Let a doctor work no longer at a clinic. Refused as long as patients are expected there.

    Raises ``StillExpected``, ``StaleVersion``, ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    place = await _locked(session, actor, place_id, version)
    upcoming = (
        select(func.count())
        .select_from(Appointment)
        .where(
            Appointment.doctor_id == place.doctor_id,
            Appointment.clinic_id == place.clinic_id,
            col(Appointment.active),
            Appointment.ends_at > clock.now(),
        )
    )
    if count := (await session.exec(upcoming)).one():
        raise StillExpected(
            t("One appointment is still to come there. Move or cancel it first.")
            if count == 1
            else t(
                "{count} appointments are still to come there. Move or cancel them first.",
                count=count,
            )
        )
    await _set_active(session, actor, place, active=False)


@transactional
async def return_to_workplace(
    session: AsyncSession, actor: Actor, place_id: UUID, *, version: int
) -> None:
    """Let a doctor work again at a clinic, with the hours from before.

    Raises ``StaleVersion``, ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    await _set_active(session, actor, await _locked(session, actor, place_id, version), active=True)


@transactional
async def set_departments(
    session: AsyncSession, actor: Actor, place_id: UUID, departments: Collection[UUID]
) -> None:
    """Say to which departments of a clinic (public ids) the doctor belongs there.

    Raises ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    place = await _locked(session, actor, place_id)
    of_clinic = select(Department.id).where(
        Department.clinic_id == place.clinic_id, col(Department.public_id).in_(departments)
    )
    found = [key for key in await session.exec(of_clinic) if key is not None]
    if len(found) != len(set(departments)):
        raise NotFound
    before = await _names_of_departments(session, place)
    link = col(DoctorDepartment.doctor_at_clinic_id)
    await session.exec(delete(DoctorDepartment).where(link == place.id))
    session.add_all(
        DoctorDepartment(doctor_at_clinic_id=row_id(place), department_id=key) for key in found
    )
    await session.flush()
    await record_of_doctor(
        session,
        actor,
        place.doctor_id,
        "placed",
        before={"departments": before},
        after={"departments": await _names_of_departments(session, place)},
        clinic_id=place.clinic_id,
    )


def _may_place(actor: Actor, clinic_id: int) -> bool:
    return allows(actor, Action.PLACE_DOCTORS, Record(clinic_id=clinic_id))


async def _locked(
    session: AsyncSession, actor: Actor, place_id: UUID, version: int | None = None
) -> DoctorAtClinic:
    """Return the place once nobody else books with its doctor."""
    by_id = select(DoctorAtClinic).where(DoctorAtClinic.public_id == place_id)
    place = (await session.exec(by_id)).first()
    require(actor, Action.PLACE_DOCTORS, Record(clinic_id=place.clinic_id if place else None))
    if place is None:
        raise NotFound
    await locks.lock_doctor(session, place.doctor_id)
    await session.refresh(place)
    if version is not None and place.version != version:
        raise StaleVersion
    return place


async def _set_active(
    session: AsyncSession, actor: Actor, place: DoctorAtClinic, *, active: bool
) -> None:
    before, place.active = place.active, active
    place.version += 1
    session.add(place)
    await record_of_doctor(
        session,
        actor,
        place.doctor_id,
        "placed" if active else "left_clinic",
        before={"works_here": before},
        after={"works_here": active},
        clinic_id=place.clinic_id,
    )


async def _names_of_departments(session: AsyncSession, place: DoctorAtClinic) -> str:
    names = (
        select(Department.name)
        .join(DoctorDepartment, col(DoctorDepartment.department_id) == Department.id)
        .where(DoctorDepartment.doctor_at_clinic_id == place.id)
    )
    return ", ".join(sorted(await session.exec(names)))


async def _departments(
    session: AsyncSession, clinics: list[int]
) -> defaultdict[int, list[Department]]:
    found: defaultdict[int, list[Department]] = defaultdict(list)
    statement = select(Department).where(col(Department.clinic_id).in_(clinics))
    for row in await session.exec(statement.order_by(col(Department.name))):
        found[row.clinic_id].append(row)
    return found
