"""Confirming an address and choosing a new password, by mailed links."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from appointment_app import clock
from appointment_app.accounts import (
    logging_in,
    login_sessions,
    password_reset,
    registration,
    verification,
)
from appointment_app.accounts.errors import LinkInvalid, WrongLogin
from appointment_app.accounts.login_sessions import OpenedLogin
from appointment_app.accounts.verification import Verified
from appointment_app.database import Database
from appointment_app.errors import Invalid
from appointment_app.models import AccountToken, MessageKind, User
from tests.accounts.people import (
    MIRA,
    NOON,
    PASSWORD,
    VISITOR,
    add_user,
    audited,
    mailed_secret,
    mails,
)

NEW_PASSWORD = "nine quiet lanterns"
DAY, HALF_AN_HOUR = timedelta(hours=24), timedelta(minutes=30)
SECOND = timedelta(seconds=1)


async def registered(database: Database) -> str:
    async with database.session() as session:
        await registration.register_patient(session, VISITOR, MIRA, next_path="/book?start=1")
    return await mailed_secret(database, MessageKind.VERIFY_EMAIL)


async def verify(database: Database, secret: str) -> Verified:
    async with database.session() as session:
        return await verification.verify_email(session, VISITOR, secret=secret)


async def forgotten(database: Database, email: str = "mira@mail.example") -> None:
    async with database.session() as session:
        await password_reset.forgot_password(session, VISITOR, email=email)


async def reset(database: Database, secret: str, password: str = NEW_PASSWORD) -> OpenedLogin:
    async with database.session() as session:
        return await password_reset.reset_password(
            session, VISITOR, secret=secret, password=password
        )


async def log_in(database: Database, password: str) -> OpenedLogin:
    async with database.session() as session:
        return await logging_in.log_in(
            session, VISITOR, email="mira@mail.example", password=password
        )


async def test_the_link_confirms_the_address_logs_in_and_leads_back(database: Database) -> None:
    verified = await verify(database, await registered(database))
    assert verified.next_path == "/book?start=1"
    assert (await login_sessions.who_is(database, verified.login.token)).display_name == "Mira Sol"
    async with database.session() as session:
        assert (await session.exec(select(User.email_verified_at))).one() is not None
    assert (await audited(database))[-1] == "user.address_verified"


async def test_the_database_does_not_hold_the_secret(database: Database) -> None:
    secret = await registered(database)
    async with database.session() as session:
        stored = (await session.exec(select(AccountToken.secret_hash))).one()
    assert len(secret) >= 43
    assert secret not in stored


async def test_a_link_works_once(database: Database) -> None:
    secret = await registered(database)
    await verify(database, secret)
    with pytest.raises(LinkInvalid):
        await verify(database, secret)


async def test_a_link_works_once_even_when_it_is_used_twice_at_once(database: Database) -> None:
    secret = await registered(database)
    results = await asyncio.gather(
        *(verify(database, secret) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(result, Verified) for result in results) == 1
    assert sum(isinstance(result, LinkInvalid) for result in results) == 3


async def test_a_link_to_confirm_works_for_a_day(database: Database) -> None:
    with clock.frozen(NOON):
        secret = await registered(database)
    with clock.frozen(NOON + DAY), pytest.raises(LinkInvalid):
        await verify(database, secret)
    with clock.frozen(NOON + DAY - SECOND):
        await verify(database, secret)


async def test_a_link_serves_its_own_purpose_alone(database: Database) -> None:
    secret = await registered(database)
    with pytest.raises(LinkInvalid):
        await reset(database, secret)
    await add_user(database, "mira@mail.example")
    await forgotten(database)
    with pytest.raises(LinkInvalid):
        await verify(database, await mailed_secret(database, MessageKind.RESET_PASSWORD))


@pytest.mark.parametrize("secret", ["", "x", "'; --", "é" * 100])
async def test_an_invented_secret_is_refused(database: Database, secret: str) -> None:
    with pytest.raises(LinkInvalid):
        await verify(database, secret)


async def test_a_reset_replaces_the_password_and_ends_every_other_login(
    database: Database,
) -> None:
    await add_user(database, "mira@mail.example")
    before = await log_in(database, PASSWORD)
    assert (await login_sessions.who_is(database, before.token)).actor.is_somebody
    await forgotten(database)
    after = await reset(database, await mailed_secret(database, MessageKind.RESET_PASSWORD))
    assert not (await login_sessions.who_is(database, before.token)).actor.is_somebody
    assert (await login_sessions.who_is(database, after.token)).actor.is_somebody
    with pytest.raises(WrongLogin):
        await log_in(database, PASSWORD)
    await log_in(database, NEW_PASSWORD)
    assert [kind for kind, _, _ in await mails(database)] == [
        MessageKind.RESET_PASSWORD,
        MessageKind.PASSWORD_CHANGED,
    ]
    assert "user.password_reset" in await audited(database)


async def test_a_reset_confirms_the_address(database: Database) -> None:
    await add_user(database, "mira@mail.example", verified=False)
    await forgotten(database)
    await reset(database, await mailed_secret(database, MessageKind.RESET_PASSWORD))
    await log_in(database, NEW_PASSWORD)


async def test_a_reset_link_works_for_half_an_hour_and_once(database: Database) -> None:
    with clock.frozen(NOON):
        await add_user(database, "mira@mail.example")
        await forgotten(database)
    secret = await mailed_secret(database, MessageKind.RESET_PASSWORD)
    with clock.frozen(NOON + HALF_AN_HOUR), pytest.raises(LinkInvalid):
        await reset(database, secret)
    with clock.frozen(NOON + HALF_AN_HOUR - SECOND):
        await reset(database, secret)
        with pytest.raises(LinkInvalid):
            await reset(database, secret)


async def test_a_reset_withdraws_the_other_links(database: Database) -> None:
    await add_user(database, "mira@mail.example")
    await forgotten(database)
    older = await mailed_secret(database, MessageKind.RESET_PASSWORD)
    await forgotten(database)
    await reset(database, await mailed_secret(database, MessageKind.RESET_PASSWORD))
    with pytest.raises(LinkInvalid):
        await reset(database, older)


async def test_a_bad_password_does_not_use_up_the_link(database: Database) -> None:
    await add_user(database, "mira@mail.example")
    await forgotten(database)
    secret = await mailed_secret(database, MessageKind.RESET_PASSWORD)
    for bad in ("short", "password1", "mira@mail.example"):
        with pytest.raises(Invalid):
            await reset(database, secret, bad)
    await reset(database, secret)


async def test_nothing_is_mailed_to_an_unknown_or_inactive_address(database: Database) -> None:
    user_id = await add_user(database, "mira@mail.example")
    async with database.session() as session, session.begin():
        (await session.get_one(User, user_id)).active = False
    await forgotten(database, "nobody@mail.example")
    await forgotten(database, "mira@mail.example")
    assert await mails(database) == []


async def test_strangers_cannot_fill_a_mailbox(database: Database) -> None:
    with clock.frozen(NOON):
        await add_user(database, "mira@mail.example")
        for _ in range(5):
            await forgotten(database)
        assert len(await mails(database)) == 3
    with clock.frozen(NOON + HALF_AN_HOUR):
        await forgotten(database)
        assert len(await mails(database)) == 4
