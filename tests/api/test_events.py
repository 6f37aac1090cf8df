"""Programs are told that a doctor's free times changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from uuid import uuid4

import pytest

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.api.events import stream
from appointment_app.database import Database
from appointment_app.errors import NotFound
from appointment_app.live import hub as hub_module
from appointment_app.live.hub import Hub
from appointment_app.live.listeners import listening
from appointment_app.live.running import running_hub
from appointment_app.scheduling.doctors import load_doctor_keys
from appointment_app.settings import get_settings
from tests.api.clients import program
from tests.api.practice import called_by, offer
from tests.api.test_auth import problem
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.patients_tab import Practice, open_practice

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
TEN = "2026-11-24T10:00:00+01:00"


@pytest.fixture
async def practice(installed_database: Database) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        yield await open_practice(installed_database)


@pytest.fixture
async def hub(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hub]:
    monkeypatch.setattr(hub_module, "SPACING", 0.05)

    async def no_tab(_: str) -> bool:
        return False

    async def nothing_lost() -> None: ...

    async with running_hub(no_tab, nothing_lost, "test") as running:
        yield running


async def watched(practice: Practice) -> dict[str, tuple[str, int]]:
    async with practice.database.session() as session:
        found = await load_doctor_keys(session, NOBODY, [practice.doctor.public_id])
    return {str(key): what for key, what in found.items()}


async def next_of(told: AsyncIterator[str]) -> str:
    return await asyncio.wait_for(anext(told), 5)


async def test_a_booking_is_told_at_once(practice: Practice, hub: Hub) -> None:
    async with (
        aclosing(stream(await watched(practice), "192.0.2.7")) as told,
        await called_by(practice, practice.patient) as pia,
    ):
        assert await next_of(told) == "retry: 30000\n\n"
        await pia.post("/appointments", json=offer(practice, starts_at=TEN))
        assert await next_of(told) == (
            f'event: slots\ndata: {{"doctor_id": "{practice.doctor.public_id}"}}\n\n'
        )
    assert hub.watchers == 0


async def test_silence_is_told_too(practice: Practice, hub: Hub) -> None:
    async with aclosing(stream(await watched(practice), "192.0.2.7", heartbeat=0.01)) as told:
        await next_of(told)
        assert await next_of(told) == ": nothing new\n\n"


async def test_it_ends_with_the_server(practice: Practice) -> None:
    async def no_tab(_: str) -> bool:
        return False

    async def nothing_lost() -> None: ...

    async with running_hub(no_tab, nothing_lost, "test"):
        told = stream(await watched(practice), "192.0.2.7")
        await next_of(told)
    with pytest.raises(StopAsyncIteration):
        await next_of(told)
    # And without one it never begins.
    assert [each async for each in stream(await watched(practice), "192.0.2.7")] == [
        "retry: 30000\n\n"
    ]


async def test_an_address_may_keep_so_many_open(
    practice: Practice, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "event_streams_per_address", 1)
    which = {"doctor": str(practice.doctor.public_id)}
    open_one = stream(await watched(practice), "192.0.2.7")
    async with program() as script, aclosing(open_one) as told:
        await next_of(told)
        problem(await script.get("/events", params=which), 429, "TRY_AGAIN_LATER")


async def test_who_asks_often_at_the_same_moment_gets_no_more(
    practice: Practice, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The route lets in whoever asks before the first stream has begun."""
    monkeypatch.setattr(get_settings(), "event_streams_per_address", 1)
    wanted = await watched(practice)
    first, second = (stream(wanted, "192.0.2.7", heartbeat=0.01) for _ in range(2))
    async with aclosing(first), aclosing(second):
        assert [await next_of(each) for each in (first, second)] == ["retry: 30000\n\n"] * 2
        assert await next_of(first) == ": nothing new\n\n"
        with pytest.raises(StopAsyncIteration):
            await next_of(second)


async def test_who_does_not_read_keeps_nothing_waiting(hub: Hub) -> None:
    with listening({"dora": ("doctor:1", 1)}) as told:
        for _ in range(100):
            told.tell("dora")
        names = told.names(heartbeat=0.01)
        assert [await anext(names) for _ in range(2)] == ["dora", ""]
        told.tell("dora")
        assert await anext(names) == "dora"


async def test_only_doctors_whom_patients_can_book(practice: Practice, hub: Hub) -> None:
    async with program() as script:
        answer = await script.get("/events", params={"doctor": str(uuid4())})
        problem(answer, 404, "NOT_FOUND")
        problem(await script.get("/events"), 400, "MALFORMED")
        many = {"doctor": [str(uuid4()) for _ in range(21)]}
        problem(await script.get("/events", params=many), 400, "MALFORMED")
    with pytest.raises(NotFound):
        async with practice.database.session() as session:
            await load_doctor_keys(session, NOBODY, [practice.doctor.public_id, uuid4()])


async def test_over_http(practice: Practice) -> None:
    # No hub runs here, so that the stream ends at once.
    async with program() as script:
        answer = await script.get("/events", params={"doctor": str(practice.doctor.public_id)})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert (answer.status_code, answer.text) == (200, "retry: 30000\n\n")
    assert answer.headers["x-accel-buffering"] == "no"
