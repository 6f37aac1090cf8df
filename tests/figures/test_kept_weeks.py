"""With kept weeks the figures are what a walk through the appointments finds, at every moment."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from appointment_app.database import writing
from appointment_app.figures.counted import CancelledBy, Counted, Notice, Tally
from appointment_app.figures.counting import count
from appointment_app.figures.kept_weeks import Kept, Stretch, add_kept, left_to_count, written
from appointment_app.figures.period import Period
from appointment_app.models import AppointmentStatus as Status
from appointment_app.models import KeptWeek, row_id
from tests.figures.country import EVERYTHING, FIRST, LAST, MONDAYS, VISITS, Country
from tests.figures.slow_figures import Seat, Visit, plain
from tests.statements import counted_statements

pytestmark = pytest.mark.usefixtures("in_november")
STEPS = {"sqlite": 50, "postgresql": 40, "mariadb": 40}


@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_is_changed_and_settled(country: Country, backend: str, seed: int) -> None:
    chance = random.Random(seed)
    settled = 0
    for _ in range(STEPS[backend]):
        settled += await _one_step(country, chance)
        days = sorted(FIRST + timedelta(days=chance.randrange(34)) for _ in range(2))
        await country.check(Period(*days))
        await country.check()
    assert settled > 10
    await country.settle()
    assert await country.kept() >= len(MONDAYS)
    await country.check()


async def _one_step(country: Country, chance: random.Random) -> int:
    """Do something; return how many weeks were settled."""
    deed = chance.choices(
        ("add", "replace", "seats", "remove", "settle", "zone"), (4, 4, 4, 2, 4, 1)
    )[0]
    if deed == "settle":
        return await country.settle()
    if deed == "zone":
        await country.move_clinic(chance.randrange(3), chance.choice(country.world.zones()))
    elif deed == "add" or not country.visits:
        await country.add(*(_visit(chance) for _ in range(chance.randrange(1, 5))))
    else:
        block_id = chance.choice(sorted(country.visits))
        visit = country.visits[block_id]
        if deed == "remove":
            await country.remove(block_id)
        elif deed == "seats":
            seats = tuple(_seat(chance) for _ in visit.seats)
            await country.change(block_id, replace(visit, seats=seats))
        else:
            await country.change(block_id, replace(_visit(chance), seats=visit.seats))
    return 0


def _visit(chance: random.Random) -> Visit:
    starts_at = datetime(2026, 10, 8, tzinfo=UTC) + chance.randrange(33 * 96) * timedelta(
        minutes=15
    )
    seats = tuple(_seat(chance) for _ in range(chance.randrange(1, 4)))
    return Visit(chance.randrange(2), chance.randrange(3), starts_at, 30, seats)


def _seat(chance: random.Random) -> Seat:
    lead = timedelta(seconds=chance.randrange(-7_200, 9 * 86_400))
    notice = chance.choice([None, timedelta(hours=chance.randrange(-3, 300))])
    return Seat(chance.choice(list(Status)), lead, chance.choice(list(CancelledBy)), notice)


async def test_weeks_that_have_ended_are_kept_and_not_counted_again(country: Country) -> None:
    await country.add(*VISITS)
    assert await country.settle() == 3 * len(MONDAYS)
    assert await country.kept() == 3 * len(MONDAYS)
    assert await country.marks() == 0
    assert await country.settle() == 0
    weeks = Period(MONDAYS[0], MONDAYS[-1] + timedelta(days=6))
    with counted_statements(country.database) as statements:
        await country.check(weeks)
    zones = len(set(country.world.zones()))
    assert len(statements) == zones
    with counted_statements(country.database) as statements:
        await country.check()
    assert len(statements) == zones * (1 + 5)


async def test_what_is_kept_is_what_is_shown(country: Country) -> None:
    await country.add(*VISITS)
    await country.settle()
    async with country.database.session() as session, writing(session):
        for week in await session.exec(select(KeptWeek)):
            tampered = {"usual_leads": "0", "other_leads": [[7, 1]]}
            week.content = json.dumps(json.loads(week.content) | tampered)
    anew = 2 * len([each for each in VISITS if each.starts_at > datetime(2026, 11, 2, tzinfo=UTC)])
    assert (await country.counted()).lead_hours == {7: 3 * len(MONDAYS), 72: anew}
    async with country.database.session() as session:
        of_doctor = country.world.scope(EVERYTHING, row_id(country.world.doctors[0]))
        assert set((await count(session, of_doctor)).lead_hours) == {72}


some_times = st.integers(1, 5_000_000)


def tallies(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Counter[Any]]:
    return st.dictionaries(of, some_times, max_size=4).map(Counter)


some_counted = st.builds(
    Counted,
    st.dictionaries(
        st.sampled_from(MONDAYS), tallies(st.sampled_from(list(Status))), max_size=3
    ).map(lambda found: defaultdict(Counter, found)),
    st.dictionaries(
        st.tuples(st.integers(1, 3), st.just(7)),
        st.builds(Tally, tallies(st.sampled_from(list(Status))), st.integers(0, 10_000)),
        max_size=3,
    ).map(lambda found: defaultdict(Tally, found)),
    tallies(st.one_of(st.integers(0, 3), st.integers(0, 20_000), st.integers(2014, 2018))),
    tallies(st.tuples(st.sampled_from(CancelledBy), st.sampled_from(Notice))),
)


@given(st.lists(some_counted, max_size=4))
def test_what_is_stored_of_weeks_is_their_sum(weeks: list[Counted]) -> None:
    found, expected = Counted(), Counted()
    add_kept(found, [Kept(7, MONDAYS[0], written(week)) for week in weeks])
    for week in weeks:
        for day, statuses in week.by_day.items():
            expected.by_day[day].update(statuses)
        for key, tally in week.by_doctor.items():
            expected.by_doctor[key].statuses.update(tally.statuses)
            expected.by_doctor[key].minutes += tally.minutes
        expected.lead_hours.update(week.lead_hours)
        expected.cancelled.update(week.cancelled)
    assert plain(found) == plain(expected)


def test_days_that_are_left_are_as_few_stretches_as_weeks() -> None:
    kept = [Kept(1, monday, "") for monday in MONDAYS] + [Kept(2, MONDAYS[1], "")]
    assert left_to_count([1, 2], EVERYTHING, kept) == [
        Stretch(frozenset({1, 2}), Period(FIRST, date(2026, 10, 11))),
        Stretch(frozenset({2}), Period(date(2026, 10, 12), date(2026, 10, 18))),
        Stretch(frozenset({2}), Period(date(2026, 10, 26), date(2026, 11, 1))),
        Stretch(frozenset({1, 2}), Period(date(2026, 11, 2), LAST)),
    ]
    assert left_to_count([1], Period(MONDAYS[0], MONDAYS[0]), []) == [
        Stretch(frozenset({1}), Period(MONDAYS[0], MONDAYS[0]))
    ]
    assert left_to_count([1], Period(MONDAYS[0], date(2026, 10, 18)), kept) == []
