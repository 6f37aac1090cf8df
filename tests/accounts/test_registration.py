from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlmodel import select

from appointment_app.accounts import passwords, registration
from appointment_app.accounts.consent import NOTICE_VERSION
from appointment_app.accounts.errors import LicenceKnown
from appointment_app.accounts.registration import NewAccount, NewDoctor
from appointment_app.database import Database
from appointment_app.errors import Invalid
from appointment_app.models import (
    Approval,
    Consent,
    Doctor,
    DoctorAtClinic,
    MessageKind,
    Person,
    Role,
    RoleAssignment,
    User,
)
from tests.accounts.people import MIRA, VISITOR, add_clinic, audited, mails


async def register(database: Database, account: NewAccount = MIRA, next_path: str = "") -> None:
    async with database.session() as session:
        await registration.register_patient(session, VISITOR, account, next_path=next_path)


async def register_doctor(
    database: Database, doctor: NewDoctor, account: NewAccount = MIRA
) -> None:
    async with database.session() as session:
        await registration.register_doctor(session, VISITOR, account, doctor)


async def test_a_patient_gets_an_account_and_a_link(database: Database) -> None:
    await register(database, next_path="/book?start=1")
    async with database.session() as session:
        user = (await session.exec(select(User))).one()
        person = (await session.exec(select(Person))).one()
        role = (await session.exec(select(RoleAssignment))).one()
    assert user.email == "mira.sol@mail.example"
    assert user.email_verified_at is None
    assert await passwords.matches(MIRA.password, user.password_hash) == (True, None)
    assert (person.user_id, person.full_name, person.phone) == (user.id, "Mira Sol", "+4930901820")
    assert (role.role, role.clinic_id) == (Role.PATIENT, None)
    ((kind, recipient, payload),) = await mails(database)
    assert (kind, recipient) == (MessageKind.VERIFY_EMAIL, "mira.sol@mail.example")
    assert (payload["user_id"], payload["next"]) == (user.id, "/book?start=1")
    assert await audited(database) == ["user.registered", "privacy.agreed"]


async def test_a_known_address_is_told_to_its_owner_alone_once_a_day(database: Database) -> None:
    await register(database)
    for _ in range(2):
        await register(database, replace(MIRA, email="MIRA.SOL@mail.example", given_name="Eve"))
    assert [kind for kind, _, _ in await mails(database)] == [
        MessageKind.VERIFY_EMAIL,
        MessageKind.ADDRESS_KNOWN,
    ]
    async with database.session() as session:
        assert (await session.exec(select(Person.given_name))).all() == ["Mira"]


async def test_two_registrations_at_once_make_one_account(database: Database) -> None:
    await asyncio.gather(register(database), register(database))
    async with database.session() as session:
        assert len((await session.exec(select(User))).all()) == 1
    assert sorted(kind for kind, _, _ in await mails(database)) == [
        MessageKind.ADDRESS_KNOWN,
        MessageKind.VERIFY_EMAIL,
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "mira"),
        ("email", "mira@mail.example\nBcc: all@mail.example"),
        ("password", "short"),
        ("password", "password1"),
        ("password", "mira.sol@mail.example"),
        ("given_name", "  "),
        ("given_name", "Win at www.casino.example"),
        ("family_name", "x" * 101),
        ("phone", "030 901820"),
        ("phone", "+49 1"),
    ],
)
async def test_what_is_wrong_is_said_at_the_field(
    database: Database, field: str, value: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await register(database, replace(MIRA, **{field: value}))
    assert list(refused.value.errors) == [field]
    assert await mails(database) == []


async def test_all_that_is_wrong_is_said_at_once(database: Database) -> None:
    with pytest.raises(Invalid) as refused:
        await register(database, NewAccount("", "", "", ""))
    fields = {"email", "password", "given_name", "family_name", "agrees"}
    assert set(refused.value.errors) == fields


async def test_nobody_registers_without_agreeing_to_the_notice(database: Database) -> None:
    with pytest.raises(Invalid) as refused:
        await register(database, replace(MIRA, agrees=False))
    assert list(refused.value.errors) == ["agrees"]
    await register(database, MIRA)
    async with database.session() as session:
        (kept,) = (await session.exec(select(Consent))).all()
    assert (kept.version, kept.address) == (NOTICE_VERSION, "192.0.2.7")


async def test_a_doctor_waits_for_a_decision(database: Database) -> None:
    clinic = await add_clinic(database)
    new = NewDoctor(" de 123 ", ["cardiology", "dermatology"], str(clinic.public_id))
    await register_doctor(database, new)
    async with database.session() as session:
        doctor = (await session.exec(select(Doctor))).one()
        at_clinic = (await session.exec(select(DoctorAtClinic))).one()
        roles = (await session.exec(select(RoleAssignment.role))).all()
    assert (doctor.approval, doctor.licence_number) == (Approval.PENDING, "DE 123")
    assert (at_clinic.doctor_id, at_clinic.clinic_id) == (doctor.id, clinic.id)
    assert roles == [Role.DOCTOR]
    assert [kind for kind, _, _ in await mails(database)] == [MessageKind.VERIFY_EMAIL]


@pytest.mark.parametrize("address", [MIRA.email, "noor@mail.example"])
async def test_a_known_licence_is_refused_whether_or_not_the_address_is_known(
    database: Database, address: str
) -> None:
    clinic = await add_clinic(database)
    new = NewDoctor("DE 123", ["cardiology"], str(clinic.public_id))
    await register_doctor(database, new)
    with pytest.raises(LicenceKnown):
        await register_doctor(database, new, replace(MIRA, email=address))


@pytest.mark.parametrize(
    ("doctor", "field"),
    [
        (NewDoctor("", ["cardiology"], "clinic"), "licence_number"),
        (NewDoctor("DE 123", [], "clinic"), "specialties"),
        (NewDoctor("DE 123", ["magic"], "clinic"), "specialties"),
        (NewDoctor("DE 123", ["cardiology"], ""), "clinic"),
        (NewDoctor("DE 123", ["cardiology"], "00000000-0000-4000-8000-000000000000"), "clinic"),
    ],
)
async def test_what_is_wrong_with_a_doctor_is_said_at_the_field(
    database: Database, doctor: NewDoctor, field: str
) -> None:
    clinic = await add_clinic(database)
    if doctor.clinic == "clinic":
        doctor = replace(doctor, clinic=str(clinic.public_id))
    with pytest.raises(Invalid) as refused:
        await register_doctor(database, doctor)
    assert list(refused.value.errors) == [field]
