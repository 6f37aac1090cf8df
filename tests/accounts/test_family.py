"""Families: who is added, who leaves, and who may still act for whom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from appointment_app import clock
from appointment_app.accounts import family, profiles
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.accounts.actors import identity_of
from appointment_app.accounts.contact import mail_contacts
from appointment_app.accounts.family import MOST_DEPENDENTS, Family, StillNeeded
from appointment_app.database import Database
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound
from appointment_app.models import Guardianship, Kinship, Person, row_id
from tests.accounts.people import NOON, audited
from tests.factories import (
    administrator_actor,
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
)

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

KIM = {
    "given_name": "Kim",
    "family_name": "Patient",
    "birth_date": "2019-03-01",
    "kinship": "child",
}


@dataclass
class Home:
    """A parent, and what they can do."""

    database: Database
    parent: Person

    async def call(self, function: Any, actor: Actor, *arguments: Any) -> Any:
        async with self.database.session() as session:
            return await function(session, actor, *arguments)

    async def actor(self, person: Person | None = None) -> Actor:
        """Who the person is by now."""
        async with self.database.session() as session:
            user_id = (person or self.parent).user_id
            assert user_id is not None
            return (await identity_of(session, user_id)).actor

    async def family(self, person: Person | None = None) -> Family:
        found: Family = await self.call(family.list_family, await self.actor(person))
        return found

    async def person(self, **values: Any) -> Person:
        async with self.database.session() as session:
            return await make_patient(session, **values)

    async def share(self, guardian: Person, dependent: Person) -> None:
        async with self.database.session() as session:
            session.add(Guardianship(guardian_id=row_id(guardian), dependent_id=row_id(dependent)))
            await session.commit()

    async def visit_of(self, person: Person) -> None:
        """An appointment of next week."""
        async with self.database.session() as session:
            clinic = await make_clinic(session)
            doctor = await make_doctor(session, clinic)
            visit_type = await make_visit_type(session, doctor)
            await make_appointment(session, visit_type, clinic, person, NOON + timedelta(days=7))


@pytest.fixture
async def home(database: Database) -> AsyncIterator[Home]:
    with clock.frozen(NOON):
        async with database.session() as session:
            parent = await make_patient(session)
        yield Home(database, parent)


async def test_a_child_is_added_and_can_be_acted_for(home: Home) -> None:
    added = await home.call(family.add_dependent, await home.actor(), KIM)
    (kim,) = (await home.family()).dependents
    assert (kim.id, kim.name, kim.kinship) == (added, "Kim Patient", Kinship.CHILD)
    assert (kim.has_account, kim.upcoming, kim.others) == (False, 0, ())
    actor = await home.actor()
    acting = await home.call(family.acting_for, actor, added)
    assert acting.looks_for in actor.dependents
    people = await home.call(family.people_to_book_for, actor)
    assert [(each.name, each.is_self) for each in people] == [
        ("Pia Patient", True),
        ("Kim Patient", False),
    ]
    assert await audited(home.database) == ["dependent.added"]


async def test_for_whom_a_time_is_looked_for_is_clear_or_said(home: Home) -> None:
    actor = await home.actor()
    assert actor.looks_for == home.parent.id
    await home.person(guardian=home.parent)
    actor = await home.actor()
    assert actor.looks_for is None
    assert (await home.call(family.acting_for, actor, None)).looks_for == home.parent.id
    assert (await home.call(family.acting_for, NOBODY, home.parent.public_id)) == NOBODY


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("given_name", ""),
        ("family_name", "www.buy.example"),
        ("birth_date", ""),
        ("birth_date", "2030-01-01"),
        ("kinship", "cousin"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(home: Home, field: str, typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await home.call(family.add_dependent, await home.actor(), KIM | {field: typed})
    assert list(refusal.value.errors) == [field]
    assert (await home.family()).dependents == ()


async def test_a_family_has_an_end(home: Home) -> None:
    actor = replace(await home.actor(), dependents=frozenset(range(100, 100 + MOST_DEPENDENTS)))
    with pytest.raises(Invalid):
        await home.call(family.add_dependent, actor, KIM)


async def test_a_stranger_is_nobody_to_act_for(home: Home) -> None:
    stranger = await home.person()
    actor = await home.actor()
    for function in (family.acting_for, family.end_guardianship):
        with pytest.raises(NotFound):
            await home.call(function, actor, stranger.public_id)
    async with home.database.session() as session:
        administrator = await administrator_actor(session)
    with pytest.raises(Forbidden):
        await home.call(family.list_family, administrator)
    with pytest.raises(LoginRequired):
        await home.call(family.add_dependent, NOBODY, KIM)
    assert await home.call(family.people_to_book_for, administrator) == []


async def test_who_leaves_is_acted_for_no_more_and_the_past_is_kept(home: Home) -> None:
    child = await home.person(guardian=home.parent)
    await home.call(family.end_guardianship, await home.actor(), child.public_id)
    assert (await home.family()).dependents == ()
    assert (await home.actor()).dependents == frozenset()
    async with home.database.session() as session:
        (link,) = (await session.exec(select(Guardianship))).all()
        assert link.ended_at == NOON
        assert await mail_contacts(session, row_id(child)) == ()
    with pytest.raises(NotFound):
        await home.call(family.end_guardianship, await home.actor(), child.public_id)
    assert await audited(home.database) == ["guardianship.ended"]


async def test_what_somebody_is_to_their_guardian_is_changed_and_seen(home: Home) -> None:
    child = await home.person(guardian=home.parent, given_name="Kim")
    actor = await home.actor()
    for _ in range(2):  # the second changes nothing
        await home.call(family.change_kinship, actor, child.public_id, "child")
    assert (await home.family()).dependents[0].kinship is Kinship.CHILD
    assert await audited(home.database) == ["kinship.changed"]
    with pytest.raises(Invalid):
        await home.call(family.change_kinship, actor, child.public_id, "cousin")
    stranger = await home.actor(await home.person())
    for nobody, refusal in ((NOBODY, LoginRequired), (stranger, NotFound)):
        with pytest.raises(refusal):
            await home.call(family.change_kinship, nobody, child.public_id, "parent")
    await home.visit_of(child)
    async with home.database.session() as session:
        everywhere = await administrator_actor(session)
    view = await home.call(profiles.view_patient, everywhere, child.public_id)
    (guardian,) = view.guardians
    assert (guardian.name, guardian.kinship) == (home.parent.full_name, Kinship.CHILD)


async def test_a_child_with_an_appointment_is_not_left_alone(home: Home) -> None:
    child = await home.person(guardian=home.parent, given_name="Kim")
    await home.visit_of(child)
    assert (await home.family()).dependents[0].upcoming == 1
    with pytest.raises(StillNeeded, match="Kim Patient has an appointment"):
        await home.call(family.end_guardianship, await home.actor(), child.public_id)
    other = await home.person(given_name="Olga")
    await home.share(other, child)
    assert (await home.family()).dependents[0].others == ("Olga Patient",)
    await home.call(family.end_guardianship, await home.actor(), child.public_id)
    assert [each.name for each in (await home.family(other)).dependents] == ["Kim Patient"]


async def test_who_has_an_account_can_end_it_themselves(home: Home) -> None:
    grown_up = await home.person(given_name="Greta")
    await home.share(home.parent, grown_up)
    await home.visit_of(grown_up)
    (guardian,) = (await home.family(grown_up)).guardians
    assert guardian.name == "Pia Patient"
    await home.call(family.end_guardianship, await home.actor(grown_up), guardian.id)
    assert (await home.family()).dependents == ()
    assert (await home.family(grown_up)).guardians == ()
