"""What becomes of an appointment besides being moved or cancelled; one transaction each."""

from __future__ import annotations

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action
from appointment_app.database import transactional
from appointment_app.errors import StaleVersion
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    MessageKind,
)
from appointment_app.scheduling.changes import (
    fitting_text,
    lock_appointment,
    move_status,
    record_deed,
    tell_patient,
)
from appointment_app.scheduling.errors import (
    NotToday,
    StatusConflict,
    TooEarlyToClose,
)
from appointment_app.scheduling.local_time import local_date
from appointment_app.scheduling.statuses import require_arrow

NOTES_LIMIT = 4000


@transactional
async def confirm(session: AsyncSession, actor: Actor, appointment_id: UUID) -> None:
    """Confirm a pending appointment and tell the patient.

    Raises ``NotFound``, ``StatusConflict``.
    """
    appointment = await _lock(session, actor, appointment_id, Action.CONFIRM_APPOINTMENT)
    if appointment.status is not AppointmentStatus.PENDING:
        raise StatusConflict(appointment.status)
    move_status(session, actor, appointment, AppointmentStatus.CONFIRMED)
    await tell_patient(session, appointment, MessageKind.APPOINTMENT_CONFIRMED)


@transactional
async def check_in(session: AsyncSession, actor: Actor, appointment_id: UUID) -> None:
    """Record that the patient is here, on the local day of the appointment.

    Raises ``NotFound``, ``StatusConflict``, ``NotToday``.
    """
    appointment = await _lock(session, actor, appointment_id, Action.CHECK_IN)
    require_arrow(appointment.status, AppointmentStatus.CHECKED_IN)
    if not is_today(appointment):
        raise NotToday
    appointment.checked_in_at = clock.now()
    move_status(session, actor, appointment, AppointmentStatus.CHECKED_IN)


@transactional
async def undo_check_in(session: AsyncSession, actor: Actor, appointment_id: UUID) -> None:
    """Take a check-in back: it was another patient. Raises ``NotFound``, ``StatusConflict``."""
    appointment = await _lock(session, actor, appointment_id, Action.CHECK_IN)
    if appointment.status is not AppointmentStatus.CHECKED_IN:
        raise StatusConflict(appointment.status)
    appointment.checked_in_at = None
    move_status(session, actor, appointment, AppointmentStatus.CONFIRMED)


def is_today(appointment: Appointment) -> bool:
    """Tell whether it is the day of the appointment where it takes place."""
    today = local_date(appointment.zone, clock.now())
    return local_date(appointment.zone, appointment.starts_at) == today


@transactional
async def complete(session: AsyncSession, actor: Actor, appointment_id: UUID) -> None:
    """Record that the visit took place.

    Raises ``NotFound``, ``StatusConflict``, ``TooEarlyToClose``.
    """
    await _close(session, actor, appointment_id, AppointmentStatus.COMPLETED)


@transactional
async def mark_no_show(session: AsyncSession, actor: Actor, appointment_id: UUID) -> None:
    """Record that the patient did not come.

    Raises ``NotFound``, ``StatusConflict``, ``TooEarlyToClose``.
    """
    await _close(session, actor, appointment_id, AppointmentStatus.NO_SHOW)


@transactional
async def write_notes(
    session: AsyncSession, actor: Actor, appointment_id: UUID, *, notes: str, version: int
) -> int:
    """Keep the doctor's notes on an appointment; returns its new version.

    Raises ``NotFound``, ``Forbidden``, ``TextTooLong``, and ``StaleVersion`` when the
    appointment changed since ``version``.
    """
    notes = fitting_text(notes, "notes", NOTES_LIMIT)
    appointment = await _lock(session, actor, appointment_id, Action.KEEP_NOTES)
    if appointment.version != version:
        raise StaleVersion
    before, appointment.notes = appointment.notes, notes
    appointment.version += 1
    session.add(appointment)
    record_deed(
        session,
        actor,
        appointment,
        "noted",
        ("notes",),
        before={"notes": before},
        after={"notes": notes},
    )
    return appointment.version


async def _lock(
    session: AsyncSession, actor: Actor, appointment_id: UUID, action: Action
) -> Appointment:
    """Return the appointment, locked; its time stays taken whatever is done here."""
    return await lock_appointment(session, actor, appointment_id, action, frees_time=False)


async def _close(
    session: AsyncSession, actor: Actor, appointment_id: UUID, status: AppointmentStatus
) -> None:
    appointment = await _lock(session, actor, appointment_id, Action.CLOSE_APPOINTMENT)
    require_arrow(appointment.status, status)
    if clock.now() < appointment.starts_at:
        raise TooEarlyToClose
    move_status(session, actor, appointment, status)
