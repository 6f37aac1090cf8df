"""The handlers of the clinics page: set up, changed, closed and restored, each once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.models import Clinic, Role, RoleAssignment, row_id
from appointment_app.states.admin_clinics import AdminClinics
from tests.factories import make_appointment, make_patient, make_user
from tests.states.doctors_tab import DoctorsTab, log_in
from tests.states.tabs import open_tab

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

ELM = {"name": "Elm Clinic", "city": "Lyon", "country": "FR", "zone": "Europe/Paris"}


async def administrators(database: Database) -> AdminClinics:
    """The page as an administrator of all clinics sees it."""
    async with database.session() as session:
        user = await make_user(session)
        session.add(RoleAssignment(user_id=row_id(user), role=Role.ADMINISTRATOR))
        await session.commit()
    root = open_tab("/admin/clinics", cookie=await log_in(database, row_id(user)))
    state: AdminClinics = await root.get_state(AdminClinics)
    await state.load()
    return state


@pytest.fixture
async def page(tab: DoctorsTab) -> AdminClinics:
    return await administrators(tab.database)


async def save(page: AdminClinics, **typed: Any) -> None:
    await page.save(ELM | typed)


async def stored(tab: DoctorsTab) -> dict[str, bool]:
    async with tab.database.session() as session:
        rows = await session.exec(select(Clinic.name, Clinic.active))
        return dict(rows.all())


async def test_a_clinic_is_set_up_once(page: AdminClinics, tab: DoctorsTab) -> None:
    await page.add()
    assert (page.form_open, page.form.title) == (True, "New clinic")
    await save(page, zone="Nowhere", hours_1="noon")
    assert page.form_open
    assert page.errors.keys() == {"zone", "hours_1", "form"}
    await save(page, hours_1="9-12")
    await save(page)  # the second of two quick clicks
    assert not page.form_open
    assert [row.name for row in page.clinics].count("Elm Clinic") == 1
    (row,) = (row for row in page.clinics if row.name == "Elm Clinic")
    assert (row.place, row.zone) == ("Lyon, France", "Europe/Paris")
    assert row.missing == "Not given yet: street, postcode, phone, position"


async def test_a_postcode_stands_before_its_town(page: AdminClinics) -> None:
    await page.add()
    await save(page, street="Rue de la Paix 1", postcode="69001")
    (row,) = (row for row in page.clinics if row.name == "Elm Clinic")
    assert (row.address, row.place) == ("Rue de la Paix 1", "69001 Lyon, France")


async def test_what_somebody_else_saved_meanwhile_is_loaded(
    page: AdminClinics, tab: DoctorsTab
) -> None:
    other = await administrators(tab.database)
    key = str(tab.clinic.public_id)
    await page.edit(key)
    await other.edit(key)
    await save(other, name="Harbour East")
    await save(page, name="Harbour West")
    assert page.is_stale
    await page.load_new_version()
    assert (page.form.draft.name, page.is_stale) == ("Harbour East", False)
    await save(page, name="Harbour West")
    assert "Harbour West" in await stored(tab)


async def test_a_clinic_is_closed_after_a_question_and_restored(
    page: AdminClinics, tab: DoctorsTab
) -> None:
    key, name = str(tab.clinic.public_id), tab.clinic.name
    await page.close_clinic()  # nothing was asked
    await page.ask_to_close(key)
    await page.keep()
    await page.close_clinic()
    assert await stored(tab) == {name: True}
    await page.ask_to_close(key)
    assert page.asked_about == name
    await page.close_clinic()
    assert (await stored(tab), page.is_asking) == ({name: False}, False)
    assert not page.clinics[0].active
    await page.restore(key)
    assert await stored(tab) == {name: True}


async def test_who_is_still_expected_is_said_in_the_question(
    page: AdminClinics, tab: DoctorsTab
) -> None:
    async with tab.database.session() as session:
        patient = await make_patient(session)
        starts_at = clock.now().replace(hour=10, minute=0, second=0, microsecond=0)
        starts_at = starts_at.replace(day=starts_at.day + 1)
        await make_appointment(session, tab.visit_type, tab.clinic, patient, starts_at)
    await page.ask_to_close(str(tab.clinic.public_id))
    await page.close_clinic()
    assert page.is_asking
    assert page.problem == "One appointment is still to come here. Move or cancel it first."
