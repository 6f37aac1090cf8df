"""Streams of events of a real process: a booking is told at once, few are open, and they end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import (
    Server,
    environment_of,
    free_port,
    start_process,
    wait_until_ready,
)
from tests.e2e.practice import PASSWORD, TUESDAY_TEN, Practice, open_account, open_practice

_TOLD_WITHIN = 2.0  # seconds
_ENDS_WITHIN = 15.0  # the server's own limit, and what a busy machine adds
_END = "the end"
MOST_STREAMS = 2


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[Server, subprocess.Popen[bytes]]]:
    """A server process that the test may stop."""
    environment = environment_of(tmp_path, free_port())
    environment["EVENT_STREAMS_PER_ADDRESS"] = str(MOST_STREAMS)
    server = Server(environment["PUBLIC_URL"], environment, tmp_path / "server.log")
    server.manage("migrate")
    process = start_process(server)
    try:
        wait_until_ready(server, process)
        yield server, process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def listening(server: Server, practice: Practice) -> Iterator[Queue[tuple[float, str]]]:
    """The lines of a stream and when each came, as a second program reads them."""
    lines: Queue[tuple[float, str]] = Queue()
    address = f"{server.url}/api/v1/events"
    doctor = {"doctor": str(practice.offer.doctor_id)}
    # A program that was away says what it heard last; nothing is told again.
    headers = {"Last-Event-ID": "7"}

    def read(answer: httpx.Response) -> None:
        try:
            for line in answer.iter_lines():
                if line:
                    lines.put((time.monotonic(), line))
        except httpx.RemoteProtocolError:
            pass  # the server closes the connection without the last chunk
        lines.put((time.monotonic(), _END))

    with (
        httpx.Client(timeout=httpx.Timeout(10, read=60)) as client,
        client.stream("GET", address, params=doctor, headers=headers) as answer,
    ):
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        thread = threading.Thread(target=read, args=(answer,), daemon=True)
        thread.start()
        yield lines


@contextmanager
def logged_in(server: Server, email: str) -> Iterator[httpx.Client]:
    """A program of somebody."""
    with httpx.Client(base_url=f"{server.url}/api/v1", timeout=30) as client:
        tokens = client.post("/auth/login", json={"email": email, "password": PASSWORD})
        client.headers["authorization"] = f"Bearer {tokens.json()['access_token']}"
        yield client


def test_a_booking_is_told_and_streams_end_with_the_process(
    running: tuple[Server, subprocess.Popen[bytes]],
) -> None:
    server, process = running
    practice = open_practice(server, "Stream")
    pia = open_account(server, "Pia")
    wanted: dict[str, Any] = {
        "doctor_id": str(practice.offer.doctor_id),
        "clinic_id": str(practice.offer.clinic_id),
        "visit_type_id": str(practice.offer.visit_type_id),
        "starts_at": TUESDAY_TEN.isoformat(),
    }
    with (
        listening(server, practice) as told,
        listening(server, practice) as second,
        logged_in(server, pia.email) as program,
    ):
        for lines in (told, second):
            assert lines.get(timeout=10)[1] == "retry: 30000"

        answer = program.post("/appointments", json=wanted)
        booked_at = time.monotonic()
        assert answer.status_code == 201, answer.text
        for lines in (told, second):
            assert lines.get(timeout=10)[1] == "event: slots"
            came_at, data = lines.get(timeout=10)
            assert json.loads(data.removeprefix("data: ")) == {"doctor_id": wanted["doctor_id"]}
            assert came_at - booked_at < _TOLD_WITHIN

        doctor = {"doctor": wanted["doctor_id"]}
        refused = program.get("/events", params=doctor)
        assert (refused.status_code, refused.json()["code"]) == (429, "TRY_AGAIN_LATER")
        assert int(refused.headers["retry-after"]) > 0

        process.send_signal(signal.SIGTERM)
        stopped_at = time.monotonic()
        for lines in (told, second):
            assert lines.get(timeout=_ENDS_WITHIN)[1] == _END
        assert process.wait(_ENDS_WITHIN) == 0
        assert time.monotonic() - stopped_at < _ENDS_WITHIN
