from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from appointment_app import clock
from appointment_app.accounts import access_tokens, login_sessions, program_logins
from appointment_app.accounts.actors import Identity
from appointment_app.accounts.errors import TokenInvalid, TokenReused, WrongLogin
from appointment_app.accounts.program_logins import IDLE, TOLERANCE, Tokens
from appointment_app.database import Database
from appointment_app.models import LoginSession, RefreshToken, User
from tests.accounts.people import NOON, PASSWORD, VISITOR, add_user, audited

MIRA = "mira@mail.example"
ON_SQLITE = pytest.mark.parametrize("backend", ["sqlite"])


async def logged_in(database: Database, password: str = PASSWORD) -> Tokens:
    async with database.session() as session:
        return await program_logins.log_in(session, VISITOR, email=MIRA, password=password)


async def refreshed(database: Database, tokens: Tokens) -> Tokens:
    async with database.session() as session:
        return await program_logins.refresh(session, VISITOR, tokens.refresh_token)


async def holder(database: Database, tokens: Tokens) -> Identity:
    login_sessions.forget_everything()
    return await login_sessions.holder_of(database, access_tokens.login_of(tokens.access_token))


async def only_login(database: Database) -> UUID:
    async with database.session() as session:
        return (await session.exec(select(LoginSession.public_id))).one()


@ON_SQLITE
async def test_each_refresh_gives_the_next_tokens(installed_database: Database) -> None:
    user_id = await add_user(installed_database, MIRA)
    with clock.frozen(NOON):
        tokens = await logged_in(installed_database)
        assert tokens.expires_in == 1800
        assert (await holder(installed_database, tokens)).actor.user_id == user_id
    with clock.frozen(NOON + timedelta(days=6)):
        later = await refreshed(installed_database, tokens)
        assert later.refresh_token != tokens.refresh_token
        assert (await holder(installed_database, later)).actor.user_id == user_id
    with clock.frozen(NOON + timedelta(days=12)):
        await refreshed(installed_database, later)


@ON_SQLITE
async def test_secrets_are_not_stored(installed_database: Database) -> None:
    await add_user(installed_database, MIRA)
    tokens = await logged_in(installed_database)
    async with installed_database.session() as session:
        (kept,) = await session.exec(select(RefreshToken.secret_hash))
    assert kept not in {tokens.refresh_token, tokens.access_token}


@ON_SQLITE
async def test_a_wrong_password_gives_nothing(installed_database: Database) -> None:
    await add_user(installed_database, MIRA)
    with pytest.raises(WrongLogin):
        await logged_in(installed_database, "wrong password")


@ON_SQLITE
async def test_a_token_that_comes_again_ends_the_whole_login(installed_database: Database) -> None:
    await add_user(installed_database, MIRA)
    with clock.frozen(NOON):
        first = await logged_in(installed_database)
        second = await refreshed(installed_database, first)
    with clock.frozen(NOON + TOLERANCE + timedelta(seconds=1)):
        with pytest.raises(TokenReused):
            await refreshed(installed_database, first)
        assert not (await holder(installed_database, second)).actor.is_somebody
        with pytest.raises(TokenInvalid):
            await refreshed(installed_database, second)
        with pytest.raises(TokenInvalid):
            await refreshed(installed_database, first)
    assert (await audited(installed_database))[-1] == "user.token_reused"


@ON_SQLITE
async def test_twice_within_a_moment_is_refused_and_ends_nothing(
    installed_database: Database,
) -> None:
    await add_user(installed_database, MIRA)
    with clock.frozen(NOON):
        first = await logged_in(installed_database)
        second = await refreshed(installed_database, first)
    with clock.frozen(NOON + TOLERANCE):
        with pytest.raises(TokenReused):
            await refreshed(installed_database, first)
        await refreshed(installed_database, second)


async def test_of_many_at_once_one_wins(installed_database: Database) -> None:
    await add_user(installed_database, MIRA)
    with clock.frozen(NOON):
        tokens = await logged_in(installed_database)
        outcomes = await asyncio.gather(
            *(refreshed(installed_database, tokens) for _ in range(6)), return_exceptions=True
        )
    (won,) = [each for each in outcomes if isinstance(each, Tokens)]
    assert [type(each) for each in outcomes if each is not won] == [TokenReused] * 5
    with clock.frozen(NOON):
        assert (await holder(installed_database, won)).actor.is_somebody


@ON_SQLITE
@pytest.mark.parametrize("ended_by", ["all logins", "deactivated", "too long idle", "too old"])
async def test_when_a_login_is_over_so_are_its_tokens(
    installed_database: Database, ended_by: str
) -> None:
    user_id = await add_user(installed_database, MIRA)
    with clock.frozen(NOON):
        tokens = await logged_in(installed_database)
    later = timedelta()
    async with installed_database.session() as session, session.begin():
        if ended_by == "all logins":
            await login_sessions.end_all_logins(session, user_id)
        elif ended_by == "deactivated":
            await session.exec(update(User).where(col(User.id) == user_id).values(active=False))
        elif ended_by == "too long idle":
            later = IDLE
    if ended_by == "too old":
        for days in range(6, 30, 6):
            with clock.frozen(NOON + timedelta(days=days)):
                tokens = await refreshed(installed_database, tokens)
        later = timedelta(days=30)
    with clock.frozen(NOON + later):
        assert not later or (NOON + later) == clock.now()
        with pytest.raises(TokenInvalid):
            await refreshed(installed_database, tokens)
    with clock.frozen(NOON):
        is_over = ended_by in {"all logins", "deactivated"}
        somebody = (
            (await holder(installed_database, tokens)).actor.is_somebody if is_over else False
        )
        assert not somebody


@ON_SQLITE
async def test_what_is_no_token_is_refused(installed_database: Database) -> None:
    for secret in ("", "x" * 43):
        with pytest.raises(TokenInvalid):
            await refreshed(installed_database, Tokens("", secret))
