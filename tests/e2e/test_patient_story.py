"""A patient finds a doctor, books, reads everything again, and cancels."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import icalendar
from playwright.sync_api import Page, expect

from appointment_app.models import AppointmentStatus
from tests.e2e.conftest import PHONE, Server, wait_until_live
from tests.e2e.practice import (
    PASSWORD,
    TEN_IN_WORDS,
    TUESDAY_TEN,
    Practice,
    appointments_with,
    confirm_button,
    expect_confirmation,
    log_in,
    open_account,
    open_form,
    open_practice,
    reason_field,
)

REASON = "A rash on the left arm"

# Counted over page loads; Enter in a form is told as a click without a pointer.
_COUNT_CLICKS = """
addEventListener("click", (event) => {
  if (event.isTrusted && event.detail > 0) {
    sessionStorage.clicks = Number(sessionStorage.clicks ?? 0) + 1;
  }
}, true);
"""


def find_slot(page: Page, practice: Practice) -> None:
    """From the home page to the booking form, through the search."""
    page.goto("/")
    wait_until_live(page)
    words = page.get_by_label("Specialty, doctor or symptom")
    words.fill(practice.doctor.family_name)
    words.press("Enter")
    slot = f"Tuesday 24 November, 10:00 with {practice.doctor.full_name}"
    page.get_by_role("link", name=slot).click()
    expect(page.get_by_role("heading", name="Book this appointment")).to_be_visible()


def test_a_newcomer_books_and_cancels(new_page: Callable[..., Page], server: Server) -> None:
    practice = open_practice(server, "Newcomer")
    email = "nina.newcomer@story.example"
    page = new_page(**PHONE)

    find_slot(page, practice)
    reason_field(page).fill(REASON)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("First name").fill("Nina")
    page.get_by_label("Last name").fill("Newcomer")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("agree to it").check()
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Please confirm your address")).to_be_visible()
    assert appointments_with(server, practice) == []

    # The link in the mail opens a second tab.
    mail = page.context.new_page()
    mail.goto("/dev/mailbox")
    mail.get_by_role("link", name=email).click()
    mail.get_by_role("link", name="/verify?token=").click()
    mail.get_by_role("button", name="Confirm and go on").click()
    expect(mail.get_by_role("heading", name="Book this appointment")).to_be_visible()
    expect(confirm_button(mail)).to_be_visible()
    mail.close()

    page.get_by_role("link", name="I have confirmed my address").click()
    expect(confirm_button(page)).to_be_visible()
    expect(page.get_by_text(TEN_IN_WORDS)).to_be_visible()
    expect(reason_field(page)).to_have_value(REASON)
    confirm_button(page).click()

    expect_confirmation(page)
    (booked,) = appointments_with(server, practice)
    main = page.get_by_role("main")
    for text in (
        TEN_IN_WORDS,
        "Berlin time",
        "Newcomer Practice, Quay Street 1",
        practice.doctor.full_name,
        "First visit · 30 min",
        "Nina Newcomer",
        f"{booked.reference[:4]}-{booked.reference[4:]}",
        REASON,
        "You can cancel here until the appointment begins.",
    ):
        expect(main).to_contain_text(text)
    assert booked.status is AppointmentStatus.CONFIRMED

    with page.expect_download() as download:
        page.get_by_role("link", name="Add to calendar").click()
    calendar = icalendar.Calendar.from_ical(download.value.path().read_bytes())
    (event,) = calendar.walk("VEVENT")
    assert event["DTSTART"].dt == TUESDAY_TEN
    assert event["DTEND"].dt == TUESDAY_TEN + timedelta(minutes=30)

    # The mailbox page shows what comes in while it is open.
    page.get_by_role("link", name="open the mailbox").click()
    page.get_by_role("link", name=email).filter(has_text=TEN_IN_WORDS).click()
    expect(page.get_by_role("main")).to_contain_text(TEN_IN_WORDS)
    expect(page.get_by_role("link", name="appointment.ics")).to_be_visible()

    page.goto("/appointments")
    row = page.get_by_role("listitem").filter(has_text=practice.doctor.full_name)
    expect(row).to_contain_text("Confirmed")
    row.get_by_role("button", name="Cancel").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text(TEN_IN_WORDS)
    question.get_by_label("Why? (optional)").fill("I am well again")
    question.get_by_role("button", name="Cancel appointment").click()
    expect(page.get_by_role("status").filter(has_text="is cancelled")).to_be_attached()
    expect(question).to_be_hidden()
    expect(page.get_by_role("heading", name="No upcoming appointments")).to_be_visible()

    page.get_by_role("link", name="Past").click()
    expect(row).to_contain_text("Cancelled by you: I am well again")
    (cancelled,) = appointments_with(server, practice)
    assert (cancelled.status, cancelled.active) == (AppointmentStatus.CANCELLED, False)
    page.get_by_role("link", name="open the mailbox").click()
    mail_line = page.get_by_role("link", name=email).filter(has_text="cancelled")
    expect(mail_line).to_contain_text(TEN_IN_WORDS)

    # The time is free again, for the same person in the same tab too.
    find_slot(page, practice)
    expect(reason_field(page)).to_have_value("")
    confirm_button(page).click()
    again = expect_confirmation(page)
    assert [each.public_id for each in appointments_with(server, practice) if each.active] == [
        again
    ]


def test_a_known_patient_books_in_four_clicks(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Fourclicks")
    known = open_account(server, "Kim")
    page = new_page(**PHONE)
    page.add_init_script(_COUNT_CLICKS)

    find_slot(page, practice)
    reason_field(page).fill(REASON)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("E-mail address").fill(known.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(reason_field(page)).to_have_value(REASON)
    confirm_button(page).click()
    expect_confirmation(page)

    # A field is filled without a click here; a person may need one for each.
    assert page.evaluate("sessionStorage.clicks") == "4"
    (booked,) = appointments_with(server, practice)
    assert (booked.person_id, booked.reason) == (known.person.id, REASON)


def test_a_visitor_in_another_zone_reads_both_clocks(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Twoclocks")
    traveller = open_account(server, "Tara")
    page = new_page(timezone_id="Asia/Kathmandu")
    log_in(page, server, traveller)
    open_form(page, practice)
    expect(page.get_by_text("14:45 your time")).to_be_visible()
    confirm_button(page).click()
    expect_confirmation(page)
    expect(page.get_by_role("main")).to_contain_text("10:00 · Berlin time")
    expect(page.get_by_text("14:45 your time")).to_be_visible()


def test_a_visit_that_the_doctor_confirms_says_so_before_and_after(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Waiting", needs_confirmation=True)
    page = new_page()
    log_in(page, server, open_account(server, "Wes"))
    open_form(page, practice)
    expect(page.get_by_text("The doctor confirms this visit before it is final.")).to_be_visible()
    confirm_button(page).click()
    heading = page.get_by_role("heading", name="Your appointment waits to be confirmed")
    expect(heading).to_be_visible()
