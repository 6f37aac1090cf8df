"""A clinic names its room, a doctor says which visit needs it, and a patient reads where to go."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from appointment_app.models import Role
from tests.e2e.conftest import PHONE, Server, wait_until_live
from tests.e2e.practice import (
    confirm_button,
    expect_confirmation,
    log_in,
    open_account,
    open_form,
    open_practice,
)


def test_a_room_from_its_name_to_the_patient(new_page: Callable[..., Page], server: Server) -> None:
    practice = open_practice(server, "Roomer")
    admin = open_account(server, "Adele", role=Role.ADMINISTRATOR, clinic=practice.clinic)
    page = new_page(**PHONE)
    log_in(page, server, admin)
    page.goto("/admin/rooms")
    wait_until_live(page)
    page.get_by_role("button", name="Add a room or device to Roomer Practice").click()
    page.get_by_label("Name").fill("Room 2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Room 2")).to_be_visible()
    message = page.get_by_role("region", name="Messages").locator(".toast").bounding_box()
    bar = page.locator(".workspace-nav").bounding_box()
    assert message
    assert bar
    assert message["y"] + message["height"] <= bar["y"]

    page = new_page()
    log_in(page, server, practice.login)
    page.goto("/visit-types")
    wait_until_live(page)
    page.get_by_role("button", name="Edit First visit").click()
    page.get_by_label("Room 2").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("needs a room")).to_be_visible()

    patient = new_page()
    pia = open_account(server, "Pia")
    log_in(patient, server, pia)
    open_form(patient, practice)
    confirm_button(patient).click()
    expect_confirmation(patient)
    expect(patient.get_by_text("Room 2", exact=True)).to_be_visible()

    page.goto("/calendar?view=week&date=2026-11-23")
    wait_until_live(page)
    page.locator(".calendar-event").filter(has_text=pia.name).click()
    expect(page.get_by_role("dialog").get_by_text("Room 2", exact=True)).to_be_visible()
