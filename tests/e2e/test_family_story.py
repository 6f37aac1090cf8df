"""A parent and two children: added, booked for, told apart, and known to the doctor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, Server, wait_until_live
from tests.e2e.practice import (
    TUESDAY_TEN,
    Practice,
    appointments_with,
    confirm_button,
    expect_confirmation,
    log_in,
    open_account,
    open_form,
    open_practice,
)

HALF_PAST_TEN = TUESDAY_TEN + timedelta(minutes=30)


def add_child(page: Page, given_name: str, born: str) -> None:
    """Add a child on the family page."""
    page.get_by_role("button", name="Add somebody").click()
    form = page.get_by_role("dialog")
    form.get_by_label("First name").fill(given_name)
    form.get_by_label("Last name").fill("Story")
    form.get_by_label("Date of birth").fill(born)
    form.get_by_label("Who that is to you").select_option("Child")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=f"{given_name} Story")).to_be_visible()


def choose(page: Page, name: str) -> None:
    """Choose on the booking form for whom it books."""
    page.get_by_role("group", name="For whom").get_by_role("link", name=name).click()
    chosen = page.get_by_role("link", name=name, exact=True)
    expect(chosen).to_have_attribute("aria-current", "true")


def book(page: Page, practice: Practice, name: str, *, at_half_past: bool = False) -> None:
    """Book for somebody of the family."""
    open_form(page, practice, HALF_PAST_TEN if at_half_past else TUESDAY_TEN)
    choose(page, name)
    confirm_button(page).click()
    expect(page.get_by_role("heading", name="The appointment is confirmed")).to_be_visible()


def test_a_parent_and_two_children(new_page: Callable[..., Page], server: Server) -> None:
    practice = open_practice(server, "Sibling")
    other = open_practice(server, "Elsewhere")
    page = new_page(**PHONE)
    log_in(page, server, open_account(server, "Paula"))
    page.goto("/family")
    wait_until_live(page)
    expect(page.get_by_text("Nobody here yet")).to_be_visible()
    add_child(page, "Kim", "2018-03-01")
    add_child(page, "Lou", "2021-07-15")

    # What the doctor has to know of Kim
    page.get_by_role("link", name="Profile of Kim Story").click()
    page.get_by_label("Allergies").fill("Penicillin: hives")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your changes are saved.", exact=True)).to_be_visible()

    # One after the other at one doctor, and at the same time at another
    book(page, practice, "Kim Story")
    book(page, practice, "Lou Story", at_half_past=True)
    open_form(page, other)
    choose(page, "Kim Story")
    expect(page.get_by_text("Kim Story already has an appointment at this time.")).to_be_visible()
    expect(confirm_button(page)).to_have_count(0)
    choose(page, "Lou Story")
    confirm_button(page).click()
    expect(page.get_by_role("heading", name="The appointment is confirmed")).to_be_visible()
    open_form(page, other, HALF_PAST_TEN)
    confirm_button(page).click()
    expect_confirmation(page)

    page.goto("/appointments")
    rows = page.get_by_role("main").get_by_role("listitem").filter(has_text="Details")
    expect(rows).to_have_count(4)
    expect(rows.filter(has_text="for Kim Story")).to_have_count(1)
    expect(rows.filter(has_text="for Lou Story")).to_have_count(2)
    assert len(appointments_with(server, practice)) == 2

    # The doctor unfolds what was told of Kim
    doctor = new_page()
    log_in(doctor, server, practice.login)
    doctor.goto("/calendar?view=day&date=2026-11-24")
    wait_until_live(doctor)
    doctor.locator(".calendar-event", has_text="Kim Story").click()
    doctor.get_by_role("button", name="Patient", exact=True).click()
    expect(doctor.get_by_role("dialog").get_by_text("Penicillin: hives")).to_be_visible()
