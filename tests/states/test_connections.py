"""What is under way when the server stops: requests get their answer, sockets are closed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from appointment_app.states.connections import Connections, close_sockets, requests_answered

A_MOMENT = 0.05


async def receive() -> Any:
    raise AssertionError


async def served(kind: str, app: Callable[..., Awaitable[None]]) -> asyncio.Task[None]:
    """A connection that has just begun."""

    async def send(_: Any) -> None:
        raise AssertionError

    task = asyncio.create_task(Connections(app)({"type": kind}, receive, send))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task


async def test_requests_under_way_are_answered_before_the_server_ends() -> None:
    goes_on, answered = asyncio.Event(), []

    async def slow(*_: Any) -> None:
        await goes_on.wait()
        answered.append("yes")

    request = await served("http", slow)
    stopping = asyncio.create_task(requests_answered())
    await asyncio.sleep(A_MOMENT)
    assert not stopping.done()
    await close_sockets()
    assert not request.done()
    goes_on.set()
    await asyncio.wait_for(stopping, 1)
    await request
    assert answered == ["yes"]
    await asyncio.wait_for(requests_answered(), A_MOMENT)


async def test_open_sockets_are_closed_and_not_waited_for() -> None:
    async def for_ever(*_: Any) -> None:
        await asyncio.Event().wait()

    socket = await served("websocket", for_ever)
    await asyncio.wait_for(requests_answered(), A_MOMENT)
    await close_sockets()
    with pytest.raises(asyncio.CancelledError):
        await socket
