"""Appointments as their patient sees them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, require
from appointment_app.errors import LoginRequired, NotFound
from appointment_app.models import (
    Appointment,
    AppointmentMove,
    AppointmentStatus,
    BlockKind,
    BookableBy,
    BusyBlock,
    Clinic,
    Doctor,
    DoctorAtClinic,
    Guardianship,
    Person,
    PublicHours,
    VisitMode,
    VisitType,
    row_id,
)
from appointment_app.scheduling.calendar_file import calendar_file
from appointment_app.scheduling.cancellation_window import deadline
from appointment_app.scheduling.rescheduling import MOVABLE
from appointment_app.scheduling.series_places import SeriesPlace, load_series_places
from appointment_app.scheduling.slots import Offer
from appointment_app.scheduling.statuses import ARROWS
from appointment_app.scheduling.taken_resources import NOTHING_TAKEN, has_taken, load_taken_by
from appointment_app.scheduling.visit_history import ALL_VISITS, WantedVisits, is_past, narrowed

_Row = tuple[Appointment, Doctor, Clinic, Person, VisitType, BlockKind, int | None, bool]


class CancelledBy(StrEnum):
    """Who cancelled, as the one who looks may know it."""

    YOU = "you"
    PATIENT = "the patient, or their guardian"
    CLINIC = "the clinic"


@dataclass(frozen=True, slots=True)
class EarlierTime:
    """A time (UTC) at which an appointment was, and why it was moved from there."""

    starts_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """An appointment as agreed; times are UTC, ``zone`` is the clinic's, ids are public.

    ``is_own`` is for the patient and their guardian, ``is_patient`` for the patient alone;
    ``can_cancel`` and ``can_move`` say whether they still may, which they could until
    ``deadline``. ``earlier``, oldest first, ``room`` and ``device`` are filled where one
    appointment is asked for.
    """

    id: UUID
    reference: str
    status: AppointmentStatus
    starts_at: datetime
    ends_at: datetime
    zone: str
    visit_type_id: UUID
    visit_name: str
    duration: int
    mode: VisitMode
    price: str
    place: str
    join_link: str
    reason: str
    doctor_id: UUID
    doctor_name: str
    clinic_id: UUID
    clinic_name: str
    clinic_phone: str
    clinic_hours: PublicHours
    patient_id: UUID
    patient_name: str
    is_own: bool
    is_patient: bool
    can_cancel: bool
    can_move: bool
    deadline: datetime
    cancelled_by: CancelledBy | None
    cancel_reason: str
    series: SeriesPlace | None
    version: int
    earlier: tuple[EarlierTime, ...] = ()
    room: str = ""
    device: str = ""


async def get_appointment(
    session: AsyncSession, actor: Actor, appointment_id: UUID
) -> AppointmentView:
    """Return one appointment; raises ``LoginRequired`` or ``NotFound``."""
    row, has_taken_any = await _viewable(session, actor, appointment_id)
    places = await load_series_places(session, actor, [row[0]])
    earlier = await _earlier_times(session, row[0])
    taken = await load_taken_by(session, row[0].block_id) if has_taken_any else NOTHING_TAKEN
    view = view_appointment(actor, *row, places.get(row_id(row[0])))
    return replace(view, earlier=earlier, room=taken.room, device=taken.device)


async def get_calendar_file(session: AsyncSession, actor: Actor, appointment_id: UUID) -> bytes:
    """Return an appointment as an ``.ics`` file; raises ``LoginRequired`` or ``NotFound``."""
    (appointment, doctor, clinic, *_), _ = await _viewable(session, actor, appointment_id)
    taken = await load_taken_by(session, appointment.block_id)
    return calendar_file(appointment, doctor, clinic, taken)


async def list_own(
    session: AsyncSession,
    actor: Actor,
    *,
    past: bool = False,
    wanted: WantedVisits = ALL_VISITS,
    limit: int = 20,
    offset: int = 0,
) -> list[AppointmentView]:
    """Return the actor's appointments and their dependents'.

    The upcoming ones come soonest first; ``past`` ones, with all that are cancelled, latest
    first, and only those that are ``wanted``. Raises ``LoginRequired``.
    """
    require(actor, Action.LIST_OWN_APPOINTMENTS)
    people = {actor.person_id, *actor.dependents} - {None}
    now = clock.now()
    statement = appointment_rows().where(col(Appointment.person_id).in_(people))
    if past:
        statement = narrowed(statement.where(is_past()), wanted).order_by(
            col(Appointment.starts_at).desc(), col(Appointment.id).desc()
        )
    else:
        statement = statement.where(Appointment.ends_at > now, col(Appointment.active)).order_by(
            col(Appointment.starts_at), col(Appointment.id)
        )
    rows = (await session.exec(statement.limit(limit).offset(offset))).all()
    places = await load_series_places(session, actor, [row[0] for row in rows])
    return [view_appointment(actor, *row, places.get(row_id(row[0]))) for row in rows]


async def find_own(
    session: AsyncSession, actor: Actor, offer: Offer, starts_at: datetime
) -> UUID | None:
    """Return the appointment for exactly this offer and start, if there is one.

    It is one of whom the actor looks for a time: the link of a slot that one has booked oneself
    leads to the appointment.
    """
    if actor.looks_for is None:
        return None
    statement = (
        select(Appointment.public_id)
        .join(Doctor, col(Doctor.id) == Appointment.doctor_id)
        .join(Clinic, col(Clinic.id) == Appointment.clinic_id)
        .join(VisitType, col(VisitType.id) == Appointment.visit_type_id)
        .where(
            Appointment.person_id == actor.looks_for,
            Appointment.starts_at == starts_at,
            col(Appointment.active),
            Doctor.public_id == offer.doctor_id,
            Clinic.public_id == offer.clinic_id,
            VisitType.public_id == offer.visit_type_id,
        )
    )
    return (await session.exec(statement)).first()


async def _viewable(session: AsyncSession, actor: Actor, appointment_id: UUID) -> tuple[_Row, bool]:
    """Return what there is of an appointment, and whether it has a room or a device."""
    if not actor.is_somebody:
        raise LoginRequired
    found = await session.exec(_one_appointment(), params={"wanted": appointment_id})
    columns = found.first()
    if columns is None:
        raise NotFound
    *row, has_taken_any = columns
    appointment = row[0]
    record = Record(appointment.person_id, appointment.doctor_id, appointment.clinic_id)
    require(actor, Action.VIEW_APPOINTMENT, record)
    return cast("_Row", tuple(row)), has_taken_any


async def _earlier_times(
    session: AsyncSession, appointment: Appointment
) -> tuple[EarlierTime, ...]:
    if appointment.version == 1:
        return ()  # It was never moved, nor changed at all.
    moves = (
        select(AppointmentMove)
        .where(AppointmentMove.appointment_id == appointment.id)
        .order_by(col(AppointmentMove.id))
    )
    return tuple(
        EarlierTime(move.from_starts_at, move.reason) for move in await session.exec(moves)
    )


@lru_cache
def _one_appointment() -> Any:
    """Return the statement for one appointment: to make it takes longer than to run it."""
    one = appointment_rows().where(col(Appointment.public_id) == bindparam("wanted"))
    return one.add_columns(has_taken(col(Appointment.block_id)))


def appointment_rows() -> Select[
    Appointment, Doctor, Clinic, Person, VisitType, BlockKind, int | None, bool
]:
    """Select appointments with all that ``view_appointment`` needs of them."""
    canceller = aliased(Person)
    guardians = select(Guardianship.guardian_id).where(
        Guardianship.dependent_id == Appointment.person_id
    )
    cancelled_by_patient = (
        select(canceller.id)
        .where(
            canceller.user_id == Appointment.cancelled_by,
            or_(canceller.id == Appointment.person_id, col(canceller.id).in_(guardians)),
        )
        .exists()
    )
    rows = (
        select(Appointment, Doctor, Clinic, Person)
        .join(Doctor, col(Doctor.id) == Appointment.doctor_id)
        .join(Clinic, col(Clinic.id) == Appointment.clinic_id)
        .join(Person, col(Person.id) == Appointment.person_id)
        .join(VisitType, col(VisitType.id) == Appointment.visit_type_id)
        .join(BusyBlock, col(BusyBlock.id) == Appointment.block_id)
        .outerjoin(
            DoctorAtClinic,
            (col(DoctorAtClinic.doctor_id) == Appointment.doctor_id)
            & (col(DoctorAtClinic.clinic_id) == Appointment.clinic_id),
        )
        .add_columns(
            VisitType,
            col(BusyBlock.kind),
            col(DoctorAtClinic.cancellation_window),
            cancelled_by_patient,
        )
    )
    return cast(
        "Select[Appointment, Doctor, Clinic, Person, VisitType, BlockKind, int | None, bool]", rows
    )


def view_appointment(
    actor: Actor,
    appointment: Appointment,
    doctor: Doctor,
    clinic: Clinic,
    person: Person,
    visit_type: VisitType,
    block_kind: BlockKind,
    window: int | None,
    cancelled_by_patient: bool,
    series: SeriesPlace | None,
) -> AppointmentView:
    """Return a selected appointment as the actor may see it."""
    is_own = appointment.person_id in {actor.person_id, *actor.dependents}
    is_doctor = appointment.doctor_id == actor.doctor_id
    movable = (
        appointment.status in MOVABLE
        and block_kind in {BlockKind.VISIT, BlockKind.SESSION}
        and visit_type.active
        and visit_type.bookable_by is not BookableBy.STAFF
    )
    until = deadline(appointment.starts_at, window)
    cancellable = AppointmentStatus.CANCELLED in ARROWS[appointment.status]
    return AppointmentView(
        id=appointment.public_id,
        reference=appointment.reference,
        status=appointment.status,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        zone=appointment.zone,
        visit_type_id=visit_type.public_id,
        visit_name=appointment.visit_name,
        duration=appointment.duration,
        mode=appointment.mode,
        price=appointment.price,
        place=appointment.place,
        join_link=appointment.join_link,
        reason=appointment.reason if is_own or is_doctor else "",
        doctor_id=doctor.public_id,
        doctor_name=doctor.full_name,
        clinic_id=clinic.public_id,
        clinic_name=clinic.name,
        clinic_phone=clinic.phone,
        clinic_hours=clinic.public_hours,
        patient_id=person.public_id,
        patient_name=person.full_name,
        is_own=is_own,
        is_patient=appointment.person_id == actor.person_id,
        can_cancel=is_own and cancellable and clock.now() < until,
        can_move=is_own and movable and clock.now() < until,
        deadline=until,
        cancelled_by=_canceller(actor, appointment, cancelled_by_patient),
        cancel_reason=appointment.cancel_reason,
        series=series,
        version=appointment.version,
    )


def _canceller(actor: Actor, appointment: Appointment, by_patient: bool) -> CancelledBy | None:
    if appointment.cancelled_at is None:
        return None
    if appointment.cancelled_by == actor.user_id:
        return CancelledBy.YOU
    return CancelledBy.PATIENT if by_patient else CancelledBy.CLINIC
