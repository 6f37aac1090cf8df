"""Suspending a doctor: nobody finds or books them, and what is booked is not silently kept.

A suspension is complete once none of the doctor's appointments from that moment on is left: each is
handed on to another doctor at the same time, or cancelled with notice. Until then they are listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import login_sessions
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.clinics.doctor_record import record_of_doctor
from appointment_app.database import transactional
from appointment_app.errors import DomainError, Invalid, NotFound
from appointment_app.i18n import format_moment, t
from appointment_app.models import (
    Appointment,
    Clinic,
    Doctor,
    DoctorAtClinic,
    MessageKind,
    Person,
    User,
    row_id,
)
from appointment_app.outbox import enqueue
from appointment_app.scheduling import cancelling, locks
from appointment_app.scheduling.handing_on import Successor, find_successors, hand_on
from appointment_app.scheduling.local_time import instant_of, local_date
from appointment_app.scheduling.rescheduling import MOVABLE
from appointment_app.texts import fit

REASON_LIMIT = 500
_MOST_LISTED = 200
_FARTHEST = 730  # days from today
_Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True)
class Remaining:
    """An appointment that a suspended doctor still has (UTC; ``zone`` is the clinic's).

    ``successors`` are free then, and could take it over.
    """

    id: UUID
    starts_at: datetime
    zone: str
    patient: str
    visit: str
    clinic: str
    successors: tuple[Successor, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Suspension:
    """Since when (UTC, None: not) a doctor is suspended, why, and what is left to be done.

    ``until`` is the first moment at which they are no longer, None for no end.
    """

    doctor: str
    since: datetime | None
    until: datetime | None
    zone: str
    reason: str
    remaining: tuple[Remaining, ...]

    @property
    def is_complete(self) -> bool:
        """Whether the doctor is suspended and nobody is expected any more."""
        return self.since is not None and not self.remaining


async def get_suspension(session: AsyncSession, actor: Actor, doctor_id: UUID) -> Suspension:
    """Return how it stands with a doctor (public id).

    Raises ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    doctor, zone = await _doctor(session, actor, doctor_id)
    since, until = doctor.suspended_after(clock.now()), doctor.suspended_until
    if since is None:
        return Suspension(doctor.full_name, None, None, zone, "", ())
    remaining = await _remaining(session, actor, _is_left(doctor))
    return Suspension(doctor.full_name, since, until, zone, doctor.suspension_reason, remaining)


async def preview_suspension(
    session: AsyncSession,
    actor: Actor,
    doctor_id: UUID,
    *,
    first_day: date | None,
    last_day: date | None = None,
) -> tuple[Remaining, ...]:
    """Return what a suspension between two local days would leave to be settled.

    By default from now on, and without an end. Raises ``Invalid`` (``first_day``, ``last_day``),
    ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    doctor, zone = await _doctor(session, actor, doctor_id)
    if errors := _errors_of_days(zone, first_day, last_day):
        raise Invalid(errors)
    between = _between(doctor, *_bounds(zone, first_day, last_day))
    return await _remaining(session, actor, between)


async def suspend(
    session: AsyncSession,
    actor: Actor,
    doctor_id: UUID,
    *,
    first_day: date | None,
    last_day: date | None = None,
    reason: str,
) -> None:
    """Suspend a doctor from now on, or from a local day; the doctor is mailed the reason.

    It ends by itself after the local ``last_day``, where there is one. Raises ``Invalid``
    (``reason``, ``first_day``, ``last_day``), ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    user_id = await _suspend(session, actor, doctor_id, first_day, last_day, reason)
    login_sessions.forget_logins(user_id=user_id)


@transactional
async def _suspend(
    session: AsyncSession,
    actor: Actor,
    doctor_id: UUID,
    first_day: date | None,
    last_day: date | None,
    reason: str,
) -> int:
    doctor, zone = await _doctor(session, actor, doctor_id)
    reason = fit(reason)
    errors = _errors_of_days(zone, first_day, last_day)
    if not 1 <= len(reason) <= REASON_LIMIT:
        errors["reason"] = t(
            "Please give a reason of at most {count} characters.", count=REASON_LIMIT
        )
    if errors:
        raise Invalid(errors)
    await locks.lock_doctor(session, row_id(doctor))
    await session.refresh(doctor)
    since, until = _bounds(zone, first_day, last_day)
    await _set(session, actor, doctor, "suspended", since, until, reason)
    user = await session.get_one(User, doctor.user_id)
    enqueue(
        session,
        MessageKind.DOCTOR_REFUSED,
        recipient=user.email,
        key=f"{row_id(doctor)}:suspended:{doctor.revision}",
        payload={
            "doctor_id": row_id(doctor),
            "reason": reason,
            "suspended": True,
            "since": format_moment(since, zone),
            "until": format_moment(until, zone) if until else "",
        },
    )
    return doctor.user_id


async def restore(session: AsyncSession, actor: Actor, doctor_id: UUID) -> None:
    """End a suspension: patients find and book the doctor again. Without one it changes nothing.

    Raises ``NotFound``, ``LoginRequired``, ``Forbidden``.
    """
    login_sessions.forget_logins(user_id=await _restore(session, actor, doctor_id))


@transactional
async def _restore(session: AsyncSession, actor: Actor, doctor_id: UUID) -> int:
    doctor, _ = await _doctor(session, actor, doctor_id)
    if doctor.suspended_from is None:
        return doctor.user_id
    await locks.lock_doctor(session, row_id(doctor))
    await _set(session, actor, doctor, "restored", None, None, "")
    return doctor.user_id


async def settle(
    session: AsyncSession,
    actor: Actor,
    doctor_id: UUID,
    appointment_id: UUID,
    *,
    place_id: UUID | None,
) -> None:
    """Hand one of the remaining appointments on to a doctor at a clinic, or cancel it (None).

    The patient is told either way. Raises what ``hand_on`` and ``cancel`` raise.
    """
    async with session.begin():
        doctor, _ = await _doctor(session, actor, doctor_id)
        left = select(Appointment).where(*_is_left(doctor))
        row = (await session.exec(left.where(Appointment.public_id == appointment_id))).first()
    if row is None:
        raise NotFound
    if place_id is not None:
        await hand_on(session, actor, appointment_id, place_id, version=row.version)
        return
    reason = t("{doctor} can no longer see you. We are sorry.", doctor=doctor.full_name)
    await cancelling.cancel(session, actor, appointment_id, reason=reason)


async def settle_all(session: AsyncSession, actor: Actor, doctor_id: UUID) -> tuple[int, int]:
    """Hand on each remaining appointment that somebody is free for, and cancel the others.

    Only within its clinic: that somebody has to go elsewhere is decided one by one. Returns how
    many were handed on, and how many cancelled. Raises ``NotFound``, ``LoginRequired``,
    ``Forbidden``.
    """
    handed_on = cancelled = 0
    while True:
        async with session.begin():
            left = (await get_suspension(session, actor, doctor_id)).remaining
        if not left:
            return handed_on, cancelled
        for each in left:
            for successor in each.successors:
                if successor.elsewhere:
                    continue
                try:
                    await settle(session, actor, doctor_id, each.id, place_id=successor.place_id)
                except DomainError:
                    continue  # no longer free: perhaps another one is
                handed_on += 1
                break
            else:
                await settle(session, actor, doctor_id, each.id, place_id=None)
                cancelled += 1


async def _remaining(
    session: AsyncSession, actor: Actor, conditions: _Conditions
) -> tuple[Remaining, ...]:
    """Return the first of these appointments, by time."""
    rows = (
        await session.exec(
            select(Appointment, Person, Clinic)
            .join(Person, col(Person.id) == Appointment.person_id)
            .join(Clinic, col(Clinic.id) == Appointment.clinic_id)
            .where(*conditions)
            .order_by(col(Appointment.starts_at), col(Appointment.id))
            .limit(_MOST_LISTED)
        )
    ).all()
    successors = await find_successors(session, actor, [row for row, *_ in rows])
    return tuple(
        Remaining(
            row.public_id,
            row.starts_at,
            row.zone,
            person.full_name,
            row.visit_name,
            clinic.name,
            successors.get(row_id(row), ()),
            row.version,
        )
        for row, person, clinic in rows
    )


async def _set(
    session: AsyncSession,
    actor: Actor,
    doctor: Doctor,
    deed: str,
    since: datetime | None,
    until: datetime | None,
    reason: str,
) -> None:
    """Write down since when a locked doctor is suspended (None: not), until when, and why."""
    after = {"suspended_from": since, "suspended_until": until, "suspension_reason": reason}
    before = {name: getattr(doctor, name) for name in after}
    for name, value in after.items():
        setattr(doctor, name, value)
    session.add(doctor)
    await record_of_doctor(session, actor, row_id(doctor), deed, before=before, after=after)


def _is_left(doctor: Doctor) -> _Conditions:
    """Return the conditions of the appointments that a suspension has to end."""
    since = max(clock.now(), doctor.suspended_from) if doctor.suspended_from else clock.now()
    return _between(doctor, since, doctor.suspended_until)


def _between(doctor: Doctor, since: datetime, until: datetime | None) -> _Conditions:
    return (
        col(Appointment.doctor_id) == doctor.id,
        col(Appointment.starts_at) >= since,
        *([] if until is None else [col(Appointment.starts_at) < until]),
        col(Appointment.status).in_(MOVABLE),
    )


def _errors_of_days(zone: str, first_day: date | None, last_day: date | None) -> dict[str, str]:
    """Return what is wrong with the local days of a suspension."""
    errors = {}
    today = local_date(zone, clock.now())
    if first_day is not None and not 0 <= (first_day - today).days <= _FARTHEST:
        errors["first_day"] = t("Please give a day from today on, within two years.")
    if last_day is not None and not 0 <= (last_day - (first_day or today)).days <= _FARTHEST:
        errors["last_day"] = t("Please give the first day or a later one, within two years.")
    return errors


def _bounds(
    zone: str, first_day: date | None, last_day: date | None
) -> tuple[datetime, datetime | None]:
    """Return when a suspension begins, and the first moment after it."""
    now = clock.now()
    since = now if first_day is None else max(now, instant_of(zone, first_day, 0))
    until = None if last_day is None else instant_of(zone, last_day + timedelta(days=1), 0)
    return since, until


async def _doctor(session: AsyncSession, actor: Actor, doctor_id: UUID) -> tuple[Doctor, str]:
    """Return the doctor, and the zone of a clinic where they work.

    For administrators of every clinic at which the doctor works: a suspension holds at all.
    """
    statement = (
        select(Doctor, DoctorAtClinic.clinic_id, Clinic.zone)
        .outerjoin(
            DoctorAtClinic,
            (col(DoctorAtClinic.doctor_id) == Doctor.id) & col(DoctorAtClinic.active),
        )
        .outerjoin(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
        .where(Doctor.public_id == doctor_id)
        .order_by(col(DoctorAtClinic.id))
    )
    rows = (await session.exec(statement)).all()
    if not rows:
        require(actor, Action.SUSPEND_DOCTORS)
        raise NotFound
    for _, clinic_id, _ in rows:
        require(actor, Action.SUSPEND_DOCTORS, Record(clinic_id=clinic_id))
    doctor, _, zone = rows[0]
    return doctor, zone or "UTC"
