"""Invitations on the family page, and the page that they lead to."""

from __future__ import annotations

import pytest

from appointment_app.models import Guardianship, MessageKind, Person, row_id
from appointment_app.states.family_page import FamilyPage
from appointment_app.states.invitation_page import InvitationPage
from tests.accounts.people import mailed_secret, mails
from tests.factories import make_patient
from tests.states.doctors_tab import done
from tests.states.patients_tab import Practice

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
async def child(practice: Practice) -> Person:
    async with practice.database.session() as session:
        return await make_patient(session, guardian=practice.patient, given_name="Kim")


async def opened(practice: Practice) -> FamilyPage:
    tab = await practice.tab(practice.patient)
    tab.go_to("/family")
    page = await tab.state(FamilyPage)
    await page.load()
    return page


async def invitation(practice: Practice, person: Person, secret: str) -> InvitationPage:
    tab = await practice.tab(person)
    tab.go_to(f"/invitation?token={secret}")
    page = await tab.state(InvitationPage)
    await page.load()
    return page


async def test_a_second_parent_is_asked_and_accepts(practice: Practice, child: Person) -> None:
    page = await opened(practice)
    await page.invite(str(child.public_id))
    assert page.letter.title == "Look after Kim Patient together"
    await page.send({"email": "nonsense"})
    assert page.email_error
    assert "on its way" in await done(page.send({"email": "olga@mail.example"}))
    assert await page.send({"email": "olga@mail.example"}) is None
    secret = await mailed_secret(practice.database, MessageKind.SHARE_FAMILY)
    other = await practice.person(given_name="Olga")
    asked = await invitation(practice, other, secret)
    assert (asked.sender, asked.person) == ("Pia Patient", "Kim Patient")
    assert "/family" in await done(asked.accept())
    assert "used already" in await done(asked.accept())
    await page.load()
    assert page.dependents[0].others == "Also looked after by Olga Patient"


async def test_an_own_account_is_offered(practice: Practice, child: Person) -> None:
    page = await opened(practice)
    await page.offer(str(child.public_id))
    await page.close_letter()
    assert await page.send({"email": "kim@mail.example"}) is None
    await page.offer(str(child.public_id))
    await page.send({"email": "kim@mail.example"})
    assert [(kind, to) for kind, to, _ in await mails(practice.database)] == [
        (MessageKind.OWN_ACCOUNT, "kim@mail.example")
    ]


async def test_the_form_says_that_another_parent_is_told(practice: Practice, child: Person) -> None:
    page = await opened(practice)
    await page.offer(str(child.public_id))
    assert "told by mail" not in page.letter.hint
    other = await practice.person(given_name="Olga")
    async with practice.database.session() as session, session.begin():
        session.add(Guardianship(guardian_id=row_id(other), dependent_id=row_id(child)))
    await page.load()
    await page.offer(str(child.public_id))
    assert "Who else looks after them is told by mail." in page.letter.hint
    await page.invite(str(child.public_id))
    assert "told by mail" not in page.letter.hint


async def test_an_old_link_says_so(practice: Practice) -> None:
    page = await invitation(practice, practice.patient, "old")
    assert (page.is_missing, page.person) == (True, "")


async def test_somebody_elses_child_is_not_offered(practice: Practice) -> None:
    page, stranger = await opened(practice), await practice.person()
    for form in (page.invite, page.offer):
        assert "could not find" in await done(form(str(stranger.public_id)))
    assert not page.is_writing
