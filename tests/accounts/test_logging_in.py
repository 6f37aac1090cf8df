from __future__ import annotations

import pytest
from passlib.hash import bcrypt
from sqlmodel import select

from appointment_app import clock
from appointment_app.accounts import logging_in, login_sessions, throttle
from appointment_app.accounts.errors import AddressNotVerified, TryAgainLater, WrongLogin
from appointment_app.accounts.login_sessions import OpenedLogin
from appointment_app.database import Database
from appointment_app.models import MessageKind, User
from tests.accounts.people import NOON, PASSWORD, VISITOR, add_user, audited, mails


async def log_in(
    database: Database, email: str = "mira@mail.example", password: str = PASSWORD
) -> OpenedLogin:
    async with database.session() as session:
        return await logging_in.log_in(session, VISITOR, email=email, password=password)


async def test_the_owner_gets_a_login(database: Database) -> None:
    user_id = await add_user(database, "mira@mail.example")
    opened = await log_in(database, " MIRA@mail.example ")
    identity = await login_sessions.who_is(database, opened.token)
    assert identity.actor.user_id == user_id
    assert await audited(database) == ["user.logged_in"]


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("mira@mail.example", "wrong password"),
        ("mira@mail.example", ""),
        ("nobody@mail.example", PASSWORD),
        ("no address", PASSWORD),
    ],
)
async def test_anybody_else_gets_one_and_the_same_refusal(
    database: Database, email: str, password: str
) -> None:
    await add_user(database, "mira@mail.example")
    with pytest.raises(WrongLogin):
        await log_in(database, email, password)
    assert await audited(database) == []


async def test_an_inactive_account_is_refused_like_a_wrong_password(database: Database) -> None:
    user_id = await add_user(database, "mira@mail.example")
    async with database.session() as session, session.begin():
        (await session.get_one(User, user_id)).active = False
    with pytest.raises(WrongLogin):
        await log_in(database)


async def test_only_who_knows_the_password_learns_that_the_address_is_not_confirmed(
    database: Database,
) -> None:
    await add_user(database, "mira@mail.example", verified=False)
    with pytest.raises(WrongLogin):
        await log_in(database, password="wrong password")
    assert await mails(database) == []
    with pytest.raises(AddressNotVerified):
        await log_in(database)
    assert [kind for kind, _, _ in await mails(database)] == [MessageKind.VERIFY_EMAIL]


async def test_links_to_confirm_are_not_sent_without_end(database: Database) -> None:
    await add_user(database, "mira@mail.example", verified=False)
    for _ in range(5):
        with pytest.raises(AddressNotVerified):
            await log_in(database)
    assert len(await mails(database)) == 3


async def test_a_bcrypt_hash_is_replaced_at_the_first_login(database: Database) -> None:
    old = bcrypt.using(rounds=12).hash(PASSWORD)
    await add_user(database, "mira@mail.example", password_hash=old)
    await log_in(database)
    async with database.session() as session:
        stored = (await session.exec(select(User.password_hash))).one()
    assert stored.startswith("$argon2id$")
    await log_in(database)


@pytest.mark.parametrize("email", ["mira@mail.example", "nobody@mail.example"])
async def test_guessing_is_slowed_down_alike_for_known_and_unknown_addresses(
    database: Database, email: str
) -> None:
    await add_user(database, "mira@mail.example")
    with clock.frozen(NOON):
        for _ in range(throttle.FREE_FAILURES):
            with pytest.raises(WrongLogin):
                await log_in(database, email, "wrong password")
        with pytest.raises(TryAgainLater) as refused:
            await log_in(database, email)
    assert refused.value.seconds == 2


async def test_logging_in_forgets_the_failures_before(database: Database) -> None:
    await add_user(database, "mira@mail.example")
    with clock.frozen(NOON):
        for _ in range(3):
            for _ in range(throttle.FREE_FAILURES - 1):
                with pytest.raises(WrongLogin):
                    await log_in(database, password="wrong password")
            await log_in(database)


async def test_logging_out_ends_this_login_at_once_and_no_other(database: Database) -> None:
    await add_user(database, "mira@mail.example")
    first, second = await log_in(database), await log_in(database)
    for opened in (first, second):
        assert (await login_sessions.who_is(database, opened.token)).actor.is_somebody
    async with database.session() as session:
        await logging_in.log_out(session, first.identity.actor, token=first.token)
    assert not (await login_sessions.who_is(database, first.token)).actor.is_somebody
    assert (await login_sessions.who_is(database, second.token)).actor.is_somebody
    assert (await audited(database))[-1] == "user.logged_out"


async def test_logging_out_without_a_login_is_nothing(database: Database) -> None:
    async with database.session() as session:
        await logging_in.log_out(session, VISITOR, token="no token")
    assert await audited(database) == []
