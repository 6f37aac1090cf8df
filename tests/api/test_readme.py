"""The lines of the README's chapter on the API work as they stand, against the demo."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from appointment_app.settings import PROJECT_ROOT
from tests.e2e.conftest import free_port

_START_SECONDS = 60.0


@pytest.fixture
def server(sqlite_template: Path, tmp_path: Path) -> Iterator[str]:
    """The address of an API with the demo's data."""
    database = tmp_path / "demo.db"
    shutil.copyfile(sqlite_template, database)
    port = str(free_port())
    environment = os.environ | {
        "APP_ENV": "demo",
        "PORT": port,
        "DATABASE_URL": f"sqlite:///{database}",
        "DATA_DIRECTORY": str(tmp_path),
    }
    python = [sys.executable, "-m"]
    common = {"cwd": PROJECT_ROOT, "env": environment, "stdout": subprocess.DEVNULL}
    subprocess.run([*python, "appointment_app.manage", "demo"], check=True, **common)  # type: ignore[call-overload]
    command = ["granian", "--interface", "asgi", "--factory", "--port", port]
    process = subprocess.Popen(
        [*python, *command, "appointment_app.api.app:create_mount"], **common
    )  # type: ignore[call-overload]
    try:
        _wait_for(f"http://127.0.0.1:{port}/api/v1/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def test_the_lines_of_the_readme_work(server: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl; install it to run the lines of the README")
    chapter = (PROJECT_ROOT / "README.md").read_text().split("## The API\n")[1].split("\n## ")[0]
    (lines,) = re.findall(r"```sh\n(.*?)```", chapter, re.DOTALL)
    assert "http://localhost:3000" in lines
    script = "set -euo pipefail\n" + lines.replace("http://localhost:3000", server)
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    shown = done.stdout
    assert '"access_token":' in shown
    assert "BEGIN:VCALENDAR" in shown
    assert '"status":"cancelled"' in shown
    assert shown.rstrip().endswith("}")
    assert '"code":"STATUS_CONFLICT"' in shown


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urlopen(address):
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    pytest.fail("The API did not start.")
