from __future__ import annotations

from typing import Any

import pytest
import reflex as rx
from reflex.event import Event

from appointment_app.accounts import login_sessions
from appointment_app.accounts.actors import identity_of
from appointment_app.database import Database
from appointment_app.errors import Forbidden, LoginRequired
from appointment_app.models import Role
from appointment_app.states.identity_guard import IdentityGuard
from appointment_app.states.session_state import SessionState, refusals_shown
from tests.accounts.people import add_user


class Draft(SessionState):
    """A state as a page would have it."""

    text: str = ""


@refusals_shown
async def fail(_: SessionState, error: Exception) -> Any:
    raise error


@pytest.fixture
async def tab(installed_database: Database) -> rx.State:
    """The state of a tab whose socket carries no cookie yet."""
    login_sessions.forget_everything()
    return rx.State(_reflex_internal_init=True)


async def cookie(database: Database, user_id: int) -> str:
    async with database.session() as session, session.begin():
        identity = await identity_of(session, user_id)
        opened = await login_sessions.open_login(session, user_id, identity)
    return f"other=1; session={opened.token}; more=2"


def connect(tab: rx.State, cookies: str, path: str = "/appointments?past=1") -> None:
    """Let the tab's socket be opened by a page with these cookies."""
    tab.router_data = {
        "headers": {"cookie": cookies, "origin": "http://testserver"},
        "ip": "192.0.2.7",
        "asPath": path,
    }
    tab._update_router_vars(tab.router_data, {})


async def event(tab: rx.State, name: str = "draft.do") -> Any:
    """Let the guard see an event; return None when it goes on."""
    return await IdentityGuard().preprocess(None, tab, Event(name=name, payload={}))


async def test_nobody_is_nobody(tab: rx.State) -> None:
    draft = await tab.get_state(Draft)
    connect(tab, "session=forged")
    assert await event(tab) is None
    assert not (await draft._actor()).is_somebody
    assert not draft.signed_in


async def test_the_header_and_the_actor_come_from_the_cookie(
    tab: rx.State, installed_database: Database
) -> None:
    user_id = await add_user(installed_database, "mira@mail.example")
    draft = await tab.get_state(Draft)
    connect(tab, await cookie(installed_database, user_id))
    assert await event(tab) is None
    assert (draft.signed_in, draft.display_name, draft.initials) == (True, "Mira Test", "MT")
    assert (draft.is_patient, draft.is_doctor, draft.is_administrator) == (True, False, False)
    actor = await draft._actor()
    assert (actor.user_id, actor.address) == (user_id, "192.0.2.7")


async def test_vars_that_a_browser_could_have_set_name_nobody(tab: rx.State) -> None:
    draft = await tab.get_state(Draft)
    connect(tab, "")
    draft.signed_in = draft.is_administrator = True
    assert not (await draft._actor()).is_somebody


async def test_logging_in_keeps_the_draft(tab: rx.State, installed_database: Database) -> None:
    draft = await tab.get_state(Draft)
    connect(tab, "")
    await event(tab)
    draft.text = "a rash"
    user_id = await add_user(installed_database, "mira@mail.example")
    connect(tab, await cookie(installed_database, user_id))
    assert await event(tab) is None
    assert draft.text == "a rash"


async def end_logins(database: Database, user_id: int) -> None:
    async with database.session() as session, session.begin():
        await login_sessions.end_all_logins(session, user_id)
    login_sessions.forget_logins(user_id=user_id)


async def test_an_ended_login_empties_the_tab_at_its_next_event_which_is_not_carried_out(
    tab: rx.State, installed_database: Database
) -> None:
    user_id = await add_user(installed_database, "mira@mail.example")
    draft = await tab.get_state(Draft)
    connect(tab, await cookie(installed_database, user_id))
    await event(tab)
    draft.text = "a rash"
    await end_logins(installed_database, user_id)
    update = await event(tab)
    assert (draft.text, draft.signed_in, draft.display_name) == ("", False, "")
    assert "a rash" not in str(update.delta)
    (redirect,) = update.events
    assert redirect.name == "_redirect"
    assert "/login?next=%2Fappointments%3Fpast%3D1" in str(redirect.payload)


@pytest.mark.parametrize("name", ["hydrate", "on_load_internal"])
async def test_a_page_that_is_loading_loads_for_the_next_person(
    tab: rx.State, installed_database: Database, name: str
) -> None:
    mira = await add_user(installed_database, "mira@mail.example")
    noor = await add_user(installed_database, "noor@mail.example", Role.ADMINISTRATOR)
    draft = await tab.get_state(Draft)
    connect(tab, await cookie(installed_database, mira))
    await event(tab)
    draft.text = "a rash"
    connect(tab, await cookie(installed_database, noor))
    assert await event(tab, f"reflex___state____state.{name}") is None
    assert (draft.text, draft.display_name) == ("", "Noor Test")
    assert (draft.is_patient, draft.is_administrator) == (False, True)
    assert (await draft._actor()).user_id == noor


async def test_a_long_handler_does_not_go_on_for_who_has_left(
    tab: rx.State, installed_database: Database
) -> None:
    user_id = await add_user(installed_database, "mira@mail.example")
    draft = await tab.get_state(Draft)
    connect(tab, await cookie(installed_database, user_id))
    await event(tab)
    await end_logins(installed_database, user_id)
    with pytest.raises(LoginRequired):
        await draft._actor()


async def test_refusals_become_a_toast_or_lead_to_the_login_page(tab: rx.State) -> None:
    draft = await tab.get_state(Draft)
    connect(tab, "")
    assert "do not have the right" in str(await fail(draft, Forbidden()))
    assert "/login?next=%2Fappointments%3Fpast%3D1" in str(await fail(draft, LoginRequired()))
    with pytest.raises(ZeroDivisionError):
        await fail(draft, ZeroDivisionError())


async def test_pages_for_somebody_send_nobody_to_the_login_page(
    tab: rx.State, installed_database: Database
) -> None:
    draft = await tab.get_state(Draft)
    connect(tab, "")
    assert "/login?next=" in str(await draft._require_login())
    user_id = await add_user(installed_database, "mira@mail.example")
    connect(tab, await cookie(installed_database, user_id))
    assert await draft._require_login() is None
