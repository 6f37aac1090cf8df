"""What a search knows of when each is free next: never decisive, kept, and worth its statements."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import NOBODY
from appointment_app.database import Database
from appointment_app.models import DoctorAtClinic, DoctorLanguage, Specialty, row_id
from appointment_app.scheduling import earliest
from appointment_app.scheduling.free_times import Free, Wish, find_free
from appointment_app.scheduling.search import Query, find_doctors
from appointment_app.scheduling.warming import warm_some
from tests.factories import make_clinic
from tests.scheduling.bounds import first_free_starts, kept_bounds, require_true_bounds
from tests.scheduling.searching import (
    NOW,
    ZONES,
    close,
    make_bookable,
    make_specialist,
    names,
    search,
    stand_still,
)
from tests.statements import counted_statements

# What one search may cost, however many doctors there are.
MOST_STATEMENTS = 5

frozen_clock = pytest.fixture(autouse=True)(stand_still)


async def set_bounds(session: AsyncSession, bounds: dict[int, datetime | None]) -> None:
    for row in await session.exec(select(DoctorAtClinic)):
        row.next_free_at = bounds[row_id(row)]
        session.add(row)
    await session.commit()


@pytest.mark.parametrize("day", [None, date(2026, 12, 1)])
async def test_the_pages_do_not_depend_on_the_bounds(
    database: Database, session: AsyncSession, day: date | None
) -> None:
    chance = random.Random(20261124)
    for number in range(30):
        clinic = await make_clinic(session, zone=chance.choice(ZONES))
        doctor = await make_bookable(
            session,
            clinic,
            family_name=f"N{number}",
            # Many begin at the same moment, so that only the id tells them apart.
            ranges=((chance.choice((8, 9)) * 60, 17 * 60),),
            weekdays=chance.sample(range(7), chance.choice((1, 3, 7))),
            minimum_notice=chance.choice((0, 120)),
            horizon_days=chance.choice((5, 60)),
        )
        if number % 5 == 0:
            await close(session, doctor, days=chance.choice((8, 20, 70)))
    truth = await first_free_starts(database)

    def lower_bound(key: int) -> datetime | None:
        latest = truth[key] or NOW + timedelta(days=5)
        return chance.choice(
            (None, latest, latest - timedelta(hours=chance.randrange(200)), NOW - timedelta(days=3))
        )

    await set_bounds(session, dict.fromkeys(truth))
    expected = await search(session, day=day)
    assert len({card.first_free for card in expected.cards}) < expected.total == 30
    for limit in (1, 4, 11):
        await set_bounds(session, {key: lower_bound(key) for key in truth})
        cards: list[object] = []
        for offset in range(0, 30, limit):
            async with database.session() as fresh:
                page = await find_doctors(fresh, NOBODY, Query(day=day), limit=limit, offset=offset)
            cards += page.cards
            assert page.total == 30
        assert cards == list(expected.cards)
        await database.settled()
        await require_true_bounds(database)


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_only_the_calendars_of_a_page_are_read(
    database: Database, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic = await make_clinic(session)
    for number in range(60):
        await make_bookable(session, clinic, ranges=((8 * 60 + 5 * number, 18 * 60),))
    while await warm_some(database):
        pass
    read: list[int] = []

    async def noted(session: AsyncSession, wishes: Sequence[Wish], *, visitor: str) -> list[Free]:
        read.append(len(wishes))
        return await find_free(session, wishes, visitor=visitor)

    monkeypatch.setattr(earliest, "find_free", noted)
    page = await find_doctors(session, NOBODY, Query(), limit=10)
    assert page.total == 60
    assert sum(read) <= 20


async def test_a_search_keeps_what_it_found_out(database: Database, session: AsyncSession) -> None:
    clinic = await make_clinic(session)
    for _ in range(3):
        await make_bookable(session, clinic)
    closed = await make_bookable(session, clinic)
    await close(session, closed, days=61)
    assert set((await kept_bounds(database)).values()) == {None}
    async with database.session() as fresh:
        await find_doctors(fresh, NOBODY, Query(), limit=10)
    await database.settled()
    kept = list((await kept_bounds(database)).values())
    assert kept[:3] == [NOW] * 3
    assert kept[3] is not None
    assert kept[3] > NOW + timedelta(days=60)


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_search_answers_when_nothing_can_be_kept(
    database: Database, session: AsyncSession
) -> None:
    await make_bookable(session, await make_clinic(session))
    await session.exec(
        sa.text(  # type: ignore[call-overload]
            "CREATE TRIGGER broken BEFORE UPDATE ON doctor_at_clinic"
            " BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    )
    await session.commit()
    async with database.session() as fresh:
        assert (await find_doctors(fresh, NOBODY, Query())).total == 1
    await database.settled()
    assert list((await kept_bounds(database)).values()) == [None]


@pytest.mark.parametrize("are_known", [False, True])
async def test_a_search_takes_five_statements_however_many_doctors_there_are(
    database: Database, session: AsyncSession, are_known: bool
) -> None:
    clinic = await make_clinic(session)
    for size in (2, 40):
        for number in range(size):
            doctor = await make_specialist(
                session, clinic, "Dermatology", "skin", max_patients_a_day=5
            )
            # Half of them are free late only, so that the far window is read too.
            if number % 2:
                await close(session, doctor, days=21)
        while are_known and await warm_some(database):
            pass
        for limit in (10, 100):
            async with database.session() as fresh:
                with counted_statements(database) as statements:
                    await find_doctors(fresh, NOBODY, Query("skin", "Berlin"), limit=limit)
            assert len(statements) <= MOST_STATEMENTS
            await database.settled()


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_programs_ask_exactly(session: AsyncSession) -> None:
    berlin, bern = [await make_clinic(session, city=city) for city in ("Berlin", "Bern")]
    ada = await make_specialist(session, berlin, "Dermatology", given_name="Ada")
    await make_specialist(session, bern, "Cardiology", given_name="Bea")
    session.add(DoctorLanguage(doctor_id=row_id(ada), language="fr"))
    await session.commit()
    code = (await session.exec(select(Specialty.code).where(Specialty.name == "Dermatology"))).one()
    only_ada = ["Dr Ada Doctor"]
    assert await names(session, specialty=code) == only_ada
    assert await names(session, specialty=code[:-1]) == []
    assert await names(session, city="Berlin") == only_ada
    assert await names(session, city="Ber") == []
    assert await names(session, language="fr") == only_ada
    assert await names(session, clinic_id=berlin.public_id) == only_ada
    assert await names(session, clinic_id=uuid4()) == []
