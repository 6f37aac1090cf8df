from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.accounts.errors import KeyReused
from appointment_app.accounts.request_keys import FORGOTTEN_AFTER, remember
from appointment_app.database import Database
from appointment_app.errors import LoginRequired
from tests.accounts.people import NOON, add_user


async def sent(database: Database, user_id: int, key: str, what: bytes) -> None:
    async with database.session() as session:
        await remember(session, Actor(user_id=user_id), key, what)


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_key_is_for_one_request(installed_database: Database) -> None:
    mira = await add_user(installed_database, "mira@mail.example")
    noor = await add_user(installed_database, "noor@mail.example")
    with clock.frozen(NOON):
        await sent(installed_database, mira, "1", b"ten")
        await sent(installed_database, mira, "1", b"ten")
        with pytest.raises(KeyReused):
            await sent(installed_database, mira, "1", b"eleven")
        await sent(installed_database, mira, "2", b"eleven")
        await sent(installed_database, noor, "1", b"eleven")
    with clock.frozen(NOON + FORGOTTEN_AFTER - timedelta(seconds=1)), pytest.raises(KeyReused):
        await sent(installed_database, mira, "1", b"eleven")
    with clock.frozen(NOON + FORGOTTEN_AFTER):
        await sent(installed_database, mira, "1", b"eleven")
        with pytest.raises(KeyReused):
            await sent(installed_database, mira, "1", b"ten")
        with pytest.raises(LoginRequired):
            async with installed_database.session() as session:
                await remember(session, NOBODY, "1", b"ten")


async def test_of_two_different_ones_at_once_one_is_refused(installed_database: Database) -> None:
    mira = await add_user(installed_database, "mira@mail.example")
    outcomes = await asyncio.gather(
        *(sent(installed_database, mira, "1", each) for each in (b"ten", b"eleven")),
        return_exceptions=True,
    )
    assert sorted(map(type, outcomes), key=str) == sorted([type(None), KeyReused], key=str)
