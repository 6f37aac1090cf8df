"""Doctors near a position: what is found, how far it is, and in which order; against trying all."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from math import acos, cos, radians, sin

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.database import Database
from appointment_app.scheduling.near import Near, distance, load_distances
from appointment_app.scheduling.search import Card, Query, find_doctors
from tests.factories import make_clinic, make_doctor, make_visit_type
from tests.statements import counted_statements

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
BERLIN = Near(52.52, 13.405, 50)
# At the edges of the map, where degrees of longitude are few or change their sign.
ODD = (Near(-17.7, 179.9, 300), Near(89.5, 10, 200), Near(-89.9, -170, 900), Near(0, 0, 100))


# Where the clinics of the town are, by name.
POSITIONS: dict[str, tuple[float, float]] = {}


@pytest.fixture(autouse=True)
def _frozen_clock() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def plain_distance(near: Near, latitude: float, longitude: float) -> float:
    """The spherical law of cosines: another formula, right beyond some metres."""
    here, there = radians(near.latitude), radians(latitude)
    cosine = sin(here) * sin(there) + cos(here) * cos(there) * cos(
        radians(longitude - near.longitude)
    )
    return 6371.0088 * acos(max(-1.0, min(1.0, cosine)))


def test_known_distances() -> None:
    assert distance(BERLIN, 53.5511, 9.9937) == pytest.approx(255, abs=1)  # Hamburg
    assert distance(BERLIN, 42.3601, -71.0589) == pytest.approx(6080, abs=15)  # Boston
    assert distance(BERLIN, BERLIN.latitude, BERLIN.longitude) == 0


@pytest.mark.parametrize("near", [BERLIN, *ODD], ids=str)
async def test_exactly_the_clinics_of_the_circle_are_near(
    session: AsyncSession, near: Near
) -> None:
    chance = random.Random(str(near))
    expected = {}
    for number in range(120):
        spread = chance.choice((0.3, 1, 5, 90))
        latitude = max(-90.0, min(90.0, near.latitude + chance.uniform(-spread, spread)))
        # Near a pole a clinic across it is near with any longitude.
        turn = chance.choice((spread, 180))
        longitude = (near.longitude + chance.uniform(-turn, turn) + 540) % 360 - 180
        clinic = await make_clinic(
            session,
            name=f"C{number}",
            latitude=latitude,
            longitude=longitude,
            active=number % 10 != 0,
        )
        away = plain_distance(near, latitude, longitude)
        if clinic.active and away <= near.kilometres:
            expected[clinic.id] = away
    await make_clinic(session, name="Nowhere")
    found = await load_distances(session, near)
    assert found == pytest.approx(expected, abs=0.01)
    assert 0 < len(found) < 108


async def _town(session: AsyncSession) -> None:
    """Clinics around Berlin, of one doctor or many, some free late, some at the same place."""
    chance = random.Random(7)
    for number in range(14):
        away = chance.choice((0, 0.05, 0.1, 0.2, 0.3, 2))
        clinic = await make_clinic(
            session, name=f"C{number}", latitude=52.52 + away, longitude=13.405
        )
        POSITIONS[clinic.name] = 52.52 + away, 13.405
        for _ in range(chance.choice((1, 1, 2, 7))):
            doctor = await make_doctor(
                session,
                clinic,
                weekdays=chance.sample(range(7), chance.choice((0, 1, 3))),
                ranges=((chance.choice((8, 12)) * 60, 17 * 60),),
                horizon_days=10,
            )
            await make_visit_type(session, doctor)


async def _pages(database: Database, query: Query, size: int) -> list[Card]:
    cards: list[Card] = []
    while True:
        async with database.session() as session:
            page = await find_doctors(session, NOBODY, query, limit=size, offset=len(cards))
        cards += page.cards
        if len(cards) >= page.total or not page.cards:
            assert len(cards) == page.total
            return cards


@pytest.mark.parametrize("nearest_first", [True, False])
async def test_pages_are_what_sorting_all_gives(
    database: Database, session: AsyncSession, nearest_first: bool
) -> None:
    await _town(session)
    everybody = await _pages(database, Query(), 200)
    near_ones = [
        (plain_distance(BERLIN, *_position(card)), order, card)
        for order, card in enumerate(everybody)
        if plain_distance(BERLIN, *_position(card)) <= BERLIN.kilometres
    ]
    if nearest_first:
        # Clinics at one place stand together, in the order in which they were set up.
        near_ones.sort(key=lambda each: (round(each[0], 2), _number(each[2]), each[1]))
    expected = [(card.doctor.id, card.clinic.name, card.first_free) for *_, card in near_ones]
    assert 10 < len(expected) < len(everybody)
    for size in (1, 4, 9, 200):
        query = Query(near=BERLIN, nearest_first=nearest_first)
        cards = await _pages(database, query, size)
        assert [(card.doctor.id, card.clinic.name, card.first_free) for card in cards] == expected
        distances = [card.distance for card in cards]
        assert distances == pytest.approx([away for away, *_ in near_ones], abs=0.01)


async def test_it_costs_few_statements(database: Database, session: AsyncSession) -> None:
    await _town(session)
    for nearest_first, most in ((False, 6), (True, 18)):
        async with database.session() as fresh:
            with counted_statements(database) as statements:
                query = Query(near=BERLIN, nearest_first=nearest_first)
                await find_doctors(fresh, NOBODY, query, limit=10, offset=5)
        assert len(statements) <= most
        await database.settled()


def _position(card: Card) -> tuple[float, float]:
    return POSITIONS[card.clinic.name]


def _number(card: Card) -> int:
    return int(card.clinic.name[1:])
