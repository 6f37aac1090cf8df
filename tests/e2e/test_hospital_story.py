"""A hospital group from nothing, in the browser: clinics, a doctor, their hours, a booking."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from appointment_app.models import Role
from tests.e2e.conftest import Server, wait_until_live
from tests.e2e.practice import (
    PASSWORD,
    confirm_button,
    expect_confirmation,
    log_in,
    open_account,
)

EMAIL = "lena.settler@story.example"
NAME = "Dr Lena Settler"


def test_a_hospital_group_from_nothing_to_a_booking(
    new_page: Callable[..., Page], server: Server
) -> None:
    admin, doctor, patient = new_page(), new_page(), new_page()
    log_in(admin, server, open_account(server, "Helga", role=Role.ADMINISTRATOR))
    _set_up(admin)
    _register(doctor)
    _approve(admin)
    _prepare(doctor)
    _belong(admin)
    log_in(patient, server, open_account(server, "Paula"))
    _find_and_book(patient)
    doctor.goto("/calendar?view=list&date=2026-11-24")
    wait_until_live(doctor)
    expect(doctor.locator(".calendar-event").filter(has_text="Paula Story")).to_be_visible()


def _set_up(page: Page) -> None:
    """Set up two clinics with their departments and a room."""
    page.goto("/admin/clinics")
    wait_until_live(page)
    _open_clinic(page, "Lakeside Clinic", "Lake Road 1", ("47.66", "9.18"))
    _open_clinic(page, "Harbour House", "Quay 2", ("47.65", "9.19"))
    for clinic, names in {
        "Lakeside Clinic": ("Outpatients", "Surgery"),
        "Harbour House": ("Day ward",),
    }.items():
        page.get_by_role("button", name=f"Departments {clinic}").click()
        for name in names:
            page.get_by_label("New department").fill(name)
            page.get_by_role("dialog").get_by_role("button", name="Add").click()
            expect(page.get_by_role("switch", name=f"In use: {name}")).to_be_visible()
        page.keyboard.press("Escape")
    page.goto("/admin/rooms")
    wait_until_live(page)
    page.get_by_role("button", name="Add a room or device to Lakeside Clinic").click()
    page.get_by_label("Name").fill("Room 1")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Room 1")).to_be_visible()


def _open_clinic(page: Page, name: str, street: str, degrees: tuple[str, str]) -> None:
    page.get_by_role("button", name="New clinic").first.click()
    dialog = page.get_by_role("dialog", name="New clinic")
    for label, text in {
        "Name": name,
        "Street and number": street,
        "Postcode": "78464",
        "City": "Konstanz",
        "Phone": "+49 7531 8010",
        "Time zone": "Europe/Berlin",
        "Monday": "8-12, 14-18",
        "Latitude": degrees[0],
    }.items():
        dialog.get_by_label(label, exact=True).fill(text)
    dialog.get_by_label("Country").select_option("DE")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Please give both degrees")).to_be_visible()
    dialog.get_by_label("Longitude").fill(degrees[1])
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def _register(page: Page) -> None:
    """Register as a doctor of the new clinic, and confirm the address from the mail."""
    page.goto("/register/doctor")
    wait_until_live(page)
    for label, text in {
        "First name": "Lena",
        "Last name": "Settler",
        "E-mail address": EMAIL,
        "Licence number": "KN-4711",
    }.items():
        page.get_by_label(label).fill(text)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Clinic", exact=True).select_option(label="Lakeside Clinic, Konstanz")
    page.get_by_role("checkbox", name="Dermatology").check()
    page.get_by_label("agree to it").check()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("The clinic then decides, and we tell you by mail.")).to_be_visible()
    page.goto("/dev/mailbox")
    wait_until_live(page)
    page.get_by_role("main").get_by_role("link").filter(has_text=EMAIL).first.click()
    page.get_by_role("main").get_by_role("link").filter(has_text="/verify").click()
    page.get_by_role("button", name="Confirm and go on").click()
    page.wait_for_url("**/calendar**")
    wait_until_live(page)
    expect(page.get_by_text("Your registration waits for approval.")).to_be_visible()


def _approve(page: Page) -> None:
    page.goto("/admin/doctors")
    wait_until_live(page)
    page.get_by_role("button", name=f"Approve {NAME}").click()
    expect(page.get_by_text("Approved. The doctor is told by mail.").last).to_be_visible()


def _prepare(page: Page) -> None:
    """Fill the profile, set the weekly hours and what can be booked."""
    page.goto("/doctor/profile")
    wait_until_live(page)
    page.get_by_label("Languages").fill("German, English")
    page.get_by_label("Qualifications").fill("Specialist in skin diseases")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("saved").last).to_be_visible()

    page.goto("/availability")
    wait_until_live(page)
    for day in ("Monday", "Tuesday"):
        page.get_by_role("switch", name=day).click()
        hours = page.get_by_role("group", name=day).first
        hours.get_by_label("from").fill("09:00")
        hours.get_by_label("to").fill("12:00")
        hours.get_by_label("to").blur()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The weekly hours were saved.").last).to_be_visible()

    page.goto("/visit-types")
    wait_until_live(page)
    page.get_by_role("button", name="Add visit type").first.click()
    dialog = page.get_by_role("dialog", name="New visit type")
    dialog.get_by_label("Name").fill("First visit")
    dialog.get_by_label("Duration in minutes").fill("30")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("30 min · In person")).to_be_visible()


def _belong(page: Page) -> None:
    """Let the doctor belong to a department."""
    page.goto("/admin/doctors")
    wait_until_live(page)
    page.get_by_role("link", name=NAME, exact=True).click()
    page.get_by_role("button", name="Outpatients").click()
    expect(page.get_by_role("button", name="Outpatients", pressed=True)).to_be_visible()


def _find_and_book(page: Page) -> None:
    """Find the doctor near oneself, then in the department of the clinic, and book."""
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 47.6612, "longitude": 9.1756})
    page.goto("/")
    wait_until_live(page)
    page.get_by_role("button", name="Near me").click()
    card = page.get_by_role("article", name=NAME)
    expect(card.get_by_text("about 1 km")).to_be_visible()
    assert "near=47.66%2C9.18" in page.url
    page.goto("/?place=Lakeside")
    wait_until_live(page)
    departments = page.get_by_role("group", name="Department")
    expect(departments.get_by_role("link")).to_have_text(["All departments", "Outpatients"])
    departments.get_by_role("link", name="Outpatients").click()
    page.wait_for_url("**department=**")
    expect(card.get_by_text("Outpatients")).to_be_visible()
    page.get_by_role("link", name=NAME, exact=True).click()
    expect(page.get_by_text("Mon 08:00–12:00, 14:00–18:00")).to_be_visible()
    expect(page.get_by_text("Outpatients")).to_be_visible()
    slot = f"Tuesday 24 November, 09:00 with {NAME}"
    page.get_by_role("link", name=slot).locator("visible=true").first.click()
    confirm_button(page).click()
    expect_confirmation(page)
    expect(page.get_by_text("Lakeside Clinic, Lake Road 1").first).to_be_visible()
