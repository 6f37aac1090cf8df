"""The patient's story without a pointer: Tab, Enter, Space and Escape."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from appointment_app.models import AppointmentStatus
from tests.e2e.conftest import Server, wait_until_live
from tests.e2e.practice import (
    PASSWORD,
    appointments_with,
    confirm_button,
    expect_confirmation,
    let_holds_expire,
    open_account,
    open_practice,
    reason_field,
)

MOST_TABS = 60


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until ``target`` has the focus, and can be seen to have it."""
    expect(target).to_be_visible()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            ring = target.evaluate("element => getComputedStyle(element).outlineStyle")
            assert ring != "none", "the focus cannot be seen"
            # The bar at the lower edge and the header may not lie over it.
            assert target.evaluate(
                """element => {
                  const box = element.getBoundingClientRect();
                  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
                  const top = document.elementFromPoint(x, y);
                  return element === top || element.contains(top);
                }"""
            ), "something covers what has the focus"
            return
    raise AssertionError(f"{MOST_TABS} Tabs do not reach {target}")


def test_booking_and_cancelling_by_keyboard_alone(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Keyboard")
    known = open_account(server, "Kay")
    page = new_page()
    press, write = page.keyboard.press, page.keyboard.type

    page.goto("/")
    wait_until_live(page)
    tab_to(page, page.get_by_role("link", name="Skip to the content"))
    press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    tab_to(page, page.get_by_label("Specialty, doctor or symptom"))
    write("Keyboard")
    press("Enter")
    slot = f"Tuesday 24 November, 10:00 with {practice.doctor.full_name}"
    tab_to(page, page.get_by_role("link", name=slot))
    press("Enter")

    expect(page.get_by_role("heading", name="Book this appointment")).to_be_visible()
    tab_to(page, reason_field(page))
    write("My ears")
    tab_to(page, page.get_by_role("button", name="Continue"))
    press("Space")
    tab_to(page, page.get_by_label("E-mail address"))
    write(known.email)
    tab_to(page, page.get_by_label("Password"))
    write(PASSWORD)
    press("Enter")
    expect(reason_field(page)).to_have_value("My ears")
    tab_to(page, confirm_button(page))
    press("Enter")
    expect_confirmation(page)

    cancel = page.get_by_role("button", name="Cancel appointment")
    tab_to(page, cancel)
    press("Space")
    question = page.get_by_role("dialog", name="Cancel this appointment?")
    expect(question).to_be_visible()
    # However long somebody tabs, they stay in the question (or reach the browser's own bars).
    for _ in range(12):
        press("Tab")
        assert page.evaluate(
            """() => document.activeElement === document.body
                  || document.querySelector("dialog").contains(document.activeElement)"""
        )
    press("Escape")
    expect(question).to_be_hidden()
    expect(cancel).to_be_focused()
    (kept,) = appointments_with(server, practice)
    assert kept.status is AppointmentStatus.CONFIRMED

    press("Space")
    tab_to(page, question.get_by_label("Why? (optional)"))
    write("A cold")
    tab_to(page, question.get_by_role("button", name="Cancel appointment"))
    press("Enter")
    expect(page.get_by_role("heading", name="This appointment is cancelled")).to_be_visible()
    expect(page.get_by_role("main")).to_be_focused()
    expect(page.get_by_role("main")).to_contain_text("A cold")
    tab_to(page, page.get_by_role("main").get_by_role("link", name="My appointments"))
    press("Enter")
    expect(page.get_by_role("heading", name="No upcoming appointments")).to_be_visible()
    (cancelled,) = appointments_with(server, practice)
    assert cancelled.cancel_reason == "A cold"


def test_a_taken_time_by_keyboard(new_page: Callable[..., Page], server: Server) -> None:
    practice = open_practice(server, "Keytaken")
    page, faster = new_page(), new_page()
    for each, login in ((page, open_account(server, "Ken")), (faster, open_account(server, "Flo"))):
        answer = each.request.post(
            f"{server.url}/api/v1/auth/login",
            data={"email": login.email, "password": PASSWORD},
            headers={"Origin": server.url},
        )
        assert answer.ok
        each.goto(practice.link())
        wait_until_live(each)
        expect(confirm_button(each)).to_be_visible()
        let_holds_expire(server)
    confirm_button(faster).click()
    expect_confirmation(faster)

    expect(page.get_by_role("heading", name="This time is no longer free.")).to_be_visible()
    tab_to(page, page.get_by_role("link", name="10:30"))
    page.keyboard.press("Enter")
    tab_to(page, confirm_button(page))
    page.keyboard.press("Enter")
    expect_confirmation(page)
