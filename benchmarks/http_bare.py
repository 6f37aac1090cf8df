"""The bound of the API: bare FastAPI routes that insert, or select, the same rows and no more.

``python -m benchmarks.http_bare PORT`` serves them on the web server that we use, with the bare
driver; ``BARE`` names a file with what to send, as ``Bare`` keeps it.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
from fastapi import FastAPI, Response
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server as WebServer
from pydantic import AwareDatetime, BaseModel

import appointment_app.models  # noqa: F401 (a replay looks there which columns are ids)
from appointment_app.settings import PROJECT_ROOT
from benchmarks.replay import Sent, Transaction, replay_on_postgres
from benchmarks.site import free_port

_FILE = "BARE"
_CONNECTIONS = 10  # as many as a process of the application has
_VISIT = timedelta(minutes=30)
_START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Bare:
    """What the routes send to the database at ``url``, and how many letters they answer.

    ``inserts`` are those of one booking, ``selects`` those of each query by its name.
    """

    url: str
    inserts: Transaction
    selects: dict[str, Transaction]
    letters: dict[str, int]


@dataclass(frozen=True, slots=True)
class Server:
    """A server: its address, and the process that leads the group of its workers."""

    url: str
    pid: int


class Booking(BaseModel):
    """What is booked, by internal ids."""

    doctor: int
    person: int
    starts_at: AwareDatetime


def create() -> FastAPI:
    """Return the routes."""
    bare: Bare = pickle.loads(Path(os.environ[_FILE]).read_bytes())
    idle: asyncio.Queue[psycopg.AsyncConnection[Any]] = asyncio.Queue()
    texts = {name: "x" * letters for name, letters in bare.letters.items()}

    @asynccontextmanager
    async def connected(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for _number in range(_CONNECTIONS):
                connection = await psycopg.AsyncConnection.connect(
                    bare.url, autocommit=True, options="-c timezone=UTC"
                )
                idle.put_nowait(await stack.enter_async_context(connection))
            yield

    @asynccontextmanager
    async def one() -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        connection = await idle.get()
        try:
            yield connection
        finally:
            idle.put_nowait(connection)

    app = FastAPI(lifespan=connected)

    @app.get("/api/v1/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/bookings", status_code=201)
    async def book(wanted: Booking) -> Response:
        async with one() as connection:
            await replay_on_postgres(connection, _filled(bare.inserts, wanted))
        return Response(texts["booking"], 201, media_type="application/json")

    @app.get("/{query}")
    async def select(query: str) -> Response:
        async with one() as connection:
            for sent in bare.selects[query]:
                cursor = await connection.execute(sent.statement, sent.parameters)
                await cursor.fetchall()
        return Response(texts[query], media_type="application/json")

    return app


def _filled(inserts: Transaction, wanted: Booking) -> Transaction:
    """Return the recorded inserts, for another doctor, patient and time."""
    new: dict[str, Any] = {
        "doctor_id": wanted.doctor,
        "person_id": wanted.person,
        "starts_at": wanted.starts_at,
        "busy_from": wanted.starts_at,
        "ends_at": wanted.starts_at + _VISIT,
        "busy_until": wanted.starts_at + _VISIT,
        "reference": uuid4().hex[:8],
        "idempotency_key": uuid4().hex,
        "key": uuid4().hex,
    }
    return [replace(sent, parameters=_refilled(sent, new)) for sent in inserts]


def _refilled(sent: Sent, new: dict[str, Any]) -> Any:
    if sent.is_many:
        return [_row(each, new) for each in sent.parameters]
    return _row(sent.parameters, new)


def _row(recorded: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    row = {name: new.get(name, value) for name, value in recorded.items()}
    if "public_id" in row:
        row["public_id"] = uuid4()
    return row


@contextmanager
def bare_servers(folder: Path, bare: Bare, count: int) -> Iterator[list[Server]]:
    """As many processes that serve the routes."""
    file = folder / "bare.pickle"
    file.write_bytes(pickle.dumps(bare))
    ports = [free_port() for _ in range(count)]
    processes = []
    try:
        for port in ports:
            with (folder / f"bare-{port}.log").open("w") as log:
                process = subprocess.Popen(
                    [sys.executable, "-m", "benchmarks.http_bare", str(port)],
                    cwd=PROJECT_ROOT,
                    env=os.environ | {_FILE: str(file)},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            processes.append(process)
        found = [
            Server(f"http://127.0.0.1:{port}", process.pid)
            for port, process in zip(ports, processes, strict=True)
        ]
        for server in found:
            _wait_for(server.url)
        yield found
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGKILL)  # its worker too
            process.wait()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{url}/api/v1/health").raise_for_status()
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("The bare server of the benchmark did not start.")


def main() -> None:
    """Serve until stopped."""
    WebServer(
        "benchmarks.http_bare:create",
        factory=True,
        port=int(sys.argv[1]),
        interface=Interfaces.ASGI,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
