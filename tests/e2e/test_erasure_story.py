"""A patient takes a copy of their data and is erased; the administrator sees that, and no more."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable

from playwright.sync_api import Page, expect

from appointment_app.models import Role
from tests.e2e.conftest import Server, wait_until_live
from tests.e2e.practice import (
    PASSWORD,
    add_appointment,
    log_in,
    open_account,
    open_practice,
)


def test_a_patient_takes_their_data_and_leaves(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Leaver")
    pia = open_account(server, "Philippa", "Quillfeather")
    booked = add_appointment(server, practice, pia.person, reason="Fainting")
    page = new_page()
    log_in(page, server, pia)
    page.goto("/your-data")
    wait_until_live(page)

    with page.expect_download() as started:
        page.get_by_role("link", name="Take a copy").click()
    with zipfile.ZipFile(started.value.path()) as copy:
        assert f"calendar/{booked.reference}.ics" in copy.namelist()
        data = json.loads(copy.read("data.json"))["data"]
    assert [each["reason"] for each in data["appointment"]] == ["Fainting"]
    assert data["user_account"][0]["email"] == pia.email

    page.get_by_text("Erase these data").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Erase for ever").click()
    expect(page.get_by_text("There is an appointment to come.")).to_be_visible()
    page.get_by_label("Cancel appointments that are still to come").check()
    page.get_by_role("button", name="Erase for ever").click()
    expect(page.get_by_role("heading", name="Your data were erased")).to_be_visible()

    page.goto("/login")
    page.get_by_label("E-mail address").fill(pia.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(page.get_by_text("The e-mail address or the password is wrong.")).to_be_visible()

    keeper = new_page()
    log_in(keeper, server, open_account(server, "Adele", role=Role.ADMINISTRATOR))
    keeper.goto("/admin/record")
    wait_until_live(keeper)
    keeper.get_by_label("What was done").select_option(label="Person erased")
    keeper.get_by_role("button", name="Search").click()
    entry = keeper.locator(".card-row").first
    expect(entry.get_by_role("heading", name="Person erased")).to_be_visible()
    expect(entry).to_contain_text("of Erased Person")
    expect(entry.get_by_role("button")).to_have_count(0)
    expect(keeper.get_by_text("Quillfeather")).to_have_count(0)
