"""Cancels an appointment of a series with all that follow it, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.contact import mail_contacts
from appointment_app.accounts.policy import Action, Record, allows
from appointment_app.database import transactional
from appointment_app.models import Appointment, AppointmentStatus, MessageKind, row_id
from appointment_app.scheduling.cancelling import CANCEL_REASON_LIMIT, cancel_locked
from appointment_app.scheduling.changes import fitting_text, lock_appointment, tell_of_series
from appointment_app.scheduling.errors import TooLateToCancel
from appointment_app.scheduling.statuses import ARROWS, require_arrow


@dataclass(frozen=True, slots=True)
class CancelledSeries:
    """The starts (UTC) that were cancelled, and those that the patient no longer could."""

    cancelled: tuple[datetime, ...]
    kept: tuple[datetime, ...]
    zone: str


@transactional
async def cancel_following(
    session: AsyncSession, actor: Actor, appointment_id: UUID, *, reason: str = ""
) -> CancelledSeries:
    """Cancel an appointment and those of its series that come later; the patient gets one mail.

    Each stands under the rules of ``cancel``: those that it is too late for stay as they are and
    are named, and those that were moved to a clinic where the actor has no right stay. Raises
    what ``cancel`` raises, ``TooLateToCancel`` only when none could be.
    """
    reason = fitting_text(reason, "cancel_reason", CANCEL_REASON_LIMIT)
    first = await lock_appointment(session, actor, appointment_id, Action.CANCEL_APPOINTMENT)
    require_arrow(first.status, AppointmentStatus.CANCELLED)
    cancelled: list[Appointment] = []
    kept: list[Appointment] = []
    for each in [first, *await _following(session, actor, first)]:
        try:
            await cancel_locked(session, actor, each, reason)
        except TooLateToCancel as error:
            kept.append(each)
            refusal = error
        else:
            cancelled.append(each)
    if not cancelled:
        raise refusal
    contacts = await mail_contacts(session, first.person_id)
    tell_of_series(session, contacts, cancelled, MessageKind.SERIES_CANCELLED)
    return CancelledSeries(
        cancelled=tuple(each.starts_at for each in cancelled),
        kept=tuple(each.starts_at for each in kept),
        zone=first.zone,
    )


async def _following(session: AsyncSession, actor: Actor, first: Appointment) -> list[Appointment]:
    """Return the later ones that the actor may cancel, if at all; the doctor is locked."""
    if first.series_id is None:
        return []
    statement = (
        select(Appointment)
        .where(
            Appointment.series_id == first.series_id,
            Appointment.starts_at > first.starts_at,
            Appointment.id != row_id(first),
            col(Appointment.active),
        )
        .order_by(col(Appointment.starts_at))
        .execution_options(populate_existing=True)
    )
    return [
        each
        for each in await session.exec(statement)
        if AppointmentStatus.CANCELLED in ARROWS[each.status]
        and allows(
            actor,
            Action.CANCEL_APPOINTMENT,
            Record(each.person_id, each.doctor_id, each.clinic_id),
        )
    ]
