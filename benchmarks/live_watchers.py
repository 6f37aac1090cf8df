"""From the commit of a change to the last of those who watch one doctor, and its bound."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import aiohttp
import psycopg

from appointment_app.database import Database
from appointment_app.scheduling.slots import Offer
from appointment_app.settings import PROJECT_ROOT
from appointment_app.states.address import moment_text
from appointment_app.states.booking_address import booking_link
from benchmarks.broadcast import NAMESPACE
from benchmarks.reading import offers_of
from benchmarks.site import Process, free_port
from benchmarks.tabs import Tab

# A week in which the doctors of the world have no appointments yet.
DAYS_AHEAD = 42
_OPEN_SECONDS, _TOLD_SECONDS = 120.0, 30.0
# Longer than a tab is left alone after it was told.
_PAUSE = 1.3
_TOLD_OF_BLOCKS = """
    CREATE OR REPLACE FUNCTION bench_told() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_notify(''bench'', ''''); RETURN NULL; END';
    CREATE OR REPLACE TRIGGER bench_told AFTER INSERT ON busy_block
    FOR EACH STATEMENT EXECUTE FUNCTION bench_told();
"""


def client() -> aiohttp.ClientSession:
    """Return a client for any number of websockets."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))


def page_of(doctor_id: UUID) -> str:
    """Return the address of a doctor's page, in the week that is all free."""
    return f"/doctor?id={doctor_id}&day={date.today() + timedelta(days=DAYS_AHEAD)}"  # noqa: DTZ011


def start_of(number: int) -> datetime:
    """Return one of the free starts of that week, another one for each number below 98."""
    day, half_hours = divmod(number, 14)
    first = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    return first + timedelta(days=DAYS_AHEAD + day, minutes=30 * half_hours)


async def open_tabs(tabs: Sequence[Tab]) -> None:
    """Open the tabs, a few at a time as people come, and wait until all have their page."""
    for first in range(0, len(tabs), 20):
        some = tabs[first : first + 20]
        for tab in some:
            tab.open()
        async with asyncio.timeout(_OPEN_SECONDS):
            await asyncio.gather(*(tab.is_right.wait() for tab in some))


async def watcher_row(
    url: str, site: Sequence[Process], doctor: int, watchers: int, rounds: int
) -> tuple[float, int]:
    """Return the 95th percentile of the seconds to the last watcher, and the letters of an update.

    What changes is that a visitor opens the booking form of a time, which keeps it.
    """
    database = Database(url)
    (offer,) = await offers_of(database, [doctor])
    await database.dispose()
    seconds = []
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(client())
        commits = await _hear_commits(stack, url)
        waiting = _Waiting()
        tabs = [
            Tab(web, [site[number % len(site)].url], page_of(offer.doctor_id), waiting.of(number))
            for number in range(watchers)
        ]
        await open_tabs(tabs)
        for number in range(rounds):
            seconds.append(await _one_change(web, site[0], offer, number, tabs, waiting, commits))
            await asyncio.sleep(_PAUSE)
        letters = tabs[0].letters
        await asyncio.gather(*(tab.close() for tab in tabs))
    return p95(seconds), letters


class _Waiting:
    """When each tab showed that a start can be chosen no more."""

    def __init__(self) -> None:
        self.start = ""
        self.when: dict[int, float] = {}

    def of(self, number: int) -> Callable[[float, set[str]], None]:
        def hear(now: float, free: set[str]) -> None:
            if self.start and self.start not in free:
                self.when.setdefault(number, now)

        return hear


async def _one_change(
    web: aiohttp.ClientSession,
    process: Process,
    offer: Offer,
    number: int,
    tabs: Sequence[Tab],
    waiting: _Waiting,
    commits: asyncio.Queue[float],
) -> float:
    starts_at = start_of(number)
    waiting.when.clear()
    waiting.start = moment_text(starts_at)
    while not commits.empty():
        commits.get_nowait()
    visitor = Tab(web, [process.url], booking_link(offer, starts_at))
    visitor.open()
    committed = await asyncio.wait_for(commits.get(), _TOLD_SECONDS)
    async with asyncio.timeout(_TOLD_SECONDS):
        while len(waiting.when) < len(tabs):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    waiting.start = ""
    await visitor.close()
    return max(waiting.when.values()) - committed


async def _hear_commits(stack: AsyncExitStack, url: str) -> asyncio.Queue[float]:
    """Return the moments at which PostgreSQL says that a block was committed."""
    heard: asyncio.Queue[float] = asyncio.Queue()
    connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
    await stack.enter_async_context(connection)
    await connection.execute(_TOLD_OF_BLOCKS)
    await connection.execute("LISTEN bench")

    async def listen() -> None:
        async for _ in connection.notifies():
            heard.put_nowait(time.perf_counter())

    task = asyncio.create_task(listen())
    stack.callback(task.cancel)
    return heard


async def bare_seconds(folder: Path, clients: int, rounds: int, letters: int) -> float:
    """Return the 95th percentile of a bare broadcast of so many letters to so many clients."""
    heard: asyncio.Queue[float] = asyncio.Queue()
    seconds = []
    with _bare_server(folder, letters) as port:
        async with client() as web:
            sockets = [await _connected(web, port) for _ in range(clients)]
            readers = [asyncio.create_task(_read(socket, heard)) for socket in sockets]
            for _ in range(rounds + 1):
                began = time.perf_counter()
                await sockets[0].send_str(f'42{NAMESPACE},["go"]')
                moments = [await heard.get() for _ in sockets]
                seconds.append(max(moments) - began)
            for reader in readers:
                reader.cancel()
    return p95(seconds[1:])


async def bare_connecting(folder: Path, clients: int, letters: int) -> float:
    """Return how long clients take that connect at once and each ask for so many letters."""
    heard: asyncio.Queue[float] = asyncio.Queue()
    readers = []

    async def come(web: aiohttp.ClientSession, port: int) -> None:
        socket = await _connected(web, port)
        readers.append(asyncio.create_task(_read(socket, heard)))
        await socket.send_str(f'42{NAMESPACE},["me"]')

    with _bare_server(folder, letters) as port:
        async with client() as web:
            await _connected(web, port)  # it runs
            began = time.perf_counter()
            await asyncio.gather(*(come(web, port) for _ in range(clients)))
            moments = [await heard.get() for _ in range(clients)]
            for reader in readers:
                reader.cancel()
    return max(moments) - began


@contextmanager
def _bare_server(folder: Path, letters: int) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.broadcast", str(port), str(letters)]
    with (folder / "broadcast.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=PROJECT_ROOT, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield port
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # its worker too
        process.wait()


async def _connected(web: aiohttp.ClientSession, port: int) -> aiohttp.ClientWebSocketResponse:
    address = f"http://127.0.0.1:{port}{NAMESPACE}/?EIO=4&transport=websocket"
    for _ in range(100):
        try:
            socket = await web.ws_connect(address, max_msg_size=0)
            break
        except aiohttp.ClientError:
            await asyncio.sleep(0.1)
    await socket.receive_str()
    await socket.send_str(f"40{NAMESPACE},")
    await socket.receive_str()
    return socket


async def _read(socket: aiohttp.ClientWebSocketResponse, heard: asyncio.Queue[float]) -> None:
    async for message in socket:
        if message.data == "2":
            await socket.send_str("3")
            continue
        json.loads(message.data.removeprefix(f"42{NAMESPACE},"))
        heard.put_nowait(time.perf_counter())


def p95(seconds: Sequence[float]) -> float:
    """Return the 95th percentile."""
    if len(seconds) < 2:
        return seconds[0]
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]
