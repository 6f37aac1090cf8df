"""The family page, in tabs without a browser."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointment_app.states.family_page import FamilyPage
from tests.factories import make_appointment, make_patient
from tests.states.doctors_tab import done
from tests.states.patients_tab import TUESDAY_TEN, Practice

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

KIM = {
    "given_name": "Kim",
    "family_name": "Patient",
    "birth_date": "2019-03-01",
    "kinship": "child",
}


async def opened(practice: Practice) -> FamilyPage:
    tab = await practice.tab(practice.patient)
    tab.go_to("/family")
    page = await tab.state(FamilyPage)
    await page.load()
    return page


async def test_somebody_is_added_once_and_leaves_again(practice: Practice) -> None:
    page = await opened(practice)
    assert page.dependents == []
    await page.add()
    assert "Saved" in await done(page.submit(KIM))
    assert await page.submit(KIM) is None
    (kim,) = page.dependents
    assert (kim.name, kim.facts) == ("Kim Patient", "Child · born 1 March 2019")
    assert kim.profile == f"/profile?person={kim.id}"
    await page.ask(kim.id)
    assert page.asked_name == "Kim Patient"
    await page.keep()
    assert await page.remove() is None
    await page.ask(kim.id)
    assert "no longer" in await done(page.remove())
    assert page.dependents == []


async def test_what_is_wrong_stands_at_its_field(practice: Practice) -> None:
    page = await opened(practice)
    await page.add()
    await page.submit(KIM | {"birth_date": ""})
    assert (list(page.errors), page.is_open) == (["birth_date"], True)


async def test_a_child_with_an_appointment_stays_and_the_question_says_why(
    practice: Practice,
) -> None:
    async with practice.database.session() as session:
        child = await make_patient(session, guardian=practice.patient, given_name="Kim")
        for days in range(2):
            await make_appointment(
                session,
                practice.visit_type,
                practice.clinic,
                child,
                TUESDAY_TEN + timedelta(days=days),
            )
    page = await opened(practice)
    assert page.dependents[0].facts.endswith("2 appointments to come")
    await page.ask(page.dependents[0].id)
    await page.remove()
    assert page.is_asking
    assert "2 appointments to come" in page.problem


async def test_nobody_can_ask_for_somebody_elses_child(practice: Practice) -> None:
    page = await opened(practice)
    stranger = await practice.person()
    assert "could not find" in await done(page.ask(str(stranger.public_id)))
    assert not page.is_asking


async def test_nobody_is_led_to_log_in(practice: Practice) -> None:
    tab = await practice.tab()
    tab.go_to("/family")
    assert "/login" in await done((await tab.state(FamilyPage)).load())
