"""Visits of two doctors at three clinics, stored as they are and not through the service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.database import Database
from appointment_app.figures.counted import CancelledBy, Counted, Scope
from appointment_app.figures.period import Period
from appointment_app.models import (
    Appointment,
    BlockKind,
    BusyBlock,
    Clinic,
    Doctor,
    Person,
    VisitMode,
    VisitType,
    row_id,
)
from appointment_app.models import AppointmentStatus as Status
from tests.factories import make_clinic, make_doctor, make_patient, make_user, make_visit_type
from tests.figures.slow_figures import Seat, Visit, plain

# Clocks change on 25 October in Berlin, on 1 November in New York, and never in Kathmandu (+5:45).
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu")


@dataclass
class World:
    """Two doctors, three clinics, and who can have cancelled."""

    clinics: list[Clinic]
    doctors: list[Doctor]
    visit_types: list[VisitType]
    child: Person
    cancellers: dict[CancelledBy, list[int | None]]

    def scope(self, period: Period, doctor_id: int | None = None) -> Scope:
        return Scope({row_id(each): each.zone for each in self.clinics}, period, doctor_id)

    def zones(self) -> list[str]:
        return [each.zone for each in self.clinics]

    def by_number(self, counted: Counted) -> tuple[object, ...]:
        doctors = [each.id for each in self.doctors]
        clinics = [each.id for each in self.clinics]
        named = Counted(counted.by_day, lead_hours=counted.lead_hours, cancelled=counted.cancelled)
        for (doctor, clinic), tally in counted.by_doctor.items():
            named.by_doctor[doctors.index(doctor), clinics.index(clinic)] = tally
        return plain(named)


async def build_world(database: Database) -> World:
    """Store doctors, clinics and people."""
    async with database.session() as session:
        clinics = [await make_clinic(session, zone=zone) for zone in ZONES]
        doctors = [await make_doctor(session, clinics[0]) for _ in range(2)]
        visit_types = [await make_visit_type(session, doctor) for doctor in doctors]
        parent = await make_patient(session)
        # A child with an account of its own and a guardian.
        child_user = await make_user(session)
        child = await make_patient(session, guardian=parent, user_id=child_user.id)
        stranger = await make_user(session)
        await make_patient(session, user_id=stranger.id)
    return World(
        clinics,
        doctors,
        visit_types,
        child,
        {
            CancelledBy.PATIENT: [child_user.id, parent.user_id],
            CancelledBy.DOCTOR: [],
            CancelledBy.CLINIC: [stranger.id],
            CancelledBy.UNKNOWN: [None],
        },
    )


async def store_visits(session: AsyncSession, world: World, stored: Sequence[Visit]) -> list[int]:
    """Store the visits; returns the id of the block of each."""
    blocks = [block_of(world, visit) for visit in stored]
    session.add_all(blocks)
    await session.flush()
    for number, (visit, block) in enumerate(zip(stored, blocks, strict=True)):
        for seat_number, seat in enumerate(visit.seats):
            session.add(appointment_of(world, visit, seat, row_id(block), number, seat_number))
    await session.commit()
    return [row_id(block) for block in blocks]


def block_of(world: World, visit: Visit) -> BusyBlock:
    return BusyBlock(
        doctor_id=row_id(world.doctors[visit.doctor]),
        kind=BlockKind.VISIT,
        busy_from=visit.starts_at,
        busy_until=visit.starts_at + timedelta(minutes=visit.duration),
        capacity=3,
        overbooked=True,
    )


def appointment_of(
    world: World, visit: Visit, seat: Seat, block_id: int, number: int, seat_number: int
) -> Appointment:
    is_cancelled = seat.status is Status.CANCELLED
    cancelled: dict[str, Any] = {}
    if is_cancelled:
        who = world.cancellers[seat.by] or [world.doctors[visit.doctor].user_id]
        cancelled["cancelled_by"] = who[number % len(who)]
        if seat.notice is not None:
            cancelled["cancelled_at"] = visit.starts_at - seat.notice
    clinic = world.clinics[visit.clinic]
    return Appointment(
        reference=uuid4().hex[:12],
        block_id=block_id,
        seat=seat_number,
        person_id=row_id(world.child),
        doctor_id=row_id(world.doctors[visit.doctor]),
        clinic_id=row_id(clinic),
        visit_type_id=row_id(world.visit_types[visit.doctor]),
        starts_at=visit.starts_at,
        ends_at=visit.starts_at + timedelta(minutes=visit.duration),
        status=seat.status,
        active=not is_cancelled,
        overbooked=True,
        visit_name="Consultation",
        duration=visit.duration,
        mode=VisitMode.IN_PERSON,
        zone=clinic.zone,
        booked_by=world.doctors[visit.doctor].user_id,
        idempotency_key=uuid4().hex,
        created_at=visit.starts_at - seat.lead,
        **cancelled,
    )
