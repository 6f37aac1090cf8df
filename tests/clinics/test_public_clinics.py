from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from appointment_app.accounts.actor import NOBODY
from appointment_app.clinics.public_clinics import ClinicQuery, find_clinics, get_clinic
from appointment_app.database import Database
from appointment_app.errors import NotFound
from appointment_app.scheduling.near import Near
from tests.factories import make_clinic

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


async def names(database: Database, limit: int = 20, offset: int = 0, **query: Any) -> list[str]:
    async with database.session() as session:
        found = await find_clinics(
            session, NOBODY, ClinicQuery(**query), limit=limit, offset=offset
        )
    return [each.clinic.name for each in found]


async def test_clinics_are_found_by_word_city_and_postcode(database: Database) -> None:
    async with database.session() as session:
        await make_clinic(session, name="Park", city="Berlin", postcode="10115")
        await make_clinic(session, name="Hafen", city="Hamburg", postcode="20457")
        await make_clinic(session, name="Alte Post", city="Bergen", postcode="29303")
        await make_clinic(session, name="Closed", city="Berlin", active=False)
    assert await names(database) == ["Alte Post", "Hafen", "Park"]
    assert await names(database, words="ber") == ["Alte Post", "Park"]
    assert await names(database, words="ber post") == ["Alte Post"]
    assert await names(database, words="20457") == ["Hafen"]
    assert await names(database, city="Berlin") == ["Park"]
    assert await names(database, city="Ber") == []
    assert await names(database, postcode="29303") == ["Alte Post"]
    assert await names(database, words="%") == []
    assert await names(database, limit=1, offset=1) == ["Hafen"]


async def test_the_nearest_come_first(database: Database) -> None:
    places = {"Zoo": (52.5, 13.33), "Alexander": (52.52, 13.41), "Potsdam": (52.4, 13.06)}
    async with database.session() as session:
        for name, (latitude, longitude) in places.items():
            await make_clinic(session, name=name, latitude=latitude, longitude=longitude)
        await make_clinic(session, name="Nowhere")
    at_the_zoo = Near(52.5, 13.33, 50)
    assert await names(database, near=at_the_zoo) == ["Alexander", "Potsdam", "Zoo"]
    nearest = {"near": at_the_zoo, "nearest_first": True}
    assert await names(database, **nearest) == ["Zoo", "Alexander", "Potsdam"]
    assert await names(database, limit=1, offset=1, **nearest) == ["Alexander"]
    assert await names(database, words="pots", **nearest) == ["Potsdam"]
    near = {"near": Near(52.5, 13.33, 10), "nearest_first": True}
    assert await names(database, **near) == ["Zoo", "Alexander"]
    # Without a position there is nothing to be near to.
    assert len(await names(database, nearest_first=True)) == 4
    async with database.session() as session:
        first, second, _ = await find_clinics(session, NOBODY, ClinicQuery(**nearest))
    assert first.kilometres == 0
    assert second.kilometres == pytest.approx(5.9, abs=0.1)


async def test_one_clinic(database: Database) -> None:
    async with database.session() as session:
        open_one = await make_clinic(session, name="Park")
        closed = await make_clinic(session, active=False)
        assert (await get_clinic(session, NOBODY, open_one.public_id)).name == "Park"
        for key in (closed.public_id, uuid4()):
            with pytest.raises(NotFound):
                await get_clinic(session, NOBODY, key)
