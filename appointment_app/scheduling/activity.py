"""What happened in a doctor's calendar lately, as the audit events have it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.models import Appointment, AppointmentMove, AuditEvent, Person

LOOKED_BACK = timedelta(days=3)
MOST = 20


class Deed(StrEnum):
    """What was done to an appointment; the values are those of the audit events."""

    BOOKED = "appointment.booked"
    MOVED = "appointment.rescheduled"
    CANCELLED = "appointment.cancelled"
    CHECKED_IN = "appointment.checked_in"


@dataclass(frozen=True, slots=True)
class Happening:
    """One deed: when it was done, to whose appointment, and the start (UTC) that it then had.

    ``by_patient`` when the patient did it themselves, ``is_own`` when the actor did.
    """

    id: int
    at: datetime
    deed: Deed
    appointment_id: UUID
    patient: str
    starts_at: datetime
    by_patient: bool
    is_own: bool


async def list_activity(session: AsyncSession, actor: Actor) -> list[Happening]:
    """Return what happened to the appointments of the actor, a doctor, the latest first.

    At most ``MOST`` deeds of the last ``LOOKED_BACK``; two statements. Raises ``LoginRequired``,
    ``Forbidden``.
    """
    require(actor, Action.VIEW_CALENDAR, Record(doctor_id=actor.doctor_id))
    statement = (
        select(AuditEvent, Appointment, Person)
        .join(Appointment, col(Appointment.id) == AuditEvent.record_id)
        .join(Person, col(Person.id) == Appointment.person_id)
        .where(
            AuditEvent.record_type == "appointment",
            col(AuditEvent.action).in_(list(Deed)),
            AuditEvent.occurred_at > clock.now() - LOOKED_BACK,
            Appointment.doctor_id == actor.doctor_id,
        )
        .order_by(col(AuditEvent.occurred_at).desc(), col(AuditEvent.id).desc())
        .limit(MOST)
    )
    rows = (await session.exec(statement)).all()
    if not rows:
        return []
    moves = await _moves(session, {appointment.id for _, appointment, _ in rows})
    return [
        Happening(
            id=event.id or 0,
            at=event.occurred_at,
            deed=Deed(event.action),
            appointment_id=appointment.public_id,
            patient=person.full_name,
            starts_at=_start_then(event, appointment, moves[appointment.id]),
            by_patient=event.actor_user_id == person.user_id,
            is_own=event.actor_user_id == actor.user_id,
        )
        for event, appointment, person in rows
    ]


async def _moves(
    session: AsyncSession, appointments: set[int | None]
) -> defaultdict[int | None, list[AppointmentMove]]:
    """Return how the appointments were moved, in the order in which it was done."""
    found: defaultdict[int | None, list[AppointmentMove]] = defaultdict(list)
    statement = (
        select(AppointmentMove)
        .where(col(AppointmentMove.appointment_id).in_(appointments))
        .order_by(col(AppointmentMove.id))
    )
    for move in await session.exec(statement):
        found[move.appointment_id].append(move)
    return found


def _start_then(
    event: AuditEvent, appointment: Appointment, moves: Sequence[AppointmentMove]
) -> datetime:
    """Return the start that the appointment had after the deed."""
    if event.action == Deed.BOOKED:
        later = list(moves)
    else:
        later = [move for move in moves if move.moved_at > event.occurred_at]
    return later[0].from_starts_at if later else appointment.starts_at
