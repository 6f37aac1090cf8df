"""What moving an appointment writes, and how the database refuses it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.i18n import t
from appointment_app.models import (
    Appointment,
    AppointmentMove,
    BusyBlock,
    Clinic,
    MessageKind,
    VisitMode,
    row_id,
)
from appointment_app.scheduling import resources
from appointment_app.scheduling.booking import refusal_by_database
from appointment_app.scheduling.changes import record_deed, tell_patient
from appointment_app.scheduling.errors import PatientBusy, SlotTaken
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.resource_times import Needs


async def certain(deed: Callable[[], Awaitable[int]]) -> int:
    """Do it; the database has the last word on what overlaps."""
    try:
        return await deed()
    except DBAPIError as error:
        refusal = refusal_by_database(error)
        if refusal is None:
            raise
        raise (patient_busy() if isinstance(refusal, PatientBusy) else taken()) from error


async def shift(
    session: AsyncSession,
    block: BusyBlock,
    busy: Interval,
    clinic: Clinic,
    needs: Needs,
    *,
    overbooked: bool = False,
) -> None:
    """Put the block, in place, to where the visit goes, and take what it needs there."""
    block.busy_from, block.busy_until = busy.start, busy.end
    block.clinic_id, block.overbooked = row_id(clinic), overbooked
    session.add(block)
    await session.flush()
    await resources.take(session, needs, block)


async def store_move(
    session: AsyncSession,
    actor: Actor,
    appointment: Appointment,
    visit: Interval,
    clinic: Clinic,
    *,
    reason: str = "",
) -> None:
    """Change the appointment in place, remember when it was, and tell the patient."""
    remembered = AppointmentMove(
        appointment_id=row_id(appointment),
        from_starts_at=appointment.starts_at,
        from_ends_at=appointment.ends_at,
        to_starts_at=visit.start,
        to_ends_at=visit.end,
        reason=reason,
        moved_by=actor.user_id or 0,
    )
    session.add(remembered)
    fields = {"starts_at", "ends_at"}
    if appointment.clinic_id != clinic.id:
        fields |= {"clinic_id", "place", "zone"}
        appointment.clinic_id, appointment.zone = row_id(clinic), clinic.zone
        if appointment.mode is VisitMode.IN_PERSON:
            appointment.place = f"{clinic.name}, {clinic.address}"
    appointment.starts_at, appointment.ends_at = visit.start, visit.end
    appointment.version += 1
    session.add(appointment)
    await session.flush()
    told = {"after": {"move_reason": reason}} if reason else {}
    record_deed(session, actor, appointment, "rescheduled", tuple(sorted(fields)), **told)
    kind = MessageKind.APPOINTMENT_RESCHEDULED
    await tell_patient(session, appointment, kind, move_id=row_id(remembered))


def taken() -> SlotTaken:
    """Return the refusal of a time that somebody else has."""
    return SlotTaken(
        t("This time was just taken by somebody else. The appointment stays where it was.")
    )


def patient_busy() -> PatientBusy:
    """Return the refusal of a time at which the patient is somewhere else."""
    return PatientBusy(
        t("The patient already has an appointment at this time. This one stays where it was.")
    )
