"""Pressed twice, gone back, reloaded, cut off: one appointment, and the person sees it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from playwright.sync_api import TimeoutError as NotInTime

from tests.e2e.conftest import Server, wait_until_live
from tests.e2e.practice import (
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


@pytest.fixture
def practice(server: Server, request: pytest.FixtureRequest) -> Practice:
    """A practice for this test alone."""
    return open_practice(server, f"Unsteady{abs(hash(request.node.name)) % 10**9}")


@pytest.fixture
def tab(new_page: Callable[..., Page], server: Server) -> Page:
    """A page of a patient who is logged in."""
    opened = new_page()
    log_in(opened, server, open_account(server, "Una"))
    return opened


def test_a_double_click_books_once(tab: Page, server: Server, practice: Practice) -> None:
    open_form(tab, practice)
    confirm_button(tab).dblclick()
    expect_confirmation(tab)
    assert len(appointments_with(server, practice)) == 1


def test_clicks_faster_than_the_page_can_answer_book_once(
    tab: Page, server: Server, practice: Practice
) -> None:
    open_form(tab, practice)
    confirm_button(tab).evaluate("button => { for (let i = 0; i < 5; i++) button.click(); }")
    booked = expect_confirmation(tab)
    (stored,) = appointments_with(server, practice)
    assert stored.public_id == booked


def test_enter_pressed_twice_books_once(tab: Page, server: Server, practice: Practice) -> None:
    open_form(tab, practice)
    confirm_button(tab).focus()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Enter")
    expect_confirmation(tab)
    assert len(appointments_with(server, practice)) == 1


def test_back_reload_and_the_same_link_lead_to_the_same_confirmation(
    tab: Page, server: Server, practice: Practice
) -> None:
    tab.goto("/appointments")
    open_form(tab, practice)
    confirm_button(tab).click()
    booked = expect_confirmation(tab)

    tab.go_back()
    expect(tab.get_by_role("heading", name="My appointments")).to_be_visible()
    tab.go_forward()
    assert expect_confirmation(tab) == booked
    tab.reload()
    assert expect_confirmation(tab) == booked
    tab.goto(practice.link())
    assert expect_confirmation(tab) == booked
    other_tab = tab.context.new_page()
    other_tab.goto(practice.link())
    assert expect_confirmation(other_tab) == booked
    assert len(appointments_with(server, practice)) == 1


def test_two_tabs_of_one_person_book_once(tab: Page, server: Server, practice: Practice) -> None:
    other_tab = tab.context.new_page()
    open_form(tab, practice)
    open_form(other_tab, practice)
    confirm_button(tab).click()
    booked = expect_confirmation(tab)
    assert expect_confirmation(other_tab) == booked
    assert len(appointments_with(server, practice)) == 1


def test_a_reload_in_the_middle_keeps_choice_and_reason(
    tab: Page, server: Server, practice: Practice
) -> None:
    open_form(tab, practice)
    reason_field(tab).fill("Half a sentence")
    reason_field(tab).blur()
    tab.reload()
    wait_until_live(tab)
    expect(reason_field(tab)).to_have_value("Half a sentence")
    # Pressed, and reloaded before the answer is there.
    confirm_button(tab).evaluate("button => { button.click(); location.reload(); }")
    wait_until_live(tab)
    # The first press may be carried out after all while the form is open again: then
    # the form leads to its appointment, and there is no button left to press.
    with suppress(NotInTime):
        confirm_button(tab).click(timeout=3_000)
    expect_confirmation(tab)
    (stored,) = appointments_with(server, practice)
    assert stored.reason == "Half a sentence"


class Cable:
    """The websocket between page and server, which can be cut in either direction."""

    def __init__(self, page: Page) -> None:
        self.upstream = self.downstream = True
        self._context = page.context
        self._open: list[WebSocketRoute] = []
        page.route_web_socket(re.compile("/_event"), self._connect)

    @contextmanager
    def unplugged(self) -> Iterator[None]:
        """End the connection, and let no new one through until the block ends."""
        self._context.set_offline(True)
        # The page tries again while this loop runs.
        opened, self._open = self._open, []
        for socket in opened:
            socket.close(code=1011)
        yield
        self.upstream = self.downstream = True
        self._context.set_offline(False)

    def _connect(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        self._open.append(socket)
        socket.on_message(lambda message: self.upstream and server.send(message))
        server.on_message(lambda message: self.downstream and socket.send(message))


def banner(page: Page) -> None:
    """Wait for the sentence that says that there is no network."""
    expect(page.get_by_text("You are offline")).to_be_visible()


def test_while_disconnected_nothing_is_booked_and_nothing_typed_is_lost(
    tab: Page, server: Server, practice: Practice
) -> None:
    cable = Cable(tab)
    open_form(tab, practice)
    reason_field(tab).fill("In the train")
    with cable.unplugged():
        banner(tab)
        expect(confirm_button(tab)).to_be_disabled()
        confirm_button(tab).focus()
        tab.keyboard.press("Enter")
        expect(tab.get_by_text("nothing was sent")).to_be_visible()
    expect(tab.get_by_text("The connection is back")).to_be_visible()
    expect(reason_field(tab)).to_have_value("In the train")
    assert appointments_with(server, practice) == []
    confirm_button(tab).click()
    expect_confirmation(tab)
    expect(tab.get_by_text("You are offline")).to_have_count(0)
    (stored,) = appointments_with(server, practice)
    assert stored.reason == "In the train"


def test_a_lost_answer_does_not_lose_the_appointment(
    tab: Page, server: Server, practice: Practice
) -> None:
    cable = Cable(tab)
    open_form(tab, practice)
    cable.downstream = False
    confirm_button(tab).click()
    tab.wait_for_timeout(700)
    (stored,) = appointments_with(server, practice)
    with cable.unplugged():
        banner(tab)
    assert expect_confirmation(tab) == stored.public_id
    assert len(appointments_with(server, practice)) == 1


def test_a_lost_click_can_be_repeated(tab: Page, server: Server, practice: Practice) -> None:
    cable = Cable(tab)
    open_form(tab, practice)
    reason_field(tab).fill("Again")
    cable.upstream = False
    confirm_button(tab).click()
    with cable.unplugged():
        banner(tab)
    expect(tab.get_by_text("You are offline")).to_have_count(0)
    assert appointments_with(server, practice) == []
    expect(reason_field(tab)).to_have_value("Again")
    confirm_button(tab).click()
    expect_confirmation(tab)
    (stored,) = appointments_with(server, practice)
    assert stored.reason == "Again"
