"""The doctor's desk of the scheduling tests, and a country in November."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.figures import settling
from tests.figures.country import NOW, Country
from tests.figures.stored_visits import build_world
from tests.scheduling.conftest import desk, standing_clock

__all__ = ["desk", "standing_clock"]


@pytest.fixture
def in_november(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock stands, and who settles takes few marks at a time."""
    monkeypatch.setattr(settling, "BATCH", 3)
    with clock.frozen(NOW):
        yield


@pytest.fixture
async def country(database: Database) -> Country:
    return Country(database, await build_world(database))
