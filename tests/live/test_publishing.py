"""Only what is committed is published, and publishing hinders nobody; revisions heal the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.database import Database, transactional
from appointment_app.live.hub import Hub
from appointment_app.live.keys import doctor_key, doctor_of, person_key
from appointment_app.live.publishing import note, publish_by, stop_publishing_by
from appointment_app.live.revisions import compare_revisions
from appointment_app.models import Doctor, row_id
from appointment_app.scheduling import locks
from tests.factories import make_clinic, make_doctor


class Heard(Hub):
    """A hub that keeps what is published."""

    def __init__(self) -> None:
        async def deliver(_: str) -> bool:
            return True

        super().__init__(deliver)
        self.published: list[set[object]] = []

    def publish(self, *keys: str) -> None:
        self.published.append(set(keys))

    def publish_at(self, moment: datetime, *keys: str) -> None:
        self.published.append({moment, *keys})


@pytest.fixture
def heard() -> Iterator[Heard]:
    hub = Heard()
    publish_by(hub)
    yield hub
    stop_publishing_by(hub)


@pytest.fixture
def backend() -> str:
    """What is published does not depend on the database."""
    return "sqlite"


@transactional
async def deed(session: AsyncSession, *keys: str, fails: bool = False) -> None:
    for key in keys:
        note(session, key)
    if fails:
        raise RuntimeError("the power went")


def test_keys_tell_whose_they_are() -> None:
    assert doctor_of(doctor_key(7)) == 7
    assert doctor_of(person_key(7)) is None


async def test_a_committed_deed_is_published_once(database: Database, heard: Heard) -> None:
    async with database.session() as session:
        await deed(session, "doctor:1", "person:2", "doctor:1")
        assert heard.published == [{"doctor:1", "person:2"}]
        await deed(session)
    assert len(heard.published) == 1


async def test_what_ends_by_itself_is_published_twice(database: Database, heard: Heard) -> None:
    soon = datetime(2030, 3, 4, 9, 5, tzinfo=UTC)

    @transactional
    async def hold(session: AsyncSession) -> None:
        note(session, "doctor:1", ends_at=soon)

    async with database.session() as session:
        await hold(session)
    assert heard.published == [{"doctor:1"}, {soon, "doctor:1"}]


async def test_what_fails_is_not_published(database: Database, heard: Heard) -> None:
    async with database.session() as session:
        with pytest.raises(RuntimeError):
            await deed(session, "doctor:1", fails=True)
        await deed(session, "doctor:2")
    assert heard.published == [{"doctor:2"}]


async def test_publishing_cannot_make_a_deed_fail(
    database: Database, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: str) -> None:
        raise RuntimeError("the hub broke")

    monkeypatch.setattr(heard, "publish", fails)
    async with database.session() as session:
        await deed(session, "doctor:1")


async def test_a_change_that_was_never_published_is_found(database: Database) -> None:
    told: list[str] = []

    async def deliver(token: str) -> bool:
        told.append(token)
        return True

    async with database.session() as session:
        doctor = await make_doctor(session, await make_clinic(session))
    hub = Hub(deliver)
    hub.watch("ada", {doctor_key(row_id(doctor)): doctor.revision})
    hub.watch("ben", {person_key(1): None})
    healing = asyncio.create_task(compare_revisions(hub, database, every=0.05))
    await asyncio.sleep(0.2)
    assert told == []

    async with database.session() as session:
        await transactional(locks.lock_doctor)(session, row_id(doctor))
        shown = (await session.get_one(Doctor, doctor.id)).revision
    async with asyncio.timeout(5):
        while told != ["ada"]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    hub.watch("ada", {doctor_key(row_id(doctor)): shown})
    await asyncio.sleep(0.2)
    assert told == ["ada"]
    healing.cancel()
    await hub.stop()
