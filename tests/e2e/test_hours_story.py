"""A doctor sets hours of some weeks, time off, holidays, a session; a patient finds a way out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page, expect
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import (
    Clinic,
    DoctorAtClinic,
    DoctorSpecialty,
    Role,
    Specialty,
    TimeOff,
    WeeklyHours,
    row_id,
)
from tests.e2e.conftest import PHONE, Server, wait_until_live
from tests.e2e.practice import (
    Login,
    Practice,
    add_appointment,
    in_database,
    log_in,
    open_account,
    open_practice,
)


def test_a_doctor_sets_what_is_not_as_in_every_week(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Fortnight")
    nora = open_account(server, "Nora")
    add_appointment(server, practice, nora.person)
    page = new_page()
    _open(page, server, practice.login, "/availability")

    # Mondays in every second week from December on
    page.get_by_role("button", name="In which weeks: 10:00 to 18:00").first.click()
    dialog = page.get_by_role("dialog", name="Monday, 10:00 – 18:00")
    dialog.get_by_label("How often").select_option("2")
    dialog.get_by_role("button", name="Apply").click()
    expect(dialog).to_contain_text("Please give the day from which the weeks are counted.")
    dialog.get_by_label("From").fill("2026-12-07")
    dialog.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("every 2 weeks, from 7 Dec 2026")).to_be_visible()
    expect(page.get_by_text("Saving changes 1 day.")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The weekly hours were saved.").last).to_be_visible()
    row = in_database(server, lambda session: _mondays(session, practice))
    assert (row.valid_from, row.every_weeks, row.opens) == (date(2026, 12, 7), 2, 600)

    # Time off, in which somebody is booked
    page.get_by_role("button", name="Time off", exact=True).click()
    dialog = page.get_by_role("dialog", name="Add time off")
    dialog.get_by_label("First day").fill("2026-11-24")
    dialog.get_by_label("Last day").fill("2026-11-26")
    dialog.get_by_label("Note").fill("Sailing")
    expect(dialog.get_by_role("link", name=nora.name)).to_be_visible()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Time off · Sailing")).to_be_visible()
    expect(page.get_by_role("button", name="Wednesday 25 November: time off")).to_be_visible()

    # Public holidays
    holidays = page.get_by_role("group", name="On public holidays")
    holidays.get_by_role("button", name="Closed").click()
    christmas = page.get_by_role("listitem").filter(has_text="Christmas Day").first
    expect(christmas).to_contain_text("Closed")

    # An extra session, on a Saturday
    page.get_by_role("button", name="Extra session", exact=True).click()
    dialog = page.get_by_role("dialog", name="Open an extra session")
    dialog.get_by_label("Day").fill("2026-11-24")
    dialog.get_by_label("Begins at").fill("10:10")
    dialog.get_by_label("Places").fill("6")
    dialog.get_by_role("button", name="Open").click()
    expect(dialog).to_contain_text("You have time off on this day.")
    dialog.get_by_label("Day").fill("2026-12-05")
    dialog.get_by_role("button", name="Open").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("0 of 6 taken")).to_be_visible()

    page.goto("/calendar?view=week&date=2026-12-05")
    wait_until_live(page)
    expect(page.locator(".calendar-event-session")).to_contain_text("First visit")
    page.goto("/calendar?view=list&date=2026-11-24")
    wait_until_live(page)
    expect(page.locator(".calendar-event-away").first).to_contain_text("Sailing")
    expect(page.locator(".calendar-event").filter(has_text=nora.name)).to_be_visible()


def test_a_patient_reads_why_nothing_is_free_and_goes_elsewhere(
    new_page: Callable[..., Page], server: Server
) -> None:
    away, other = open_practice(server, "Away"), open_practice(server, "Present")
    in_database(server, lambda session: _leave(session, away, other))
    page = new_page(**PHONE)
    page.goto(f"/doctor?id={away.doctor.public_id}")
    wait_until_live(page)
    expect(page.get_by_text("The doctor receives nobody on this day.")).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text("Rehabilitation")
    expect(page.get_by_role("link", name="Next free: Tue 1 Dec")).to_be_visible()
    page.get_by_role("link", name="Dr Dora Present").click()
    page.wait_for_url(f"**{other.doctor.public_id}**")
    expect(page.get_by_role("heading", name="Dr Dora Present")).to_be_visible()
    expect(page.get_by_role("link", name="10:00").first).to_be_visible()


def test_an_administrator_closes_a_clinic_on_holidays(
    new_page: Callable[..., Page], server: Server
) -> None:
    practice = open_practice(server, "Ringing")
    login = open_account(server, "Root", role=Role.ADMINISTRATOR)
    page = new_page()
    _open(page, server, login, "/admin/clinics")
    page.get_by_role("button", name="Edit Ringing Practice").click()
    dialog = page.get_by_role("dialog", name="Edit Ringing Practice")
    dialog.get_by_label("Region").select_option("Bayern")
    dialog.get_by_label("Country").select_option("Austria")
    dialog.get_by_label("Region").select_option("Wien")
    dialog.get_by_label("Closed on public holidays").check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Berlin, Wien, Austria")).to_be_visible()
    clinic = in_database(server, lambda session: session.get_one(Clinic, row_id(practice.clinic)))
    assert (clinic.country, clinic.region, clinic.closed_on_holidays) == ("AT", "9", True)


def _open(page: Page, server: Server, login: Login, path: str) -> None:
    log_in(page, server, login)
    page.goto(path)
    wait_until_live(page)


async def _mondays(session: AsyncSession, practice: Practice) -> WeeklyHours:
    statement = (
        select(WeeklyHours)
        .join(DoctorAtClinic)
        .where(DoctorAtClinic.doctor_id == row_id(practice.doctor), WeeklyHours.weekday == 0)
    )
    return (await session.exec(statement)).one()


async def _leave(session: AsyncSession, away: Practice, other: Practice) -> None:
    """Both are of one specialty; one of them is away this week."""
    specialty = Specialty(code="sailing", name="Sailing medicine")
    session.add(specialty)
    await session.flush()
    for practice in (away, other):
        doctor_id = row_id(practice.doctor)
        session.add(DoctorSpecialty(doctor_id=doctor_id, specialty_id=row_id(specialty)))
    session.add(
        TimeOff(
            doctor_id=row_id(away.doctor),
            first_day=date(2026, 11, 23),
            last_day=date(2026, 11, 30),
            note="Rehabilitation",
        )
    )
    await session.commit()
