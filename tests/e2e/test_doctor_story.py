"""A doctor looks at the calendar, deals with appointments, and sets hours and visit types."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.models import AppointmentStatus
from appointment_app.scheduling import booking
from appointment_app.scheduling.booking import BookingRequest
from tests.e2e.conftest import PHONE, Server, wait_until_live
from tests.e2e.practice import (
    TUESDAY_TEN,
    Login,
    Practice,
    appointments_with,
    expect_mail,
    in_database,
    log_in,
    open_account,
    open_practice,
)
from tests.factories import patient_actor

MONDAY = TUESDAY_TEN - timedelta(days=1, hours=2)
WEEK = "/calendar?view=week&date=2026-11-23"
PAGES = ("/calendar", "/calendar?view=week", "/calendar?view=list", "/availability", "/visit-types")


def book(server: Server, practice: Practice, patient: Login, start: datetime) -> None:
    """Book as the patient, at the server's time."""

    async def work(session: AsyncSession) -> None:
        actor = await patient_actor(session, patient.person)
        request = BookingRequest(practice.offer, start, "A rash on the arm", uuid4().hex)
        with clock.frozen(MONDAY):
            await booking.book(session, actor, request)

    in_database(server, work)


def open_page(page: Page, server: Server, doctor: Login, path: str) -> None:
    log_in(page, server, doctor)
    page.goto(path)
    wait_until_live(page)


def in_calendar(page: Page, patient: Login) -> Locator:
    """The entry of a patient in the calendar."""
    return page.locator(".calendar-event").filter(has_text=patient.name)


def status_of(server: Server, practice: Practice) -> list[AppointmentStatus]:
    return [appointment.status for appointment in appointments_with(server, practice)]


def test_a_doctor_confirms_writes_notes_and_cancels(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Calendar", needs_confirmation=True)
    nora, omar = open_account(server, "Nora"), open_account(server, "Omar")
    book(server, practice, nora, TUESDAY_TEN)
    book(server, practice, omar, TUESDAY_TEN + timedelta(hours=1))
    page = new_page()
    open_page(page, server, practice.login, WEEK)

    expect(page.get_by_role("heading", level=1)).to_have_text("23 – 29 November 2026")
    entry = in_calendar(page, nora)
    expect(entry).to_contain_text("To confirm · First visit")
    entry.focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name=nora.name)
    expect(panel).to_contain_text("Tuesday 24 November 2026, 10:00 – 10:30")
    expect(panel).to_contain_text("A rash on the arm")
    expect(panel).to_contain_text("Only you can read these notes.")
    expect(panel.get_by_role("button", name="Complete")).to_have_count(0)

    panel.get_by_label("Notes").fill("Eczema; cream twice a day")
    panel.get_by_role("button", name="Save notes").click()
    expect(page.get_by_text("The notes were saved.").last).to_be_visible()
    panel.get_by_role("button", name="Confirm").dblclick()
    expect(panel.get_by_text("Confirmed", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(in_calendar(page, nora)).to_be_focused()
    expect(in_calendar(page, nora)).not_to_contain_text("To confirm")

    in_calendar(page, omar).click()
    panel = page.get_by_role("dialog", name=omar.name)
    panel.get_by_role("button", name="Cancel appointment…").click()
    panel.get_by_role("button", name="Cancel appointment", exact=True).click()
    expect(panel).to_contain_text("Please give a reason")
    panel.get_by_label("Why do you cancel?").fill("The doctor is ill that day.")
    panel.get_by_role("button", name="Cancel appointment", exact=True).click()
    expect(panel.get_by_text("Cancelled", exact=True)).to_be_visible()
    expect(in_calendar(page, omar)).to_have_count(0)

    confirmed, cancelled = appointments_with(server, practice)
    assert (confirmed.status, confirmed.notes) == (
        AppointmentStatus.CONFIRMED,
        "Eczema; cream twice a day",
    )
    assert cancelled.status is AppointmentStatus.CANCELLED
    expect_mail(page, server, omar.email, "The doctor is ill that day.")


def test_a_visit_that_has_begun_is_completed(new_page: Callable[..., Page], server: Server) -> None:
    practice = open_practice(server, "Completer")
    nora = open_account(server, "Nora")
    book(server, practice, nora, TUESDAY_TEN)

    async def let_it_begin(session: AsyncSession) -> None:
        (appointment,) = appointments
        appointment.starts_at -= timedelta(days=4)
        appointment.ends_at -= timedelta(days=4)
        session.add(appointment)
        await session.commit()

    appointments = appointments_with(server, practice)
    in_database(server, let_it_begin)
    page = new_page()
    open_page(page, server, practice.login, "/calendar?view=list&date=2026-11-20")
    in_calendar(page, nora).click()
    panel = page.get_by_role("dialog", name=nora.name)
    panel.get_by_role("button", name="Complete").click()
    expect(panel.get_by_text("Completed", exact=True)).to_be_visible()
    expect(panel.get_by_role("button", name="No-show")).to_have_count(0)
    assert status_of(server, practice) == [AppointmentStatus.COMPLETED]


def test_what_is_looked_at_stands_in_the_address(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Traveller")
    page = new_page()
    open_page(page, server, practice.login, "/calendar?view=day&date=2026-11-23")
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("Monday 23 November 2026")
    page.get_by_role("button", name="Later").click()
    expect(title).to_have_text("Tuesday 24 November 2026")
    page.get_by_role("button", name="Month", exact=True).click()
    expect(title).to_have_text("November 2026")
    expect(page).to_have_url(f"{server.url}/calendar?view=month&date=2026-11-24")
    page.reload()
    expect(title).to_have_text("November 2026")
    page.go_back()
    expect(title).to_have_text("Tuesday 24 November 2026")
    page.get_by_role("button", name="Today").click()
    expect(title).to_have_text("Monday 23 November 2026")


def test_a_doctor_changes_the_weekly_hours(new_page: Callable[..., Page], server: Server) -> None:
    practice = open_practice(server, "Weekly")
    nora = open_account(server, "Nora")
    book(server, practice, nora, TUESDAY_TEN)
    page = new_page()
    open_page(page, server, practice.login, "/availability")

    tuesday = page.get_by_role("group", name="Tuesday")
    tuesday.get_by_label("to").fill("14:00")
    page.get_by_role("button", name="Add hours on Tuesday").click()
    expect(tuesday).to_have_count(2)
    tuesday.nth(1).get_by_label("from").fill("13:30")
    tuesday.nth(1).get_by_label("from").blur()
    expect(page.get_by_text("Overlaps 10:00 – 14:00")).to_be_visible()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    tuesday.nth(1).get_by_label("from").fill("15:00")
    tuesday.nth(0).get_by_label("from").fill("11:00")
    page.get_by_role("switch", name="Sunday").click()
    expect(page.get_by_text("Saving changes 2 days.")).to_be_visible()
    expect(page.get_by_text(f"Tue 24 Nov 10:00, {nora.name}.")).to_be_visible()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("dialog").get_by_role("link", name=nora.name)).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The weekly hours were saved.").last).to_be_visible()

    page.reload()
    wait_until_live(page)
    expect(tuesday).to_have_count(2)
    expect(tuesday.nth(0).get_by_label("from")).to_have_value("11:00")
    expect(page.get_by_role("switch", name="Sunday")).to_have_attribute("aria-checked", "false")
    assert status_of(server, practice) == [AppointmentStatus.CONFIRMED]


def test_a_doctor_closes_a_day_and_opens_it_again(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Holiday")
    nora = open_account(server, "Nora")
    book(server, practice, nora, TUESDAY_TEN)
    page = new_page()
    open_page(page, server, practice.login, "/availability")

    page.get_by_role("button", name="Tuesday 24 November: 10:00 – 18:00").click()
    dialog = page.get_by_role("dialog", name="Other hours on this day")
    expect(dialog).to_contain_text(f"Tue 24 Nov 10:00, {nora.name}.")
    dialog.get_by_label("Note").fill("Conference")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Closed · Conference")).to_be_visible()
    page.get_by_role("button", name="Tuesday 24 November: closed").click()
    expect(page.get_by_role("dialog", name="Edit 24 Nov")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Remove 24 Nov").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name="Tuesday 24 November: 10:00 – 18:00")).to_be_visible()
    assert status_of(server, practice) == [AppointmentStatus.CONFIRMED]


def test_two_tabs_do_not_overwrite_each_other(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Twotabs")
    first, second = new_page(), new_page()
    for page in (first, second):
        open_page(page, server, practice.login, "/availability")
        page.get_by_role("switch", name="Monday").click()
        expect(page.get_by_text("Saving changes 1 day.")).to_be_visible()
    first.get_by_role("button", name="Save", exact=True).click()
    expect(first.get_by_text("The weekly hours were saved.").last).to_be_visible()
    second.get_by_role("switch", name="Tuesday").click()
    second.get_by_role("button", name="Save", exact=True).click()
    expect(second.get_by_role("alert")).to_contain_text("Somebody else changed this")
    expect(second.get_by_role("switch", name="Tuesday")).to_have_attribute("aria-checked", "false")
    second.get_by_role("button", name="Load the new version").first.click()
    expect(second.get_by_role("switch", name="Tuesday")).to_have_attribute("aria-checked", "true")
    expect(second.get_by_role("switch", name="Monday")).to_have_attribute("aria-checked", "false")


def test_a_doctor_adds_a_video_visit_by_keyboard(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Keyboard")
    page = new_page()
    open_page(page, server, practice.login, "/visit-types")
    page.get_by_role("button", name="Add visit type").press("Enter")
    dialog = page.get_by_role("dialog", name="New visit type")
    dialog.get_by_label("Name").focus()
    page.keyboard.type("Video visit")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("20")
    dialog.get_by_role("button", name="Video").press("Enter")
    dialog.get_by_label("Link to join").focus()
    page.keyboard.type("http://video.example")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("Please give a link that begins with https://")
    dialog.get_by_label("Link to join").fill("https://video.example/dora")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("20 min · Video")).to_be_visible()

    page.get_by_role("switch", name="Offered: First visit").press("Space")
    expect(page.get_by_text("Not offered")).to_be_visible()
    page.get_by_role("switch", name="Offered: Video visit").press("Space")
    question = page.get_by_role("dialog", name="No longer offer Video visit?")
    expect(question).to_contain_text("patients cannot book with you")
    question.get_by_role("button", name="No longer offer it").press("Enter")
    expect(page.get_by_text("Not offered")).to_have_count(2)


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_shows_each_page_without_scrolling_sideways(
    new_page: Callable[..., Page], server: Server, path: str
) -> None:
    practice = open_practice(server, "Phone", name="Follow-up after an operation on the arm")
    book(server, practice, open_account(server, "Wilhelmina-Alexandra"), TUESDAY_TEN)
    page = new_page(**PHONE)
    open_page(page, server, practice.login, path)
    page.wait_for_selector(".calendar-day, .calendar-list-day, [role=switch]")
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0
    if path == "/calendar":
        by_day = page.get_by_role("button", name="Day", exact=True)
        expect(by_day).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("path", ["/calendar", "/availability", "/visit-types"])
def test_a_patient_is_told_that_the_page_is_for_doctors(
    new_page: Callable[..., Page], server: Server, path: str
) -> None:
    page = new_page()
    open_page(page, server, open_account(server, "Nora"), path)
    expect(page.get_by_role("heading", name="This page is for doctors")).to_be_visible()
    expect(page.get_by_role("navigation", name="Workspace").get_by_role("link")).to_have_count(0)


@pytest.mark.parametrize("path", ["/calendar", "/availability", "/visit-types"])
def test_nobody_is_led_to_the_login_page_and_back(
    new_page: Callable[..., Page], server: Server, path: str
) -> None:
    page = new_page()
    page.goto(path)
    page.wait_for_url(f"**/login?next=**{path.removeprefix('/')}*")
