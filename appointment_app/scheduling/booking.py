"""Books an appointment: one transaction, in which the database has the last word."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.database import transactional
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound
from appointment_app.i18n import t
from appointment_app.models import (
    DOCTOR_OVERLAP,
    PERSON_OVERLAP,
    Appointment,
    AppointmentStatus,
    BlockKind,
    BusyBlock,
    Doctor,
    MessageKind,
    Person,
    VisitMode,
    VisitType,
    row_id,
)
from appointment_app.scheduling import locks
from appointment_app.scheduling.availability import Refusal, is_free
from appointment_app.scheduling.changes import fitting_text, record_deed, tell_patient
from appointment_app.scheduling.errors import (
    DayFull,
    NotBookable,
    OutsideAvailability,
    PatientBusy,
    SchedulingError,
    SlotTaken,
    TooFarAhead,
    TooSoon,
)
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.rules import Place, load_busy, load_full_days, shape_of
from appointment_app.scheduling.slots import Offer, load_offer

REASON_LIMIT = 1000
KEY_LIMIT = 64

# Farther than any horizon, near enough for arithmetic with dates.
_FARTHEST = timedelta(days=1000)

# Letters and digits that nobody confuses on the phone.
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

_REFUSALS: dict[Refusal, Callable[[], SchedulingError]] = {
    Refusal.BUSY: SlotTaken,
    Refusal.OUTSIDE_HOURS: OutsideAvailability,
    Refusal.NOT_ON_GRID: OutsideAvailability,
    Refusal.TOO_SOON: TooSoon,
    Refusal.TOO_FAR: TooFarAhead,
    Refusal.DAY_FULL: DayFull,
}


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """What somebody wants to book.

    ``starts_at`` is UTC; ``person_id`` the public id of the patient, None for the actor;
    ``idempotency_key`` is the caller's: the same key again returns the same appointment.
    """

    offer: Offer
    starts_at: datetime
    reason: str
    idempotency_key: str
    person_id: UUID | None = None


async def book(session: AsyncSession, actor: Actor, request: BookingRequest) -> UUID:
    """Book and return the public id of the appointment.

    Raises ``SlotTaken`` (``PatientBusy`` when it is the patient who is busy),
    ``OutsideAvailability``, ``TooSoon``, ``TooFarAhead``, ``DayFull``, ``NotBookable``,
    ``TextTooLong``, ``Invalid``, ``LoginRequired``, ``Forbidden``; then nothing is stored.
    """
    try:
        return await _book(session, actor, request)
    except DBAPIError as error:
        message = str(error.orig)
        if DOCTOR_OVERLAP in message:
            raise SlotTaken from error
        if PERSON_OVERLAP in message:
            raise PatientBusy from error
        if "idempotency_key" in message:
            # The same request came twice, for two doctors: this time the other one is seen.
            return await _book(session, actor, request)
        raise


@transactional
async def _book(session: AsyncSession, actor: Actor, request: BookingRequest) -> UUID:
    if actor.user_id is None:
        raise LoginRequired
    _require_sane(request)
    reason = fitting_text(request.reason, "reason", REASON_LIMIT)
    person_id = await _patient(session, actor, request.person_id)
    require(actor, Action.BOOK_APPOINTMENT, Record(person_id=person_id))
    doctor_id = await _doctor(session, request.offer.doctor_id)

    await locks.lock_doctor(session, doctor_id)
    await locks.lock_person(session, person_id)
    if (earlier := await _booked_before(session, actor, request.idempotency_key)) is not None:
        return earlier

    try:
        place, visit_type = await load_offer(session, request.offer)
    except NotFound as error:
        raise NotBookable from error
    starts_at = request.starts_at
    ends_at = starts_at + timedelta(minutes=visit_type.duration)
    await _release_expired_holds(session, doctor_id)
    await _require_free(session, place, visit_type, starts_at)
    await _require_patient_free(session, person_id, starts_at, ends_at)

    block = BusyBlock(
        doctor_id=doctor_id,
        clinic_id=place.clinic.id,
        kind=BlockKind.VISIT,
        busy_from=starts_at - timedelta(minutes=visit_type.pause_before),
        busy_until=ends_at + timedelta(minutes=visit_type.pause_after),
    )
    session.add(block)
    await session.flush()
    appointment = _appointment(actor.user_id, request, place, visit_type, person_id, block, reason)
    session.add(appointment)
    await session.flush()
    record_deed(session, actor, appointment, "booked", ("status", "starts_at"))
    await tell_patient(session, appointment, MessageKind.APPOINTMENT_BOOKED)
    return appointment.public_id


def _require_sane(request: BookingRequest) -> None:
    """Refuse what no page asks for, before any arithmetic or statement stumbles over it."""
    if not 0 < len(request.idempotency_key) <= KEY_LIMIT:
        sentence = t("Please use a key of 1 to {limit} characters.", limit=KEY_LIMIT)
        raise Invalid({"idempotency_key": sentence})
    distance = request.starts_at - clock.now()
    if distance < -_FARTHEST:
        raise TooSoon
    if distance > _FARTHEST:
        raise TooFarAhead


async def _patient(session: AsyncSession, actor: Actor, person_id: UUID | None) -> int:
    if person_id is None:
        if actor.person_id is None:
            raise Forbidden(t("This account is not a patient's, so it cannot book for itself."))
        return actor.person_id
    statement = select(Person.id).where(Person.public_id == person_id, col(Person.active))
    found = (await session.exec(statement)).first()
    if found is None:
        raise NotFound
    return found


async def _doctor(session: AsyncSession, doctor_id: UUID) -> int:
    found = (await session.exec(select(Doctor.id).where(Doctor.public_id == doctor_id))).first()
    if found is None:
        raise NotBookable
    return found


async def _booked_before(session: AsyncSession, actor: Actor, key: str) -> UUID | None:
    statement = select(Appointment.public_id).where(
        Appointment.booked_by == actor.user_id, Appointment.idempotency_key == key
    )
    return (await session.exec(statement)).first()


async def _release_expired_holds(session: AsyncSession, doctor_id: int) -> None:
    statement = (
        update(BusyBlock)
        .where(
            col(BusyBlock.doctor_id) == doctor_id,
            col(BusyBlock.kind) == BlockKind.HOLD,
            col(BusyBlock.active),
            col(BusyBlock.expires_at) <= clock.now(),
        )
        .values(active=False)
    )
    await session.exec(statement.execution_options(synchronize_session=False))


async def _require_free(
    session: AsyncSession, place: Place, visit_type: VisitType, starts_at: datetime
) -> None:
    now = clock.now()
    shape = shape_of(visit_type)
    window = Interval(starts_at, starts_at + timedelta(minutes=visit_type.duration))
    busy = await load_busy(session, [place.doctor_id], shape.busy_around(window), now)
    full_days = await load_full_days(session, [place], window)
    not_before, not_after = place.bounds(now)
    refusal = is_free(
        place.hours,
        busy[place.doctor_id],
        shape,
        starts_at,
        not_before,
        not_after,
        full_days.get(place.id, frozenset()),
    )
    if refusal is not None:
        raise _REFUSALS[refusal]()


async def _require_patient_free(
    session: AsyncSession, person_id: int, starts_at: datetime, ends_at: datetime
) -> None:
    statement = select(Appointment.id).where(
        Appointment.person_id == person_id,
        col(Appointment.active),
        Appointment.starts_at < ends_at,
        Appointment.ends_at > starts_at,
    )
    if (await session.exec(statement)).first() is not None:
        raise PatientBusy


def _appointment(
    booked_by: int,
    request: BookingRequest,
    place: Place,
    visit_type: VisitType,
    person_id: int,
    block: BusyBlock,
    reason: str,
) -> Appointment:
    waits = visit_type.needs_confirmation
    in_person = visit_type.mode is VisitMode.IN_PERSON
    return Appointment(
        reference="".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(8)),
        block_id=row_id(block),
        person_id=person_id,
        doctor_id=place.doctor_id,
        clinic_id=row_id(place.clinic),
        visit_type_id=row_id(visit_type),
        starts_at=request.starts_at,
        ends_at=request.starts_at + timedelta(minutes=visit_type.duration),
        status=AppointmentStatus.PENDING if waits else AppointmentStatus.CONFIRMED,
        visit_name=visit_type.name,
        duration=visit_type.duration,
        mode=visit_type.mode,
        place=f"{place.clinic.name}, {place.clinic.address}" if in_person else "",
        zone=place.clinic.zone,
        join_link="" if in_person else visit_type.join_link,
        reason=reason,
        booked_by=booked_by,
        idempotency_key=request.idempotency_key,
    )
