"""As much of an appointment as a dialog about it needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.contact import mail_contacts
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.errors import LoginRequired, NotFound
from appointment_app.models import Appointment, BlockKind, BusyBlock, Guardianship, Person, row_id
from appointment_app.scheduling.rescheduling import MOVABLE


@dataclass(frozen=True, slots=True)
class Brief:
    """Who comes when (UTC, by the clock of ``zone``), and whether that can be moved."""

    id: UUID
    patient: str
    visit: str
    starts_at: datetime
    zone: str
    version: int
    can_move: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """How a patient hears of a change: by mail or, else, by ``phone`` (E.164), if there is one."""

    is_mailed: bool
    phone: str


async def load_reach(session: AsyncSession, actor: Actor, appointment_id: UUID) -> Reach:
    """Return how the patient of an appointment that the actor may see is reached.

    Raises ``LoginRequired``, ``NotFound``, ``Forbidden``.
    """
    statement = (
        select(Appointment, Person)
        .join(Person, col(Person.id) == Appointment.person_id)
        .where(Appointment.public_id == appointment_id)
    )
    found = (await session.exec(statement)).first()
    if found is None:
        raise NotFound if actor.is_somebody else LoginRequired
    row, person = found
    record = Record(row.person_id, row.doctor_id, row.clinic_id)
    require(actor, Action.VIEW_APPOINTMENT, record)
    return await reach_of(session, person)


async def reach_of(session: AsyncSession, person: Person) -> Reach:
    """Return how a patient is reached; whether the actor may know it is the caller's question.

    The telephone is a guardian's where the patient has none.
    """
    if await mail_contacts(session, row_id(person)):
        return Reach(is_mailed=True, phone="")
    guardians = (
        select(Person.phone)
        .join(Guardianship, col(Guardianship.guardian_id) == Person.id)
        .where(
            Guardianship.dependent_id == person.id,
            col(Guardianship.ended_at).is_(None),
            Person.phone != "",
        )
        .order_by(col(Person.id))
    )
    phone = person.phone or (await session.exec(guardians)).first() or ""
    return Reach(is_mailed=False, phone=phone)


async def load_brief(
    session: AsyncSession, actor: Actor, appointment_id: UUID, action: Action
) -> Brief:
    """Return an appointment to which the actor may do ``action``.

    Raises ``LoginRequired``, ``NotFound``, ``Forbidden``.
    """
    statement = (
        select(Appointment, Person, BusyBlock.kind)
        .join(Person, col(Person.id) == Appointment.person_id)
        .join(BusyBlock, col(BusyBlock.id) == Appointment.block_id)
        .where(Appointment.public_id == appointment_id)
    )
    found = (await session.exec(statement)).first()
    if found is None:
        raise NotFound if actor.is_somebody else LoginRequired
    row, person, kind = found
    require(actor, action, Record(row.person_id, row.doctor_id, row.clinic_id))
    return Brief(
        id=row.public_id,
        patient=person.full_name,
        visit=row.visit_name,
        starts_at=row.starts_at,
        zone=row.zone,
        version=row.version,
        can_move=row.status in MOVABLE and kind in {BlockKind.VISIT, BlockKind.SESSION},
    )
