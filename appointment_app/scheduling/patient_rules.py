"""What a patient must be, or must not have, to book with a doctor."""

from __future__ import annotations

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.models import Appointment, AppointmentStatus, BookableBy, DoctorAtClinic
from appointment_app.scheduling.errors import KnownPatientsOnly, PatientLimit
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.slots import OfferRows

# Whoever did not come, or has cancelled, is not known by it.
_UNKNOWN = (AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW)
_OPEN = (AppointmentStatus.PENDING, AppointmentStatus.CONFIRMED, AppointmentStatus.CHECKED_IN)


async def require_may_book(session: AsyncSession, rows: OfferRows, person_id: int) -> None:
    """Return when this person may book the offer for themselves; asks only where a rule is set.

    Raises ``KnownPatientsOnly``, ``PatientLimit``.
    """
    if await bookings_left(session, rows, person_id) == 0:
        raise PatientLimit(rows.at_clinic.max_open_appointments or 0)


async def bookings_left(session: AsyncSession, rows: OfferRows, person_id: int) -> int | None:
    """Return how many more this person may book of the offer, None where there is no limit.

    Asks only where a rule is set. Raises ``KnownPatientsOnly``.
    """
    if rows.visit_type.bookable_by is BookableBy.KNOWN_PATIENTS and not await is_known(
        session, person_id, rows.doctor_id
    ):
        raise KnownPatientsOnly
    limit = rows.at_clinic.max_open_appointments
    if limit is None:
        return None
    return max(0, limit - await _open_appointments(session, rows.doctor_id, person_id))


async def require_may_keep(session: AsyncSession, rows: OfferRows, actor: Actor) -> None:
    """Return when a time of the offer may be kept for the actor, who may be nobody (yet).

    What known patients book is kept for them and their guardians alone: strangers, who cannot
    book it, would only be in their way. Raises ``KnownPatientsOnly``.
    """
    if rows.visit_type.bookable_by is not BookableBy.KNOWN_PATIENTS:
        return
    for person_id in (actor.person_id, *actor.dependents):
        if person_id is not None and await is_known(session, person_id, rows.doctor_id):
            return
    raise KnownPatientsOnly


async def is_known(session: AsyncSession, person_id: int, doctor_id: int) -> bool:
    """Tell whether the doctor knows this person: from an appointment that has begun."""
    statement = select(Appointment.id).where(
        Appointment.person_id == person_id,
        Appointment.doctor_id == doctor_id,
        Appointment.starts_at <= clock.now(),
        col(Appointment.status).not_in(_UNKNOWN),
    )
    return (await session.exec(statement.limit(1))).first() is not None


async def is_busy(
    session: AsyncSession,
    person_id: int,
    visit: Interval,
    *,
    except_appointment: int | None = None,
) -> bool:
    """Tell whether this person has another appointment at the time of ``visit``, anywhere."""
    statement = select(Appointment.id).where(
        Appointment.person_id == person_id,
        Appointment.id != (except_appointment or 0),
        col(Appointment.active),
        Appointment.starts_at < visit.end,
        Appointment.ends_at > visit.start,
    )
    return (await session.exec(statement.limit(1))).first() is not None


async def is_at_limit(
    session: AsyncSession, at_clinic: DoctorAtClinic, person_id: int | None
) -> bool:
    """Tell whether this person has as many appointments ahead with the doctor as are allowed.

    Asks only where there is a person and a limit.
    """
    limit = at_clinic.max_open_appointments
    if limit is None or person_id is None:
        return False
    return await _open_appointments(session, at_clinic.doctor_id, person_id) >= limit


async def _open_appointments(session: AsyncSession, doctor_id: int, person_id: int) -> int:
    statement = select(func.count()).where(
        col(Appointment.person_id) == person_id,
        col(Appointment.doctor_id) == doctor_id,
        col(Appointment.status).in_(_OPEN),
        col(Appointment.ends_at) > clock.now(),
    )
    return (await session.exec(statement)).one()
