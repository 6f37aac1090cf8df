"""Group sessions in a doctor's calendar: one entry each, and who comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.errors import NotFound
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    BlockKind,
    BusyBlock,
    Clinic,
    Person,
    VisitMode,
    VisitType,
)
from appointment_app.scheduling.calendar_rows import LONGEST_BLOCK
from appointment_app.scheduling.intervals import Interval


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """A group session in the calendar, UTC; ``taken`` of its ``capacity`` places are."""

    starts_at: datetime
    ends_at: datetime
    visit: str
    mode: VisitMode
    clinic: str
    zone: str
    taken: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody who comes to a session; ``id`` is of the appointment."""

    id: UUID
    patient: str
    phone: str
    status: AppointmentStatus


async def list_sessions(
    session: AsyncSession, actor: Actor, window: Interval
) -> tuple[SessionEntry, ...]:
    """Return the group sessions of the actor, a doctor, that touch ``window``, in order.

    Those without patients too: they were opened in advance. Raises ``LoginRequired`` or
    ``Forbidden`` when the actor is no doctor.
    """
    require(actor, Action.VIEW_CALENDAR, Record(doctor_id=actor.doctor_id))
    statement = _sessions(actor).where(
        col(BusyBlock.busy_from) > window.start - LONGEST_BLOCK,
        col(BusyBlock.busy_from) < window.end,
        col(BusyBlock.busy_until) > window.start,
    )
    return tuple(_entry(*row) for row in await session.exec(statement))


async def load_session(
    session: AsyncSession, actor: Actor, starts_at: datetime
) -> tuple[SessionEntry, tuple[Seated, ...]]:
    """Return the actor's session that begins then (UTC), and who comes, by name.

    Raises ``NotFound``, and what the list raises.
    """
    require(actor, Action.VIEW_CALENDAR, Record(doctor_id=actor.doctor_id))
    found = (await session.exec(_sessions(actor).where(BusyBlock.starts_at == starts_at))).first()
    if found is None:
        raise NotFound
    block, *_ = found
    statement = (
        select(Appointment, Person)
        .join(Person, col(Person.id) == Appointment.person_id)
        .where(Appointment.block_id == block.id, col(Appointment.active))
        .order_by(col(Person.family_name), col(Person.given_name), col(Appointment.id))
    )
    seated = tuple(
        Seated(row.public_id, person.full_name, person.phone, row.status)
        for row, person in await session.exec(statement)
    )
    return _entry(*found), seated


def _sessions(actor: Actor) -> Any:
    taken = (
        select(func.count())
        .where(col(Appointment.block_id) == BusyBlock.id, col(Appointment.active))
        .correlate(BusyBlock)
        .scalar_subquery()
    )
    return cast(
        Any,
        select(BusyBlock, VisitType, Clinic)
        .join(VisitType, col(VisitType.id) == BusyBlock.visit_type_id)
        .join(Clinic, col(Clinic.id) == BusyBlock.clinic_id)
        .add_columns(taken)
        .where(
            col(BusyBlock.doctor_id) == actor.doctor_id,
            col(BusyBlock.kind) == BlockKind.SESSION,
            col(BusyBlock.active),
        )
        .order_by(col(BusyBlock.busy_from), col(BusyBlock.id)),
    )


def _entry(block: BusyBlock, visit_type: VisitType, clinic: Clinic, taken: int) -> SessionEntry:
    return SessionEntry(
        starts_at=block.starts_at or block.busy_from,
        ends_at=block.ends_at or block.busy_until,
        visit=visit_type.name,
        mode=visit_type.mode,
        clinic=clinic.name,
        zone=clinic.zone,
        taken=taken,
        capacity=block.capacity,
    )
