"""Writes a reminder into the outbox once an appointment is near, exactly one for each of its times.

How long before is the patient's wish, or else a setting. Nobody is reminded of what they were told
later than the reminder was due: who books, moves or is confirmed in the last hours knows it.
``Appointment.reminded_for`` says for which start it is done, so a move makes it due again; it is
written by whoever gets there first of several processes, in the transaction that writes the mail.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import and_, col, func, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.profile_data import REMINDER_HOURS
from appointment_app.database import Database, transactional
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    AuditEvent,
    MessageKind,
    PatientProfile,
    row_id,
)
from appointment_app.scheduling.changes import tell_patient
from appointment_app.settings import get_settings

# So many are looked at together.
_MOST = 100
# Each of these is followed by a mail that says when the appointment is.
_TOLD_BY = tuple(
    f"appointment.{deed}" for deed in ("booked", "rescheduled", "confirmed", "handed_on")
)


@dataclass(frozen=True, slots=True)
class _Due:
    """An appointment (internal id) whose reminder became due at a moment (UTC)."""

    id: int
    starts_at: datetime
    since: datetime
    created_at: datetime


async def write_due(database: Database) -> int:
    """Write every reminder that is due; return how many were written."""
    written = 0
    while True:
        async with database.session() as session:
            due = await _find_due(session)
            told_at = await _last_told(session, [each.id for each in due])
        for each in due:
            is_needed = max(each.created_at, told_at.get(each.id, each.created_at)) <= each.since
            async with database.session() as session:
                written += await _settle(session, each, is_needed)
        if len(due) < _MOST:
            return written


async def _find_due(session: AsyncSession) -> list[_Due]:
    now = clock.now()
    found: list[_Due] = []
    for hours, condition in _wishes():
        ahead = timedelta(hours=hours)
        statement = (
            select(Appointment)
            .outerjoin(PatientProfile, col(PatientProfile.person_id) == Appointment.person_id)
            .where(
                col(Appointment.starts_at) > now,
                col(Appointment.starts_at) <= now + ahead,
                condition,
                *_is_open(),
            )
            .order_by(col(Appointment.starts_at), col(Appointment.id))
            .limit(_MOST - len(found))
        )
        found += [
            _Due(row_id(row), row.starts_at, row.starts_at - ahead, row.created_at)
            for row in await session.exec(statement)
        ]
        if len(found) >= _MOST:
            break
    return found


def _wishes() -> Iterator[tuple[int, sa.ColumnElement[bool]]]:
    """Return how many hours before patients are reminded, and which of them."""
    wished = col(PatientProfile.reminder_hours)
    wants = col(PatientProfile.wants_reminders)
    for hours in REMINDER_HOURS:
        yield hours, and_(wants, wished == hours)
    if usual := get_settings().reminder_hours:
        yield usual, or_(col(PatientProfile.person_id).is_(None), and_(wants, wished.is_(None)))


def _is_open() -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions of an appointment of which nobody was reminded yet."""
    done_for = col(Appointment.reminded_for)
    return (
        col(Appointment.status) == AppointmentStatus.CONFIRMED,
        or_(done_for.is_(None), done_for != Appointment.starts_at),
    )


async def _last_told(session: AsyncSession, keys: Collection[int]) -> dict[int, datetime]:
    """Return when the patient of each appointment was last told its time, where that is known."""
    if not keys:
        return {}
    statement: Any = (
        sa.select(col(AuditEvent.record_id), func.max(AuditEvent.occurred_at))
        .where(
            col(AuditEvent.record_type) == "appointment",
            col(AuditEvent.record_id).in_(keys),
            col(AuditEvent.action).in_(_TOLD_BY),
        )
        .group_by(col(AuditEvent.record_id))
    )
    return dict((await session.exec(statement)).all())


@transactional
async def _settle(session: AsyncSession, due: _Due, is_needed: bool) -> bool:
    """Note that an appointment is done with, and remind its patient; return whether that was done.

    Not where another process was faster, or it was changed meanwhile.
    """
    taken = await session.exec(
        update(Appointment)
        .where(
            col(Appointment.id) == due.id,
            col(Appointment.starts_at) == due.starts_at,
            *_is_open(),
        )
        .values(reminded_for=due.starts_at)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1 or not is_needed:
        return False
    appointment = await session.get_one(Appointment, due.id)
    begins = int(due.starts_at.timestamp())
    await tell_patient(session, appointment, MessageKind.APPOINTMENT_REMINDER, starts_at=begins)
    return True
