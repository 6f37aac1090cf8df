"""The dialog in which an administrator invites a doctor: what is wrong, and who is told."""

from __future__ import annotations

import pytest
from sqlmodel import select

from appointment_app.models import Clinic, Doctor, DoctorAtClinic, MessageKind, Specialty
from appointment_app.states.admin_doctors import AdminDoctors
from appointment_app.states.invite_doctor import InviteDoctor
from tests.accounts.people import mails
from tests.factories import make_clinic
from tests.states.admins_tab import open_admins_tab
from tests.states.doctors_tab import DoctorsTab, done

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

PAGE = "/admin/doctors"


@pytest.fixture
async def other(tab: DoctorsTab) -> Clinic:
    """A clinic that somebody else administers."""
    async with tab.database.session() as session:
        session.add(Specialty(code="skin", name="Skin"))
        await session.commit()
        return await make_clinic(session, name="Hill Clinic")


@pytest.fixture
async def dialog(tab: DoctorsTab, other: Clinic) -> InviteDoctor:
    """The dialog, open, of an administrator of the doctor's clinic."""
    root = await open_admins_tab(tab, PAGE)
    await (await root.get_state(AdminDoctors)).load()
    dialog: InviteDoctor = await root.get_state(InviteDoctor)
    await dialog.open()
    return dialog


def typed(clinic: Clinic, **values: str) -> dict[str, str]:
    return {
        "email": "noor@mail.example",
        "given_name": "Noor",
        "family_name": "Haddad",
        "licence_number": "de 48211",
        "specialty-skin": "on",
        "clinic": str(clinic.public_id),
    } | values


async def doctors(tab: DoctorsTab) -> list[Doctor]:
    async with tab.database.session() as session:
        return list(await session.exec(select(Doctor).where(Doctor.family_name == "Haddad")))


async def test_a_doctor_is_invited_once_and_stands_in_the_list(
    tab: DoctorsTab, dialog: InviteDoctor
) -> None:
    ((clinic_id, label),) = dialog.clinics
    assert clinic_id == str(tab.clinic.public_id)
    assert label.startswith(tab.clinic.name)
    assert ["specialty-skin", "Skin"] in dialog.specialties
    said = await done(dialog.submit(typed(tab.clinic)))
    assert "sent a mail to noor@mail.example" in said
    assert not dialog.is_open
    assert await dialog.submit(typed(tab.clinic)) is None, "the second of two quick clicks"
    (doctor,) = await doctors(tab)
    async with tab.database.session() as session:
        by_doctor = select(DoctorAtClinic.clinic_id).where(DoctorAtClinic.doctor_id == doctor.id)
        assert (await session.exec(by_doctor)).all() == [tab.clinic.id]
    assert [(kind, to) for kind, to, _ in await mails(tab.database)] == [
        (MessageKind.STAFF_INVITED, "noor@mail.example")
    ]
    page = await dialog.get_state(AdminDoctors)
    row = next(row for row in page.decided if row.name == doctor.full_name)
    assert (row.is_approved, row.email_verified) == (True, False)


async def test_all_that_is_wrong_is_said_at_its_field(
    tab: DoctorsTab, dialog: InviteDoctor
) -> None:
    await dialog.submit({})
    assert dialog.is_open
    fields = ["clinic", "email", "family_name", "given_name", "licence_number", "specialties"]
    assert sorted(dialog.errors) == fields
    async with tab.database.session() as session, session.begin():
        (await session.get_one(Doctor, tab.doctor.id)).licence_number = "DE 7"
    await dialog.submit(typed(tab.clinic, licence_number="de 7"))
    assert list(dialog.errors) == ["licence_number"]
    await dialog.submit(typed(tab.clinic, email="nobody"))
    assert list(dialog.errors) == ["email"]
    opened = dialog.opened
    await dialog.submit(typed(tab.clinic, **{"specialty-skin": "", "specialty-magic": "on"}))
    assert list(dialog.errors) == ["specialties"]
    assert (dialog.opened, dialog.is_open) == (opened, True), "the fields stay as they are"
    await dialog.open()
    assert dialog.errors == {}
    assert await doctors(tab) == []


async def test_nobody_is_invited_to_somebody_elses_clinic(
    tab: DoctorsTab, dialog: InviteDoctor, other: Clinic
) -> None:
    assert "You do not have the right" in await done(dialog.submit(typed(other)))
    assert await doctors(tab) == []


async def test_only_administrators_open_it(tab: DoctorsTab) -> None:
    tab.go_to(PAGE)
    dialog = await tab.state(InviteDoctor)
    assert "You do not have the right" in await done(dialog.open())
    assert (dialog.is_open, dialog.clinics) == (False, [])
