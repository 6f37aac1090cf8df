"""A time that somebody else takes, and addresses of times that cannot be booked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, Server, wait_until_live
from tests.e2e.practice import (
    TUESDAY_TEN,
    appointments_with,
    confirm_button,
    expect_confirmation,
    let_holds_expire,
    log_in,
    open_account,
    open_form,
    open_practice,
    reason_field,
)

HALF_AN_HOUR = timedelta(minutes=30)
AT_ONCE = 4_000  # milliseconds, with room for a busy machine


def test_the_slower_of_two_is_told_at_once_and_offered_the_nearest_times(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Stolen")
    faster, slower = new_page(), new_page(**PHONE)
    winner, loser = open_account(server, "Fay"), open_account(server, "Sol")
    for page, login in ((slower, loser), (faster, winner)):
        log_in(page, server, login)
    open_form(slower, practice, TUESDAY_TEN + HALF_AN_HOUR)
    reason_field(slower).fill("My knee")
    let_holds_expire(server)
    open_form(faster, practice, TUESDAY_TEN + HALF_AN_HOUR)
    held = slower.get_by_role("heading", name="This time is being booked by somebody else")
    expect(held).to_be_visible(timeout=AT_ONCE)
    confirm_button(faster).click()
    expect_confirmation(faster)

    told = slower.get_by_role("heading", name="This time is no longer free.")
    expect(told).to_be_visible(timeout=AT_ONCE)
    expect(confirm_button(slower)).to_have_count(0)
    # Whoever is typing goes on typing.
    expect(reason_field(slower)).to_be_focused()
    expect(reason_field(slower)).to_have_value("My knee")
    offered = slower.get_by_role("link", name="Tuesday 24 November 2026, ")
    expect(offered).to_have_text(
        [f"Tuesday 24 November 2026, {time}" for time in ("10:00", "11:00", "11:30")]
    )
    offered.nth(1).click()
    expect(slower.get_by_text("11:00 · Berlin time")).to_be_visible()
    expect(reason_field(slower)).to_have_value("My knee")
    confirm_button(slower).click()
    expect_confirmation(slower)

    first, second = appointments_with(server, practice)
    assert (first.person_id, second.person_id) == (winner.person.id, loser.person.id)
    assert second.starts_at == TUESDAY_TEN + 2 * HALF_AN_HOUR
    assert second.reason == "My knee"


def test_the_link_of_a_taken_time_offers_others_without_an_account(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Takenlink")
    owner = new_page()
    log_in(owner, server, open_account(server, "Olga"))
    open_form(owner, practice)
    confirm_button(owner).click()
    booked = expect_confirmation(owner)

    visitor = new_page()
    open_form(visitor, practice)
    expect(visitor.get_by_role("heading", name="This time is not free.")).to_be_visible()
    expect(visitor.get_by_role("link", name="10:30")).to_be_visible()
    expect(visitor.get_by_role("button", name="Continue")).to_have_count(0)
    visitor.get_by_role("link", name="All free times").click()
    expect(visitor.get_by_role("heading", name=practice.doctor.full_name)).to_be_visible()

    # To the one who booked it, the same link is the appointment.
    owner.goto(practice.link())
    assert expect_confirmation(owner) == booked


def test_one_person_cannot_be_in_two_places(new_page: Callable[..., Page], server: Server) -> None:
    here, there = open_practice(server, "Here"), open_practice(server, "There")
    page = new_page()
    log_in(page, server, open_account(server, "Bea"))
    open_form(page, here)
    confirm_button(page).click()
    expect_confirmation(page)
    open_form(page, there)
    told = page.get_by_role("heading", name="You already have an appointment at this time.")
    expect(told).to_be_visible()
    expect(confirm_button(page)).to_have_count(0)
    # What would overlap the other appointment is not offered.
    expect(page.get_by_role("link", name="10:30")).to_be_visible()
    expect(page.get_by_role("link", name="10:00")).to_have_count(0)
    assert appointments_with(server, there) == []
    page.goto(f"/doctor?id={there.offer.doctor_id}&day=2026-11-24")
    left_out = "Times at which you have an appointment yourself are left out."
    expect(page.get_by_text(left_out)).to_be_visible()
    free = page.get_by_role("link", name="Tuesday 24 November, ").locator("visible=true")
    expect(free.first).to_have_text("10:30")


@pytest.mark.parametrize(
    "start",
    [
        datetime(2026, 11, 20, 9, tzinfo=UTC),  # last Friday
        TUESDAY_TEN + timedelta(minutes=7),  # off the grid
        TUESDAY_TEN - timedelta(hours=6),  # in the night
        TUESDAY_TEN + timedelta(days=400),  # beyond the horizon
    ],
    ids=["past", "off the grid", "closed", "too far"],
)
def test_a_time_that_never_was_free(
    new_page: Callable[..., Page], server: Server, start: datetime
) -> None:
    practice = open_practice(server, f"Never{uuid4().hex[:6]}")
    page = new_page()
    log_in(page, server, open_account(server, "Nev"))
    open_form(page, practice, start)
    said = re.compile(r"This time is not free\.|The free times have changed")
    expect(page.get_by_role("heading", name=said)).to_be_visible()
    expect(confirm_button(page)).to_have_count(0)
    expect(page.get_by_role("link", name="All free times")).to_be_visible()


def test_nonsense_in_the_address_is_answered_with_a_sentence(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Nonsense")
    good = practice.link()
    ids = practice.offer
    page = new_page()
    log_in(page, server, open_account(server, "Non"))
    for address in (
        "/book",
        "/book?doctor=&clinic=&type=&start=",
        good.partition("&start")[0],
        good.replace(str(ids.doctor_id), "1"),
        good.replace(str(ids.doctor_id), str(uuid4())),
        good.replace(str(ids.clinic_id), str(uuid4())),
        good.replace(str(ids.visit_type_id), str(ids.doctor_id)),
        good.partition("start=")[0] + "start=tomorrow",
        good.partition("start=")[0] + "start=2026-11-24T10:00",
        good.partition("start=")[0] + "start=9999-12-31T23:59:59-23:59",
        good.partition("start=")[0] + "start=%00%F0%9F%92%A9",
        good + "&doctor=x",
    ):
        page.goto(address)
        wait_until_live(page)
        missing = page.get_by_role("heading", name="This visit cannot be booked")
        expect(missing, address).to_be_visible()
        expect(page.get_by_role("main").get_by_role("link", name="Find a doctor")).to_be_visible()
    for address in ("/appointment", "/appointment?id=1", f"/appointment?id={uuid4()}&new=1"):
        page.goto(address)
        wait_until_live(page)
        missing = page.get_by_role("heading", name="We could not find this appointment")
        expect(missing, address).to_be_visible()
        expect(page.get_by_text("You get a mail")).to_have_count(0)
    page.goto("/appointments?show=everything")
    expect(page.get_by_role("heading", name="No upcoming appointments")).to_be_visible()
