"""A doctor leaves: one appointment is handed on to a colleague, the other is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import DoctorSpecialty, Role, Specialty, row_id
from tests.e2e.conftest import Server, wait_until_live
from tests.e2e.practice import (
    TUESDAY_TEN,
    Practice,
    add_appointment,
    expect_mail,
    in_database,
    log_in,
    open_account,
    open_practice,
)
from tests.factories import make_doctor, make_visit_type


def test_a_doctor_leaves(new_page: Callable[..., Page], server: Server) -> None:
    practice = open_practice(server, "Leaver")
    _add_colleague(server, practice)
    admin = open_account(server, "Amber", role=Role.ADMINISTRATOR, clinic=practice.clinic)
    kept, lost = open_account(server, "Kept"), open_account(server, "Lost")
    add_appointment(server, practice, kept.person)
    # The colleague does not work in the afternoon.
    add_appointment(server, practice, lost.person, TUESDAY_TEN + timedelta(hours=5))

    page = new_page()
    log_in(page, server, admin)
    page.goto(f"/doctor/profile?id={practice.doctor.public_id}")
    wait_until_live(page)
    page.get_by_role("button", name="Suspend").click()
    dialog = page.get_by_role("dialog", name="Suspend this doctor?")
    dialog.get_by_label("Reason").fill("Moves to another town")
    dialog.get_by_role("button", name="Suspend").click()
    expect(page.get_by_text("2 appointments are left")).to_be_visible()
    expect(page.get_by_text("Nobody else is free then.")).to_be_visible()

    page.get_by_role("button", name="Hand on to Dr Cora Successor").click()
    expect(page.get_by_text("One appointment is left")).to_be_visible()
    page.get_by_role("button", name="Cancel it").click()
    expect(page.get_by_text("The suspension is complete")).to_be_visible()

    page = new_page()
    log_in(page, server, kept)
    page.goto("/appointments")
    wait_until_live(page)
    expect(page.get_by_text("Dr Cora Successor")).to_be_visible()
    page.goto(f"/doctor?id={practice.doctor.public_id}")
    expect(page.get_by_text("We could not find this doctor")).to_be_visible()
    for login, said in ((kept, "Another doctor"), (lost, "cancelled")):
        expect_mail(page, server, login.email, said)


def _add_colleague(server: Server, practice: Practice) -> None:
    async def work(session: AsyncSession) -> None:
        doctor = await make_doctor(
            session,
            practice.clinic,
            ranges=((10 * 60, 12 * 60),),
            given_name="Cora",
            family_name="Successor",
        )
        await make_visit_type(session, doctor, name="First visit")
        specialty = Specialty(code="leaving-story", name="Leaving")
        session.add(specialty)
        await session.flush()
        for each in (practice.doctor, doctor):
            session.add(DoctorSpecialty(doctor_id=row_id(each), specialty_id=row_id(specialty)))
        await session.commit()

    in_database(server, work)
