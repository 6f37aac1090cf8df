"""What the database counts is what a walk through the appointments finds."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import delete

from appointment_app.database import Database
from appointment_app.figures.counted import CancelledBy, Counted
from appointment_app.figures.counting import count
from appointment_app.figures.period import Period
from appointment_app.models import Appointment, BusyBlock, row_id
from appointment_app.models import AppointmentStatus as Status
from tests.figures.slow_figures import Seat, Visit, plain, slowly
from tests.figures.stored_visits import ZONES, World, build_world, store_visits

EXAMPLES = {"sqlite": 15, "postgresql": 6, "mariadb": 6}
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


def test_what_is_counted_is_what_is_there(database: Database, backend: str) -> None:
    with asyncio.Runner() as runner:
        world = runner.run(build_world(database))

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
    database: Database, world: World, stored: list[Visit], period: Period
) -> tuple[Counted, Counted]:
    async with database.session() as session:
        await session.exec(delete(Appointment))
        await session.exec(delete(BusyBlock))
        await store_visits(session, world, stored)
        everything = await count(session, world.scope(period))
        return everything, await count(session, world.scope(period, row_id(world.doctors[0])))
