"""The appointments that somebody may see: their own, a doctor's, a clinic's, or all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, false, true
from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import RULES, Action, Relation, require
from appointment_app.errors import NotFound
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    Clinic,
    Doctor,
    Person,
    Role,
    row_id,
)
from appointment_app.scheduling.appointments import (
    AppointmentView,
    appointment_rows,
    view_appointment,
)
from appointment_app.scheduling.series_places import load_series_places


@dataclass(frozen=True, slots=True)
class AppointmentFilter:
    """Which appointments; what is None or empty leaves all.

    Public ids. ``since`` and ``until`` (UTC) bound the start, ``until`` itself is outside.
    """

    doctor_id: UUID | None = None
    clinic_id: UUID | None = None
    patient_id: UUID | None = None
    statuses: frozenset[AppointmentStatus] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


async def list_appointments(
    session: AsyncSession,
    actor: Actor,
    wanted: AppointmentFilter,
    *,
    limit: int = 20,
    after: UUID | None = None,
) -> list[AppointmentView]:
    """Return those that the actor may see, by their start; with ``after``, what follows that one.

    Raises ``LoginRequired``, ``NotFound`` when ``after`` is none that the actor may see.
    """
    require(actor, Action.LIST_OWN_APPOINTMENTS)
    statement = appointment_rows().where(visible_to(actor), *_conditions(wanted))
    if after is not None:
        by_id = select(Appointment).where(Appointment.public_id == after, visible_to(actor))
        last = (await session.exec(by_id)).first()
        if last is None:
            raise NotFound
        start, key = col(Appointment.starts_at), col(Appointment.id)
        statement = statement.where(
            or_(start > last.starts_at, and_(start == last.starts_at, key > row_id(last)))
        )
    in_order = statement.order_by(col(Appointment.starts_at), col(Appointment.id)).limit(limit)
    rows = (await session.exec(in_order)).all()
    places = await load_series_places(session, actor, [row[0] for row in rows])
    return [view_appointment(actor, *row, places.get(row_id(row[0]))) for row in rows]


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the policy's rule of who sees an appointment, as a condition of a statement."""
    allowed = RULES[Action.VIEW_APPOINTMENT].allowed
    return or_(false(), *_relations(actor, allowed))


def _relations(actor: Actor, allowed: frozenset[Relation]) -> Iterator[ColumnElement[bool]]:
    if Relation.PATIENT in allowed:
        people = {actor.person_id, *actor.dependents} - {None}
        yield col(Appointment.person_id).in_(people)
    if Relation.DOCTOR in allowed and actor.doctor_id is not None:
        yield col(Appointment.doctor_id) == actor.doctor_id
    for relation, role in (
        (Relation.RECEPTION, Role.RECEPTION),
        (Relation.ADMINISTRATOR, Role.ADMINISTRATOR),
    ):
        if relation not in allowed:
            continue
        if actor.has_role(role):
            yield true()
        clinics = {grant.clinic_id for grant in actor.grants if grant.role is role} - {None}
        yield col(Appointment.clinic_id).in_(clinics)


def _conditions(wanted: AppointmentFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.doctor_id is not None:
        yield col(Doctor.public_id) == wanted.doctor_id
    if wanted.clinic_id is not None:
        yield col(Clinic.public_id) == wanted.clinic_id
    if wanted.patient_id is not None:
        yield col(Person.public_id) == wanted.patient_id
    if wanted.statuses:
        yield col(Appointment.status).in_(wanted.statuses)
    if wanted.since is not None:
        yield col(Appointment.starts_at) >= wanted.since
    if wanted.until is not None:
        yield col(Appointment.starts_at) < wanted.until
