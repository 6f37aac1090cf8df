"""Who settles keeps weeks that have ended, and loses no change, whoever writes meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select, update

from appointment_app import clock
from appointment_app.database import Database, writing
from appointment_app.figures import settling
from appointment_app.figures.period import Period
from appointment_app.figures.settling import settle
from appointment_app.models import COUNTED_COLUMNS, Appointment, UncountedChange, row_id
from appointment_app.models import AppointmentStatus as Status
from tests.factories import make_block, make_patient
from tests.figures.country import COMPLETED, MONDAYS, NOW, VISITS, Country
from tests.figures.slow_figures import Visit
from tests.figures.stored_visits import build_world, store_visits

pytestmark = pytest.mark.usefixtures("in_november")
only_with_many_writers = pytest.mark.parametrize("backend", ["postgresql", "mariadb"])


@pytest.mark.parametrize("name", COUNTED_COLUMNS)
async def test_each_column_that_is_counted_is_marked(country: Country, name: str) -> None:
    await country.add(*VISITS[:2])
    await country.settle()
    one, other = await _first_seats(country)
    async with country.database.session() as session:
        person = await make_patient(session)
        block = await make_block(session, country.world.doctors[0], NOW, 30)
    changed: dict[str, dict[str, Any]] = {
        "clinic_id": {"clinic_id": other.clinic_id},
        "starts_at": {"starts_at": one.starts_at - timedelta(weeks=1)},
        "doctor_id": {"doctor_id": other.doctor_id},
        "person_id": {"person_id": person.id},
        "block_id": {"block_id": block.id},
        "seat": {"seat": 7},
        "status": {"status": Status.NO_SHOW},
        "active": {"active": False, "status": Status.CANCELLED},
        "duration": {"duration": 35},
        "created_at": {"created_at": NOW},
        "cancelled_at": {"cancelled_at": NOW},
        "cancelled_by": {"cancelled_by": country.world.doctors[0].user_id},
    }
    values = changed[name]
    await country.execute(update(Appointment).where(col(Appointment.id) == one.id).values(values))
    async with country.database.session() as session:
        marks = select(UncountedChange.clinic_id, UncountedChange.starts_at)
        places = {tuple(each) for each in await session.exec(marks)}
        now = (await session.exec(select(Appointment).where(Appointment.id == one.id))).one()
    assert places == {(one.clinic_id, one.starts_at), (now.clinic_id, now.starts_at)}


async def test_what_no_figure_counts_leaves_the_weeks_kept(country: Country) -> None:
    await country.add(*VISITS)
    await country.settle()
    await country.execute(update(Appointment).values(notes="Better.", version=2, reminded_for=NOW))
    assert await country.marks() == 0


async def test_marks_of_weeks_to_come_do_not_pile_up(country: Country) -> None:
    ahead = [
        replace(VISITS[0], starts_at=NOW + timedelta(hours=each)) for each in range(-60, 60, 9)
    ]
    await country.add(*ahead)
    assert await country.marks() >= len(ahead)
    assert await country.settle() == 0
    assert await country.marks() == 0
    with clock.frozen(NOW + timedelta(days=5)):
        assert await country.settle() == 1
    await country.check()


async def test_a_week_is_counted_an_hour_after_its_end(country: Country) -> None:
    await country.add(Visit(0, 0, datetime(2026, 10, 28, 9, tzinfo=UTC), 30, (COMPLETED,)))
    monday = datetime(2026, 11, 1, 23, tzinfo=UTC)
    with clock.frozen(monday + timedelta(minutes=59)):
        assert await country.settle() == 0
        assert await country.marks() == 1
    with clock.frozen(monday + timedelta(minutes=60)):
        assert await country.settle() == 1
    await country.check()


async def test_another_zone_has_other_weeks(country: Country) -> None:
    # On Sunday evening in Berlin, which is Monday in Kathmandu.
    sunday = Visit(0, 0, datetime(2026, 10, 25, 21, tzinfo=UTC), 30, (COMPLETED,))
    await country.add(*VISITS, sunday)
    await country.settle()
    await country.move_clinic(0, "Asia/Kathmandu")
    await country.check()
    await country.check(Period(MONDAYS[0], date(2026, 10, 25)))
    (block_id,) = [key for key, visit in country.visits.items() if visit is sunday]
    await country.change(block_id, replace(sunday, doctor=1))
    with clock.frozen(datetime(2026, 10, 27, tzinfo=UTC)):
        await country.settle()  # the mark lies in a week that has not ended there
    assert await country.marks() == 0
    await country.move_clinic(0, "Europe/Berlin")
    await country.check(Period(MONDAYS[0], date(2026, 10, 25)))
    await country.settle()
    assert await country.settle() == 0
    await country.check()


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_week_that_is_not_over_in_the_new_zone_waits(country: Country) -> None:
    await country.add(*VISITS)
    clinic_id = row_id(country.world.clinics[0])
    with clock.frozen(datetime(2026, 11, 2, 2, tzinfo=UTC)):
        for zone, is_over in (("America/New_York", False), ("Europe/Berlin", True)):
            await country.move_clinic(0, zone)
            async with country.database.session() as session:
                assert await settling._settle_week(session, clinic_id, MONDAYS[-1]) is is_over
            assert await country.kept() == is_over


@only_with_many_writers
async def test_what_is_committed_after_the_count_is_in_the_figures(country: Country) -> None:
    await country.add(*VISITS)
    late = replace(VISITS[0], starts_at=VISITS[0].starts_at + timedelta(hours=1))
    async with country.database.session() as session, writing(session):
        session.commit = session.flush  # type: ignore[method-assign]
        (block_id,) = await store_visits(session, country.world, [late])
        assert await country.settle() == 3 * len(MONDAYS)
        await country.check()
    country.visits[block_id] = late
    await country.check()
    assert await country.settle() == 1
    await country.check()


@only_with_many_writers
async def test_what_is_committed_while_a_week_is_counted(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    await country.add(*VISITS)
    late = [
        replace(VISITS[0], starts_at=VISITS[0].starts_at + timedelta(hours=1, weeks=each))
        for each in range(3)
    ]
    count_anew = settling.count_anew

    async def while_it_counts(*arguments: Any) -> None:
        if late:
            await country.add(*late[:1])
        await count_anew(*arguments)
        if late:
            await country.add(replace(late.pop(0), doctor=1))

    monkeypatch.setattr(settling, "count_anew", while_it_counts)
    assert await country.settle() == 3 * len(MONDAYS)
    assert await country.marks() > 0
    await country.check()
    assert await country.settle() > 0
    assert await country.marks() == 0
    await country.check()


async def test_of_two_who_settle_each_counts_other_weeks(country: Country) -> None:
    await country.add(*VISITS)
    other = Database(str(country.database.engine.url.render_as_string(hide_password=False)))
    counted = await asyncio.gather(country.settle(), settle(other, breath=0))
    await other.dispose()
    assert sum(counted) == 3 * len(MONDAYS)
    assert await country.marks() == 0
    await country.check()


@only_with_many_writers
@pytest.mark.parametrize("is_kept", [True, False])
async def test_an_older_count_never_takes_the_place_of_a_newer_one(
    country: Country, monkeypatch: pytest.MonkeyPatch, is_kept: bool
) -> None:
    await country.add(VISITS[0])
    if is_kept:
        await country.settle()
        await country.add(replace(VISITS[0], doctor=1))
    clinic_id, monday = row_id(country.world.clinics[0]), MONDAYS[0]
    counted_first, may_go_on = asyncio.Event(), asyncio.Event()
    count_anew = settling.count_anew

    async def slowly_at_first(*arguments: Any) -> None:
        await count_anew(*arguments)
        if not counted_first.is_set():
            counted_first.set()
            await may_go_on.wait()

    async def settle_week() -> bool:
        async with country.database.session() as session:
            return await settling._settle_week(session, clinic_id, monday)

    monkeypatch.setattr(settling, "count_anew", slowly_at_first)
    older = asyncio.create_task(settle_week())
    await counted_first.wait()
    await country.add(replace(VISITS[0], starts_at=VISITS[0].starts_at + timedelta(hours=1)))
    newer = asyncio.create_task(settle_week())
    await asyncio.sleep(0.1)
    assert not newer.done()
    may_go_on.set()
    assert await asyncio.gather(older, newer) == [True, True]
    assert await country.marks() == 0
    await country.check()


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_it_settles_as_long_as_the_server_runs(
    installed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    country = Country(installed_database, await build_world(installed_database))
    await country.add(*VISITS)
    monkeypatch.setattr(settling, "_FIRST_SECONDS", 0)
    monkeypatch.setattr(settling, "_EVERY_SECONDS", 0.01)
    async with settling.settling():
        async with asyncio.timeout(20):
            while await country.kept() < 3 * len(MONDAYS):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    await country.check()


async def _first_seats(country: Country) -> list[Appointment]:
    async with country.database.session() as session:
        first_seats = select(Appointment).where(Appointment.seat == 0).order_by(col(Appointment.id))
        return list(await session.exec(first_seats))
