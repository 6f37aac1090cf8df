"""The world of these tests, its database fresh for each, and the sockets of the front door."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from appointment_app import clock
from appointment_app.database import get_database
from appointment_app.settings import get_settings
from appointment_app.states import mailbox
from tests.accounts.people import NOON, answer_at_once
from tests.databases import copied, with_kept_engine
from tests.policy.building import build
from tests.policy.tabs import Sockets, running_sockets
from tests.policy.world import World

quick = pytest.fixture(autouse=True)(answer_at_once)


@pytest.fixture(scope="session")
def built_world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world in a file of its own, for one test after another."""
    path = copied(sqlite_template, tmp_path_factory.mktemp("world") / "built.db")
    with ThreadPoolExecutor() as executor:
        built = executor.submit(asyncio.run, build(path)).result()
    yield built
    built.close()


@pytest.fixture
async def world(
    built_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """The world as it is before anybody asks for anything, and where services find it."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{built_world.path}")
    monkeypatch.setenv("DATA_DIRECTORY", str(tmp_path))
    get_settings.cache_clear()
    get_database.cache_clear()
    with_kept_engine(get_database())
    await built_world.restore()
    with clock.frozen(NOON):
        yield built_world
    await get_database().dispose()
    get_database.cache_clear()
    get_settings.cache_clear()


@pytest.fixture
async def sockets(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sockets]:
    """Running sockets on the world."""
    monkeypatch.setattr(mailbox, "_LOOK_FOR_SECONDS", 0)
    async with running_sockets(monkeypatch) as running:
        yield running


@pytest.fixture
def silent_log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Fails the test when something was logged as an error, such as an exception's traceback."""
    yield caplog
    errors = [record for record in caplog.get_records("call") if record.levelname == "ERROR"]
    assert not errors, "\n".join(record.getMessage() for record in errors)
