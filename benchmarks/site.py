"""The application as it runs in production: server processes of one build, and their Redis."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from appointment_app.settings import PROJECT_ROOT

_START_SECONDS = 180.0
# Less than so many seconds of a processor in one second is rest.
_REST = 0.03


class Process:
    """One server process at an address of its own."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        """Prepare it; nothing runs yet."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / f"server-{self.port}.log"
        self._environment = environment | {"PORT": str(self.port)}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it is ready."""
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "appointment_app.serve"],
                cwd=PROJECT_ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if httpx.get(f"{self.url}/api/v1/ready").is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise SystemExit(f"The server did not start:\n{self._log.read_text(errors='replace')}")

    def kill(self) -> None:
        """End it as a crash does; does nothing when it does not run."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    @property
    def memory(self) -> int:
        """The bytes of memory that all its processes have for themselves."""
        assert self._process is not None
        return sum(map(_private_bytes, pids_of_group(self._process.pid)))

    @property
    def pid(self) -> int:
        """The process of the system, which leads the group of all its workers."""
        assert self._process is not None
        return self._process.pid


@contextmanager
def running(
    folder: Path, database_url: str, count: int, redis_url: str = "", **more: str
) -> Iterator[list[Process]]:
    """As many processes on one database, and one Redis where an address is given.

    ``more`` are settings of their own.
    """
    environment = os.environ | {
        "APP_ENV": "test",
        "PUBLIC_URL": "",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DATA_DIRECTORY": str(folder),
        "SMTP_HOST": "",
        "HOLDS_PER_ADDRESS": "1000000",
    }
    environment.pop("CLOCK_START", None)
    environment |= more
    processes = [Process(folder, environment) for _ in range(count)]
    try:
        for process in processes:
            process.start()
        yield processes
    finally:
        for process in processes:
            process.kill()


@contextmanager
def own_redis(folder: Path) -> Iterator[str]:
    """The address of a Redis that keeps nothing."""
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("no redis-server; install the package redis-server")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    command = [program, *options, "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait()


def pids_of_group(leader: int) -> list[int]:
    """Return the processes of a group."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "-g", str(leader)], capture_output=True, text=True
    ).stdout
    return [int(each) for each in found.split()]


def processor_seconds(leaders: Sequence[int]) -> float:
    """Return what groups of processes have taken of the processors so far."""
    ticks = 0
    for pid in (each for leader in leaders for each in pids_of_group(leader)):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def wait_until_at_rest(leaders: Sequence[int]) -> None:
    """Wait until groups of processes do nothing: at its start a server catches up on old work."""
    deadline = time.monotonic() + _START_SECONDS
    used = processor_seconds(leaders)
    while time.monotonic() < deadline:
        time.sleep(1)
        before, used = used, processor_seconds(leaders)
        if used - before < _REST:
            return
    raise SystemExit("The servers of the benchmark do not come to rest.")


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _private_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))
