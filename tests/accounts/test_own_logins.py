from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from appointment_app import clock
from appointment_app.accounts import login_sessions, own_logins
from appointment_app.accounts.actor import NOBODY
from appointment_app.accounts.login_sessions import OpenedLogin
from appointment_app.accounts.own_logins import LoginKind
from appointment_app.accounts.program_logins import tokens_for
from appointment_app.database import Database
from appointment_app.errors import LoginRequired, NotFound
from tests.accounts.people import NOON, add_user
from tests.accounts.test_logging_in import log_in

MIRA, NOOR = "mira@mail.example", "noor@mail.example"
pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


async def opened(database: Database, email: str, *, by_program: bool = False) -> OpenedLogin:
    login = await log_in(database, email)
    if by_program:
        async with database.session() as session:
            await tokens_for(session, login)
    return login


async def listed(database: Database, login: OpenedLogin) -> list[own_logins.LoginItem]:
    async with database.session() as session:
        return await own_logins.list_logins(session, login.identity.actor, current=login.login_id)


async def test_one_sees_where_one_is_logged_in(installed_database: Database) -> None:
    for email in (MIRA, NOOR):
        await add_user(installed_database, email)
    await opened(installed_database, NOOR)
    with clock.frozen(NOON):
        first = await opened(installed_database, MIRA)
    with clock.frozen(NOON + timedelta(minutes=1)):
        second = await opened(installed_database, MIRA, by_program=True)
        found = await listed(installed_database, first)
    assert [(each.id, each.kind, each.is_current) for each in found] == [
        (second.login_id, LoginKind.PROGRAM, False),
        (first.login_id, LoginKind.BROWSER, True),
    ]
    with clock.frozen(NOON + timedelta(hours=13)):
        (left,) = await listed(installed_database, first)
        assert left.kind is LoginKind.PROGRAM


async def test_one_ends_it_at_once_and_only_ones_own(installed_database: Database) -> None:
    for email in (MIRA, NOOR):
        await add_user(installed_database, email)
    mira, noor = await opened(installed_database, MIRA), await opened(installed_database, NOOR)
    assert (await login_sessions.who_is(installed_database, mira.token)).actor.is_somebody
    async with installed_database.session() as session:
        with pytest.raises(NotFound):
            await own_logins.end_login(session, noor.identity.actor, mira.login_id)
        await own_logins.end_login(session, mira.identity.actor, mira.login_id)
        with pytest.raises(NotFound):
            await own_logins.end_login(session, mira.identity.actor, mira.login_id)
    assert not (await login_sessions.who_is(installed_database, mira.token)).actor.is_somebody


async def test_all_others_end_and_this_one_stays(installed_database: Database) -> None:
    for email in (MIRA, NOOR):
        await add_user(installed_database, email)
    this = await opened(installed_database, MIRA)
    other = await opened(installed_database, MIRA, by_program=True)
    noor = await opened(installed_database, NOOR)
    async with installed_database.session() as session:
        await own_logins.end_other_logins(session, this.identity.actor, current=this.login_id)
    found = [
        (await login_sessions.who_is(installed_database, login.token)).actor.is_somebody
        for login in (this, other, noor)
    ]
    assert found == [True, False, True]


async def test_nobody_has_no_logins(installed_database: Database) -> None:
    async with installed_database.session() as session:
        with pytest.raises(LoginRequired):
            await own_logins.list_logins(session, NOBODY, current=None)
        with pytest.raises(LoginRequired):
            await own_logins.end_login(session, NOBODY, uuid4())
        with pytest.raises(LoginRequired):
            await own_logins.end_other_logins(session, NOBODY, current=None)
