"""Administrators add doctors, who accept by a mailed link."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from appointment_app import clock
from appointment_app.accounts import password_reset
from appointment_app.accounts.actor import NOBODY, Actor, Grant
from appointment_app.accounts.errors import LicenceKnown
from appointment_app.clinics.inviting_doctors import InvitedDoctor, invite_again, invite_doctor
from appointment_app.database import Database, writing
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound
from appointment_app.models import (
    Approval,
    AuditEvent,
    Clinic,
    Doctor,
    DoctorAtClinic,
    MessageKind,
    Role,
    Specialty,
    User,
)
from tests.accounts.people import (
    PASSWORD,
    add_clinic,
    add_user,
    audited,
    mailed_secret,
    mails,
)


@pytest.fixture
async def clinic(database: Database) -> Clinic:
    async with database.session() as session, session.begin():
        session.add(Specialty(code="skin", name="Skin"))
    return await add_clinic(database)


async def administrator(database: Database, clinic: Clinic | None = None) -> Actor:
    user_id = await add_user(database, f"{uuid4()}@mail.example", Role.ADMINISTRATOR)
    grant = Grant(Role.ADMINISTRATOR, clinic.id if clinic else None)
    return Actor(user_id=user_id, grants=frozenset({grant}))


async def invite(database: Database, actor: Actor, clinic: Clinic, **values: Any) -> UUID:
    typed: dict[str, Any] = {
        "email": "Noor@mail.example",
        "given_name": "Noor",
        "family_name": "Haddad",
        "licence_number": "de 48211",
        "specialties": ["skin"],
        "clinic_id": clinic.public_id,
    }
    async with database.session() as session:
        return await invite_doctor(session, actor, InvitedDoctor(**(typed | values)))


async def stored(database: Database, kind: type[Any]) -> list[Any]:
    async with database.session() as session:
        return list(await session.exec(select(kind).order_by(kind.id)))


async def test_who_is_invited_chooses_a_password_and_is_a_doctor(
    database: Database, clinic: Clinic
) -> None:
    key = await invite(database, await administrator(database, clinic), clinic)
    (doctor,) = await stored(database, Doctor)
    assert (doctor.public_id, doctor.full_name) == (key, "Dr Noor Haddad")
    assert (doctor.approval, doctor.licence_number) == (Approval.APPROVED, "DE 48211")
    (place,) = await stored(database, DoctorAtClinic)
    assert (place.doctor_id, place.clinic_id) == (doctor.id, clinic.id)
    ((kind, recipient, payload),) = await mails(database)
    assert (kind, recipient) == (MessageKind.STAFF_INVITED, "noor@mail.example")
    assert payload["role"] == "doctor"
    assert await audited(database) == ["doctor.invited"]

    secret = await mailed_secret(database, MessageKind.STAFF_INVITED)
    async with database.session() as session:
        opened = await password_reset.reset_password(
            session, NOBODY, secret=secret, password=PASSWORD
        )
    assert opened.identity.is_doctor
    assert opened.identity.doctor_id == key


async def test_a_link_that_was_lost_is_sent_again(database: Database, clinic: Clinic) -> None:
    admin = await administrator(database, clinic)
    key = await invite(database, admin, clinic)
    first = await mailed_secret(database, MessageKind.STAFF_INVITED)
    async with database.session() as session:
        assert await invite_again(session, admin, key)
    second = await mailed_secret(database, MessageKind.STAFF_INVITED)
    assert second != first
    async with database.session() as session:
        await password_reset.reset_password(session, NOBODY, secret=second, password=PASSWORD)
    async with database.session() as session:
        assert not await invite_again(session, admin, key)
    assert len(await mails(database)) == 2, "who has accepted gets no other one"


async def test_more_than_three_invitations_are_not_sent(database: Database, clinic: Clinic) -> None:
    admin = await administrator(database, clinic)
    key = await invite(database, admin, clinic)
    sent = []
    for _ in range(3):
        async with database.session() as session:
            sent.append(await invite_again(session, admin, key))
    assert sent == [True, True, False]
    assert len(await mails(database)) == 3
    events = await stored(database, AuditEvent)
    assert [each.action for each in events].count("doctor.invited") == 3


async def test_who_accepts_while_they_are_invited_again_keeps_their_password(
    database: Database, clinic: Clinic
) -> None:
    admin = await administrator(database, clinic)
    key = await invite(database, admin, clinic)
    async with database.session() as session, writing(session):
        by_doctor = select(User).join(Doctor, col(Doctor.user_id) == User.id)
        user = (await session.exec(by_doctor.where(Doctor.public_id == key))).one()
        user.email_verified_at, user.password_hash = clock.now(), "chosen"
        session.add(user)
        await session.flush()
        again = asyncio.create_task(_invite_again(database, admin, key))
        await asyncio.wait([again], timeout=0.3)
        assert not again.done(), "it waits"
    assert not await again
    async with database.session() as session:
        assert (await session.get_one(User, user.id)).password_hash == "chosen"


async def _invite_again(database: Database, admin: Actor, doctor: UUID) -> bool:
    async with database.session() as session:
        return await invite_again(session, admin, doctor)


async def test_only_who_decides_on_a_doctor_invites_them_again(
    database: Database, clinic: Clinic
) -> None:
    key = await invite(database, await administrator(database), clinic)
    elsewhere = await administrator(database, await add_clinic(database, "Elsewhere"))
    refused = [
        (NOBODY, key, LoginRequired),
        (Actor(user_id=await add_user(database, "x@mail.example")), key, Forbidden),
        (elsewhere, key, Forbidden),
        (await administrator(database), uuid4(), NotFound),
    ]
    for actor, doctor, error in refused:
        async with database.session() as session:
            with pytest.raises(error):
                await invite_again(session, actor, doctor)
    assert len(await mails(database)) == 1


async def test_who_has_an_account_keeps_it(database: Database, clinic: Clinic) -> None:
    user_id = await add_user(database, "noor@mail.example", Role.PATIENT)
    await invite(database, await administrator(database), clinic)
    (doctor,) = await stored(database, Doctor)
    assert doctor.user_id == user_id
    ((kind, _, _),) = await mails(database)
    assert kind is MessageKind.ROLE_GRANTED
    with pytest.raises(Invalid) as invalid:
        await invite(database, await administrator(database), clinic, licence_number="DE 2")
    assert set(invalid.value.errors) == {"email"}
    with pytest.raises(LicenceKnown):
        await invite(database, await administrator(database), clinic, email="other@mail.example")


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_what_is_wrong_is_named_and_nobody_else_invites(
    database: Database, clinic: Clinic
) -> None:
    with pytest.raises(Invalid) as invalid:
        await invite(
            database,
            await administrator(database),
            clinic,
            email="noor",
            given_name=" ",
            licence_number="",
            specialties=[],
        )
    wrong = {"email", "given_name", "licence_number", "specialties"}
    assert set(invalid.value.errors) == wrong
    with pytest.raises(Invalid) as invalid:
        await invite(
            database, await administrator(database), clinic, clinic_id=uuid4(), specialties=["x"]
        )
    assert set(invalid.value.errors) == {"clinic", "specialties"}
    other = await add_clinic(database, name="Other")
    with pytest.raises(Forbidden):
        await invite(database, await administrator(database, other), clinic)
    with pytest.raises(LoginRequired):
        await invite(database, NOBODY, clinic)
    assert await stored(database, Doctor) == []
