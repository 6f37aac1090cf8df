"""Nobody comes to act for a patient because staff made one record of two."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from appointment_app.accounts.actor import Actor, Grant
from appointment_app.models import (
    Guardianship,
    OutboxMessage,
    PatientOfClinic,
    PatientProfile,
    Person,
    Role,
    row_id,
)
from appointment_app.scheduling import claiming, keeping_patients
from tests.factories import make_appointment, make_clinic, make_patient, make_user
from tests.scheduling.desk import Desk, at, refused

pytestmark = pytest.mark.usefixtures("standing_clock")
on_sqlite = pytest.mark.parametrize("backend", ["sqlite"])


async def reception(desk: Desk) -> Actor:
    user = await desk.make(make_user)
    return Actor(
        user_id=row_id(user), grants=frozenset({Grant(Role.RECEPTION, row_id(desk.clinic))})
    )


async def store(desk: Desk, *rows: Any) -> None:
    async with desk.database.session() as session, session.begin():
        session.add_all(rows)


async def known(desk: Desk, actor: Actor, **values: Any) -> Person:
    """A person whom the clinic of the desk knows, without an account."""
    person: Person = await desk.make(make_patient, **({"user_id": None} | values))
    await store(
        desk,
        PatientOfClinic(
            person_id=row_id(person), clinic_id=row_id(desk.clinic), added_by=actor.user_id or 0
        ),
    )
    return person


async def known_elsewhere(desk: Desk, person: Person) -> None:
    elsewhere = await desk.make(make_clinic)
    next_day = at("12:00") + timedelta(days=1)
    await desk.make(make_appointment, desk.visit_type, elsewhere, person, next_day)


async def merge(desk: Desk, actor: Actor, kept: Person, merged: Person) -> None:
    await desk.call(keeping_patients.merge, actor, kept.public_id, merged.public_id)


async def ties(desk: Desk) -> set[tuple[int, int]]:
    async with desk.database.session() as session:
        rows = await session.exec(select(Guardianship))
        return {(each.guardian_id, each.dependent_id) for each in rows}


@on_sqlite
async def test_the_guardian_of_a_made_up_child_gets_no_patient_by_it(desk: Desk) -> None:
    actor, attacker = await reception(desk), await desk.make(make_patient)
    made_up = await known(desk, actor, guardian=attacker)
    with_account = await known(desk, actor, user_id=row_id(await desk.make(make_user)))
    child = await known(desk, actor, guardian=desk.patient)
    await store(desk, PatientProfile(person_id=row_id(child), allergies="Penicillin"))
    before = await ties(desk)
    for kept, merged in ((with_account, made_up), (child, made_up), (made_up, child)):
        with refused("CANNOT_MERGE"):
            await merge(desk, actor, kept, merged)
    assert await ties(desk) == before


@on_sqlite
async def test_a_record_that_another_clinic_knows_gets_nobody_who_acts_for_it(desk: Desk) -> None:
    actor, attacker = await reception(desk), await desk.make(make_patient)
    made_up = await known(desk, actor, guardian=attacker)
    known_to_both = await known(desk, actor)
    await known_elsewhere(desk, known_to_both)
    with refused("CANNOT_MERGE"):
        await merge(desk, actor, known_to_both, made_up)
    await merge(desk, actor, await known(desk, actor), made_up)


@on_sqlite
async def test_twice_the_same_child_of_the_same_parent_becomes_one(desk: Desk) -> None:
    actor = await reception(desk)
    first, second = [await known(desk, actor, guardian=desk.patient) for _ in range(2)]
    await merge(desk, actor, first, second)
    assert (row_id(desk.patient), row_id(first)) in await ties(desk)


@on_sqlite
async def test_one_clinic_fills_in_no_address_for_others(desk: Desk) -> None:
    """Whoever reads the mails could claim the record, with what other clinics have written."""
    actor = await reception(desk)
    known_to_both, own = await known(desk, actor), await known(desk, actor)
    await known_elsewhere(desk, known_to_both)
    for kept, address in ((known_to_both, None), (own, "a@mail.example")):
        made_up = await known(desk, actor, email="a@mail.example")
        await merge(desk, actor, kept, made_up)
        people = {each.id: each for each in await desk.all(Person)}
        assert people[kept.id].email == address


@on_sqlite
async def test_a_child_with_a_guardian_is_claimed_by_nobody(desk: Desk) -> None:
    actor = await reception(desk)
    child = await known(desk, actor, guardian=desk.patient, email="a@mail.example")
    with refused("CANNOT_INVITE"):
        await desk.call(claiming.send_claim_link, actor, child.public_id)
    other = await known(desk, actor, email="b@mail.example")
    await desk.call(claiming.send_claim_link, actor, other.public_id)
    secret = (await desk.all(OutboxMessage))[-1].payload["secret"]
    await store(desk, Guardianship(guardian_id=row_id(desk.patient), dependent_id=row_id(other)))
    for user in (await desk.make(make_user), await desk.make(make_user)):
        with refused("LINK_INVALID"):
            await desk.call(claiming.claim, Actor(user_id=row_id(user)), secret)


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"])
async def test_two_who_merge_at_once_do_not_both_do_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One into the other, and the other into the one: both records would be out of use."""
    actor = await reception(desk)
    one, other = await known(desk, actor), await known(desk, actor)
    lock = keeping_patients._lock

    async def lock_late(*arguments: Any) -> None:
        monkeypatch.setattr(keeping_patients, "_lock", lock)
        await merge(desk, actor, one, other)
        await lock(*arguments)

    monkeypatch.setattr(keeping_patients, "_lock", lock_late)
    with refused("CANNOT_MERGE"):
        await merge(desk, actor, other, one)
    active = {each.id: each.active for each in await desk.all(Person)}
    assert (active[one.id], active[other.id]) == (True, False)


@on_sqlite
async def test_nobody_books_for_a_record_that_is_not_in_use(desk: Desk) -> None:
    """As for one that was merged or erased while the booking waited for it."""
    await desk.change(desk.patient, active=False)
    with refused("NOT_FOUND"):
        await desk.book(at("10:00"))
