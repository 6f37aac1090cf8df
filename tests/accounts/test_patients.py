"""Patients whom staff write down: what is asked for, and whether they are known already."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts import patients
from appointment_app.accounts.actor import NOBODY, Actor, Grant
from appointment_app.accounts.known_patients import known_at, searched
from appointment_app.accounts.patients import LikelyDuplicates
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound
from appointment_app.models import (
    AuditEvent,
    Clinic,
    PatientOfClinic,
    Person,
    Role,
    row_id,
)
from tests.factories import make_clinic, make_patient, make_user

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
NORA = {
    "given_name": " Nora ",
    "family_name": "Brandt",
    "birth_date": "1980-02-03",
    "phone": "030 901820",
    "email": "Nora@Mail.example",
}


@pytest.fixture
async def clinic(session: AsyncSession) -> Clinic:
    return await make_clinic(session)


@pytest.fixture
async def desk(session: AsyncSession, clinic: Clinic) -> Actor:
    user = await make_user(session)
    grants = frozenset({Grant(Role.RECEPTION, row_id(clinic))})
    return Actor(user_id=row_id(user), grants=grants)


async def create(
    session: AsyncSession,
    actor: Actor,
    clinic: Clinic | UUID,
    seen: set[UUID] | None = None,
    **typed: str,
) -> UUID:
    key = clinic if isinstance(clinic, UUID) else clinic.public_id
    return await patients.create(session, actor, key, NORA | typed, seen=seen or set())


async def found(session: AsyncSession, clinic: Clinic, typed: str) -> list[str]:
    condition = searched(typed)
    assert condition is not None
    statement = select(Person).where(known_at([row_id(clinic)]), condition)
    names = [each.full_name for each in await session.exec(statement.order_by(col(Person.id)))]
    await session.commit()
    return names


async def one(session: AsyncSession, table: type[Any]) -> Any:
    row = (await session.exec(select(table))).one()
    await session.commit()
    return row


async def test_what_was_told_is_stored_once_and_known_to_the_clinic(
    session: AsyncSession, clinic: Clinic, desk: Actor
) -> None:
    created = await create(session, desk, clinic)
    person = await one(session, Person)
    assert (person.public_id, person.full_name, person.user_id) == (created, "Nora Brandt", None)
    assert (person.birth_date, person.phone) == (date(1980, 2, 3), "+4930901820")
    assert (person.email, len(person.number)) == ("nora@mail.example", 9)
    link = await one(session, PatientOfClinic)
    assert (link.clinic_id, link.added_by) == (clinic.id, desk.user_id)
    event = await one(session, AuditEvent)
    assert (event.action, event.record_id) == ("patient.created", person.id)
    assert "Nora" not in str(event)


async def test_only_the_names_are_needed(
    session: AsyncSession, clinic: Clinic, desk: Actor
) -> None:
    await create(session, desk, clinic, birth_date="", phone="", email="")
    person = await one(session, Person)
    assert (person.birth_date, person.phone, person.email) == (None, "", None)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("given_name", " "),
        ("family_name", "<b>"),
        ("birth_date", "2999-01-01"),
        ("birth_date", "yesterday"),
        ("phone", "12"),
        ("email", "nora"),
    ],
)
async def test_each_field_says_what_is_wrong(
    session: AsyncSession, clinic: Clinic, desk: Actor, field: str, typed: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        await create(session, desk, clinic, **{field: typed})
    assert list(refusal.value.errors) == [field]


@pytest.mark.parametrize(
    "typed",
    [
        {"phone": "", "birth_date": ""},  # the same name
        {"given_name": "Eleonora", "phone": ""},  # a like name, born on the same day
        {"given_name": "Eleonora", "birth_date": ""},  # a like name with the same telephone
        {"given_name": "Norah", "family_name": "Brand"},  # another name, both the same
    ],
)
async def test_somebody_who_may_be_the_same_is_asked_about_once(
    session: AsyncSession, clinic: Clinic, desk: Actor, typed: dict[str, str]
) -> None:
    first = await create(session, desk, clinic)
    key = clinic.public_id
    with pytest.raises(LikelyDuplicates) as refusal:
        await create(session, desk, key, **typed)
    assert [each.id for each in refusal.value.found] == [first]
    await create(session, desk, key, {first}, **typed)
    assert len((await session.exec(select(Person))).all()) == 2


async def test_others_are_not_asked_about(
    session: AsyncSession, clinic: Clinic, desk: Actor
) -> None:
    """Neither a namesake's child with the same phone, nor whom this clinic does not know."""
    await make_patient(session, given_name="Nora", family_name="Brandt")  # of no clinic
    await create(session, desk, clinic)
    await create(
        session, desk, clinic, given_name="Jo", family_name="Sommer", birth_date="", email=""
    )


async def test_a_patient_is_found_by_what_people_say(
    session: AsyncSession, clinic: Clinic, desk: Actor
) -> None:
    await create(session, desk, clinic)
    person = await one(session, Person)
    number = f"{person.number[:3]}-{person.number[3:6].lower()}-{person.number[6:]}"
    for typed in ("bran", "nora brandt", "03.02.1980", "brandt 1980-02-03", number, "030 9018"):
        assert await found(session, clinic, typed) == ["Nora Brandt"], typed
    for typed in ("sommer", "1980-02-04", "030 9019", "ABC-234"):
        assert await found(session, clinic, typed) == [], typed
    assert searched("  ") is None
    other = await make_clinic(session)
    assert await found(session, other, "brandt") == []


async def test_only_staff_of_the_clinic(session: AsyncSession, clinic: Clinic, desk: Actor) -> None:
    key, other = clinic.public_id, (await make_clinic(session)).public_id
    for actor, refusal in ((NOBODY, LoginRequired), (Actor(user_id=1), Forbidden)):
        with pytest.raises(refusal):
            await create(session, actor, key)
    with pytest.raises(Forbidden):
        await create(session, desk, other)
    everywhere = Actor(user_id=desk.user_id, grants=frozenset({Grant(Role.ADMINISTRATOR)}))
    with pytest.raises(NotFound):
        await patients.create(session, everywhere, UUID(int=1), NORA)
