"""The departments of a clinic: named by its administrators, used or not, never two of a name."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlmodel import col, select

from appointment_app.accounts.actor import NOBODY
from appointment_app.clinics.departments import (
    add_department,
    list_departments,
    rename_department,
    set_department_active,
)
from appointment_app.database import Database
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound, StaleVersion
from appointment_app.models import AuditEvent, Department, DoctorAtClinic, DoctorDepartment
from tests.factories import administrator_actor, doctor_actor, make_clinic, make_doctor


async def test_departments_are_named_renamed_and_put_out_of_use(database: Database) -> None:
    async with database.session() as session:
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic)
        actor = await administrator_actor(session, clinic)
    key = clinic.public_id
    for name in ("Surgery", "  Allergy   ward "):
        async with database.session() as session:
            await add_department(session, actor, key, name)
    async with database.session() as session:
        allergy, surgery = await list_departments(session, actor, key)
        assert [allergy.name, surgery.name] == ["Allergy ward", "Surgery"]
    async with database.session() as session:
        with pytest.raises(Invalid, match="already has one"):
            await rename_department(session, actor, surgery.id, "ALLERGY ward", version=1)
    async with database.session() as session:
        await set_department_active(session, actor, allergy.id, False, version=1)
    async with database.session() as session:
        with pytest.raises(StaleVersion):
            await rename_department(session, actor, allergy.id, "Old", version=1)
    async with database.session() as session, session.begin():
        at_clinic = (await session.exec(select(DoctorAtClinic))).one()
        assert at_clinic.doctor_id == doctor.id
        row = await session.exec(select(Department.id).where(Department.public_id == surgery.id))
        session.add(
            DoctorDepartment(doctor_at_clinic_id=at_clinic.id or 0, department_id=row.one() or 0)
        )
    async with database.session() as session:
        listed = await list_departments(session, actor, key)
        events = (await session.exec(select(AuditEvent).order_by(col(AuditEvent.id)))).all()
    assert [(each.name, each.active, each.doctors) for each in listed] == [
        ("Surgery", True, 1),
        ("Allergy ward", False, 0),
    ]
    assert [event.action for event in events] == [
        "department.created",
        "department.created",
        "department.deactivated",
    ]
    assert {event.clinic_id for event in events} == {at_clinic.clinic_id}
    assert events[0].changes is not None
    assert list(events[0].changes) == ["name"]
    assert events[2].changes == {"active": [True, False]}


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("name", ["", " \x00 ", "x" * 81])
async def test_a_name_is_needed(database: Database, name: str) -> None:
    async with database.session() as session:
        clinic = await make_clinic(session)
        actor = await administrator_actor(session)
        with pytest.raises(Invalid) as invalid:
            await add_department(session, actor, clinic.public_id, name)
    assert invalid.value.errors.keys() == {"name"}


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_nobody_else_sees_or_changes_them(database: Database) -> None:
    async with database.session() as session:
        clinic = await make_clinic(session)
        other = await make_clinic(session, name="Other")
        doctor = doctor_actor(await make_doctor(session, clinic))
        of_other = await administrator_actor(session, other)
        admin = await administrator_actor(session)
    async with database.session() as session:
        key = await add_department(session, admin, clinic.public_id, "Ward")
    for actor, refusal in ((NOBODY, LoginRequired), (doctor, Forbidden), (of_other, Forbidden)):
        async with database.session() as session:
            with pytest.raises(refusal):
                await list_departments(session, actor, clinic.public_id)
        async with database.session() as session:
            with pytest.raises(refusal):
                await add_department(session, actor, clinic.public_id, "Mine")
        async with database.session() as session:
            with pytest.raises(refusal):
                await rename_department(session, actor, key, "Mine", version=1)
        async with database.session() as session:
            with pytest.raises(refusal):
                await set_department_active(session, actor, key, False, version=1)
    async with database.session() as session:
        with pytest.raises(NotFound):
            await list_departments(session, admin, uuid4())
