"""A country whose visits change while its weeks are kept, and what the figures should be."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import col, delete, func, select, update

from appointment_app.database import Database, writing
from appointment_app.figures.counted import CancelledBy, Counted
from appointment_app.figures.counting import count
from appointment_app.figures.period import Period
from appointment_app.figures.settling import settle
from appointment_app.models import (
    COUNTED_COLUMNS,
    Appointment,
    BusyBlock,
    Clinic,
    KeptWeek,
    UncountedChange,
)
from appointment_app.models import AppointmentStatus as Status
from tests.figures.slow_figures import Seat, Visit, plain, slowly
from tests.figures.stored_visits import World, appointment_of, store_visits

# A Thursday. Clocks went back in Berlin on 25 October, in New York on 1 November.
NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
FIRST, LAST = date(2026, 10, 8), date(2026, 11, 10)  # from a Thursday to a Tuesday
EVERYTHING = Period(FIRST, LAST)
# With the weeks of 5 October and of 2 November, of which the one is empty and the other not over.
MONDAYS = [date(2026, 10, day) for day in (12, 19, 26)]
COMPLETED = Seat(Status.COMPLETED, timedelta(days=3), CancelledBy.UNKNOWN, None)
VISITS = [
    Visit(
        doctor,
        clinic,
        datetime(2026, 10, 12, 9, tzinfo=UTC) + number * timedelta(hours=40),
        30,
        (COMPLETED, replace(COMPLETED, status=Status.CANCELLED, by=CancelledBy.PATIENT)),
    )
    for number, (doctor, clinic) in enumerate([(0, 0), (1, 1), (0, 2), (1, 0), (0, 1)] * 3)
]


@dataclass
class Country:
    """What is stored, and the visits that it should be."""

    database: Database
    world: World
    visits: dict[int, Visit] = field(default_factory=dict)  # by the id of their block

    async def add(self, *visits: Visit) -> None:
        async with self.database.session() as session:
            ids = await store_visits(session, self.world, visits)
        self.visits.update(zip(ids, visits, strict=True))

    async def change(self, block_id: int, visit: Visit) -> None:
        """Let a stored visit, with as many seats, become another one."""
        async with self.database.session() as session, writing(session):
            stored = select(Appointment).where(Appointment.block_id == block_id)
            for each in await session.exec(stored):
                seat = visit.seats[each.seat]
                new = appointment_of(self.world, visit, seat, block_id, block_id, each.seat)
                for name in (*COUNTED_COLUMNS, "ends_at"):
                    setattr(each, name, getattr(new, name))
        self.visits[block_id] = visit

    async def remove(self, block_id: int) -> None:
        async with self.database.session() as session, writing(session):
            await session.exec(delete(Appointment).where(col(Appointment.block_id) == block_id))
            await session.exec(delete(BusyBlock).where(col(BusyBlock.id) == block_id))
        del self.visits[block_id]

    async def move_clinic(self, number: int, zone: str) -> None:
        clinic = self.world.clinics[number]
        clinic.zone = zone
        async with self.database.session() as session, writing(session):
            same = col(Clinic.id) == clinic.id
            await session.exec(update(Clinic).where(same).values(zone=zone))

    async def counted(self, period: Period = EVERYTHING) -> Counted:
        async with self.database.session() as session:
            return await count(session, self.world.scope(period))

    async def settle(self) -> int:
        """Keep what has ended; returns how many weeks were counted."""
        return await settle(self.database, breath=0)

    async def check(self, period: Period = EVERYTHING) -> None:
        """Compare the figures with the slow ones."""
        found = self.world.by_number(await self.counted(period))
        assert found == plain(slowly(list(self.visits.values()), self.world.zones(), period))

    async def kept(self) -> int:
        """How many weeks hold."""
        async with self.database.session() as session:
            return len([each for each in await session.exec(select(KeptWeek)) if each.content])

    async def marks(self) -> int:
        async with self.database.session() as session:
            return (await session.exec(select(func.count()).select_from(UncountedChange))).one()

    async def execute(self, statement: Any) -> None:
        async with self.database.session() as session, writing(session):
            await session.exec(statement)
