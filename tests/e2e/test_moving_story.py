"""Appointments move: by their patient, by dragging, by keyboard; and staff overbook on purpose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import FloatRect, Locator, Page, expect

from appointment_app.models import Appointment, AppointmentStatus
from tests.e2e.conftest import Server, wait_until_live
from tests.e2e.practice import (
    TEN_IN_WORDS,
    TUESDAY_TEN,
    Practice,
    add_appointment,
    appointments_with,
    expect_mail,
    log_in,
    open_account,
    open_practice,
)

WEEK = "/calendar?view=week&date=2026-11-23"
AN_HOUR = timedelta(hours=1)
TALL = {"width": 1440, "height": 1500}  # the whole day is in sight: nothing scrolls while dragging


def entry(page: Page, name: str) -> Locator:
    """The entry of a patient in the calendar."""
    return page.locator(".calendar-event").filter(has_text=name)


def box_of(locator: Locator) -> FloatRect:
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    assert box is not None
    return box


def open_calendar(page: Page, server: Server, practice: Practice) -> None:
    log_in(page, server, practice.login)
    page.goto(WEEK)
    wait_until_live(page)


def drag(page: Page, name: str, *, hours: float, pixels_an_hour: float) -> None:
    """Drag an entry down by some hours."""
    box = box_of(entry(page, name))
    x, y = box["x"] + box["width"] / 2, box["y"] + 10
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 12, steps=3)
    page.mouse.move(x, y + hours * pixels_an_hour, steps=8)
    page.mouse.up()


def start_of(server: Server, practice: Practice, row: Appointment) -> object:
    return next(each.starts_at for each in appointments_with(server, practice) if each.id == row.id)


def test_a_patient_chooses_another_time(new_page: Callable[..., Page], server: Server) -> None:
    practice, pia = open_practice(server, "Mover"), open_account(server, "Pia")
    row = add_appointment(server, practice, pia.person)
    page = new_page()
    log_in(page, server, pia)
    page.goto("/appointments")
    page.get_by_role("link", name="Move the appointment on").click()
    expect(page.get_by_text(f"Moving your appointment of {TEN_IN_WORDS}.")).to_be_visible()
    page.get_by_role("link", name="Tuesday 24 November, 11:30").locator("visible=true").click()
    expect(page.get_by_role("heading", name="Move this appointment")).to_be_visible()
    expect(page.get_by_text(TEN_IN_WORDS)).to_be_visible()
    expect(page.get_by_text("Tuesday 24 November 2026, 11:30")).to_be_visible()
    page.get_by_role("button", name="Move appointment").dblclick()

    moved = page.get_by_text(f"Moved from {TEN_IN_WORDS} to Tuesday 24 November 2026, 11:30.")
    expect(moved).to_be_visible()
    page.reload()
    expect(page.get_by_text("Moved from", exact=True)).to_be_visible()
    expect(page.get_by_text(TEN_IN_WORDS, exact=True)).to_be_visible()
    (stored,) = appointments_with(server, practice)
    assert stored.starts_at == TUESDAY_TEN + 1.5 * AN_HOUR
    assert (stored.id, stored.reference) == (row.id, row.reference)
    expect_mail(page, server, pia.email, "You chose another time")


def test_a_doctor_drags_and_undoes_and_a_refused_drop_springs_back(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice, elsewhere = open_practice(server, "Dragger"), open_practice(server, "Elsewhere")
    nora, ben = open_account(server, "Nora"), open_account(server, "Ben")
    row = add_appointment(server, practice, nora.person)
    add_appointment(server, practice, ben.person, TUESDAY_TEN + 2 * AN_HOUR)
    add_appointment(server, elsewhere, nora.person, TUESDAY_TEN + 4 * AN_HOUR)
    page = new_page(viewport=TALL)
    open_calendar(page, server, practice)
    top, below = box_of(entry(page, nora.name))["y"], box_of(entry(page, ben.name))["y"]
    pixels = (below - top) / 2

    # Nora is at another doctor's then: it springs back, and a message says why.
    drag(page, nora.name, hours=4, pixels_an_hour=pixels)
    toast = page.get_by_role("region", name="Messages")
    expect(toast).to_contain_text("The patient already has an appointment at this time")
    assert abs(box_of(entry(page, nora.name))["y"] - top) < 2
    toast.get_by_role("button", name="Close").click()

    # Over Ben it asks, and cancelling springs back.
    drag(page, nora.name, hours=2, pixels_an_hour=pixels)
    dialog = page.get_by_role("dialog", name="Move Nora Story to")
    expect(dialog).to_contain_text("At 12:00 Ben Story has an appointment: First visit.")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    page.wait_for_function(
        "([text, top]) => Math.abs([...document.querySelectorAll('.calendar-event')]"
        ".find((each) => each.textContent.includes(text)).getBoundingClientRect().top - top) < 2",
        arg=[nora.name, top],
    )
    assert start_of(server, practice, row) == TUESDAY_TEN

    # To a free time it goes, with a reason, and back.
    drag(page, nora.name, hours=1, pixels_an_hour=pixels)
    dialog = page.get_by_role("dialog", name="Move Nora Story to")
    expect(dialog.get_by_role("heading")).to_have_text(
        "Move Nora Story to Tuesday 24 November 2026, 11:00?"
    )
    dialog.get_by_label("Why? (optional)").fill("The doctor is late.")
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(toast).to_contain_text("Nora Story moved to Tuesday 24 November 2026, 11:00.")
    assert start_of(server, practice, row) == TUESDAY_TEN + AN_HOUR
    expect_mail(page, server, nora.email, "The doctor is late.")
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_contain_text(f"Moved back to {TEN_IN_WORDS}.")
    assert start_of(server, practice, row) == TUESDAY_TEN


def test_a_doctor_moves_by_keyboard_checks_in_and_overbooks_on_purpose(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Keys")
    nora, ben = open_account(server, "Nora"), open_account(server, "Ben")
    row = add_appointment(server, practice, nora.person)
    today = add_appointment(server, practice, ben.person, TUESDAY_TEN - timedelta(days=1))
    page = new_page(viewport=TALL)
    open_calendar(page, server, practice)

    entry(page, nora.name).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Move…").press("Enter")
    dialog = page.get_by_role("dialog", name="Move Nora Story")
    dialog.get_by_label("Time").fill("14:20")
    dialog.get_by_label("Time").press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("region", name="Messages")).to_contain_text("14:20")
    assert start_of(server, practice, row) == TUESDAY_TEN + timedelta(hours=4, minutes=20)

    entry(page, ben.name).click()
    panel = page.get_by_role("dialog", name=ben.name)
    panel.get_by_role("button", name="Check in").click()
    expect(panel.get_by_text("Checked in", exact=True)).to_be_visible()
    panel.get_by_role("button", name="Undo check-in").click()
    expect(panel.get_by_text("Confirmed", exact=True)).to_be_visible()
    panel.get_by_role("button", name="Check in").click()
    expect(panel.get_by_text("Checked in", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(entry(page, ben.name)).to_contain_text("Checked in")

    page.get_by_role("button", name="New appointment").click()
    dialog = page.get_by_role("dialog", name="New appointment")
    expect(dialog.get_by_role("searchbox", name="Patient")).to_be_focused()
    page.keyboard.type("ben")
    dialog.get_by_role("button", name="Ben Story").click()
    dialog.get_by_label("Day").fill("2026-11-24")
    dialog.get_by_label("Time").fill("14:30")
    dialog.get_by_role("button", name="Book", exact=True).click()
    question = "At 14:20 Nora Story has an appointment: First visit. Book Ben Story as well?"
    expect(dialog.get_by_text(question)).to_be_visible()
    dialog.get_by_role("button", name="Book anyway").dblclick()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Overbooked · First visit")).to_be_visible()
    rows = {each.id: each for each in appointments_with(server, practice)}
    assert rows[today.id].status is AppointmentStatus.CHECKED_IN
    (booked,) = [each for each in rows.values() if each.id not in {row.id, today.id}]
    assert booked.starts_at == TUESDAY_TEN + timedelta(hours=4, minutes=30)
    expect_mail(page, server, ben.email, "Tuesday 24 November 2026, 14:30")
