"""Moves an appointment to another time, in one transaction: the old time until the new is certain.

The appointment and its block are changed in place, so that it keeps its id, its reference and
its link; where it was stays in ``appointment_move``. Two doors: ``reschedule`` is the patient's,
under the rules of booking; ``move`` is for the doctor and the clinic, who tell the patient why. Two
appointments do not swap their times: each is in the way of the other, and neither is lost. One of
them goes somewhere else first.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.database import transactional
from appointment_app.errors import NotFound, StaleVersion
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    BlockKind,
    BusyBlock,
    Clinic,
    Doctor,
    VisitType,
    row_id,
)
from appointment_app.scheduling import locks, resources
from appointment_app.scheduling.booking import Seat, take_seat
from appointment_app.scheduling.cancellation_window import load_deadline
from appointment_app.scheduling.cancelling import free_empty_block
from appointment_app.scheduling.changes import (
    fitting_text,
    lock_appointment,
    record_deed,
)
from appointment_app.scheduling.errors import (
    InThePast,
    NotBookable,
    SlotTaken,
    StatusConflict,
    TooFarAhead,
    TooLateToReschedule,
)
from appointment_app.scheduling.expired_holds import release_expired_holds
from appointment_app.scheduling.free_check import require_free
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.move_rows import (
    certain,
    patient_busy,
    shift,
    store_move,
    taken,
)
from appointment_app.scheduling.moved import load_moved
from appointment_app.scheduling.overbooking import (
    Conflict,
    WantedTime,
    find_conflicts,
    overlaps_another,
    require_seen,
)
from appointment_app.scheduling.patient_rules import is_busy
from appointment_app.scheduling.rules import (
    Place,
    load_workplaces,
)
from appointment_app.scheduling.slots import Offer, OfferRows, find_offer
from appointment_app.scheduling.staff_time import StaffTime, look_at_time, sit_down

REASON_LIMIT = 500

# What can be moved: what has not come to an end, and nobody who sits in the waiting room.
MOVABLE = frozenset({AppointmentStatus.PENDING, AppointmentStatus.CONFIRMED})

_FARTHEST = timedelta(days=1000)


@dataclass(frozen=True, slots=True)
class NewTime:
    """When (UTC) and at which clinic of the doctor (public id; None: where it is)."""

    starts_at: datetime
    clinic_id: UUID | None = None


async def reschedule(
    session: AsyncSession, actor: Actor, appointment_id: UUID, new_time: NewTime, *, version: int
) -> int:
    """Give the actor's own appointment another free time; return its version.

    What needs to be confirmed waits for it again. The same time again changes nothing. Raises
    ``NotFound``, ``Forbidden``, ``LoginRequired``, ``StatusConflict``, ``TooLateToReschedule``,
    ``StaleVersion``, and what ``book`` raises of a time.
    """
    return await certain(lambda: _reschedule(session, actor, appointment_id, new_time, version))


async def move(
    session: AsyncSession,
    actor: Actor,
    appointment_id: UUID,
    new_time: NewTime,
    *,
    version: int,
    reason: str = "",
    seen: AbstractSet[str] = frozenset(),
) -> int:
    """Move a patient's appointment as the doctor or the clinic; return its version.

    The patient is told, with the ``reason``. ``seen`` are the keys of the conflicts that the
    actor was shown and overbooks on purpose. The same time again changes nothing. Raises
    ``NotFound``, ``Forbidden``, ``LoginRequired``, ``StatusConflict``, ``StaleVersion``,
    ``InThePast``, ``TooFarAhead``, ``OverbookingNeeded``, ``SlotTaken``, ``PatientBusy``,
    ``TextTooLong``.
    """
    return await certain(
        lambda: _move(session, actor, appointment_id, new_time, version, reason, seen)
    )


async def conflicts_of_move(
    session: AsyncSession, actor: Actor, appointment_id: UUID, new_time: NewTime
) -> tuple[Conflict, ...]:
    """Return what ``move`` would ask about, and change nothing.

    Raises what ``move`` raises of a time that cannot be had at all.
    """
    by_id = select(Appointment).where(Appointment.public_id == appointment_id)
    appointment = (await session.exec(by_id)).first()
    if appointment is None:
        require(actor, Action.LIST_OWN_APPOINTMENTS)  # whoever asks is somebody
        raise NotFound
    record = Record(appointment.person_id, appointment.doctor_id, appointment.clinic_id)
    require(actor, Action.MOVE_APPOINTMENT, record)
    _require_movable(appointment, appointment.version)
    clinic = await _clinic(session, appointment, new_time)
    _, time = await _judge(session, actor, appointment, clinic, new_time)
    return time.conflicts


@transactional
async def _reschedule(
    session: AsyncSession,
    actor: Actor,
    appointment_id: UUID,
    new_time: NewTime,
    version: int,
) -> int:
    action = Action.RESCHEDULE_APPOINTMENT
    appointment = await lock_appointment(session, actor, appointment_id, action)
    clinic = await _clinic(session, appointment, new_time)
    needs = await resources.lock(session, appointment.visit_type_id, row_id(clinic))
    await locks.lock_person(session, appointment.person_id)
    if _is_there(appointment, clinic, new_time):
        return appointment.version
    _require_movable(appointment, version)
    await _require_in_time(session, appointment)
    starts_at = _near(new_time.starts_at)
    offer = await _offered(session, appointment, clinic)
    moved = await load_moved(session, appointment)
    try:
        granted = await require_free(
            session, offer, starts_at, moved=moved, except_appointment=row_id(appointment)
        )
    except SlotTaken as error:
        raise taken() from error
    if moved is None:
        seat = await take_seat(session, offer, starts_at, granted.joined, needs)
        visit = Interval(starts_at, seat.ends_at)
        await _require_patient_free(session, appointment, visit)
        await _sit_there(session, appointment, seat)
    else:
        visit = moved.visit(starts_at)
        await _require_patient_free(session, appointment, visit)
        block = await session.get_one(BusyBlock, moved.block_id)
        await shift(session, block, moved.busy(starts_at), clinic, needs)
    if offer.visit_type.needs_confirmation:
        appointment.status = AppointmentStatus.PENDING
    await store_move(session, actor, appointment, visit, clinic)
    return appointment.version


async def _sit_there(session: AsyncSession, appointment: Appointment, seat: Seat) -> None:
    """Give the patient another seat; the session that they leave is left to the others in it."""
    left, appointment.block_id, appointment.seat = appointment.block_id, seat.block_id, seat.number
    session.add(appointment)
    await session.flush()
    await free_empty_block(session, left)


@transactional
async def _move(
    session: AsyncSession,
    actor: Actor,
    appointment_id: UUID,
    new_time: NewTime,
    version: int,
    reason: str,
    seen: AbstractSet[str],
) -> int:
    reason = fitting_text(reason, "reason", REASON_LIMIT)
    appointment = await lock_appointment(session, actor, appointment_id, Action.MOVE_APPOINTMENT)
    clinic = await _clinic(session, appointment, new_time)
    needs = await resources.lock(session, appointment.visit_type_id, row_id(clinic))
    await locks.lock_person(session, appointment.person_id)
    if _is_there(appointment, clinic, new_time):
        return appointment.version
    _require_movable(appointment, version)
    await release_expired_holds(session, appointment.doctor_id)
    place, time = await _judge(session, actor, appointment, clinic, new_time)
    conflicts = time.conflicts
    require_seen(conflicts, seen)
    block = await session.get_one(BusyBlock, appointment.block_id)
    if block.kind is BlockKind.SESSION:
        visit_type = await session.get_one(VisitType, appointment.visit_type_id)
        await _sit_there(
            session, appointment, await sit_down(session, place, visit_type, time, needs)
        )
    else:
        overbooked = overlaps_another(conflicts)
        await shift(session, block, time.wanted.busy, clinic, needs, overbooked=overbooked)
    await store_move(session, actor, appointment, time.wanted.visit, clinic, reason=reason)
    if conflicts:
        fields = tuple(sorted({conflict.kind.value for conflict in conflicts}))
        record_deed(session, actor, appointment, "overbooked", fields)
    return appointment.version


async def _judge(
    session: AsyncSession,
    actor: Actor,
    appointment: Appointment,
    clinic: Clinic,
    new_time: NewTime,
) -> tuple[Place, StaffTime]:
    """Return where staff of both clinics would move to, and what they have to be asked about."""
    there = Record(appointment.person_id, appointment.doctor_id, row_id(clinic))
    require(actor, Action.MOVE_APPOINTMENT, there)
    starts_at = _near(new_time.starts_at)
    if starts_at < clock.now():
        raise InThePast
    place = await _workplace(session, appointment, clinic)
    if not place.takes_visits(starts_at):
        raise NotBookable
    moved, own = await load_moved(session, appointment), row_id(appointment)
    if moved is None:
        visit_type = await session.get_one(VisitType, appointment.visit_type_id)
        time = await look_at_time(
            session, actor, place, visit_type, starts_at, except_appointment=own
        )
        await _require_patient_free(session, appointment, time.wanted.visit)
        return place, time
    wanted = WantedTime(moved.visit(starts_at), moved.busy(starts_at))
    await _require_patient_free(session, appointment, wanted.visit)
    conflicts = await find_conflicts(
        session, actor, place, wanted, except_block=moved.block_id, except_appointment=own
    )
    return place, StaffTime(wanted, None, conflicts)


async def _clinic(session: AsyncSession, appointment: Appointment, new_time: NewTime) -> Clinic:
    if new_time.clinic_id is None:
        return await session.get_one(Clinic, appointment.clinic_id)
    by_id = select(Clinic).where(Clinic.public_id == new_time.clinic_id)
    clinic = (await session.exec(by_id)).first()
    if clinic is None:
        raise NotBookable
    return clinic


def _is_there(appointment: Appointment, clinic: Clinic, new_time: NewTime) -> bool:
    return (
        appointment.active
        and appointment.starts_at == new_time.starts_at
        and appointment.clinic_id == clinic.id
    )


def _require_movable(appointment: Appointment, version: int) -> None:
    if appointment.status not in MOVABLE:
        raise StatusConflict(appointment.status)
    if appointment.version != version:
        raise StaleVersion


async def _require_in_time(session: AsyncSession, appointment: Appointment) -> None:
    if clock.now() >= await load_deadline(session, appointment):
        clinic = await session.get_one(Clinic, appointment.clinic_id)
        raise TooLateToReschedule(clinic.name, clinic.phone)


async def _offered(session: AsyncSession, appointment: Appointment, clinic: Clinic) -> OfferRows:
    doctor = await session.get_one(Doctor, appointment.doctor_id)
    visit_type = await session.get_one(VisitType, appointment.visit_type_id)
    try:
        return await find_offer(
            session, Offer(doctor.public_id, clinic.public_id, visit_type.public_id)
        )
    except NotFound as error:
        raise NotBookable from error


async def _workplace(session: AsyncSession, appointment: Appointment, clinic: Clinic) -> Place:
    for place in await load_workplaces(session, appointment.doctor_id):
        if place.clinic.id == clinic.id:
            return place
    raise NotBookable


def _near(starts_at: datetime) -> datetime:
    """Refuse what no page asks for, before any arithmetic or statement stumbles over it."""
    distance = starts_at - clock.now()
    if distance < -_FARTHEST:
        raise InThePast
    if distance > _FARTHEST:
        raise TooFarAhead
    return starts_at


async def _require_patient_free(
    session: AsyncSession, appointment: Appointment, visit: Interval
) -> None:
    person_id, own = appointment.person_id, appointment.id
    if await is_busy(session, person_id, visit, except_appointment=own):
        raise patient_busy()
