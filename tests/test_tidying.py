"""What was promised for a day is deleted after it, a few rows at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from appointment_app import clock, tidying
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.request_keys import FORGOTTEN_AFTER, remember
from appointment_app.bulk import files
from appointment_app.database import Database
from appointment_app.models import BulkKind, ImportFile, ImportState, RequestKey
from appointment_app.tidying import tidy_up
from tests.accounts.people import NOON, add_user
from tests.factories import administrator_actor

LATER = NOON + timedelta(minutes=1)


async def kept(database: Database, column: Any) -> list[Any]:
    async with database.session() as session:
        return sorted(await session.exec(select(column)))


async def test_keys_of_requests_go_after_a_day(
    installed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "BATCH", 2)
    monkeypatch.setattr(tidying, "_BREATH_SECONDS", 0)
    actor = Actor(user_id=await add_user(installed_database, "mira@mail.example"))
    for moment, keys in ((NOON, "abcde"), (LATER, "fg")):
        with clock.frozen(moment):
            for key in keys:
                async with installed_database.session() as session:
                    await remember(session, actor, key, b"ten")
    with clock.frozen(NOON + FORGOTTEN_AFTER - timedelta(seconds=1)):
        assert await tidy_up(installed_database) == 0
    with clock.frozen(NOON + FORGOTTEN_AFTER):
        assert await tidy_up(installed_database) == 5
    assert await kept(installed_database, col(RequestKey.key)) == ["f", "g"]
    async with installed_database.session() as session:
        with clock.frozen(NOON + FORGOTTEN_AFTER):
            await remember(session, actor, "a", b"eleven")


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_file_goes_after_a_day_unless_it_is_being_brought_in(database: Database) -> None:
    async with database.session() as session:
        root = await administrator_actor(session)
    with clock.frozen(NOON):
        for name in ("waits", "runs", "broke off"):
            async with database.session() as session:
                await files.keep_file(session, root, BulkKind.PATIENTS, name, b"x")
    a_day_later = NOON + files.KEPT + timedelta(seconds=1)
    async with database.session() as session, session.begin():
        for each in await session.exec(select(ImportFile).where(ImportFile.name != "waits")):
            each.state = ImportState.RUNNING
            each.alive_at = a_day_later if each.name == "runs" else NOON
    with clock.frozen(NOON + files.KEPT):
        assert await tidy_up(database) == 0
    with clock.frozen(a_day_later):
        assert await tidy_up(database) == 2
    assert await kept(database, col(ImportFile.name)) == ["runs"]
