"""The account page: where one is logged in, and logging out elsewhere."""

from __future__ import annotations

import pytest

from appointment_app.accounts import login_sessions
from appointment_app.accounts.actors import identity_of
from appointment_app.states.account_page import AccountPage
from tests.factories import UNKNOWN_ID
from tests.states.doctors_tab import done
from tests.states.patients_tab import Practice

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"


async def opened(practice: Practice) -> AccountPage:
    """The page of the patient, who is logged in at two other places."""
    user_id = practice.patient.user_id
    assert user_id is not None
    async with practice.database.session() as session, session.begin():
        identity = (await identity_of(session, user_id)).at("192.0.2.9")
        for agent in (FIREFOX, SAFARI):
            await login_sessions.open_login(session, user_id, identity, user_agent=agent)
    tab = await practice.tab(practice.patient)
    tab.go_to("/account")
    page = await tab.state(AccountPage)
    await page.load()
    return page


async def test_each_login_is_named_and_the_own_one_marked(practice: Practice) -> None:
    page = await opened(practice)
    assert "@example.org" in page.email
    named = [(row.what, row.is_current) for row in page.logins]
    assert named == [("A browser", True), ("Safari on iPhone", False), ("Firefox on Linux", False)]
    assert "192.0.2.9" in page.logins[1].seen


async def test_one_is_ended_then_all_others(practice: Practice) -> None:
    page = await opened(practice)
    assert "Logged out" in await done(page.end(page.logins[1].id))
    assert [row.what for row in page.logins] == ["A browser", "Firefox on Linux"]
    await page.end_others()
    assert [row.is_current for row in page.logins] == [True]


async def test_a_login_of_nobody_cannot_be_ended(practice: Practice) -> None:
    page = await opened(practice)
    for login in ("nonsense", UNKNOWN_ID):
        assert "could not find" in await done(page.end(login))
    assert len(page.logins) == 3


async def test_nobody_is_led_to_log_in(practice: Practice) -> None:
    tab = await practice.tab()
    tab.go_to("/account")
    assert "/login" in await done((await tab.state(AccountPage)).load())
