"""Invitations of a family: a second guardian, and an account of one's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from appointment_app import clock
from appointment_app.accounts import family, logging_in, sharing
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.accounts.actors import identity_of
from appointment_app.accounts.errors import AddressTaken, LinkInvalid, TryAgainLater
from appointment_app.accounts.login_sessions import OpenedLogin
from appointment_app.database import Database
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound
from appointment_app.models import MessageKind, Person, User, row_id
from tests.accounts.people import NOON, PASSWORD, VISITOR, audited, mailed_secret, mails
from tests.factories import administrator_actor, make_patient, make_user

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

OTHER = "olga@mail.example"


@dataclass
class Home:
    """A parent with a child, and another parent with an account of their own."""

    database: Database
    parent: Person
    other: Person
    child: Person

    async def call(self, function: Any, actor: Actor, *arguments: Any, **named: Any) -> Any:
        async with self.database.session() as session:
            return await function(session, actor, *arguments, **named)

    async def actor(self, person: Person) -> Actor:
        async with self.database.session() as session:
            return (await identity_of(session, person.user_id or 0)).actor

    async def invited(self) -> str:
        """The secret of an invitation to the other parent."""
        actor = await self.actor(self.parent)
        await self.call(sharing.invite_guardian, actor, self.child.public_id, OTHER)
        return await mailed_secret(self.database, MessageKind.SHARE_FAMILY)

    async def offered(self, email: str = "kim@mail.example") -> str:
        """The secret of an offer to the child."""
        actor = await self.actor(self.parent)
        await self.call(sharing.offer_account, actor, self.child.public_id, email)
        return await mailed_secret(self.database, MessageKind.OWN_ACCOUNT)

    async def opens(self, secret: str, **named: Any) -> OpenedLogin:
        values = {"password": PASSWORD, "agrees": True, "keeps_guardians": True} | named
        opened: OpenedLogin = await self.call(
            sharing.open_own_account, VISITOR, secret=secret, **values
        )
        return opened


@pytest.fixture
async def home(database: Database) -> AsyncIterator[Home]:
    with clock.frozen(NOON):
        async with database.session() as session:
            parent = await make_patient(session)
            other = await make_patient(session, given_name="Olga")
            child = await make_patient(session, guardian=parent, given_name="Kim")
        yield Home(database, parent, other, child)


async def test_a_second_parent_accepts(home: Home) -> None:
    secret = await home.invited()
    ((kind, recipient, payload),) = await mails(home.database)
    assert (kind, recipient, payload["name"]) == (MessageKind.SHARE_FAMILY, OTHER, "Pia Patient")
    assert "Kim" not in str(payload)
    other = await home.actor(home.other)
    found = await home.call(sharing.look_at_invitation, other, secret)
    assert (found.sender, found.person) == ("Pia Patient", "Kim Patient")
    await home.call(sharing.accept_invitation, other, secret)
    assert (await home.actor(home.other)).dependents == {home.child.id}
    (kim,) = (await home.call(family.list_family, await home.actor(home.parent))).dependents
    assert kim.others == ("Olga Patient",)
    with pytest.raises(LinkInvalid):
        await home.call(sharing.accept_invitation, other, secret)
    assert await audited(home.database) == ["dependent.share_family", "guardianship.shared"]


async def test_an_invitation_ends_with_time_and_with_the_right_of_who_sent_it(home: Home) -> None:
    secret, other = await home.invited(), await home.actor(home.other)
    with clock.frozen(NOON + timedelta(days=8)), pytest.raises(LinkInvalid):
        await home.call(sharing.look_at_invitation, other, secret)
    await home.call(family.end_guardianship, await home.actor(home.parent), home.child.public_id)
    for function in (sharing.look_at_invitation, sharing.accept_invitation):
        with pytest.raises(LinkInvalid):
            await home.call(function, other, secret)


async def test_only_a_guardian_invites(home: Home) -> None:
    other, parent = await home.actor(home.other), await home.actor(home.parent)
    for function in (sharing.invite_guardian, sharing.offer_account):
        for person in (home.child, home.parent, home.other):
            with pytest.raises(NotFound):
                await home.call(function, other, person.public_id, OTHER)
        with pytest.raises(LoginRequired):
            await home.call(function, NOBODY, home.child.public_id, OTHER)
        with pytest.raises(Invalid):
            await home.call(function, parent, home.child.public_id, "nonsense")
    assert await mails(home.database) == []


async def test_who_has_no_person_accepts_nothing(home: Home) -> None:
    secret = await home.invited()
    async with home.database.session() as session:
        administrator = await administrator_actor(session)
    with pytest.raises(Forbidden):
        await home.call(sharing.accept_invitation, administrator, secret)
    with pytest.raises(LoginRequired):
        await home.call(sharing.accept_invitation, NOBODY, secret)


async def test_not_everybody_of_the_town_is_invited(home: Home) -> None:
    for _ in range(3):
        await home.invited()
    with pytest.raises(TryAgainLater):
        await home.invited()


@pytest.mark.parametrize("keeps", [True, False])
async def test_a_child_gets_an_account_and_chooses_who_stays(home: Home, keeps: bool) -> None:
    opened = await home.opens(await home.offered(), keeps_guardians=keeps)
    assert opened.identity.display_name == "Kim Patient"
    assert opened.identity.actor.person_id == home.child.id
    assert opened.identity.is_patient
    dependents = (await home.actor(home.parent)).dependents
    assert dependents == ({row_id(home.child)} if keeps else frozenset())
    async with home.database.session() as session:
        again = await logging_in.log_in(
            session, VISITOR, email="kim@mail.example", password=PASSWORD
        )
    assert again.identity.actor.person_id == home.child.id
    assert {"privacy.agreed", "dependent.independent"} <= set(await audited(home.database))


async def test_an_offer_is_taken_once_and_for_who_has_no_account(home: Home) -> None:
    first, second = await home.offered(), await home.offered("kim2@mail.example")
    await home.opens(first)
    for secret in (first, second):
        with pytest.raises(LinkInvalid):
            await home.opens(secret)
    with pytest.raises(Invalid, match="has an account already"):
        await home.offered()


async def test_who_has_an_account_decides_who_looks_after_them(home: Home) -> None:
    """Else one guardian lets another back in whom they have sent away."""
    invited = await home.invited()
    await home.opens(await home.offered())
    with pytest.raises(Invalid, match="decides this"):
        await home.invited()
    other = await home.actor(home.other)
    with pytest.raises(LinkInvalid):
        await home.call(sharing.accept_invitation, other, invited)
    assert (await home.actor(home.other)).dependents == frozenset()


async def test_what_is_wrong_is_said_and_the_link_stays_good(home: Home) -> None:
    secret = await home.offered()
    for wrong, field in (({"password": "password"}, "password"), ({"agrees": False}, "agrees")):
        with pytest.raises(Invalid) as refusal:
            await home.opens(secret, **wrong)
        assert list(refusal.value.errors) == [field]
    await home.opens(secret)


async def test_the_address_of_an_account_gets_no_second_one(home: Home) -> None:
    secret = await home.offered()
    async with home.database.session() as session:
        await make_user(session, email="kim@mail.example")
    with pytest.raises(AddressTaken):
        await home.opens(secret)


async def _shared(home: Home) -> None:
    await home.call(sharing.accept_invitation, await home.actor(home.other), await home.invited())


async def _told(home: Home, kind: MessageKind) -> list[tuple[str, dict[str, Any]]]:
    return [(to, payload) for each, to, payload in await mails(home.database) if each is kind]


async def _address(home: Home, person: Person) -> str:
    async with home.database.session() as session:
        return (await session.get_one(User, person.user_id)).email


@pytest.mark.parametrize("keeps", [True, False])
async def test_the_other_parent_is_told_of_an_own_account(home: Home, keeps: bool) -> None:
    await _shared(home)
    parent, other = await _address(home, home.parent), await _address(home, home.other)
    secret = await home.offered()
    assert await _told(home, MessageKind.FAMILY_ACCOUNT_OFFERED) == [
        (other, {"person_id": home.child.id, "guardian_id": home.parent.id})
    ]
    await home.opens(secret, keeps_guardians=keeps)
    payload = {"person_id": home.child.id, "keeps_guardians": keeps}
    assert await _told(home, MessageKind.FAMILY_ACCOUNT_OPENED) == [
        (parent, payload),
        (other, payload),
    ]
    recorded = await audited(home.database)
    assert "dependent.independent" in recorded
    assert recorded.count("guardianship.ended") == (0 if keeps else 2)


async def test_who_takes_no_longer_care_is_told_nothing(home: Home) -> None:
    await _shared(home)
    await home.call(family.end_guardianship, await home.actor(home.other), home.child.public_id)
    await home.opens(await home.offered())
    assert await _told(home, MessageKind.FAMILY_ACCOUNT_OFFERED) == []
    parent = await _address(home, home.parent)
    assert [to for to, _ in await _told(home, MessageKind.FAMILY_ACCOUNT_OPENED)] == [parent]
