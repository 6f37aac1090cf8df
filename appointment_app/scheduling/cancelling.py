"""Cancels appointments: one transaction each, the actor first, audit in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action
from appointment_app.database import transactional
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    BlockKind,
    BusyBlock,
    Clinic,
    Hold,
    MessageKind,
)
from appointment_app.scheduling import resources
from appointment_app.scheduling.cancellation_window import load_deadline
from appointment_app.scheduling.changes import (
    fitting_text,
    lock_appointment,
    move_status,
    tell_patient,
)
from appointment_app.scheduling.errors import (
    ReasonRequired,
    TooLateToCancel,
)
from appointment_app.scheduling.statuses import require_arrow

CANCEL_REASON_LIMIT = 500


@transactional
async def cancel(
    session: AsyncSession, actor: Actor, appointment_id: UUID, *, reason: str = ""
) -> None:
    """Cancel an appointment and tell the patient.

    The patient may, until the cancellation window begins; the doctor and the clinic always may,
    with a reason, which the patient is told. Raises ``NotFound``, ``StatusConflict``,
    ``TooLateToCancel``, ``ReasonRequired``, ``TextTooLong``.
    """
    reason = fitting_text(reason, "cancel_reason", CANCEL_REASON_LIMIT)
    appointment = await lock_appointment(session, actor, appointment_id, Action.CANCEL_APPOINTMENT)
    await cancel_locked(session, actor, appointment, reason)
    await tell_patient(session, appointment, MessageKind.APPOINTMENT_CANCELLED)


async def cancel_locked(
    session: AsyncSession, actor: Actor, appointment: Appointment, reason: str
) -> None:
    """Do what ``cancel`` does to an appointment whose doctor is locked, and tell nobody.

    Raises ``StatusConflict``, ``TooLateToCancel``, ``ReasonRequired``; then nothing is changed.
    """
    require_arrow(appointment.status, AppointmentStatus.CANCELLED)
    if appointment.person_id in {actor.person_id, *actor.dependents}:
        await _require_in_time(session, appointment)
    elif not reason:
        raise ReasonRequired
    appointment.active = False
    appointment.cancelled_at = clock.now()
    appointment.cancelled_by = actor.user_id
    appointment.cancel_reason = reason
    told = {"after": {"cancel_reason": reason}} if reason else {}
    move_status(session, actor, appointment, AppointmentStatus.CANCELLED, **told)
    await session.flush()
    await free_empty_block(session, appointment.block_id)


async def _require_in_time(session: AsyncSession, appointment: Appointment) -> None:
    now = clock.now()
    if now >= appointment.starts_at:
        raise TooLateToCancel
    if now >= await load_deadline(session, appointment):
        clinic = await session.get_one(Clinic, appointment.clinic_id)
        raise TooLateToCancel(clinic.name, clinic.phone)


async def free_empty_block(session: AsyncSession, block_id: int) -> None:
    """Free the doctor's time, and what went with it, once nobody sits in the block any more.

    Not that of a session which the doctor has opened in advance: it still waits for others. And
    one in which a seat is still kept for somebody lasts as long as that.
    """
    seated = (
        select(Appointment.id)
        .where(Appointment.block_id == block_id, col(Appointment.active))
        .exists()
    )
    is_held = Hold.block_id == block_id, Hold.expires_at > clock.now()
    held_until = (await session.exec(select(func.max(col(Hold.expires_at))).where(*is_held))).one()
    statement = update(BusyBlock).where(
        col(BusyBlock.id) == block_id, ~col(BusyBlock.published), ~seated
    )
    left: dict[str, Any] = {"active": False}
    if held_until is not None:
        left = {"kind": BlockKind.HOLD, "expires_at": held_until}
    await session.exec(statement.values(**left).execution_options(synchronize_session=False))
    await resources.release(session, col(BusyBlock.id) == block_id, ~col(BusyBlock.active))
