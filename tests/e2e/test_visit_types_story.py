"""Group sessions, visits for known patients, prices and limits: from the doctor to the patient."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from appointment_app.models import BookableBy
from tests.e2e.conftest import PHONE, Server, wait_until_live
from tests.e2e.practice import (
    TUESDAY_TEN,
    Login,
    Practice,
    add_appointment,
    appointments_with,
    confirm_button,
    expect_confirmation,
    log_in,
    open_account,
    open_form,
    open_practice,
)

ONE_HOUR = timedelta(hours=1)


def open_page(page: Page, server: Server, login: Login | None, path: str) -> None:
    if login is not None:
        log_in(page, server, login)
    page.goto(path)
    wait_until_live(page)


def doctors_page(practice: Practice) -> str:
    return f"/doctor?id={practice.offer.doctor_id}&day=2026-11-24"


def test_a_group_class_from_the_doctor_to_its_last_place(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Group")
    doctor = new_page()
    open_page(doctor, server, practice.login, "/visit-types")
    doctor.get_by_role("button", name="Add visit type").click()
    dialog = doctor.get_by_role("dialog", name="New visit type")
    dialog.get_by_label("Name").fill("Back class")
    dialog.get_by_label("Duration in minutes").fill("60")
    dialog.get_by_label("Price").fill("€15")
    expect(dialog.get_by_label("Places at one time")).to_be_hidden()
    dialog.get_by_text("More: who may book, starts, places, pauses").click()
    dialog.get_by_label("Starts").select_option("Every 30 minutes")
    dialog.get_by_label("Places at one time").fill("0")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("Please give 1 to 200 places.")
    dialog.get_by_label("Places at one time").fill("2")
    dialog.get_by_role("button", name="Save").click()
    expect(
        doctor.get_by_text("60 min · In person · €15 · group of 2 · starts every 30 min")
    ).to_be_visible()

    left = ["2 places left", "1 place left"]
    for name, places in zip(("Ann", "Ben"), left, strict=True):
        patient = new_page(**PHONE) if name == "Ann" else new_page()
        open_page(patient, server, open_account(server, name), doctors_page(practice))
        patient.get_by_role("link", name="Back class · 60 min").click()
        expect(patient.get_by_text("Price: €15. A group session for up to 2.")).to_be_visible()
        slot = f"Tuesday 24 November, 10:00, {places}, with"
        patient.get_by_role("link", name=slot).locator("visible=true").click()
        expect(patient.get_by_text(f"Group session: {places}")).to_be_visible()
        confirm_button(patient).click()
        expect_confirmation(patient)
        expect(patient.get_by_text("€15")).to_be_visible()
    first, second = appointments_with(server, practice)
    assert (first.block_id, first.seat, second.seat) == (second.block_id, 0, 1)
    assert first.starts_at == TUESDAY_TEN

    visitor = new_page()
    open_page(visitor, server, None, doctors_page(practice))
    visitor.get_by_role("link", name="Back class · 60 min").click()
    free = visitor.get_by_role("link", name="Tuesday 24 November, ").locator("visible=true")
    expect(free.first).to_have_text("11:00 2 places left")

    doctor.goto("/calendar?view=list&date=2026-11-24")
    doctor.get_by_text("Back class").click()
    panel = doctor.get_by_role("dialog", name="Back class")
    expect(panel).to_contain_text("2 of 2")
    panel.get_by_role("button", name="Ann Story").click()
    expect(doctor.get_by_role("dialog", name="Ann Story")).to_be_visible()


def test_a_visit_for_known_patients_and_the_limits_of_the_practice(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Limits", name="Review", bookable_by=BookableBy.KNOWN_PATIENTS)
    doctor = new_page()
    open_page(doctor, server, practice.login, "/availability")
    doctor.get_by_label("Patients can cancel until").select_option("1 day before")
    doctor.get_by_label("Not more than this many appointments ahead").fill("1")
    doctor.get_by_role("button", name="Save rules").click()
    expect(
        doctor.get_by_role("status").filter(has_text="The booking rules were saved.")
    ).to_be_attached()

    stranger = new_page()
    open_page(stranger, server, open_account(server, "Stan"), doctors_page(practice))
    chosen = stranger.get_by_role("link", name="Review · 30 min · for patients of this doctor")
    expect(chosen).to_be_visible()
    open_form(stranger, practice, TUESDAY_TEN + 3 * ONE_HOUR)
    confirm_button(stranger).click()
    told = stranger.get_by_role("alert").filter(has_text="patients who have been with this doctor")
    expect(told).to_be_visible()
    assert appointments_with(server, practice) == []

    known, page = open_account(server, "Kim"), new_page()
    add_appointment(server, practice, known.person, TUESDAY_TEN - timedelta(days=7))
    open_page(page, server, known, practice.link())
    confirm_button(page).click()
    expect_confirmation(page)
    until = "You can cancel here until Monday 23 November 2026, 10:00."
    expect(page.get_by_text(until)).to_be_visible()
    open_form(page, practice, TUESDAY_TEN + ONE_HOUR)
    confirm_button(page).click()
    expect(
        page.get_by_role("alert").filter(has_text="You already have an appointment")
    ).to_be_visible()

    soon = add_appointment(server, practice, known.person, TUESDAY_TEN - timedelta(hours=20))
    page.goto(f"/appointment?id={soon.public_id}")
    expect(page.get_by_text("Please call Limits Practice: +49 30 5550101.")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel appointment")).to_have_count(0)
