"""Clients of an HTTP server, in a process of their own so that they cost the server nothing.

``python -m benchmarks.http_clients`` reads from its input who asks what, and prints what it took.
Each client keeps one connection, and asks the next thing once the last was answered.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from typing import Any

import aiohttp

from appointment_app.settings import PROJECT_ROOT


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a server; ``body`` is sent as JSON where there is one."""

    path: str
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)


HEALTH = Request("/api/v1/health")


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody with one connection, who asks one thing after the other.

    ``url`` is the server's, as http://..., ``headers`` are sent with each request.
    """

    url: str
    requests: Sequence[Request]
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """How long clients took together, and each answer, all in seconds."""

    seconds: float
    answers: tuple[float, ...]

    @property
    def rate(self) -> float:
        """How many answers came in a second."""
        return len(self.answers) / self.seconds

    @property
    def median(self) -> float:
        """The seconds that the median answer took."""
        return statistics.median(self.answers)


async def asked(clients: Sequence[Client]) -> Taken:
    """Let the clients ask, all at once; ends the program when an answer is a refusal."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.http_clients"),
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    sent = json.dumps([asdict(client) for client in clients]).encode()
    found, _ = await process.communicate(sent)
    if process.returncode:
        raise SystemExit("The clients of the benchmark were refused; the lines above say why.")
    told = json.loads(found)
    return Taken(told["seconds"], tuple(told["answers"]))


class Refused(Exception):
    """A server did not do what a client asked for."""


async def _ask(web: aiohttp.ClientSession, client: Client) -> list[float]:
    answers = []
    for request in client.requests:
        began = time.perf_counter()
        async with web.request(
            "GET" if request.body is None else "POST",
            client.url + request.path,
            json=request.body,
            headers=request.headers,
        ) as answer:
            body = await answer.read()
        answers.append(time.perf_counter() - began)
        if answer.status >= 300:
            raise Refused(f"{request.path}: {answer.status} {body.decode()[:300]}")
    return answers


async def _run(clients: list[Client]) -> dict[str, Any]:
    async with AsyncExitStack() as stack:
        webs = []
        for client in clients:
            web = await stack.enter_async_context(aiohttp.ClientSession(headers=client.headers))
            # The connection is there before the first thing is asked.
            await (await web.get(client.url + HEALTH.path)).read()
            webs.append(web)
        began = time.perf_counter()
        answers = await asyncio.gather(
            *(_ask(web, client) for web, client in zip(webs, clients, strict=True))
        )
        seconds = time.perf_counter() - began
    return {"seconds": seconds, "answers": [each for those in answers for each in those]}


def main() -> None:
    """Ask what the input says."""
    clients = [
        Client(each["url"], [Request(**request) for request in each["requests"]], each["headers"])
        for each in json.load(sys.stdin)
    ]
    try:
        print(json.dumps(asyncio.run(_run(clients))))
    except Refused as refused:
        sys.exit(str(refused))


if __name__ == "__main__":
    main()
