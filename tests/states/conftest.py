"""Whose tabs the tests of the states are about; the clock stands on a Monday at eight (UTC)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from appointment_app import clock
from appointment_app.database import Database
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.doctors_tab import DoctorsTab, open_doctors_tab
from tests.states.patients_tab import Practice, open_practice


@pytest.fixture
async def tab(installed_database: Database) -> AsyncIterator[DoctorsTab]:
    """The tab of a doctor; tests about patients have a tab of their own."""
    with clock.frozen(MONDAY_EIGHT):
        yield await open_doctors_tab(installed_database)


@pytest.fixture
async def practice(installed_database: Database) -> AsyncIterator[Practice]:
    """A practice, of which the tests open tabs."""
    with clock.frozen(MONDAY_EIGHT):
        yield await open_practice(installed_database)
