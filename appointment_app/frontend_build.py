"""Builds the production front end, and only when something that it is made of has changed."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from appointment_app.settings import DATA_DIRECTORY, PROJECT_ROOT, get_settings

# Reflex clears this folder before it builds, so the stamp is gone when a build fails.
_STAMP = PROJECT_ROOT / ".web" / "build" / "fingerprint"
_LOCK = DATA_DIRECTORY / "build.lock"


def ensure_built() -> None:
    """Build the front end unless the last build was made of the same files.

    Servers that start at once from one folder wait for the one that builds. Raises
    ``subprocess.CalledProcessError`` when the build fails; its output has said why.
    """
    with _one_at_a_time():
        _build_if_needed()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    _LOCK.parent.mkdir(parents=True, exist_ok=True)
    with _LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until the file is closed, also by a crash
        yield


def _build_if_needed() -> None:
    fingerprint = _fingerprint()
    if _STAMP.is_file() and _STAMP.read_text(encoding="ascii") == fingerprint:
        return
    print("Building the pages; the first time this takes about a minute.", flush=True)
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    subprocess.run(command, cwd=PROJECT_ROOT, check=True)  # noqa: S603 - a fixed command
    _STAMP.write_text(fingerprint, encoding="ascii")


def _fingerprint() -> str:
    digest = hashlib.sha256()
    # Some pages exist outside production only, and the mailbox only without a mail server.
    settings = get_settings()
    has_mailbox = settings.mailbox_directory is not None
    digest.update(f"production={settings.is_production} mailbox={has_mailbox}".encode())
    for file in _inputs():
        digest.update(file.relative_to(PROJECT_ROOT).as_posix().encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _inputs() -> Iterator[Path]:
    for name in ("requirements.txt", "rxconfig.py", ".npmrc"):
        yield PROJECT_ROOT / name
    for folder in ("appointment_app", "assets", "reflex.lock"):
        for file in sorted((PROJECT_ROOT / folder).rglob("*")):
            # assets/external holds links that the build itself makes.
            if file.is_file() and not {"__pycache__", "external"} & set(file.parts):
                yield file
