"""Registering, confirming, logging in and out, and a forgotten password, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as NotInTime

from tests.e2e.conftest import DESKTOP, PHONE, Server, wait_until_live

PASSWORD = "seven green kettles"
NEW_PASSWORD = "nine quiet lanterns"


def log_in(page: Page, server: Server, email: str, password: str, next_path: str = "") -> None:
    page.goto(f"{server.url}/login{f'?next={next_path}' if next_path else ''}")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Log in").click()


def open_mailed_link(page: Page, server: Server, email: str, path: str) -> None:
    """Open the newest mail to ``email`` in the mailbox and follow its link to ``path``."""
    page.goto(f"{server.url}/dev/mailbox")
    wait_until_live(page)
    page.get_by_role("main").get_by_role("link").filter(has_text=email).first.click()
    page.get_by_role("main").get_by_role("link").filter(has_text=path).click()


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_from_registering_to_a_new_password(
    new_page: Callable[..., Page], server: Server, device: dict[str, object]
) -> None:
    email = f"mira{len(device)}@mail.example"
    page = new_page(**device)
    page.goto(f"{server.url}/register?next=%2Fappointments")
    page.get_by_label("First name").fill("Mira")
    page.get_by_label("Last name").fill("Sol")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill("password1")
    page.get_by_label("agree to it").check()
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("E-mail address")).to_have_value(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Please confirm your address")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(email)

    other_tab = page.context.new_page()
    open_mailed_link(other_tab, server, email, "/verify")
    other_tab.get_by_role("button", name="Confirm and go on").click()
    other_tab.wait_for_url(re.compile("/appointments/?$"))

    page.get_by_role("link", name="I have confirmed my address").click()
    page.wait_for_url(re.compile("/appointments/?$"))
    wait_until_live(page)
    wait_until_live(other_tab)
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(re.compile(r"\d/?$"))
    # The other tab of this browser held this person's data: it empties itself, untouched.
    other_tab.wait_for_url(re.compile("/login.*next="))

    log_in(page, server, email, "not my password")
    expect(page.get_by_role("main").get_by_role("alert")).to_contain_text("is wrong")
    log_in(page, server, email, PASSWORD, "/appointments")
    page.wait_for_url(re.compile("/appointments/?$"))

    elsewhere = new_page(**device)
    elsewhere.goto(f"{server.url}/forgot-password")
    elsewhere.get_by_label("E-mail address").fill(email)
    elsewhere.get_by_role("button", name="Send the link").click()
    expect(elsewhere.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    open_mailed_link(elsewhere, server, email, "/reset-password")
    elsewhere.get_by_label("New password").fill(NEW_PASSWORD)
    elsewhere.get_by_role("button", name="Save and log in").click()
    elsewhere.wait_for_url(re.compile(r"\d/?$"))

    # The first browser is logged out: its open tab notices when it is looked at again, or the
    # time after that if it asked a moment before.
    for _ in range(10):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        with suppress(NotInTime):
            page.wait_for_url(re.compile("/login.*next="), timeout=3000)
            break
    expect(page).to_have_url(re.compile("/login.*next="))


def test_a_page_for_administrators_leads_through_the_login_and_back(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page(**PHONE)
    page.goto(f"{server.url}/admin/doctors")
    page.wait_for_url(re.compile("/login.*next="))
    page.get_by_role("link", name="Create an account").click()
    page.wait_for_url(re.compile("/register.*next=.*admin"))


def test_no_link_leads_to_another_site(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page(**PHONE)
    page.goto(f"{server.url}/register?next=//evil.example")
    page.get_by_label("First name").fill("Noor")
    page.get_by_label("Last name").fill("Ali")
    page.get_by_label("E-mail address").fill("noor@mail.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("agree to it").check()
    page.get_by_role("button", name="Create account").click()
    link = page.get_by_role("link", name="I have confirmed my address")
    expect(link).to_have_attribute("href", "/")
