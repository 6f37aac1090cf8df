"""The scratch databases are fresh, migrated and refuse what the real ones refuse."""

from __future__ import annotations

import pytest
from sqlmodel import select

from appointment_app.database import Database
from appointment_app.models import Specialty


@pytest.mark.parametrize("leftover", ["first", "second"])
async def test_each_test_starts_with_an_empty_database(database: Database, leftover: str) -> None:
    async with database.session() as session, session.begin():
        assert (await session.exec(select(Specialty))).all() == []
        session.add(Specialty(code=leftover, name=leftover))
