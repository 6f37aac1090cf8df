"""A time that is kept while the form is open, and an appointment that repeats."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, Server
from tests.e2e.practice import (
    TUESDAY_TEN,
    add_appointment,
    appointments_with,
    confirm_button,
    expect_confirmation,
    expect_mail,
    log_in,
    mails_to,
    open_account,
    open_form,
    open_practice,
)

BEING_BOOKED = "This time is being booked by somebody else"


def test_a_time_is_kept_for_whoever_fills_in_the_form(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Held")
    first, second = new_page(**PHONE), new_page()
    patient = open_account(server, "Hedda")

    open_form(first, practice)
    countdown = first.get_by_role("timer")
    expect(countdown).to_have_text(re.compile(r"Kept for you: 4:5\d"))
    expect(countdown).to_have_text(re.compile(r"Kept for you: 4:4\d"), timeout=15_000)
    open_form(second, practice)
    expect(second.get_by_role("heading", name=BEING_BOOKED)).to_be_visible()

    # Whoever closes the tab gives it up: kept again, it is kept for as long as at first.
    first.goto("about:blank")
    open_form(first, practice)
    expect(countdown).to_have_text(re.compile(r"Kept for you: 4:5\d"))

    # Whoever goes away gives it up.
    first.get_by_role("link", name="Choose another time").click()
    expect(first.get_by_role("heading", name=practice.doctor.full_name)).to_be_visible()
    second.reload()
    expect(second.get_by_role("timer")).to_be_visible()

    # Whoever logs in keeps it.
    second.get_by_role("button", name="Continue").click()
    expect(second).to_have_url(re.compile("/login"))
    open_form(first, practice)
    expect(first.get_by_role("heading", name=BEING_BOOKED)).to_be_visible()
    log_in(second, server, patient)
    open_form(second, practice)
    confirm_button(second).click()
    expect_confirmation(second)
    (booked,) = appointments_with(server, practice)
    assert booked.person_id == patient.person.id


def test_a_series_without_the_date_that_is_taken(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Series")
    patient, other = open_account(server, "Sera"), open_account(server, "Otto")
    add_appointment(server, practice, other.person, TUESDAY_TEN + timedelta(days=14))
    page = new_page(**PHONE)
    log_in(page, server, patient)
    open_form(page, practice)

    page.get_by_text("Repeat this appointment").click()
    page.get_by_label("How often").select_option("Every week")
    page.get_by_label("How many times").select_option("5")
    expect(page.get_by_text("4 of 5 dates can be booked. The others are left out.")).to_be_visible()
    refused = page.get_by_role("listitem").filter(has_text="This time is not free.")
    expect(refused).to_contain_text("Tuesday 8 December 2026, 10:00")
    page.get_by_role("button", name="Book 4 appointments").click()
    expect_confirmation(page)
    assert len([each for each in appointments_with(server, practice) if each.series_id]) == 4

    expect(page.get_by_text("Part of a series (1 of 4)")).to_be_visible()
    page.get_by_role("link", name="Tuesday 1 December 2026, 10:00").click()
    expect(page.get_by_text("Part of a series (2 of 4)")).to_be_visible()
    page.get_by_role("button", name="Cancel appointment").first.click()
    question = page.get_by_role("dialog")
    question.get_by_label("This and the 2 following").check()
    question.get_by_role("button", name="Cancel appointment").click()
    expect(page.get_by_role("heading", name="This appointment is cancelled")).to_be_visible()
    mine = [each for each in appointments_with(server, practice) if each.series_id]
    assert [each.active for each in mine] == [True, False, False, False]

    page.goto("/appointments")
    expect(page.get_by_text("Part of a series (1 of 4)")).to_be_visible()
    told = (
        "Appointments booked: 4, from Tuesday 24 November 2026 on",
        "Appointments cancelled: 3, from Tuesday 1 December 2026 on",
    )
    for subject in told:
        expect_mail(page, server, patient.email, subject)
    assert {mail.summary.subject for mail in mails_to(server, patient.email)} == set(told)
