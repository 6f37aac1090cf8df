"""Books an appointment: one transaction, in which the database has the last word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.contact import MailContact, contact_columns, contacts_from
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.database import transactional
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound
from appointment_app.i18n import t
from appointment_app.models import (
    DOCTOR_OVERLAP,
    PERSON_OVERLAP,
    RESOURCE_OVERLAP,
    SEAT_TAKEN,
    Appointment,
    AppointmentStatus,
    Hold,
    MessageKind,
    Person,
    VisitMode,
    VisitType,
    row_id,
)
from appointment_app.scheduling import held, locks, resources
from appointment_app.scheduling.changes import fitting_text, record_deed, tell
from appointment_app.scheduling.errors import NotBookable, PatientBusy, SchedulingError, SlotTaken
from appointment_app.scheduling.free_check import require_free, require_near
from appointment_app.scheduling.hold_keys import visitor_keys
from appointment_app.scheduling.local_time import MINUTE
from appointment_app.scheduling.patient_rules import require_may_book
from appointment_app.scheduling.resource_times import Needs
from appointment_app.scheduling.rules import Place, shape_of
from appointment_app.scheduling.seats import GroupSession
from appointment_app.scheduling.slots import Offer, OfferRows, find_offer
from appointment_app.texts import random_reference

REASON_LIMIT = 1000
KEY_LIMIT = 64

# How the databases say that somebody sits there already.
_SEAT_NAMES = (SEAT_TAKEN, "appointment.block_id, appointment.seat")


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """What somebody wants to book.

    ``starts_at`` is UTC; ``person_id`` the public id of the patient, None for the actor;
    ``idempotency_key`` is the caller's: the same key again returns the same appointment. What
    the ``visitor`` keeps (``holds.keep``) is booked with the block that keeps it.
    """

    offer: Offer
    starts_at: datetime
    reason: str
    idempotency_key: str
    person_id: UUID | None = None
    visitor: str = ""


async def book(session: AsyncSession, actor: Actor, request: BookingRequest) -> UUID:
    """Book and return the public id of the appointment.

    Raises ``SlotTaken`` (``PatientBusy`` when it is the patient who is busy, ``ResourceTaken``
    when it is a room or a device), ``OutsideAvailability``, ``TooSoon``, ``TooFarAhead``,
    ``DayFull``, ``NotBookable`` (``NoResourceHere`` when the clinic has not what is needed),
    ``KnownPatientsOnly``, ``PatientLimit``, ``TextTooLong``, ``Invalid``, ``LoginRequired``,
    ``Forbidden``; then nothing is stored.
    """
    try:
        return await _book(session, actor, request)
    except DBAPIError as error:
        if (refusal := refusal_by_database(error)) is not None:
            raise refusal from error
        if "idempotency_key" in str(error.orig):
            # The same request came twice, for two doctors: this time the other one is seen.
            return await _book(session, actor, request)
        raise


def refusal_by_database(error: DBAPIError) -> SchedulingError | None:
    """Return what a constraint says about a booking, or None when it says something else."""
    message = str(error.orig)
    if any(name in message for name in (DOCTOR_OVERLAP, RESOURCE_OVERLAP, *_SEAT_NAMES)):
        return SlotTaken()
    return PatientBusy() if PERSON_OVERLAP in message else None


@transactional
async def _book(session: AsyncSession, actor: Actor, request: BookingRequest) -> UUID:
    admitted = await come_in(session, actor, request)
    if admitted.patient.booked_before is not None:
        return admitted.patient.booked_before
    appointment = await take(session, actor, request, admitted)
    tell(session, admitted.patient.contacts, appointment, MessageKind.APPOINTMENT_BOOKED)
    return appointment.public_id


@dataclass(frozen=True, slots=True)
class Patient:
    """What a booking needs to know of its patient, and of the user who books for them.

    ``booked_before`` is the appointment with the same key; ``has_hold`` says whether the visitor
    who books keeps something.
    """

    person_id: int
    booked_by: int
    contacts: tuple[MailContact, ...]
    booked_before: UUID | None
    has_hold: bool


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who books what, while nobody else can: all that it takes is locked."""

    patient: Patient
    offer: OfferRows | None
    needs: Needs | None

    @property
    def bookable(self) -> OfferRows:
        """The offer; raises ``NotBookable`` when it takes no bookings (any more)."""
        if self.offer is None:
            raise NotBookable
        return self.offer


async def come_in(session: AsyncSession, actor: Actor, request: BookingRequest) -> Admitted:
    """Return what the actor may book for whom, once nobody else books with the doctor or for them.

    Raises what ``book`` raises of an actor, of what was typed and of a doctor.
    """
    if actor.user_id is None:
        raise LoginRequired
    _require_sane(request)
    person_id = await _person(session, actor, request.person_id)
    require(actor, Action.BOOK_APPOINTMENT, Record(person_id=person_id))
    if not await locks.lock_doctor_of_offer(session, request.offer.doctor_id):
        raise NotBookable
    offer = await _offer(session, request.offer)
    needs = await _lock_needs(session, offer)
    patient = await lock_patient(
        session, actor.user_id, person_id, request.idempotency_key, request.visitor
    )
    return Admitted(patient, offer, needs)


async def take(
    session: AsyncSession,
    actor: Actor,
    request: BookingRequest,
    admitted: Admitted,
    *,
    series_id: int | None = None,
) -> Appointment:
    """Store the appointment in the caller's transaction; tells nobody.

    Raises what ``book`` raises of an offer, of a time and of a patient.
    """
    patient, offer = admitted.patient, admitted.bookable
    await require_may_book(session, offer, patient.person_id)
    kept = await held.find(session, request.visitor) if patient.has_hold else None
    granted = await require_free(
        session,
        offer,
        request.starts_at,
        person_id=patient.person_id,
        kept=kept,
    )
    seat = await take_seat(
        session, offer, request.starts_at, granted.joined, admitted.needs, kept=kept
    )
    appointment = new_appointment(request, granted.place, offer.visit_type, patient, seat)
    appointment.series_id = series_id
    session.add(appointment)
    await session.flush()
    record_deed(session, actor, appointment, "booked", ("status", "starts_at"))
    return appointment


def _require_sane(request: BookingRequest) -> None:
    """Refuse what no page asks for, before any arithmetic or statement stumbles over it."""
    require_key(request.idempotency_key)
    require_near(request.starts_at)
    fitting_text(request.reason, "reason", REASON_LIMIT)


def require_key(idempotency_key: str) -> None:
    """Return when the key is one that can be stored; raises ``Invalid``."""
    if not 0 < len(idempotency_key) <= KEY_LIMIT:
        sentence = t("Please use a key of 1 to {limit} characters.", limit=KEY_LIMIT)
        raise Invalid({"idempotency_key": sentence})


async def _person(session: AsyncSession, actor: Actor, person_id: UUID | None) -> int:
    if person_id is None:
        if actor.person_id is None:
            raise Forbidden(t("This account is not a patient's, so it cannot book for itself."))
        return actor.person_id
    statement = select(Person.id).where(Person.public_id == person_id, col(Person.active))
    found = (await session.exec(statement)).first()
    if found is None:
        raise NotFound
    return found


async def _offer(session: AsyncSession, wanted: Offer) -> OfferRows | None:
    """Return what is booked, None when it takes no bookings (any more)."""
    try:
        return await find_offer(session, wanted)
    except NotFound:
        return None


async def _lock_needs(session: AsyncSession, offer: OfferRows | None) -> Needs | None:
    """Wait for the rooms and devices of a visit that needs any; None when it needs none."""
    if offer is None or not offer.needs_resources:
        return None
    return await resources.lock(session, row_id(offer.visit_type), row_id(offer.clinic))


async def lock_patient(
    session: AsyncSession, booked_by: int, person_id: int, key: str, visitor: str = ""
) -> Patient:
    """Wait until nobody else books for this person, and return what there is to know.

    The doctor is locked already, so that an earlier booking there with the same key is seen.
    Raises ``NotFound`` for somebody who is not in use any more: merged, or erased, meanwhile.
    """
    visitors: tuple[str, ...] = visitor_keys(visitor) if visitor else ()
    values = {"person": person_id, "user": booked_by, "key": key, "visitors": visitors}
    found = await session.exec(_patient_statement(), params=values)
    _, is_active, email, language, guardians, earlier, has_hold = found.one()
    if not is_active:
        raise NotFound
    contacts = await contacts_from(session, person_id, email, language, guardians)
    return Patient(person_id, booked_by, contacts, earlier, has_hold)


@lru_cache
def _patient_statement() -> Any:
    """Return the statement of ``lock_patient``: to make it takes longer than to run it."""
    booked_before = select(Appointment.public_id).where(
        Appointment.booked_by == bindparam("user"),
        Appointment.idempotency_key == bindparam("key"),
    )
    visitors: Any = bindparam("visitors", expanding=True)
    columns = (
        col(Person.active),
        *contact_columns(bindparam("person")),
        booked_before.scalar_subquery(),
        select(Hold.id).where(col(Hold.visitor).in_(visitors)).exists(),
    )
    return locks.locking_person(bindparam("person"), *columns)


@dataclass(frozen=True, slots=True)
class Seat:
    """Where the patient sits; a visit on one's own is a block with one seat."""

    block_id: int
    number: int
    ends_at: datetime


async def take_seat(
    session: AsyncSession,
    offer: OfferRows,
    starts_at: datetime,
    joined: GroupSession | None,
    needs: Needs | None,
    *,
    kept: held.Held | None = None,
) -> Seat:
    """Return the seat that was kept, or a free one: in the session that is joined, or alone.

    A session has what it ``needs`` already.
    """
    ends_at = joined.ends_at if joined else shape_of(offer.visit_type).visit(starts_at).end
    if kept is not None and kept.keeps(offer, starts_at, joined):
        await held.forget(session, kept)
        await held.settle(session, row_id(kept.block))
        if needs is not None and joined is None:
            await resources.take(session, needs, kept.block)
        return Seat(row_id(kept.block), kept.hold.seat, ends_at)
    if kept is not None and kept.block.doctor_id == offer.doctor_id:
        await held.give_up(session, kept)
    if joined is not None:
        if joined.is_only_held:
            await held.settle(session, joined.block_id)
        return Seat(joined.block_id, joined.free_seats[0], ends_at)
    block = held.block_for(offer, starts_at)
    session.add(block)
    await session.flush()
    if needs is not None:
        await resources.take(session, needs, block)
    return Seat(row_id(block), 0, ends_at)


def new_appointment(
    request: BookingRequest,
    place: Place,
    visit_type: VisitType,
    patient: Patient,
    seat: Seat,
) -> Appointment:
    """Return the appointment, with what was agreed, in a stored block."""
    waits = visit_type.needs_confirmation
    in_person = visit_type.mode is VisitMode.IN_PERSON
    return Appointment(
        reference=random_reference(8),
        block_id=seat.block_id,
        seat=seat.number,
        person_id=patient.person_id,
        doctor_id=place.doctor_id,
        clinic_id=row_id(place.clinic),
        visit_type_id=row_id(visit_type),
        starts_at=request.starts_at,
        ends_at=seat.ends_at,
        status=AppointmentStatus.PENDING if waits else AppointmentStatus.CONFIRMED,
        visit_name=visit_type.name,
        duration=(seat.ends_at - request.starts_at) // MINUTE,
        mode=visit_type.mode,
        price=visit_type.price,
        place=f"{place.clinic.name}, {place.clinic.address}" if in_person else "",
        zone=place.clinic.zone,
        join_link="" if in_person else visit_type.join_link,
        reason=fitting_text(request.reason, "reason", REASON_LIMIT),
        booked_by=patient.booked_by,
        idempotency_key=request.idempotency_key,
    )
