"""What somebody does in one browser shows in another at once, and nothing there is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, Server, wait_until_live
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

HALF_AN_HOUR = timedelta(minutes=30)
AT_ONCE = 4_000  # milliseconds, with room for a busy machine


def test_a_time_is_being_booked_free_again_taken_and_free_again_on_open_pages(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Livewell")
    on_a_phone, searching = new_page(**PHONE), new_page()
    address = f"/doctor?id={practice.doctor.public_id}&day=2026-11-24"
    on_a_phone.goto(address)
    searching.goto("/?words=Livewell")
    for page in (on_a_phone, searching):
        wait_until_live(page)
    label = "Tuesday 24 November, 10:30 with Dr Dora Livewell"
    slots = [page.get_by_role("link", name=label) for page in (on_a_phone, searching)]
    for slot in slots:
        expect(slot.last).to_be_visible()

    booker = new_page()
    log_in(booker, server, open_account(server, "Bo"))
    second_tab = booker.context.new_page()
    second_tab.goto(address)
    for leaves in (True, False):
        open_form(booker, practice, TUESDAY_TEN + HALF_AN_HOUR)
        expect(booker.get_by_role("timer")).to_be_visible()
        for page, slot in zip((on_a_phone, searching), slots, strict=True):
            expect(slot).to_have_count(0, timeout=AT_ONCE)
            held = page.locator(".slot-held:visible", has_text="10:30")
            expect(held).to_have_text("10:30 being booked by somebody else")
        # To the one who keeps it, it is not.
        wait_until_live(second_tab)
        expect(second_tab.get_by_role("link", name=label).last).to_be_visible()
        if leaves:
            booker.get_by_role("link", name="Choose another time").click()
            for slot in slots:
                expect(slot.last).to_be_visible(timeout=AT_ONCE)
    confirm_button(booker).click()
    expect_confirmation(booker)

    for page, slot in zip((on_a_phone, searching), slots, strict=True):
        expect(slot).to_have_count(0, timeout=AT_ONCE)
        expect(page.locator(".slot-taken:visible", has_text="10:30")).to_be_visible()
    for page in (on_a_phone, searching):
        expect(page.locator(".slot-taken")).to_have_count(0, timeout=10_000)

    booker.get_by_role("button", name="Cancel appointment").click()
    booker.get_by_role("dialog").get_by_role("button", name="Cancel appointment").click()
    expect(booker.get_by_role("heading", name="cancelled")).to_be_visible()
    for slot in slots:
        expect(slot.last).to_be_visible(timeout=AT_ONCE)


def test_a_booking_appears_in_the_doctors_calendar_and_an_open_panel_stays(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Livecal")
    doctor, booker = new_page(), new_page()
    log_in(doctor, server, practice.login)
    log_in(booker, server, open_account(server, "Cal", "Early"))
    for start in (TUESDAY_TEN, TUESDAY_TEN + HALF_AN_HOUR):
        if start != TUESDAY_TEN:
            doctor.goto("/calendar?view=week&date=2026-11-24")
            wait_until_live(doctor)
            doctor.locator(".calendar-event", has_text="Cal Early").first.click()
            expect(doctor.get_by_role("dialog")).to_be_visible()
            doctor.get_by_label("Notes").fill("Half a sentence")
        open_form(booker, practice, start)
        confirm_button(booker).click()
        expect_confirmation(booker)

    expect(doctor.locator(".calendar-event", has_text="Cal Early")).to_have_count(
        2, timeout=AT_ONCE
    )
    expect(doctor.get_by_role("dialog")).to_be_visible()
    expect(doctor.get_by_label("Notes")).to_have_value("Half a sentence")
    # What is new is marked for some seconds, and stands in the list of changes, the latest first.
    expect(doctor.locator(".calendar-event-changed", has_text="Cal Early").last).to_be_visible()
    expect(doctor.locator(".activity li")).to_have_text(
        [re.compile(f"Cal Early booked Tue 24 Nov, {time}") for time in ("10:30", "10:00")]
    )
    expect(doctor.locator(".calendar-event-changed")).to_have_count(0, timeout=30_000)
    expect(doctor.get_by_role("dialog")).to_be_visible()


def test_a_patient_sees_at_once_what_the_clinic_cancels_and_why(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Livelist")
    patient, login = new_page(**PHONE), open_account(server, "Lis", "Watching")
    add_appointment(server, practice, login.person)
    log_in(patient, server, login)
    patient.goto("/appointments")
    wait_until_live(patient)
    expect(patient.get_by_text("Dr Dora Livelist")).to_be_visible()

    doctor = new_page()
    log_in(doctor, server, practice.login)
    doctor.goto("/calendar?view=week&date=2026-11-24")
    wait_until_live(doctor)
    doctor.locator(".calendar-event", has_text="Lis Watching").click()
    doctor.get_by_role("button", name="Cancel appointment").click()
    panel = doctor.get_by_role("dialog")
    panel.get_by_label("Why do you cancel?").fill("The heating broke")
    panel.get_by_role("button", name="Cancel appointment").last.click()

    expect(patient.get_by_text("Cancelled by the clinic: The heating broke")).to_be_visible(
        timeout=AT_ONCE
    )
    expect(patient.get_by_text("The appointment on Tuesday 24").last).to_be_visible()
