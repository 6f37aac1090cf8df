"""A Redis and a PostgreSQL of the test's own, which it can stop and start."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.e2e.conftest import free_port

_START_SECONDS = 20.0
_POSTGRES_OWNER = "postgres"  # PostgreSQL refuses to run as root


class OwnRedis:
    """A Redis that keeps nothing: what it held is lost when it stops."""

    def __init__(self, folder: Path) -> None:
        """Prepare a server on a free port; nothing runs yet."""
        self._folder, self._port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it and wait until it listens."""
        options = ["--port", str(self._port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        keep_nothing = ["--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(
            [_program("redis-server"), *options, *keep_nothing], stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.02)
        pytest.fail("Redis did not start.")

    def stop(self) -> None:
        """Stop it, as a crash does; does nothing when it is stopped."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class OwnPostgres:
    """A PostgreSQL cluster with one empty database."""

    def __init__(self, folder: Path) -> None:
        """Make the cluster in ``folder``; nothing runs yet."""
        self._data, self._port = folder / "postgres", free_port()
        self._data.mkdir()
        if os.geteuid() == 0:
            owner = pwd.getpwnam(_POSTGRES_OWNER)
            os.chown(self._data, owner.pw_uid, owner.pw_gid)
            for parent in self._data.parents:  # pytest makes its folders for us alone
                if parent.stat().st_mode & 0o077 == 0:
                    parent.chmod(0o755)
        options = ["--auth=trust", f"--username={_POSTGRES_OWNER}", "--no-sync"]
        self._run("initdb", "-D", str(self._data), *options)
        self.url = f"postgresql://{_POSTGRES_OWNER}@127.0.0.1:{self._port}/{_POSTGRES_OWNER}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= "
        log = str(self._data / "server.log")
        self._control("start", "-l", log, "-o", f"{options}-c fsync=off")

    def stop(self) -> None:
        """Stop it at once: every transaction that is under way is lost."""
        self._control("stop", "-m", "immediate")

    def connect(self) -> psycopg.Connection:
        """Return a connection of the test's own."""
        return psycopg.connect(self.url, autocommit=True)

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-w", *arguments)

    def _run(self, name: str, *arguments: str) -> None:
        command = [_program(name), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", _POSTGRES_OWNER, "--", *command]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)


@contextmanager
def own_servers(folder: Path) -> Iterator[tuple[OwnRedis, OwnPostgres]]:
    """Run both from ``folder`` while the block runs; skips where one is not installed."""
    redis, postgres = OwnRedis(folder), OwnPostgres(folder)
    redis.start()
    postgres.start()
    try:
        yield redis, postgres
    finally:
        redis.stop()
        postgres.stop()


def _program(name: str) -> str:
    """Return the path of a program; where everything has to run, there has to be one."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name) or next((str(each) for each in reversed(debian)), None)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(f"{name} is not installed")
    if found is None:
        pytest.skip(f"no {name}; install it with the packages postgresql and redis-server")
    return found
