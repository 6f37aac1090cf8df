"""A real server with a scratch database and a real Chromium; one browser context per person."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

PROJECT_ROOT = Path(__file__).parents[2]
PHONE = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP = {"viewport": {"width": 1280, "height": 860}}

# Several browsers and servers share few cores: what is right appears, only later.
expect.set_options(timeout=20_000)

_START_SECONDS = 300
_LOG_LINES_SHOWN = 60
_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_CHROMIUM_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Marks the page when Reflex has sent the first state: from then on every click is heard.
WATCH_FOR_STATE = """
window.WebSocket = class extends window.WebSocket {
  constructor(...address) {
    super(...address);
    this.addEventListener("message", ({ data }) => {
      if (/is_hydrated\\w*":true/.test(data)) document.documentElement.dataset.live = "";
    });
  }
};
"""
_LOG = pytest.StashKey[Path]()


@dataclass(frozen=True)
class Server:
    """A running server: its address, and the settings that reach the same data."""

    url: str
    environment: dict[str, str]
    log: Path

    def manage(self, *arguments: str) -> str:
        """Run ``python -m appointment_app.manage`` on the server's data; return what it printed."""
        command = [sys.executable, "-m", "appointment_app.manage", *arguments]
        return subprocess.run(
            command,
            cwd=PROJECT_ROOT,
            env=self.environment,
            check=True,
            text=True,
            stdout=subprocess.PIPE,
        ).stdout


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> None:
    """Passwords cost what they cost the servers, which would hash cheap ones anew at each login."""


@pytest.fixture(scope="session")
def server_data() -> Callable[[Server], None]:
    """What is put into the scratch database before the server starts; override to add."""
    return lambda server: None


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory,
    server_data: Callable[[Server], None],
    request: pytest.FixtureRequest,
) -> Iterator[Server]:
    """The production build on a free port, at Monday 2026-11-23 08:00 UTC."""
    with running_server(tmp_path_factory.mktemp("server"), server_data) as started:
        request.config.stash[_LOG] = started.log
        yield started


@contextmanager
def running_server(
    folder: Path, data: Callable[[Server], None], port: int | None = None
) -> Iterator[Server]:
    """Serve from ``folder`` while the block runs; ``data`` fills the database before the start.

    With ``port``, at the same address as before.
    """
    environment = environment_of(folder, port or free_port())
    started = Server(environment["PUBLIC_URL"], environment, folder / "server.log")
    started.manage("migrate")
    data(started)
    process = start_process(started)
    try:
        wait_until_ready(started, process)
        yield started
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def environment_of(folder: Path, port: int) -> dict[str, str]:
    """The settings of a server that keeps its data in ``folder`` and serves on ``port``."""
    return os.environ | {
        "APP_ENV": "test",
        "PORT": str(port),
        "PUBLIC_URL": f"http://localhost:{port}",
        "DATA_DIRECTORY": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'appointments.db'}",
        "REDIS_URL": "",
        "SMTP_HOST": "",
        "HOLDS_PER_ADDRESS": "100",  # everybody comes from this machine
        "CLOCK_START": "2026-11-23T08:00:00+00:00",
    }


def start_process(server: Server) -> subprocess.Popen[bytes]:
    """Start the server in a session of its own, so that all its processes can be reached."""
    with server.log.open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "appointment_app.serve"],
            cwd=PROJECT_ROOT,
            env=server.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests: the system's, else the one that Playwright downloaded."""
    installed = next(filter(None, map(shutil.which, _CHROMIUM_NAMES)), None)
    flags = [*_CHROMIUM_FLAGS, "--no-sandbox"] if os.geteuid() == 0 else _CHROMIUM_FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def new_page(
    chromium: Browser, server: Server, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a blank page for another person, with cookies of their own.

    ``new_page(**PHONE)``, ``new_page(color_scheme="dark")``: any option of a browser context.
    The test fails when a page reports an error on its console, a CSP violation included.
    """
    contexts = []
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # An answer such as 401 or 409 is the server's right; Chromium reports it as an error.
        # So it does when a test takes the network or the server away.
        expected = (
            "Failed to load resource",
            "net::ERR_INTERNET_DISCONNECTED",
            "net::ERR_CONNECTION",
            "Connection closed before receiving a handshake response",
        )
        if message.type == "error" and not any(text in message.text for text in expected):
            problems.append(message.text)

    def open_page(**options: Any) -> Page:
        defaults = {"base_url": server.url, "locale": "en-GB", "timezone_id": "Europe/Berlin"}
        context = chromium.new_context(**{**DESKTOP, **defaults, **options})
        contexts.append(context)
        context.add_init_script(WATCH_FOR_STATE)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield open_page
    for number, context in enumerate(contexts):
        if request.node.stash.get(_FAILED, False):
            for page in context.pages:
                page.screenshot(
                    path=PROJECT_ROOT / "test-results" / f"{request.node.name}-{number}.png",
                    full_page=True,
                )
        context.close()
    assert not problems, "\n".join(problems)


def wait_until_live(page: Page) -> None:
    """Wait until the page has its state from the server, so that what it shows is true."""
    page.wait_for_selector("html[data-live]", state="attached")


_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
        log = item.config.stash.get(_LOG, None)
        if log is not None and log.exists():
            lines = log.read_text(errors="replace").splitlines()[-_LOG_LINES_SHOWN:]
            report.sections.append(("Server log", "\n".join(lines)))
    return report


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers; fails with its log when it does not."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{server.url}/api/v1/health").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"The server did not start:\n{server.log.read_text(errors='replace')}")
