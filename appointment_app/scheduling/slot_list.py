"""The free slots of a doctor between two days, and why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.errors import Invalid, NotFound
from appointment_app.i18n import t
from appointment_app.scheduling.days import list_days
from appointment_app.scheduling.doctors import get_doctor
from appointment_app.scheduling.local_time import local_date
from appointment_app.scheduling.nothing_free import NothingFree, explain
from appointment_app.scheduling.slots import Offer, find_offer

MOST_DAYS = 62
USUAL_DAYS = 7


@dataclass(frozen=True, slots=True)
class SlotQuery:
    """Of which doctor, and when; what is None is chosen: the first clinic, the default visit type.

    ``first`` and ``last`` are local days of the clinic, both included; by default a week from
    today.
    """

    doctor_id: UUID
    clinic_id: UUID | None = None
    visit_type_id: UUID | None = None
    first: date | None = None
    last: date | None = None


class FreeSlot(NamedTuple):
    """A free start (UTC), its end, and for how many there is room in a group session."""

    starts_at: datetime
    ends_at: datetime
    seats_left: int | None


@dataclass(frozen=True, slots=True)
class SlotList:
    """The free slots of what was asked for, in order of time; ``zone`` is the clinic's.

    ``nothing`` says why there are none.
    """

    offer: Offer
    zone: str
    first: date
    last: date
    slots: tuple[FreeSlot, ...]
    nothing: NothingFree | None


async def list_free_slots(
    session: AsyncSession, actor: Actor, query: SlotQuery, *, visitor: str = ""
) -> SlotList:
    """Return the slots that the actor could book.

    What the ``visitor`` with this secret holds is free for them. Raises ``NotFound`` when patients
    cannot book what was asked for, ``Invalid`` for days that are none.
    """
    offer = await _offer(session, actor, query)
    rows = await find_offer(session, offer)
    zone = rows.clinic.zone
    first = query.first or local_date(zone, clock.now())
    last = query.last or first + timedelta(days=USUAL_DAYS - 1)
    count = (last - first).days + 1
    if count < 1:
        raise Invalid({"to": t("The last day must not be before the first.")})
    if count > MOST_DAYS:
        raise Invalid({"to": t("Please choose at most {limit} days.", limit=MOST_DAYS)})
    days = await list_days(session, actor, offer, first, count, rows=rows, visitor=visitor)
    duration = timedelta(minutes=rows.visit_type.duration)
    slots = tuple(
        FreeSlot(start, start + duration, days.seats_left.get(start))
        for day in days.days
        for start in day.slots
    )
    nothing = await explain(session, actor, offer, days)
    return SlotList(offer, zone, first, last, slots, nothing)


async def _offer(session: AsyncSession, actor: Actor, query: SlotQuery) -> Offer:
    """Return what is asked for, with what the query leaves open."""
    if query.clinic_id is not None and query.visit_type_id is not None:
        return Offer(query.doctor_id, query.clinic_id, query.visit_type_id)
    doctor = await get_doctor(session, actor, query.doctor_id)
    for clinic in doctor.clinics:
        if query.clinic_id not in {None, clinic.id}:
            continue
        for visit_type in doctor.visit_types_at(clinic.id):
            if query.visit_type_id in {None, visit_type.id}:
                return Offer(doctor.id, clinic.id, visit_type.id)
    raise NotFound
