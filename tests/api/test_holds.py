"""A page that is left gives up what it keeps, by a request of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlmodel import select

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.accounts.visitors import VISITOR_COOKIE
from appointment_app.database import Database
from appointment_app.models import Hold
from appointment_app.scheduling import holds
from tests.api.clients import browser
from tests.factories import offer_of
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.patients_tab import TUESDAY_TEN, Practice, open_practice

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

ANN, BOB = "a" * 48, "b" * 48


@pytest.fixture
async def practice(installed_database: Database) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        yield await open_practice(installed_database)


@pytest.mark.parametrize(
    ("cookie", "origin", "status", "left"),
    [
        (f"{VISITOR_COOKIE}={ANN}", "http://testserver", 204, 0),
        (f"{VISITOR_COOKIE}={BOB}", "http://testserver", 204, 1),
        ("", "http://testserver", 204, 1),
        (f"{VISITOR_COOKIE}={ANN}", "https://elsewhere.example", 403, 1),
    ],
    ids=["the browser that keeps it", "another", "one without a name", "another site"],
)
async def test_only_the_browser_that_keeps_a_time_gives_it_up(
    practice: Practice, cookie: str, origin: str, status: int, left: int
) -> None:
    offer = offer_of(practice.doctor, practice.clinic, practice.visit_type)
    async with practice.database.session() as session:
        kept = await holds.keep(
            session, NOBODY, offer, TUESDAY_TEN, visitor=ANN, address="192.0.2.1"
        )
    async with browser(cookie=cookie, origin=origin) as client:
        answer = await client.post(f"/holds/{kept.id}/release")
    assert answer.status_code == status
    async with practice.database.session() as session:
        assert len((await session.exec(select(Hold))).all()) == left
