"""A page without its server says so, stays readable, books nothing, and catches up by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import PHONE, WATCH_FOR_STATE, free_port, running_server, wait_until_live
from tests.e2e.practice import TUESDAY_TEN, add_appointment, open_account, open_practice

AT_ONCE = 4_000  # milliseconds, with room for a busy machine


def expect_refusal(page: Page, slot: Locator, why: str) -> None:
    """Wait for the banner; tap a time that is still there to be read, and be told."""
    expect(page.get_by_text(f"{why}. What you see may be out of date.")).to_be_visible(
        timeout=AT_ONCE
    )
    expect(slot).to_be_visible()
    expect(slot).to_have_attribute("aria-disabled", "true")
    before = page.url
    slot.tap(force=True)
    expect(page.get_by_text("There is no connection, so nothing was sent.")).to_be_visible()
    assert page.url == before


def expect_return(page: Page, slot: Locator) -> None:
    """Wait until the page says that all is well, and then no more."""
    expect(page.get_by_text("The connection is back")).to_be_visible()
    expect(slot).not_to_have_attribute("aria-disabled", "true")
    expect(page.get_by_text("The connection is back")).to_have_count(0)


def test_without_network_and_without_server(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, port = tmp_path_factory.mktemp("stopped"), free_port()
    with running_server(folder, lambda server: None, port) as server:
        practice = open_practice(server, "Lostline")
        login = open_account(server, "Lot")
        context = chromium.new_context(base_url=server.url, locale="en-GB", **PHONE)  # type: ignore[arg-type]
        context.add_init_script(WATCH_FOR_STATE)
        page = context.new_page()
        page.goto(f"/doctor?id={practice.doctor.public_id}&day=2026-11-24")
        wait_until_live(page)
        first, second = (
            page.get_by_role("link", name=f"Tuesday 24 November, {time}").last
            for time in ("10:00", "10:30")
        )
        # The network goes, and no socket is closed.
        context.set_offline(True)
        expect_refusal(page, first, "You are offline")
        context.set_offline(False)
        expect_return(page, first)
    expect_refusal(page, first, "The server cannot be reached just now")
    add_appointment(server, practice, login.person, TUESDAY_TEN)
    with running_server(folder, lambda server: None, port):
        expect_return(page, second)
        expect(first).to_have_count(0)
        second.tap()
        expect(page.get_by_role("heading", name="Book this appointment")).to_be_visible()
        expect(page.get_by_role("timer")).to_be_visible()
        context.close()
