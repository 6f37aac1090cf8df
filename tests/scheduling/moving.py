"""How the tests of moving move, as the patient and as the doctor."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from appointment_app.models import DoctorAtClinic, WeeklyHours, row_id
from appointment_app.scheduling import rescheduling
from appointment_app.scheduling.rescheduling import NewTime
from tests.factories import doctor_actor
from tests.scheduling.desk import Desk


async def reschedule(
    desk: Desk, appointment: UUID, starts_at: datetime, version: int = 1, **values: Any
) -> Any:
    """Choose another time as the patient."""
    actor = values.pop("actor", desk.actor)
    new_time = NewTime(starts_at, values.pop("clinic_id", None))
    return await desk.call(
        rescheduling.reschedule, actor, appointment, new_time, version=version, **values
    )


async def move(
    desk: Desk, appointment: UUID, starts_at: datetime, version: int = 1, **values: Any
) -> Any:
    """Move as the doctor."""
    actor = values.pop("actor", doctor_actor(desk.doctor))
    new_time = NewTime(starts_at, values.pop("clinic_id", None))
    return await desk.call(
        rescheduling.move, actor, appointment, new_time, version=version, **values
    )


async def work_also_at(session: Any, desk: Desk, clinic: Any) -> None:
    """Let the desk's doctor receive at another clinic as well, every day from eight to six."""
    at_clinic = DoctorAtClinic(
        doctor_id=row_id(desk.doctor), clinic_id=row_id(clinic), minimum_notice=0
    )
    session.add(at_clinic)
    await session.flush()
    for weekday in range(7):
        session.add(
            WeeklyHours(
                doctor_at_clinic_id=row_id(at_clinic), weekday=weekday, opens=480, closes=1080
            )
        )
    await session.commit()
