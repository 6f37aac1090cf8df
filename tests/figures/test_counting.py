"""What the database counts is what a walk through the appointments finds."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import delete
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.database import Database
from appointment_app.figures.counting import CancelledBy, Counted, Scope, count
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
from tests.figures.slow_figures import Seat, Visit, plain, slowly

EXAMPLES = {"sqlite": 15, "postgresql": 6, "mariadb": 6}
# Clocks change on 25 October in Berlin, on 1 November in New York, and never in Kathmandu (+5:45).
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu")
FIRST = date(2026, 10, 22)
MIDNIGHT = datetime(2026, 10, 22, tzinfo=UTC)

seconds = st.integers(-7_200, 9 * 86_400).map(lambda number: timedelta(seconds=number))
odd_seconds = st.integers(-7_200_000, 9 * 86_400_000).map(
    lambda number: timedelta(milliseconds=number)
)
leads = st.one_of(seconds, odd_seconds, st.sampled_from([timedelta(), timedelta(hours=1)]))
notices = st.one_of(
    st.none(),
    leads,
    st.sampled_from([timedelta(hours=hours) for hours in (0, 2, 24, 48, 168)]),
)
seats = st.builds(Seat, st.sampled_from(list(Status)), leads, st.sampled_from(CancelledBy), notices)
visits = st.builds(
    Visit,
    doctor=st.integers(0, 1),
    clinic=st.integers(0, 2),
    starts_at=st.integers(0, 14 * 96).map(lambda n: MIDNIGHT + n * timedelta(minutes=15)),
    duration=st.sampled_from((15, 30, 50)),
    seats=st.lists(seats, min_size=1, max_size=3).map(tuple),
)
days = st.integers(0, 14).map(lambda number: FIRST + timedelta(days=number))
periods = st.tuples(days, days).map(lambda pair: Period(min(pair), max(pair)))
ON_THE_LONG_DAY = [
    Visit(0, clinic, datetime(2026, month, day, hour, 59, tzinfo=UTC), 30, (usual,))
    for usual in (Seat(Status.COMPLETED, timedelta(days=3), CancelledBy.UNKNOWN, None),)
    for clinic in range(3)
    for month, day in ((10, 24), (10, 25), (11, 1), (11, 2))
    for hour in (3, 4, 5, 18, 21, 22, 23)
]


@dataclass
class _World:
    """Two doctors, three clinics, and who can have cancelled."""

    clinics: list[Clinic]
    doctors: list[Doctor]
    visit_types: list[VisitType]
    child: Person
    cancellers: dict[CancelledBy, list[int | None]]

    def scope(self, period: Period, doctor_id: int | None = None) -> Scope:
        return Scope({row_id(each): each.zone for each in self.clinics}, period, doctor_id)

    def by_number(self, counted: Counted) -> tuple[object, ...]:
        doctors = [each.id for each in self.doctors]
        clinics = [each.id for each in self.clinics]
        named = Counted(counted.by_day, lead_hours=counted.lead_hours, cancelled=counted.cancelled)
        for (doctor, clinic), tally in counted.by_doctor.items():
            named.by_doctor[doctors.index(doctor), clinics.index(clinic)] = tally
        return plain(named)


def test_what_is_counted_is_what_is_there(database: Database, backend: str) -> None:
    with asyncio.Runner() as runner:
        world = runner.run(_build(database))

        @settings(
            max_examples=EXAMPLES[backend],
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @example(ON_THE_LONG_DAY, Period(date(2026, 10, 24), date(2026, 11, 2)))
        @example(ON_THE_LONG_DAY, Period(date(2026, 10, 25), date(2026, 10, 25)))
        @given(st.lists(visits, max_size=12), periods)
        def check(stored: list[Visit], period: Period) -> None:
            everything, own = runner.run(_counted(database, world, stored, period))
            assert world.by_number(everything) == plain(slowly(stored, ZONES, period))
            dora = [visit for visit in stored if visit.doctor == 0]
            assert world.by_number(own) == plain(slowly(dora, ZONES, period))

        check()
        runner.run(database.dispose())


async def _counted(
    database: Database, world: _World, stored: list[Visit], period: Period
) -> tuple[Counted, Counted]:
    async with database.session() as session:
        await session.exec(delete(Appointment))
        await session.exec(delete(BusyBlock))
        await _store(session, world, stored)
        everything = await count(session, world.scope(period))
        return everything, await count(session, world.scope(period, row_id(world.doctors[0])))


async def _build(database: Database) -> _World:
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
    return _World(
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


async def _store(session: AsyncSession, world: _World, stored: list[Visit]) -> None:
    blocks = [_block(world, visit) for visit in stored]
    session.add_all(blocks)
    await session.flush()
    for number, (visit, block) in enumerate(zip(stored, blocks, strict=True)):
        for seat_number, seat in enumerate(visit.seats):
            session.add(_appointment(world, visit, seat, row_id(block), number, seat_number))
    await session.commit()


def _block(world: _World, visit: Visit) -> BusyBlock:
    return BusyBlock(
        doctor_id=row_id(world.doctors[visit.doctor]),
        kind=BlockKind.VISIT,
        busy_from=visit.starts_at,
        busy_until=visit.starts_at + timedelta(minutes=visit.duration),
        capacity=3,
        overbooked=True,
    )


def _appointment(
    world: _World, visit: Visit, seat: Seat, block_id: int, number: int, seat_number: int
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
