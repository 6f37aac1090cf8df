"""The front desk's day: bookings arrive, patients are checked in, and the day is printed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from appointment_app.models import Role
from tests.e2e.conftest import Server, wait_until_live
from tests.e2e.practice import (
    TUESDAY_TEN,
    add_appointment,
    confirm_button,
    expect_confirmation,
    log_in,
    open_account,
    open_form,
    open_practice,
)

WIDE = {"viewport": {"width": 1920, "height": 1080}}
TODAY_TEN = TUESDAY_TEN - timedelta(days=1)
_COLOURS = """sheet => [
  getComputedStyle(sheet).color,
  getComputedStyle(document.documentElement).getPropertyValue("--surface"),
]"""
AT_ONCE = 4_000  # milliseconds, with room for a busy machine


def test_a_day_at_the_front_desk(new_page: Callable[..., Page], server: Server) -> None:
    practice = open_practice(server, "Frontdesk")
    early, booker = open_account(server, "Ella", "Early"), open_account(server, "Lea", "Later")
    add_appointment(server, practice, early.person, TODAY_TEN)

    desk = new_page(**WIDE)
    log_in(desk, server, open_account(server, "Rita", role=Role.RECEPTION, clinic=practice.clinic))
    desk.goto("/front-desk")
    wait_until_live(desk)
    expect(desk.get_by_role("heading", name="Frontdesk Practice")).to_be_visible()
    board = desk.get_by_role("region", name="Dr Dora Frontdesk")
    rows = board.get_by_role("listitem")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Next")
    # To be read from two metres: letters of 6 mm on a screen of 24 inches.
    size = desk.locator(".desk-patient").evaluate(
        "name => parseFloat(getComputedStyle(name).fontSize)"
    )
    assert size >= 24

    patient, doctor = new_page(), new_page()
    log_in(patient, server, booker)
    log_in(doctor, server, practice.login)
    doctor.goto("/calendar?view=day&date=2026-11-23")
    wait_until_live(doctor)
    open_form(patient, practice, TODAY_TEN + timedelta(minutes=30))
    confirm_button(patient).click()
    expect_confirmation(patient)
    expect(rows).to_have_count(2, timeout=AT_ONCE)
    expect(rows.last).to_contain_text("10:30Lea Later")

    rows.last.get_by_role("button", name="Check in").click()
    expect(rows.last).to_contain_text("Checked in")
    expect(rows.last).to_contain_text("since 09:")
    expect(rows.last).to_contain_text("Next")
    expect(doctor.locator(".calendar-event-checked_in", has_text="Lea Later")).to_be_visible(
        timeout=AT_ONCE
    )

    desk.emulate_media(media="print", color_scheme="dark")
    sheet = desk.get_by_role("table")
    expect(sheet.get_by_role("row")).to_have_text(
        [
            "TimePatientVisitRoomStatus",
            "10:00–10:30Ella EarlyFirst visitConfirmed",
            "10:30–11:00Lea LaterFirst visitChecked in",
        ]
    )
    expect(board).to_be_hidden()
    expect(desk.get_by_role("button", name="Print day sheet")).to_be_hidden()
    assert sheet.evaluate(_COLOURS) == ["rgb(0, 0, 0)", "#fff"]
    assert desk.pdf(format="A4").count(b"/Type /Page\n") == 1
