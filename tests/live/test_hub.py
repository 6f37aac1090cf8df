"""Who is told of what, and how often."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator

import pytest

from appointment_app.live.hub import SPACING, Hub

DOCTOR, OTHER = "doctor:1", "doctor:2"
A_MOMENT = 0.1
_event_of_somebody: contextvars.ContextVar[str] = contextvars.ContextVar("event")


class Told:
    """Counts the calls for each watcher; those in ``gone`` answer no more."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.gone: set[str] = set()

    async def __call__(self, token: str) -> bool:
        self.calls.append(token)
        return token not in self.gone


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def hub(told: Told) -> AsyncIterator[Hub]:
    hub = Hub(told)
    await hub.start()
    yield hub
    await hub.stop()


async def test_those_who_watch_a_key_are_told_and_no_others(hub: Hub, told: Told) -> None:
    hub.watch("ada", {DOCTOR: None})
    hub.watch("ben", {OTHER: None, DOCTOR: None})
    hub.watch("cy", {OTHER: None})
    hub.publish(DOCTOR)
    await asyncio.sleep(A_MOMENT)
    assert sorted(told.calls) == ["ada", "ben"]


async def test_who_was_told_nothing_lately_is_told_at_once(hub: Hub, told: Told) -> None:
    hub.watch("ada", {DOCTOR: None, OTHER: None})
    hub.publish(DOCTOR, OTHER)
    for _ in range(5):  # turns of the event loop, of which none waits
        await asyncio.sleep(0)
    assert told.calls == ["ada"]


async def test_a_burst_is_one_call(hub: Hub, told: Told) -> None:
    hub.watch("ada", {DOCTOR: None, OTHER: None})
    for _ in range(100):
        hub.publish(DOCTOR, OTHER)
    await asyncio.sleep(A_MOMENT)
    assert told.calls == ["ada"]


async def test_what_goes_on_changing_is_one_call_a_second(hub: Hub, told: Told) -> None:
    hub.watch("ada", {DOCTOR: None})
    loop = asyncio.get_running_loop()
    end = loop.time() + SPACING
    while loop.time() < end:
        hub.publish(DOCTOR)
        await asyncio.sleep(0.01)
    await asyncio.sleep(SPACING)
    # The first at once, the second for all the rest: nothing is left untold.
    assert told.calls == ["ada", "ada"]


async def test_who_watches_something_else_is_told_of_that_alone(hub: Hub, told: Told) -> None:
    hub.watch("ada", {DOCTOR: None})
    hub.watch("ada", {OTHER: None})
    hub.publish(DOCTOR)
    await asyncio.sleep(A_MOMENT)
    assert told.calls == []
    assert hub.watched == {OTHER}


async def test_who_is_gone_is_forgotten(hub: Hub, told: Told) -> None:
    hub.watch("ada", {DOCTOR: None})
    told.gone.add("ada")
    hub.publish(DOCTOR)
    await asyncio.sleep(A_MOMENT)
    assert (hub.watched, hub.watchers) == (set(), 0)


async def test_who_is_forgotten_while_a_call_is_due_is_not_called(hub: Hub, told: Told) -> None:
    hub.watch("ada", {DOCTOR: None})
    hub.publish(DOCTOR)
    hub.forget("ada")
    await asyncio.sleep(A_MOMENT)
    assert told.calls == []


async def test_time_alone_wakes(hub: Hub, told: Told) -> None:
    hub.watch("ada", {DOCTOR: None}, wake_in=0.05)
    await asyncio.sleep(0.05 + A_MOMENT)
    assert told.calls == ["ada"]


async def test_a_change_just_after_time_woke_somebody_need_not_wait(hub: Hub, told: Told) -> None:
    hub.watch("ada", {DOCTOR: None}, wake_in=0.01)
    await asyncio.sleep(A_MOMENT)
    hub.publish(DOCTOR)
    await asyncio.sleep(A_MOMENT)
    assert told.calls == ["ada", "ada"]


async def test_watching_anew_replaces_the_alarm(hub: Hub, told: Told) -> None:
    hub.watch("ada", {DOCTOR: None}, wake_in=0.05)
    hub.watch("ada", {DOCTOR: None})
    await asyncio.sleep(0.05 + A_MOMENT)
    assert told.calls == []


async def test_with_nothing_changing_nobody_is_told(hub: Hub, told: Told) -> None:
    hub.watch("ada", {DOCTOR: None})
    hub.publish("doctor:3")
    await asyncio.sleep(SPACING)
    assert told.calls == []


async def test_who_shows_another_revision_is_told(hub: Hub, told: Told) -> None:
    hub.watch("ada", {DOCTOR: 7})
    hub.watch("ben", {DOCTOR: 8})
    hub.watch("cy", {DOCTOR: None})
    hub.tell_if_stale(DOCTOR, 8)
    await asyncio.sleep(A_MOMENT)
    assert told.calls == ["ada"]


async def test_a_watcher_that_fails_hinders_nobody(
    told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    async def deliver(token: str) -> bool:
        if token == "ada":
            raise RuntimeError("the socket broke")
        return await told(token)

    hub = Hub(deliver)
    hub.watch("ada", {DOCTOR: None})
    hub.watch("ben", {DOCTOR: None})
    hub.publish(DOCTOR)
    await asyncio.sleep(A_MOMENT)
    await hub.stop()
    assert told.calls == ["ben"]
    assert "could not be told" in caplog.text


async def test_what_a_watcher_does_is_no_part_of_the_event_that_published() -> None:
    seen: list[str] = []

    async def deliver(_: str) -> bool:
        seen.append(_event_of_somebody.get("nobody's"))
        return True

    hub = Hub(deliver)
    hub.watch("ada", {DOCTOR: None})
    _event_of_somebody.set("ben's")
    hub.publish(DOCTOR)
    await asyncio.sleep(A_MOMENT)
    await hub.stop()
    assert seen == ["nobody's"]
