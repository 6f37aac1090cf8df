"""From a click in one real browser to what another one shows."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence

from playwright.sync_api import Browser, Page, sync_playwright

from appointment_app import clock
from appointment_app.accounts.passwords import hashed
from appointment_app.database import Database
from appointment_app.models import User
from appointment_app.scheduling.slots import Offer
from appointment_app.states.booking_address import booking_link
from benchmarks.figures import Row
from benchmarks.live_watchers import p95, page_of, start_of
from benchmarks.pages import chromium_flags, find_chromium
from benchmarks.reading import offers_of
from benchmarks.site import Process
from benchmarks.world import user_of_person

_PATIENT, _PASSWORD = 195, "a-password-of-the-benchmark"
_TIMEOUT = 20_000  # milliseconds
# Longer than a tab is left alone after it was told that the time is held.
_PAUSE = 1.3
# The moment at which a frame with one more struck through time is about to be painted.
_WATCH = """
window.struck = [];
const known = new Set();
new MutationObserver(() => {
  for (const slot of document.querySelectorAll(".day-column .slot-taken")) {
    const name = slot.closest(".day-column").firstElementChild.textContent + slot.textContent;
    if (known.has(name)) continue;
    known.add(name);
    requestAnimationFrame(() => struck.push(performance.timeOrigin + performance.now()));
  }
}).observe(document.body, { subtree: true, childList: true, attributes: true });
"""
_CLICK = """button => {
  window.clicked = performance.timeOrigin + performance.now();
  button.click();
}"""


def click_row(url: str, site: Sequence[Process], doctor: int, rounds: int, bound: float) -> Row:
    """Return the row: a booking is confirmed, and the time is struck through elsewhere.

    Beside it stands a ``bound`` in seconds: a bare broadcast to two clients.
    """
    offer, email = asyncio.run(_prepare(url, doctor))
    address = site[0].url.replace("127.0.0.1", "localhost")
    with sync_playwright() as playwright:
        options = {"executable_path": find_chromium(), "args": chromium_flags()}
        browsers = [playwright.chromium.launch(**options) for _ in range(2)]  # type: ignore[arg-type]
        watcher, booker = (_page(browser, address) for browser in browsers)
        answer = booker.request.post(
            "/api/v1/auth/login",
            data={"email": email, "password": _PASSWORD},
            headers={"Origin": address},
        )
        if not answer.ok:
            raise SystemExit(f"The patient of the benchmark could not log in: {answer.text()}")
        watcher.goto(page_of(offer.doctor_id))
        watcher.locator(".day-column .slot").first.wait_for()
        watcher.evaluate(_WATCH)
        seconds = [_one_click(watcher, booker, offer, number) for number in range(rounds)]
        for browser in browsers:
            browser.close()
    late = p95(seconds)
    return Row(
        f"click to visible in another browser, {rounds} times, p95"
        f" (aim 250 ms{': MISSED' if late > 0.25 else ''})",
        f"{bound * 1000:.1f} ms bare broadcast",
        f"{late * 1000:.0f} ms (p50 {statistics.median(seconds) * 1000:.0f} ms)",
        late / bound,
    )


def _page(browser: Browser, address: str) -> Page:
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 860})
    context.set_default_timeout(_TIMEOUT)
    return context.new_page()


def _one_click(watcher: Page, booker: Page, offer: Offer, number: int) -> float:
    booker.goto(booking_link(offer, start_of(number)))
    # Its countdown shows that the time is kept, and that the page is alive.
    booker.get_by_role("timer").wait_for()
    time.sleep(_PAUSE)
    before = watcher.evaluate("struck.length")
    booker.get_by_role("button", name="Confirm booking").evaluate(_CLICK)
    watcher.wait_for_function("before => struck.length > before", arg=before)
    # A page of the app leads to the next without being loaded anew, so it still knows.
    clicked: float = booker.evaluate("clicked")
    struck: float = watcher.evaluate("before => struck[before]", before)
    time.sleep(_PAUSE)
    return (struck - clicked) / 1000


async def _prepare(url: str, doctor: int) -> tuple[Offer, str]:
    """Return what is booked, and the address of somebody who can log in."""
    database = Database(url)
    async with database.session() as session:
        user = await session.get_one(User, user_of_person(_PATIENT))
        user.password_hash, user.email_verified_at = await hashed(_PASSWORD), clock.now()
        email = user.email
        await session.commit()
    (offer,) = await offers_of(database, [doctor])
    await database.dispose()
    return offer, email
