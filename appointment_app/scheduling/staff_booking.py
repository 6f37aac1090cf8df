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
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.database import transactional
from appointment_app.errors import NotFound
from appointment_app.models import (
    AppointmentStatus,
    Approval,
    Clinic,
    Doctor,
    DoctorAtClinic,
    MessageKind,
    VisitMode,
    VisitType,
    row_id,
)
from appointment_app.scheduling import locks, resources
from appointment_app.scheduling.booking import (
    REASON_LIMIT,
    BookingRequest,
    lock_patient,
    new_appointment,
    refusal_by_database,
    require_key,
)
from appointment_app.scheduling.changes import fitting_text, record_deed, tell
from appointment_app.scheduling.errors import (
    InThePast,
    NotBookable,
    PatientBusy,
    TooFarAhead,
)
from appointment_app.scheduling.expired_holds import release_expired_holds
from appointment_app.scheduling.overbooking import require_seen
from appointment_app.scheduling.patient_rules import is_busy
from appointment_app.scheduling.patients import load_known_patient, load_place_of_staff
from appointment_app.scheduling.rules import Place, load_workplaces
from appointment_app.scheduling.slots import Offer
from appointment_app.scheduling.staff_time import look_at_time, sit_down

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


@dataclass(frozen=True, slots=True)
class StaffPlace:
    """A doctor at a clinic (public id of the place) for whom the actor can book."""

    id: UUID
    doctor: str
    clinic: str
    zone: str


async def list_places(
    session: AsyncSession, actor: Actor, clinic_id: UUID | None = None
) -> list[StaffPlace]:
    """Return where the actor can book for patients, at one clinic (public id) or all, by name.

    Raises ``LoginRequired``, ``Forbidden`` when that is nowhere.
    """
    statement = (
        select(DoctorAtClinic, Doctor, Clinic)
        .join(Doctor, col(Doctor.id) == DoctorAtClinic.doctor_id)
        .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
        .where(
            col(DoctorAtClinic.active),
            col(Doctor.active),
            col(Clinic.active),
            Doctor.approval == Approval.APPROVED,
        )
        .order_by(Doctor.family_name, Doctor.given_name, Clinic.name, col(DoctorAtClinic.id))
    )
    if clinic_id is not None:
        statement = statement.where(Clinic.public_id == clinic_id)
    found = [
        StaffPlace(place.public_id, doctor.full_name, clinic.name, clinic.zone)
        for place, doctor, clinic in await session.exec(statement)
        if allows(
            actor,
            Action.BOOK_FOR_PATIENT,
            Record(doctor_id=place.doctor_id, clinic_id=place.clinic_id),
        )
    ]
    if not found:
        require(actor, Action.BOOK_FOR_PATIENT)
    return found


async def list_bookable_visits(
    session: AsyncSession, actor: Actor, place_id: UUID
) -> list[BookableVisit]:
    """Return what staff can book at a place, in the doctor's order.

    Raises ``NotFound``, ``Forbidden``, ``LoginRequired``.
    """
    place = await load_place_of_staff(session, actor, place_id)
    statement = (
        select(VisitType)
        .where(VisitType.doctor_id == place.doctor_id, col(VisitType.active))
        .order_by(col(VisitType.position), col(VisitType.id))
    )
    return [
        BookableVisit(row.public_id, row.name, row.duration, row.mode)
        for row in await session.exec(statement)
    ]


async def book_for_patient(session: AsyncSession, actor: Actor, request: StaffRequest) -> UUID:
    """Book and return the public id of the appointment, which is confirmed; tell the patient.

    No notice, horizon, grid or limit of who may book holds for staff; nobody overbooks a room
    or a device (``ResourceTaken``, ``NoResourceHere``). Where a group session of that visit begins
    then, a seat in it is taken, and ``SlotTaken`` says that there is none left. Raises
    ``OverbookingNeeded`` with all that stands against the time unless it was ``seen``;
    ``PatientBusy``, ``SlotTaken``, ``InThePast``, ``TooFarAhead``, ``NotBookable``,
    ``TextTooLong``, ``Invalid``, ``NotFound``, ``Forbidden``, ``LoginRequired``.
    """
    try:
        return await _book(session, actor, request)
    except DBAPIError as error:
        if "idempotency_key" in str(error.orig):
            return await _book(session, actor, request)
        if (refusal := refusal_by_database(error)) is not None:
            raise refusal from error
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
    if not place.takes_visits(starts_at):
        raise NotBookable
    visit_type = await _visit_type(session, at_clinic.doctor_id, request.visit_type_id)
    await release_expired_holds(session, at_clinic.doctor_id)
    time = await look_at_time(session, actor, place, visit_type, starts_at)
    if await is_busy(session, row_id(person), time.wanted.visit):
        raise PatientBusy
    require_seen(time.conflicts, request.seen)
    seat = await sit_down(session, place, visit_type, time, needs)
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
        seat,
    )
    # Who books it for the patient has confirmed it.
    appointment.status = AppointmentStatus.CONFIRMED
    session.add(appointment)
    await session.flush()
    record_deed(session, actor, appointment, "booked", ("status", "starts_at"))
    if time.conflicts:
        fields = tuple(sorted({conflict.kind.value for conflict in time.conflicts}))
        record_deed(session, actor, appointment, "overbooked", fields)
    tell(session, patient.contacts, appointment, MessageKind.APPOINTMENT_BOOKED)
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
    if visit_type is None:
        raise NotBookable
    return visit_type
