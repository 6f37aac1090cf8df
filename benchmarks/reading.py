"""What it costs to find free time: a doctor's month, and the search over all doctors."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, timedelta

import psycopg
from sqlmodel import select

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.database import Database
from appointment_app.models import Clinic, Doctor, DoctorAtClinic, VisitType
from appointment_app.scheduling.availability import free_slots
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.rules import load_busy, shape_of
from appointment_app.scheduling.search import Query, find_doctors
from appointment_app.scheduling.slots import Offer, list_slots, load_offer
from appointment_app.scheduling.warming import warm_some
from benchmarks.figures import Row, Work, medians, milliseconds
from benchmarks.replay import listening, read_on_postgres, recorded

MONTH = timedelta(days=30)
A_PAGE = 20


async def offers_of(database: Database, doctor_ids: Sequence[int]) -> list[Offer]:
    """Return the default visit type of each doctor (internal ids), in their order."""
    statement = (
        select(Doctor.id, Doctor.public_id, Clinic.public_id, VisitType.public_id)
        .join(DoctorAtClinic, DoctorAtClinic.doctor_id == Doctor.id)
        .join(Clinic, Clinic.id == DoctorAtClinic.clinic_id)
        .join(VisitType, VisitType.doctor_id == Doctor.id)
        .where(Doctor.id.in_(doctor_ids), VisitType.position == 0)
    )
    async with database.session() as session:
        found = {key: Offer(*ids) for key, *ids in await session.exec(statement)}
    return [found[key] for key in doctor_ids]


async def month_rows(url: str, database: Database, rounds: int) -> tuple[list[Row], Work]:
    """Return the rows of a doctor's month, and the work of one."""
    (offer,) = await offers_of(database, [1])
    now = clock.now()
    window = Interval(now, now + MONTH)

    async def service() -> None:
        async with database.session() as session:
            await list_slots(session, NOBODY, offer, window)

    with listening(database):
        async with recorded() as sent:
            await service()
    with psycopg.connect(url, autocommit=True) as connection:

        async def bare() -> None:
            read_on_postgres(connection, sent)

        bound, measured = await medians(rounds, bare, service)
    rows = [
        Row(
            f"a doctor's month of 200 appointments, {len(sent)} statements, PostgreSQL",
            f"{milliseconds(bound)} bare psycopg",
            milliseconds(measured),
            measured / bound,
            at_most=2,
        )
    ]
    return rows + await _pure_rows(database, offer, rounds), service


async def _pure_rows(database: Database, offer: Offer, rounds: int) -> list[Row]:
    async with database.session() as session:
        place, visit_type = await load_offer(session, offer)
        now = clock.now()
        ahead = Interval(now, now + MONTH)
        busy = (await load_busy(session, [place.doctor_id], ahead, now))[place.doctor_id]
    # The same month over and over, as often as the window is longer.
    months = 8
    longer = [
        Interval(each.start + number * MONTH, each.end + number * MONTH)
        for number in range(months)
        for each in busy
    ]
    shape = shape_of(visit_type)

    def computing(busy: list[Interval], window: Interval) -> Work:
        async def compute() -> None:
            free_slots(place.hours, busy, shape, window, now)

        return compute

    one, many = await medians(
        rounds,
        computing(busy, ahead),
        computing(longer, Interval(now, now + months * MONTH)),
    )
    return [
        Row(
            f"  its pure computation, {len(busy)} busy times",
            "1 ms",
            milliseconds(one),
            one / 0.001,
            at_most=1,
        ),
        Row(
            f"  {months} such months at once, each",
            milliseconds(one),
            milliseconds(many / months),
            many / months / one,
            at_most=1.3,
        ),
    ]


async def search_rows(
    database: Database, smaller: Database, month: Work, rounds: int, sizes: tuple[str, str]
) -> list[Row]:
    """Return the rows of the search, over ``database`` and one with a tenth of appointments."""
    began = time.perf_counter()
    warmed = await _warm(database)
    warm_seconds = time.perf_counter() - began
    await _warm(smaller)

    def searching(database: Database, query: Query) -> Work:
        async def search() -> None:
            async with database.session() as session:
                page = await find_doctors(session, NOBODY, query, limit=A_PAGE)
            assert len(page.cards) == A_PAGE

        return search

    query = Query("dermatology", "Berlin")
    next_week = clock.now().date() + timedelta(days=8)
    one, page, few, everywhere, later = await medians(
        rounds,
        month,
        searching(database, query),
        searching(smaller, query),
        searching(database, Query()),
        searching(database, Query("dermatology", "Berlin", date(*next_week.timetuple()[:3]))),
    )
    return [
        Row(
            f"search: specialty, city, earliest first, {A_PAGE} doctors; {sizes[0]}",
            f"{milliseconds(one)} a doctor's month",
            milliseconds(page),
            page / one,
            at_most=10,
        ),
        Row(
            "  the same with ten times the appointments",
            f"{milliseconds(few)} {sizes[1]}",
            milliseconds(page),
            page / few,
            at_most=1.3,
        ),
        Row("  all specialties and cities", "", milliseconds(everywhere), everywhere / one),
        Row("  from a day of next week on", "", milliseconds(later), later / one),
        Row(f"  {warmed} unknown bounds found out", "", f"{warm_seconds:.1f} s"),
    ]


async def _warm(database: Database) -> int:
    warmed = 0
    while found := await warm_some(database):
        warmed += found
    return warmed
