"""What a person opens on a page, and leaves open to be looked at."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

Open = Callable[[Page], None]


def press(name: str, *, then: str) -> Open:
    """Press the first button of that name and wait for a text."""

    def run(page: Page) -> None:
        page.get_by_role("button", name=name).first.click()
        _wait_for(page, then)

    return run


def first_patient(page: Page) -> None:
    """Open the page of the first patient of the list."""
    page.locator("main h2 a").first.click()
    _wait_for(page, "Upcoming appointments")


def submit(fields: dict[str, str], button: str, *, then: str) -> Open:
    """Fill the fields of these labels, press the button and wait for a text."""

    def run(page: Page) -> None:
        for label, value in fields.items():
            page.get_by_label(label).first.fill(value)
        page.locator("form").get_by_role("button", name=button, exact=True).last.click()
        _wait_for(page, then)

    return run


def both(first: Open, second: Open) -> Open:
    """Do one after the other."""

    def run(page: Page) -> None:
        first(page)
        second(page)

    return run


def agree(page: Page) -> None:
    """Agree to the privacy notice."""
    page.get_by_label("agree to it").check()


def _wait_for(page: Page, text: str) -> None:
    expect(page.get_by_text(text).locator("visible=true").first).to_be_visible()


def menu(page: Page) -> None:
    page.get_by_role("button", name="Menu").click()
    expect(page.locator("#menu")).to_be_visible()


def appointment_panel(page: Page) -> None:
    page.locator(".calendar-event").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    _wait_for(page, "Earlier visits with you")


def move_question(page: Page) -> None:
    """Ask for another time of an appointment of next week."""
    page.get_by_role("button", name="Later").click()
    page.wait_for_url("**date=*")
    page.locator(".calendar-event-confirmed").first.click()
    page.get_by_role("button", name="Move…").click()
    _wait_for(page, "The patient is told by mail.")


def new_appointment(page: Page) -> None:
    """Look for a patient, and book without saying whom and when."""
    page.get_by_role("button", name="New appointment").click()
    dialog = page.get_by_role("dialog", name="New appointment")
    dialog.get_by_role("searchbox", name="Patient").press_sequentially("a")
    expect(dialog.get_by_role("list", name="Patients found")).to_be_visible()
    dialog.get_by_role("button", name="Book", exact=True).click()
    _wait_for(page, "Please choose a patient.")


def missed_question(page: Page) -> None:
    """Ask whether the first patient who is late did not come."""
    page.get_by_role("button", name="No-show…").first.click()
    _wait_for(page, "That cannot be taken back.")


def being_booked(page: Page) -> None:
    """Let somebody else open the form of the first free time that is shown."""
    times = page.locator("main a.slot:visible")
    times.first.wait_for()
    href = times.first.get_attribute("href") or ""
    browser = page.context.browser
    assert browser is not None
    form = browser.new_context(base_url=page.url.partition("/doctor")[0]).new_page()
    form.goto(href)
    form.get_by_role("timer").wait_for()
    page.locator(".slot-held:visible").first.wait_for()


def group_session(page: Page) -> None:
    page.locator(".calendar-event, .calendar-list-event").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Places taken")


def rare_things(page: Page) -> None:
    page.get_by_role("button", name="Edit Follow-up").click()
    expect(page.get_by_role("dialog").get_by_label("Places at one time")).to_be_visible()


def hours_with_an_error(page: Page) -> None:
    starts = page.locator(".time-range input:visible")
    starts.nth(0).fill("18:00")
    starts.nth(1).fill("18:00")
    starts.nth(1).blur()
    expect(page.locator(".field-error:not(:empty)").first).to_be_visible()


def other_hours(page: Page) -> None:
    page.get_by_role("button", name="Add", exact=True).click()
    _wait_for(page, "Until (optional)")
    page.get_by_role("dialog").get_by_role("button", name="Other hours").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.locator("dialog .field-error:not(:empty)").first).to_be_visible()


def weeks_of_a_range(page: Page) -> None:
    page.get_by_role("button", name="In which weeks").first.click()
    page.get_by_role("dialog").get_by_label("How often").select_option("2")
    page.get_by_role("dialog").get_by_role("button", name="Apply").click()
    expect(page.locator("dialog .field-error:not(:empty)").first).to_be_visible()


def time_off(page: Page) -> None:
    page.get_by_role("button", name="Time off", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.locator("dialog .field-error:not(:empty)").first).to_be_visible()


def extra_session(page: Page) -> None:
    page.get_by_role("button", name="Extra session", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Open").click()
    expect(page.locator("dialog .field-error:not(:empty)").first).to_be_visible()


def removal(page: Page) -> None:
    page.get_by_text("Remove", exact=True).first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def a_day_off(page: Page) -> None:
    page.get_by_role("switch", name="Monday").click()
    _wait_for(page, "Discard")


def out_of_use(page: Page) -> None:
    page.get_by_role("switch", name="In use: Dermatoscope").click()
    _wait_for(page, "New bookings do not get it any more.")


def letter(page: Page) -> None:
    page.get_by_role("main").get_by_role("link").first.click()
    _wait_for(page, "All mails")


def kept_no_more(page: Page) -> None:
    page.evaluate("Date.now = (now => () => now() + 301_000)(Date.now.bind(Date))")
    _wait_for(page, "Keep it")
