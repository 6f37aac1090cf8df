from __future__ import annotations

import pytest
from sqlmodel import select

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor, Grant
from appointment_app.clinics import onboarding
from appointment_app.clinics.directory import active_clinics, specialties
from appointment_app.database import Database
from appointment_app.errors import DomainError, Forbidden, Invalid, LoginRequired, NotFound
from appointment_app.models import Approval, Clinic, Doctor, MessageKind, Role
from appointment_app.models.base import row_id
from tests.accounts.people import NOON, add_clinic, add_doctor, add_user, audited, mails


def administrator(user_id: int, clinic: Clinic | None = None) -> Actor:
    grant = Grant(Role.ADMINISTRATOR, clinic.id if clinic else None)
    return Actor(user_id=user_id, grants=frozenset({grant}))


async def stored(database: Database, doctor: Doctor) -> Doctor:
    async with database.session() as session:
        return await session.get_one(Doctor, doctor.id)


async def approve(database: Database, actor: Actor, doctor: str) -> None:
    async with database.session() as session:
        await onboarding.approve(session, actor, doctor=doctor)


async def refuse(database: Database, actor: Actor, doctor: str, reason: str = "No.") -> None:
    async with database.session() as session:
        await onboarding.refuse(session, actor, doctor=doctor, reason=reason)


async def names(database: Database, actor: Actor, *, decided: bool = False) -> list[str]:
    async with database.session() as session:
        found = await onboarding.list_applications(session, actor, decided=decided)
    return [application.name for application in found]


async def test_an_approved_doctor_is_told_by_mail(database: Database) -> None:
    admin = administrator(await add_user(database, "ada@mail.example", Role.ADMINISTRATOR))
    doctor = await add_doctor(database, "amara@mail.example", await add_clinic(database))
    with clock.frozen(NOON):
        await approve(database, admin, str(doctor.public_id))
    after = await stored(database, doctor)
    assert after.approval is Approval.APPROVED
    assert (after.approval_decided_at, after.approval_decided_by) == (NOON, admin.user_id)
    assert after.revision == doctor.revision + 1
    ((kind, recipient, payload),) = await mails(database)
    assert (kind, recipient) == (MessageKind.DOCTOR_APPROVED, "amara@mail.example")
    assert payload["doctor_id"] == doctor.id
    assert await audited(database) == ["doctor.approved"]


async def test_a_refused_doctor_is_told_the_reason_and_may_be_approved_later(
    database: Database,
) -> None:
    admin = administrator(await add_user(database, "ada@mail.example", Role.ADMINISTRATOR))
    doctor = await add_doctor(database, "amara@mail.example", await add_clinic(database))
    await refuse(database, admin, str(doctor.public_id), " The licence has ended. ")
    after = await stored(database, doctor)
    assert (after.approval, after.approval_reason) == (Approval.REFUSED, "The licence has ended.")
    await approve(database, admin, str(doctor.public_id))
    assert (await stored(database, doctor)).approval_reason == ""
    assert [(kind, payload["reason"]) for kind, _, payload in await mails(database)] == [
        (MessageKind.DOCTOR_REFUSED, "The licence has ended."),
        (MessageKind.DOCTOR_APPROVED, ""),
    ]


async def test_deciding_the_same_twice_is_one_decision(database: Database) -> None:
    admin = administrator(await add_user(database, "ada@mail.example", Role.ADMINISTRATOR))
    doctor = await add_doctor(database, "amara@mail.example", await add_clinic(database))
    for _ in range(2):
        await approve(database, admin, str(doctor.public_id))
    assert len(await mails(database)) == len(await audited(database)) == 1


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
async def test_a_refusal_needs_a_reason(database: Database, reason: str) -> None:
    admin = administrator(await add_user(database, "ada@mail.example", Role.ADMINISTRATOR))
    doctor = await add_doctor(database, "amara@mail.example", await add_clinic(database))
    with pytest.raises(Invalid) as refused:
        await refuse(database, admin, str(doctor.public_id), reason)
    assert list(refused.value.errors) == ["reason"]
    assert (await stored(database, doctor)).approval is Approval.PENDING


async def test_a_clinic_decides_on_its_own_doctors_alone(database: Database) -> None:
    parkside, seaside = await add_clinic(database), await add_clinic(database, "Seaside Clinic")
    user_id = await add_user(
        database, "ada@mail.example", Role.ADMINISTRATOR, clinic_id=row_id(parkside)
    )
    admin = administrator(user_id, parkside)
    own = await add_doctor(database, "amara@mail.example", parkside)
    others = await add_doctor(database, "jun@mail.example", seaside)
    assert await names(database, admin) == ["Dr Amara Test"]
    assert await names(database, administrator(user_id)) == ["Dr Amara Test", "Dr Jun Test"]
    for decide in (approve, refuse):
        with pytest.raises(Forbidden):
            await decide(database, admin, str(others.public_id))
        await decide(database, admin, str(own.public_id))
    assert await names(database, admin) == []
    assert await names(database, admin, decided=True) == ["Dr Amara Test"]
    assert (await stored(database, others)).approval is Approval.PENDING


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        (NOBODY, LoginRequired),
        (Actor(user_id=1, person_id=1, grants=frozenset({Grant(Role.PATIENT)})), Forbidden),
        (Actor(user_id=1, doctor_id=1, grants=frozenset({Grant(Role.DOCTOR)})), Forbidden),
    ],
)
async def test_nobody_else_sees_or_decides_anything(
    database: Database, actor: Actor, refusal: type[DomainError]
) -> None:
    doctor = await add_doctor(database, "amara@mail.example", await add_clinic(database))
    with pytest.raises(refusal):
        await names(database, actor)
    for known in (str(doctor.public_id), "no id"):
        for decide in (approve, refuse):
            with pytest.raises(refusal):
                await decide(database, actor, known)
    assert (await stored(database, doctor)).approval is Approval.PENDING


@pytest.mark.parametrize("unknown", ["", "no id", "00000000-0000-4000-8000-000000000000"])
async def test_a_doctor_that_does_not_exist(database: Database, unknown: str) -> None:
    admin = administrator(await add_user(database, "ada@mail.example", Role.ADMINISTRATOR))
    with pytest.raises(NotFound):
        await approve(database, admin, unknown)


async def test_the_choices_of_a_registering_doctor(database: Database) -> None:
    await add_clinic(database, "Seaside Clinic")
    closed = await add_clinic(database, "Closed Clinic")
    async with database.session() as session, session.begin():
        (await session.get_one(Clinic, closed.id)).active = False
    async with database.session() as session:
        clinics = await active_clinics(session)
        fields = await specialties(session)
        seaside = (await session.exec(select(Clinic).where(Clinic.name == "Seaside Clinic"))).one()
    assert [(c.value, c.label) for c in clinics] == [
        (str(seaside.public_id), "Seaside Clinic, Berlin")
    ]
    assert [f.label for f in fields] == ["Cardiology", "Dermatology"]
