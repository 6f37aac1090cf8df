"""Hands an appointment on to another doctor at the same time, in one transaction.

It keeps its id, its reference and its link; the doctor, what they call the visit and the block
change, and the place where the other doctor works at another clinic. Nobody loses their time while
it is done: the new block is certain before the old one goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.database import transactional
from appointment_app.errors import NotFound, StaleVersion
from appointment_app.models import (
    Appointment,
    Clinic,
    DoctorAtClinic,
    DoctorSpecialty,
    MessageKind,
    VisitMode,
    VisitType,
    row_id,
)
from appointment_app.scheduling import locks, resources
from appointment_app.scheduling.booking import take_seat
from appointment_app.scheduling.cancelling import free_empty_block
from appointment_app.scheduling.changes import record_deed, tell_patient
from appointment_app.scheduling.doctors import load_visit_types
from appointment_app.scheduling.errors import NotBookable, PatientBusy, StatusConflict
from appointment_app.scheduling.free_check import require_free
from appointment_app.scheduling.free_times import Wish, find_free
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import MINUTE
from appointment_app.scheduling.move_rows import certain
from appointment_app.scheduling.patient_rules import is_busy
from appointment_app.scheduling.rescheduling import MOVABLE
from appointment_app.scheduling.rules import UNREAD, Place, bookable_places, load_places
from appointment_app.scheduling.slots import Offer, find_offer

_INSTANT = datetime.resolution


@dataclass(frozen=True, slots=True)
class Successor:
    """Who could take an appointment over: a doctor at a clinic (public id of the two).

    ``elsewhere`` names the clinic where it is another one than the appointment's.
    """

    place_id: UUID
    doctor: str
    elsewhere: str = ""


async def find_successors(
    session: AsyncSession, actor: Actor, appointments: Sequence[Appointment]
) -> dict[int, tuple[Successor, ...]]:
    """Return who is free at the time of each appointment (internal ids), those of its clinic first.

    Others of a specialty of its doctor who offer such a visit to patients, at its clinic or at
    another one of the city where the actor may hand appointments on.
    """
    of_appointments = {each.clinic_id for each in appointments}
    by_id = select(Clinic).where(col(Clinic.id).in_(of_appointments))
    cities = {row_id(each): each.city for each in await session.exec(by_id)}
    in_cities = bookable_places().where(col(Clinic.city).in_(set(cities.values())))
    rows = [
        row
        for row in await session.exec(in_cities)
        if allows(actor, Action.HAND_ON_APPOINTMENT, Record(clinic_id=row[2].id))
    ]
    places = [Place(doctor, clinic, at_clinic, UNREAD) for at_clinic, doctor, clinic in rows]
    visit_types = await load_visit_types(session, places)
    specialties = await _specialties(session)
    wished = await session.exec(
        select(VisitType).where(
            col(VisitType.id).in_({each.visit_type_id for each in appointments})
        )
    )
    known = {row_id(each): each for each in wished}
    wishes: list[tuple[int, Wish]] = []
    for each in appointments:
        for place in places:
            shares = specialties[place.doctor_id] & specialties[each.doctor_id]
            like = _like(known[each.visit_type_id], visit_types[place.id])
            is_other = place.doctor_id != each.doctor_id
            if is_other and shares and like and place.clinic.city == cities[each.clinic_id]:
                moment = Interval(each.starts_at, each.starts_at + _INSTANT)
                wishes.append((row_id(each), Wish(place, like, moment)))
    left = {row_id(each): each.clinic_id for each in appointments}
    found: defaultdict[int, list[Successor]] = defaultdict(list)
    free = await find_free(session, [wish for _, wish in wishes])
    for (key, wish), times in zip(wishes, free, strict=True):
        if wish.window.start in times.starts:
            place = wish.place
            elsewhere = "" if place.clinic.id == left[key] else place.clinic.name
            name = place.doctor.full_name
            found[key].append(Successor(place.at_clinic.public_id, name, elsewhere))
    return {
        key: tuple(sorted(each, key=lambda one: (one.elsewhere, one.doctor)))
        for key, each in found.items()
    }


async def hand_on(
    session: AsyncSession, actor: Actor, appointment_id: UUID, place_id: UUID, *, version: int
) -> int:
    """Give an appointment to another doctor; return its version. The patient is told.

    At its clinic, or at another one for which the actor has the right too. Raises ``NotFound``,
    ``Forbidden``, ``LoginRequired``, ``StatusConflict``, ``StaleVersion``, ``NotBookable``,
    ``PatientBusy``, and what ``book`` raises of a time.
    """
    return await certain(lambda: _hand_on(session, actor, appointment_id, place_id, version))


@transactional
async def _hand_on(
    session: AsyncSession, actor: Actor, appointment_id: UUID, place_id: UUID, version: int
) -> int:
    by_id = select(Appointment).where(Appointment.public_id == appointment_id)
    appointment = (await session.exec(by_id)).first()
    clinic_id = appointment.clinic_id if appointment else None
    require(actor, Action.HAND_ON_APPOINTMENT, Record(clinic_id=clinic_id))
    if appointment is None:
        raise NotFound
    place = next(iter(await load_places(session, col(DoctorAtClinic.public_id) == place_id)), None)
    if place is None or place.doctor_id == appointment.doctor_id:
        raise NotBookable
    require(actor, Action.HAND_ON_APPOINTMENT, Record(clinic_id=place.clinic.id))
    left_doctor, left_clinic = appointment.doctor_id, appointment.clinic_id
    for doctor_id in sorted({left_doctor, place.doctor_id}):
        await locks.lock_doctor(session, doctor_id)
    await session.refresh(appointment)
    if appointment.status not in MOVABLE or appointment.starts_at <= clock.now():
        raise StatusConflict(appointment.status)
    if appointment.version != version or appointment.doctor_id != left_doctor:
        raise StaleVersion
    visit_type = await session.get_one(VisitType, appointment.visit_type_id)
    like = _like(visit_type, (await load_visit_types(session, [place]))[place.id])
    if like is None:
        raise NotBookable
    needs = await resources.lock(session, row_id(like), row_id(place.clinic))
    await locks.lock_person(session, appointment.person_id)
    offer = await find_offer(
        session, Offer(place.doctor.public_id, place.clinic.public_id, like.public_id)
    )
    granted = await require_free(session, offer, appointment.starts_at)
    seat = await take_seat(session, offer, appointment.starts_at, granted.joined, needs)
    visit = Interval(appointment.starts_at, seat.ends_at)
    own = appointment.id
    if await is_busy(session, appointment.person_id, visit, except_appointment=own):
        raise PatientBusy
    left_block = appointment.block_id
    _give(appointment, place, like)
    appointment.block_id, appointment.seat, appointment.ends_at = (
        seat.block_id,
        seat.number,
        seat.ends_at,
    )
    appointment.duration = (seat.ends_at - appointment.starts_at) // MINUTE
    appointment.version += 1
    session.add(appointment)
    await session.flush()
    await free_empty_block(session, left_block)
    moved_on = () if left_clinic == appointment.clinic_id else ("clinic_id",)
    fields = ("doctor_id", "visit_type_id", *moved_on)
    record_deed(session, actor, appointment, "handed_on", fields)
    left = {"left_doctor_id": left_doctor, "left_clinic_id": left_clinic}
    await tell_patient(session, appointment, MessageKind.APPOINTMENT_RESCHEDULED, **left)
    return appointment.version


def _give(appointment: Appointment, place: Place, visit_type: VisitType) -> None:
    """Let another doctor's visit be what is agreed, at the same time."""
    appointment.doctor_id = place.doctor_id
    appointment.clinic_id, appointment.zone = row_id(place.clinic), place.clinic.zone
    if visit_type.mode is VisitMode.IN_PERSON:
        appointment.place = f"{place.clinic.name}, {place.clinic.address}"
    appointment.visit_type_id = row_id(visit_type)
    appointment.visit_name, appointment.price = visit_type.name, visit_type.price
    is_video = visit_type.mode is VisitMode.VIDEO
    appointment.join_link = visit_type.join_link if is_video else ""
    appointment.overbooked = False
    appointment.series_id = None


def _like(wanted: VisitType, offered: Iterable[VisitType]) -> VisitType | None:
    """Return the visit of the same name, else of the same length, else the first; by one mode."""
    same = [each for each in offered if each.mode is wanted.mode]
    named = [each for each in same if each.name.casefold() == wanted.name.casefold()]
    long = [each for each in same if each.duration == wanted.duration]
    return next(iter(named or long or same), None)


async def _specialties(session: AsyncSession) -> defaultdict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    for row in await session.exec(select(DoctorSpecialty)):
        found[row.doctor_id].add(row.specialty_id)
    return found
