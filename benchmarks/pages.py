"""Lighthouse over the public pages of the production build: ``make bench-pages``.

A phone is emulated, the data are the demo clinic's, and each figure is the median of three runs.
The reports of the last runs are kept in test-results/lighthouse.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import sync_playwright

PROJECT_ROOT = Path(__file__).parents[1]
REPORTS = PROJECT_ROOT / "test-results" / "lighthouse"
RUNS = 3

_NODE_FOLDER = Path(__file__).parent
_LIGHTHOUSE = _NODE_FOLDER / "node_modules" / "lighthouse"
# A build of the pages may come before the first answer.
_START_SECONDS = 300
_FIRST_SLOT_MILLISECONDS = 30_000


@dataclass(frozen=True)
class Measure:
    """A figure of a Lighthouse report, and what we want of it."""

    title: str
    aim: float
    is_score: bool
    form: str
    path: tuple[str, ...]
    unit: float = 1

    def of(self, report: dict[str, Any]) -> float:
        """Return the figure, in the unit that is printed."""
        value: Any = report
        for key in self.path:
            value = value[key]
        return float(value) / self.unit

    def misses(self, value: float) -> bool:
        """Tell whether ``value`` is worse than the aim."""
        return value < self.aim if self.is_score else value > self.aim


def _audit(name: str) -> tuple[str, ...]:
    return ("audits", name, "numericValue")


MEASURES = (
    Measure("performance", 0.95, True, "{:.2f}", ("categories", "performance", "score")),
    Measure("accessibility", 1, True, "{:.2f}", ("categories", "accessibility", "score")),
    Measure("largest paint", 1.8, False, "{:.2f} s", _audit("largest-contentful-paint"), 1000),
    Measure("layout shift", 0.02, False, "{:.3f}", _audit("cumulative-layout-shift")),
    Measure("weight", 220, False, "{:.0f} KiB", _audit("total-byte-weight"), 1024),
)


def main() -> None:
    """Measure each page and print the table."""
    chromium = find_chromium()
    _install_lighthouse()
    REPORTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _demo_server(Path(folder)) as url:
        addresses = _addresses(url, chromium)
        rows = {page: _figures(page, address, chromium) for page, address in addresses.items()}
    _print_table(rows)


def find_chromium() -> str:
    """Return the path of a Chromium; leaves with a sentence where there is none."""
    found = subprocess.run(
        [PROJECT_ROOT / "scripts" / "find_chromium"], stdout=subprocess.PIPE, text=True
    )
    if found.returncode:
        sys.exit(found.returncode)
    return found.stdout.strip()


def _install_lighthouse() -> None:
    wanted = json.loads((_NODE_FOLDER / "package.json").read_text())["dependencies"]["lighthouse"]
    installed = _LIGHTHOUSE / "package.json"
    if installed.exists() and json.loads(installed.read_text())["version"] == wanted:
        return
    print(f"Installing Lighthouse {wanted} ...", flush=True)
    npm = [_beside_python("npm"), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(npm, cwd=_NODE_FOLDER, check=True, stdout=subprocess.DEVNULL)


def _beside_python(program: str) -> str:
    """Return the path of ``program`` in our environment, activated or not."""
    here = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    found = shutil.which(program, path=here)
    if found is None:
        sys.exit(f"There is no {program}: it comes with requirements.txt.")
    return found


@contextmanager
def _demo_server(folder: Path) -> Iterator[str]:
    """Serve a fresh demo clinic from ``folder`` while the block runs; its address."""
    port = _free_port()
    url = f"http://localhost:{port}"
    environment = os.environ | {
        "APP_ENV": "demo",
        "PORT": str(port),
        "PUBLIC_URL": url,
        "DATA_DIRECTORY": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'appointments.db'}",
        "REDIS_URL": "",
        "SMTP_HOST": "",
        # Each run is another visitor, who would find the time kept by the one before.
        "HOLDS_PER_ADDRESS": "0",
    }
    python = [sys.executable, "-m"]
    demo = [*python, "appointment_app.manage", "demo", "--if-empty"]
    subprocess.run(demo, cwd=PROJECT_ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    log = folder / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [*python, "appointment_app.serve"],
            cwd=PROJECT_ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_ready(url, server, log)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(f"{url}/api/v1/health").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    sys.exit(f"The server did not start:\n{log.read_text(errors='replace')}")


def _addresses(url: str, chromium: str) -> dict[str, str]:
    """Return the pages to measure; the doctor and the time are the first that the search finds."""
    results = f"{url}/?words=dermatology"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=chromium_flags())
        page = browser.new_page()
        page.goto(results)
        page.wait_for_selector("a[href^='/book?']", timeout=_FIRST_SLOT_MILLISECONDS)
        doctor = page.locator("main a[href^='/doctor?']").first.get_attribute("href")
        booking = page.locator("main a[href^='/book?']").first.get_attribute("href")
        browser.close()
    return {
        "home": f"{url}/",
        "results": results,
        "doctor": f"{url}{doctor}",
        "booking": f"{url}{booking}",
    }


def chromium_flags() -> list[str]:
    """Return the flags with which Chromium runs here."""
    return ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def _figures(page: str, address: str, chromium: str) -> list[float]:
    reports = [_run_lighthouse(page, address, chromium) for _ in range(RUNS)]
    return [statistics.median(map(measure.of, reports)) for measure in MEASURES]


def _run_lighthouse(page: str, address: str, chromium: str) -> dict[str, Any]:
    print(f"Measuring {page} ...", file=sys.stderr, flush=True)
    command = [
        _beside_python("node"),
        str(_LIGHTHOUSE / "cli" / "index.js"),
        address,
        "--quiet",
        "--only-categories=performance,accessibility",
        "--output=json",
        "--output=html",
        f"--output-path={REPORTS / page}",
        f"--chrome-flags={' '.join(['--headless=new', *chromium_flags()])}",
    ]
    subprocess.run(command, env=os.environ | {"CHROME_PATH": chromium}, check=True)
    report: dict[str, Any] = json.loads((REPORTS / f"{page}.report.json").read_text())
    return report


def _print_table(rows: dict[str, list[float]]) -> None:
    print(f"{'':<10}" + "".join(f"{measure.title:>16}" for measure in MEASURES))
    for page, figures in rows.items():
        cells = (
            measure.form.format(figure) + ("!" if measure.misses(figure) else " ")
            for measure, figure in zip(MEASURES, figures, strict=True)
        )
        print(f"{page:<10}" + "".join(f"{cell:>16}" for cell in cells))
    aims = (f"{measure.form.format(measure.aim)} " for measure in MEASURES)
    print(f"{'aim':<10}" + "".join(f"{aim:>16}" for aim in aims))
    print(f"\nMedian of {RUNS} runs; ! misses the aim. The last reports: test-results/lighthouse")


if __name__ == "__main__":
    main()
