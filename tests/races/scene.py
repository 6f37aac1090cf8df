"""Where the races take place: two doctors at a clinic, and a patient for every attempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    BlockKind,
    BusyBlock,
    Clinic,
    Doctor,
    Person,
    User,
    VisitMode,
    VisitType,
    row_id,
)
from appointment_app.scheduling import booking
from appointment_app.scheduling.booking import BookingRequest
from appointment_app.scheduling.local_time import instant_of
from appointment_app.scheduling.rescheduling import NewTime, reschedule
from appointment_app.scheduling.slots import Offer
from tests.factories import make_clinic, make_doctor, make_visit_type, offer_of
from tests.races.worker import Attempt

BOOKERS = 50
NOW = datetime(2030, 3, 4, 7, tzinfo=UTC)
CLOCKS = (NOW,) * 4  # of four processes
HORIZON_DAYS = 730  # the longest there is: as many rounds fit in

OPENS = 8 * 60
NOON = 12 * 60
SEATS = 3

# Duration, pause before and pause after, in minutes. The starts of each lie on its own grid.
VISITS = (
    (15, 0, 0),
    (20, 5, 10),
    (25, 0, 15),
    (30, 10, 0),
    (35, 0, 0),
    (40, 5, 5),
    (45, 0, 20),
    (50, 0, 0),
    (55, 15, 0),
    (60, 0, 5),
)
# These reach the contested minute with a pause only.
PAUSES = ((10, 15, 0), (10, 0, 20), (15, 20, 0), (20, 0, 25))


@dataclass(frozen=True)
class Scene:
    """A clinic with two doctors and a patient for every attempt.

    The ``offer`` is half an hour, ``short_offer`` ten minutes, both without pauses; with the
    pauses of ``touching_offer`` its ten minutes take twenty, those of ``longer_pause_offer``
    one more; ``group_offer`` is an hour for three. Those are of one doctor, as are the ``visits``;
    ``other_offer`` is of the other.
    """

    clinic: Clinic
    doctor: Doctor
    other_doctor: Doctor
    offer: Offer
    short_offer: Offer
    touching_offer: Offer
    longer_pause_offer: Offer
    group_offer: Offer
    other_offer: Offer
    short_visit: VisitType
    visits: Sequence[tuple[VisitType, Offer]]
    patients: Sequence[Actor]

    def moment(self, round_: int, minute: int) -> datetime:
        """Return the instant of a minute of the local day on which a round takes place."""
        return instant_of(self.clinic.zone, day_of(round_), minute)


async def make_scene(session: AsyncSession) -> Scene:
    """Store the scene."""
    clinic = await make_clinic(session)
    doctor = await make_doctor(session, clinic, horizon_days=HORIZON_DAYS)
    other = await make_doctor(session, clinic, horizon_days=HORIZON_DAYS)

    async def visit_type(of: Doctor, duration: int, before: int = 0, after: int = 0) -> VisitType:
        return await make_visit_type(
            session, of, duration=duration, pause_before=before, pause_after=after
        )

    short_visit = await visit_type(doctor, 10)
    group_visit = await make_visit_type(session, doctor, duration=60, capacity=SEATS)

    async def offer(of: Doctor, *minutes: int) -> Offer:
        return offer_of(of, clinic, await visit_type(of, *minutes))

    visits = [await visit_type(doctor, *minutes) for minutes in VISITS + PAUSES]
    return Scene(
        clinic=clinic,
        doctor=doctor,
        other_doctor=other,
        offer=await offer(doctor, 30),
        short_offer=offer_of(doctor, clinic, short_visit),
        short_visit=short_visit,
        touching_offer=await offer(doctor, 10, 5, 5),
        longer_pause_offer=await offer(doctor, 10, 5, 6),
        group_offer=offer_of(doctor, clinic, group_visit),
        other_offer=await offer(other, 40),
        visits=[(visit, offer_of(doctor, clinic, visit)) for visit in visits],
        patients=await make_patients(session, BOOKERS),
    )


async def make_patients(session: AsyncSession, count: int) -> list[Actor]:
    """Store patients with accounts of their own, in one transaction; returns them, logged in."""
    users = [User(email=f"{uuid4().hex}@example.org", password_hash="!") for _ in range(count)]
    session.add_all(users)
    await session.flush()
    persons = [Person(user_id=user.id, given_name="Pia", family_name="Patient") for user in users]
    session.add_all(persons)
    await session.flush()
    actors = [Actor(user_id=person.user_id, person_id=row_id(person)) for person in persons]
    await session.commit()
    return actors


def day_of(round_: int) -> date:
    """The local day on which a round takes place."""
    return NOW.date() + timedelta(days=1 + round_)


def booking_of(actor: Actor, offer: Offer, starts_at: datetime, **named: str) -> Attempt:
    """Book, with a key of its own."""
    request = BookingRequest(offer, starts_at, "A cough", uuid4().hex, **named)
    return Attempt(booking.book, actor, (request,))


def move_of(actor: Actor, appointment_id: UUID, starts_at: datetime) -> Attempt:
    """Move an appointment that nobody changed yet to another time."""
    return Attempt(reschedule, actor, (appointment_id, NewTime(starts_at)), {"version": 1})


async def make_appointments(
    session: AsyncSession, clinic: Clinic, wanted: Sequence[tuple[VisitType, Actor, datetime]]
) -> list[UUID]:
    """Store visits without pauses that nobody races for; returns their ids, in their order."""
    blocks = [
        BusyBlock(
            doctor_id=visit_type.doctor_id,
            clinic_id=row_id(clinic),
            kind=BlockKind.VISIT,
            busy_from=starts_at,
            busy_until=starts_at + timedelta(minutes=visit_type.duration),
        )
        for visit_type, _, starts_at in wanted
    ]
    session.add_all(blocks)
    await session.flush()
    appointments = [
        Appointment(
            reference=uuid4().hex[:12],
            block_id=row_id(block),
            person_id=actor.person_id,
            doctor_id=block.doctor_id,
            clinic_id=block.clinic_id,
            visit_type_id=row_id(visit_type),
            starts_at=block.busy_from,
            ends_at=block.busy_until,
            status=AppointmentStatus.CONFIRMED,
            visit_name=visit_type.name,
            duration=visit_type.duration,
            mode=VisitMode.IN_PERSON,
            zone=clinic.zone,
            booked_by=actor.user_id,
            idempotency_key=uuid4().hex,
        )
        for block, (visit_type, actor, _) in zip(blocks, wanted, strict=True)
    ]
    session.add_all(appointments)
    await session.commit()
    return [appointment.public_id for appointment in appointments]
