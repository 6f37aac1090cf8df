"""How long before the start a patient may still cancel or choose another time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import Appointment, DoctorAtClinic


async def load_deadline(session: AsyncSession, appointment: Appointment) -> datetime:
    """Return the moment from which on the patient can no longer cancel or reschedule (UTC)."""
    statement = select(DoctorAtClinic.cancellation_window).where(
        DoctorAtClinic.doctor_id == appointment.doctor_id,
        DoctorAtClinic.clinic_id == appointment.clinic_id,
    )
    return deadline(appointment.starts_at, (await session.exec(statement)).first())


def deadline(starts_at: datetime, window: int | None) -> datetime:
    """Return the moment ``window`` minutes before ``starts_at``."""
    return starts_at - timedelta(minutes=window or 0)
