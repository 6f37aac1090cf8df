"""Books for a known patient, as the doctor or the clinic; over something else on purpose only."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.database import transactional
from appointment_app.errors import NotFound
from appointment_app.models import (
    DOCTOR_OVERLAP,
    PERSON_OVERLAP,
    RESOURCE_OVERLAP,
    AppointmentStatus,
    BlockKind,
    BusyBlock,
    MessageKind,
    VisitMode,
    VisitType,
    row_id,
)
from appointment_app.scheduling import locks, resources
from appointment_app.scheduling.booking import (
    REASON_LIMIT,
    BookingRequest,
    Seat,
    lock_patient,
    new_appointment,
    require_key,
)
from appointment_app.scheduling.changes import fitting_text, record_deed, tell
from appointment_app.scheduling.errors import (
    InThePast,
    NotBookable,
    PatientBusy,
    SlotTaken,
    TooFarAhead,
)
from appointment_app.scheduling.expired_holds import release_expired_holds
from appointment_app.scheduling.overbooking import (
    WantedTime,
    find_conflicts,
    overlaps_another,
    require_seen,
)
from appointment_app.scheduling.patient_rules import is_busy
from appointment_app.scheduling.patients import load_known_patient, load_place_of_staff
from appointment_app.scheduling.rules import Place, load_workplaces, shape_of
from appointment_app.scheduling.slots import Offer

_FARTHEST = timedelta(days=1000)


@dataclass(frozen=True, slots=True)
class StaffRequest:
    """What staff want to book; public ids, ``place_id`` is of the doctor at the clinic.

    ``starts_at`` is UTC. ``seen`` are the keys of the conflicts that the actor was shown and
    overbooks on purpose. The same ``idempotency_key`` again returns the same appointment.
    """

    place_id: UUID
    visit_type_id: UUID
    person_id: UUID
    starts_at: datetime
    reason: str
    idempotency_key: str
    seen: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True)
class BookableVisit:
    """A visit type that staff can book, those for staff only among them."""

    id: UUID
    name: str
    duration: int
    mode: VisitMode


async def list_bookable_visits(
    session: AsyncSession, actor: Actor, place_id: UUID
) -> list[BookableVisit]:
    """Return what staff can book at a place, in the doctor's order.

    Raises ``NotFound``, ``Forbidden``, ``LoginRequired``.
    """
    place = await load_place_of_staff(session, actor, place_id)
    statement = (
        select(VisitType)
        .where(
            VisitType.doctor_id == place.doctor_id, col(VisitType.active), VisitType.capacity == 1
        )
        .order_by(col(VisitType.position), col(VisitType.id))
    )
    return [
        BookableVisit(row.public_id, row.name, row.duration, row.mode)
        for row in await session.exec(statement)
    ]


async def book_for_patient(session: AsyncSession, actor: Actor, request: StaffRequest) -> UUID:
    """Book and return the public id of the appointment, which is confirmed; tell the patient.

    No notice, horizon, grid or limit of who may book holds for staff; nobody overbooks a room
    or a device (``ResourceTaken``, ``NoResourceHere``). Raises ``OverbookingNeeded`` with all
    that stands against the time unless it was ``seen``; ``PatientBusy``, ``SlotTaken``,
    ``InThePast``, ``TooFarAhead``, ``NotBookable``, ``TextTooLong``, ``Invalid``, ``NotFound``,
    ``Forbidden``, ``LoginRequired``.
    """
    try:
        return await _book(session, actor, request)
    except DBAPIError as error:
        if "idempotency_key" in str(error.orig):
            return await _book(session, actor, request)
        if DOCTOR_OVERLAP in str(error.orig):
            raise SlotTaken from error
        if PERSON_OVERLAP in str(error.orig):
            raise PatientBusy from error
        if RESOURCE_OVERLAP in str(error.orig):
            raise SlotTaken from error
        raise


@transactional
async def _book(session: AsyncSession, actor: Actor, request: StaffRequest) -> UUID:
    require_key(request.idempotency_key)
    reason = fitting_text(request.reason, "reason", REASON_LIMIT)
    at_clinic = await load_place_of_staff(session, actor, request.place_id)
    person = await load_known_patient(session, at_clinic, actor, request.person_id)
    await locks.lock_doctor(session, at_clinic.doctor_id)
    needs = await resources.lock(session, request.visit_type_id, at_clinic.clinic_id)
    patient = await lock_patient(
        session, actor.user_id or 0, row_id(person), request.idempotency_key
    )
    if patient.booked_before is not None:
        return patient.booked_before

    starts_at = request.starts_at
    if starts_at < clock.now():
        raise InThePast
    if starts_at - clock.now() > _FARTHEST:
        raise TooFarAhead
    place = await _workplace(session, at_clinic.doctor_id, request.place_id)
    visit_type = await _visit_type(session, at_clinic.doctor_id, request.visit_type_id)
    shape = shape_of(visit_type)
    wanted = WantedTime(shape.visit(starts_at), shape.busy(starts_at))
    await release_expired_holds(session, at_clinic.doctor_id)
    if await is_busy(session, row_id(person), wanted.visit):
        raise PatientBusy
    conflicts = await find_conflicts(session, actor, place, wanted)
    require_seen(conflicts, request.seen)

    block = BusyBlock(
        doctor_id=at_clinic.doctor_id,
        clinic_id=at_clinic.clinic_id,
        kind=BlockKind.VISIT,
        busy_from=wanted.busy.start,
        busy_until=wanted.busy.end,
        overbooked=overlaps_another(conflicts),
    )
    session.add(block)
    await session.flush()
    await resources.take(session, needs, block)
    appointment = new_appointment(
        BookingRequest(
            Offer(place.doctor.public_id, place.clinic.public_id, visit_type.public_id),
            starts_at,
            reason,
            request.idempotency_key,
        ),
        place,
        visit_type,
        patient,
        Seat(row_id(block), 0, wanted.visit.end),
    )
    # Who books it for the patient has confirmed it.
    appointment.status = AppointmentStatus.CONFIRMED
    session.add(appointment)
    await session.flush()
    record_deed(session, actor, appointment, "booked", ("status", "starts_at"))
    if conflicts:
        fields = tuple(sorted({conflict.kind.value for conflict in conflicts}))
        record_deed(session, actor, appointment, "overbooked", fields)
    tell(session, patient.contact, appointment, MessageKind.APPOINTMENT_BOOKED)
    return appointment.public_id


async def _workplace(session: AsyncSession, doctor_id: int, place_id: UUID) -> Place:
    for place in await load_workplaces(session, doctor_id):
        if place.at_clinic.public_id == place_id:
            return place
    raise NotFound


async def _visit_type(session: AsyncSession, doctor_id: int, visit_type_id: UUID) -> VisitType:
    by_id = select(VisitType).where(
        VisitType.public_id == visit_type_id,
        VisitType.doctor_id == doctor_id,
        col(VisitType.active),
    )
    visit_type = (await session.exec(by_id)).first()
    # A place in a group session is booked as patients do: seats are counted there.
    if visit_type is None or visit_type.capacity > 1:
        raise NotBookable
    return visit_type
