"""Patients see the departments of a doctor at each clinic, and look in one of them."""

from __future__ import annotations

from typing import Any

import pytest

from appointment_app.accounts.actor import NOBODY
from appointment_app.models import Clinic, Department, Doctor, DoctorAtClinic, DoctorDepartment
from appointment_app.models import row_id as key
from appointment_app.scheduling.doctors import DoctorView, get_doctor
from appointment_app.scheduling.search import Query, find_doctors, list_departments
from appointment_app.states.find_doctors import FindDoctors
from tests.factories import make_clinic, make_doctor, make_visit_type
from tests.scheduling.desk import Desk
from tests.states.tabs import go_to, open_tab, run


async def department(
    desk: Desk, clinic: Clinic, name: str, *doctors: Doctor, **values: Any
) -> Department:
    """A department of a clinic to which the doctors belong."""
    async with desk.database.session() as session, session.begin():
        row = Department(clinic_id=key(clinic), name=name, **values)
        session.add(row)
        await session.flush()
        places = [row for row in await desk.all(DoctorAtClinic) if row.clinic_id == clinic.id]
        for doctor in doctors:
            (place,) = (each for each in places if each.doctor_id == doctor.id)
            session.add(DoctorDepartment(doctor_at_clinic_id=key(place), department_id=key(row)))
    return row


async def colleague(desk: Desk, clinic: Clinic, family_name: str) -> Doctor:
    doctor: Doctor = await desk.make(make_doctor, clinic, family_name=family_name)
    await desk.make(make_visit_type, doctor)
    return doctor


async def found(desk: Desk, **query: Any) -> set[str]:
    page = await desk.call(find_doctors, NOBODY, Query(**query))
    return {card.doctor.name for card in page.cards}


async def test_they_are_named_at_the_clinic_to_which_they_belong(desk: Desk) -> None:
    other = await desk.make(make_clinic, name="Hill Clinic")
    async with desk.database.session() as session, session.begin():
        session.add(DoctorAtClinic(doctor_id=key(desk.doctor), clinic_id=key(other)))
    skin = await department(desk, desk.clinic, "Skin", desk.doctor)
    await department(desk, desk.clinic, "allergy", desk.doctor)
    await department(desk, desk.clinic, "Closed", desk.doctor, active=False)
    await department(desk, desk.clinic, "Eyes")
    await department(desk, other, "Outpatients", desk.doctor)
    view: DoctorView = await desk.call(get_doctor, NOBODY, desk.doctor.public_id)
    named = {each.name: [one.name for one in each.departments] for each in view.clinics}
    assert named == {desk.clinic.name: ["allergy", "Skin"], other.name: ["Outpatients"]}
    assert skin.public_id in {one.id for each in view.clinics for one in each.departments}
    page = await desk.call(find_doctors, NOBODY, Query())
    cards = {
        card.clinic.name: [each.name for each in card.clinic.departments] for card in page.cards
    }
    assert cards == {desk.clinic.name: ["allergy", "Skin"], other.name: ["Outpatients"]}


async def test_one_looks_in_a_department_of_a_clinic(desk: Desk) -> None:
    surgeon = await colleague(desk, desk.clinic, "Surgeon")
    skin = await department(desk, desk.clinic, "Skin", desk.doctor)
    await department(desk, desk.clinic, "Surgery", surgeon)
    await department(desk, desk.clinic, "Nobody yet")
    closed = await department(desk, desk.clinic, "Closed", surgeon, active=False)
    assert await found(desk, department_id=skin.public_id) == {desk.doctor.full_name}
    assert await found(desk, department_id=closed.public_id) == set()
    shown = await desk.call(list_departments, NOBODY, desk.clinic.name)
    assert [each.name for each in shown] == ["Skin", "Surgery"]
    # Where nobody says which clinic, there is nothing to choose.
    assert await desk.call(list_departments, NOBODY, "") == ()
    await desk.make(make_clinic, name=f"{desk.clinic.name} West")
    assert await desk.call(list_departments, NOBODY, desk.clinic.name) == ()


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_tab_offers_the_departments_of_the_clinic_and_keeps_the_choice(
    desk: Desk, installed_database: Any
) -> None:
    surgeon = await colleague(desk, desk.clinic, "Surgeon")
    await department(desk, desk.clinic, "Skin", desk.doctor)
    surgery = await department(desk, desk.clinic, "Surgery", surgeon)
    root = open_tab(f"/?place={desk.clinic.name}")
    state = await root.get_state(FindDoctors)
    await run(state.load())
    assert [each.label for each in state.departments] == ["All departments", "Skin", "Surgery"]
    assert [each.chosen for each in state.departments] == [True, False, False]
    assert {card.departments for card in state.cards} == {"Skin", "Surgery"}
    go_to(root, state.departments[2].href)
    await run(state.load())
    assert [card.name for card in state.cards] == [surgeon.full_name]
    assert state.department == str(surgery.public_id)
    # Who looks elsewhere meanwhile looks at all of it.
    go_to(root, f"/?place=Berlin&department={surgery.public_id}")
    await desk.make(make_clinic, name="Second")
    await run(state.load())
    assert (state.department, state.departments, state.total) == ("", [], 2)
