"""What `make run` and `make test` say when they cannot go on, and what they leave alone."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

PROJECT_ROOT = Path(__file__).parent.parent


def _run(command: list[str | Path], **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=PROJECT_ROOT,
        env=os.environ | environment,
        check=False,
        capture_output=True,
        text=True,
    )


def _python_that_says(folder: Path, version: str) -> Path:
    python = folder / "old-python"
    python.write_text(f'#!/bin/sh\ncase "$2" in *sys.exit*) exit 1 ;; *) echo {version} ;; esac\n')
    python.chmod(0o755)
    return python


def test_an_old_python_is_named_in_one_line(tmp_path: Path) -> None:
    old = _python_that_says(tmp_path, "3.9")
    answer = _run([PROJECT_ROOT / "scripts" / "setup"], PYTHON=str(old))
    assert answer.returncode == 1
    (line,) = answer.stderr.splitlines()
    assert "3.11 or newer" in line
    assert "is 3.9" in line


def test_a_missing_python_is_named_in_one_line() -> None:
    answer = _run([PROJECT_ROOT / "scripts" / "setup"], PYTHON="no-such-python")
    assert answer.returncode == 1
    (line,) = answer.stderr.splitlines()
    assert "no no-such-python" in line


def test_nothing_is_installed_twice(tmp_path: Path) -> None:
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    shutil.copy(PROJECT_ROOT / "scripts" / "setup", scripts)
    shutil.copy(PROJECT_ROOT / "requirements.txt", tmp_path)
    stamp = tmp_path / ".venv" / "installed-requirements"
    stamp.parent.mkdir()
    shutil.copy(PROJECT_ROOT / "requirements.txt", stamp)
    answer = _run([scripts / "setup"], PYTHON=sys.executable)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        answer = _run(
            [sys.executable, "-m", "appointment_app.serve"],
            APP_ENV="test",
            PORT=str(port),
            DATA_DIRECTORY=str(tmp_path),
            DATABASE_URL="",
        )
    assert answer.returncode == 1
    assert answer.stderr == (
        f"Port {port} is taken by another program. Choose another: PORT={port + 1} make run\n"
    )


def test_a_wrong_setting_is_named_without_its_value(tmp_path: Path) -> None:
    answer = _run(
        [sys.executable, "-m", "appointment_app.serve"],
        APP_ENV="test",
        PORT="a-wrong-value",
        DATA_DIRECTORY=str(tmp_path),
    )
    assert answer.returncode == 1
    assert answer.stderr.startswith("PORT: ")
    assert "a-wrong-value" not in answer.stderr
