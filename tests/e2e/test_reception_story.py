"""Reception's morning: somebody walks in, somebody phones, one is late and never comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from appointment_app.models import AppointmentStatus, Role
from tests.e2e.conftest import Server, wait_until_live
from tests.e2e.practice import (
    TUESDAY_TEN,
    add_appointment,
    appointments_with,
    log_in,
    open_account,
    open_practice,
)

# An hour and a half before the doctor begins; the clock stands at nine and goes on.
TODAY_HALF_PAST_EIGHT = TUESDAY_TEN - timedelta(days=1, hours=1, minutes=30)


def write_down(page: Page, given_name: str, family_name: str, **fields: str) -> None:
    """Add somebody in the dialog that books."""
    page.get_by_role("button", name="New appointment").click()
    page.get_by_role("button", name="New patient").click()
    dialog = page.get_by_role("dialog", name="New patient")
    told = {"First name": given_name, "Last name": family_name} | fields
    for label, text in told.items():
        dialog.get_by_label(label).fill(text)
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_be_hidden()
    booking = page.get_by_role("dialog", name="New appointment")
    expect(booking.get_by_text(f"{given_name} {family_name}")).to_be_visible()


def test_the_morning_of_the_reception(new_page: Callable[..., Page], server: Server) -> None:
    practice = open_practice(server, "Morning")
    absent = open_account(server, "Ella", "Absent")
    add_appointment(server, practice, absent.person, TODAY_HALF_PAST_EIGHT)
    page = new_page()
    log_in(page, server, open_account(server, "Rita", role=Role.RECEPTION, clinic=practice.clinic))
    page.goto("/front-desk")
    wait_until_live(page)
    rows = page.get_by_role("region", name="Dr Dora Morning").get_by_role("listitem")

    # Nora stands at the desk, before the doctor's hours: it is asked about, and booked for now.
    write_down(page, "Nora", "Walkin", **{"Phone number": "030 901820"})
    booking = page.get_by_role("dialog", name="New appointment")
    booking.get_by_role("button", name="Book", exact=True).click()
    booking.get_by_role("button", name="Book anyway").click()
    expect(booking).to_be_hidden()
    nora = rows.filter(has_text="Nora Walkin")
    nora.get_by_role("button", name="Check in").click()
    expect(nora).to_contain_text("Checked in")

    # Ella is late, and does not come.
    ella = rows.filter(has_text="Ella Absent")
    expect(ella).to_contain_text("Late")
    ella.get_by_role("button", name="No-show").click()
    page.get_by_role("button", name="Did not come").click()
    expect(page.get_by_text("Marked as no-show.", exact=True)).to_be_visible()

    # Max phones for tomorrow, and phones again: he cannot come.
    write_down(page, "Max", "Phones", **{"Date of birth": "1980-02-03"})
    booking.get_by_label("Day").fill("2026-11-24")
    booking.get_by_label("Time").fill("10:00")
    booking.get_by_role("button", name="Book", exact=True).click()
    booked = "Max Phones is booked for Tuesday 24 November 2026, 10:00."
    expect(page.get_by_text(booked).last).to_be_visible()
    page.goto("/patients")
    wait_until_live(page)
    page.get_by_label("Find a patient").fill("03.02.1980")
    page.get_by_role("link", name="Max Phones").click()
    page.get_by_role("button", name="Cancel Tuesday 24 November 2026, 10:00").click()
    question = page.get_by_role("dialog", name="Cancel this appointment?")
    question.get_by_label("Why?").fill("He cannot come")
    question.get_by_role("button", name="Cancel appointment").click()
    expect(page.get_by_text("Nothing is booked.")).to_be_visible()

    told = [(each.status, each.cancel_reason) for each in appointments_with(server, practice)]
    assert told == [
        (AppointmentStatus.NO_SHOW, ""),
        (AppointmentStatus.CHECKED_IN, ""),
        (AppointmentStatus.CANCELLED, "He cannot come"),
    ]
