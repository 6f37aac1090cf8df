from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from appointment_app import clock
from appointment_app.accounts import throttle
from appointment_app.accounts.errors import TryAgainLater
from appointment_app.database import Database
from appointment_app.models import LoginThrottle
from tests.accounts.people import NOON

HERE, ELSEWHERE = "192.0.2.7", "198.51.100.1"


async def attempt(database: Database, email: str = "mira@mail.example", address: str = HERE) -> int:
    """Return the seconds that have to pass, 0 when the attempt is looked at."""
    async with database.session() as session:
        try:
            await throttle.begin_attempt(session, email, address)
        except TryAgainLater as refused:
            return refused.seconds
    return 0


async def test_the_sixth_failure_has_to_wait_and_the_wait_grows(database: Database) -> None:
    waits = []
    moment = NOON
    for _ in range(throttle.FREE_FAILURES + 4):
        with clock.frozen(moment):
            if wait := await attempt(database):
                moment += timedelta(seconds=wait)
                waits.append(wait)
        with clock.frozen(moment):
            if wait:
                assert await attempt(database) == 0
    assert waits == [2, 4, 8, 16]


async def test_no_wait_is_longer_than_five_minutes() -> None:
    assert throttle.refusal_after(1_000_000) == throttle.LONGEST_REFUSAL == timedelta(minutes=5)


async def test_a_refused_attempt_does_not_make_the_wait_longer(database: Database) -> None:
    with clock.frozen(NOON):
        for _ in range(throttle.FREE_FAILURES):
            assert await attempt(database) == 0
        assert [await attempt(database) for _ in range(5)] == [2] * 5


async def test_a_stranger_does_not_lock_the_owner_out(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(throttle.asyncio, "sleep", note)
    for number in range(60):
        with clock.frozen(NOON):
            await attempt(database)
            await attempt(database, address=f"203.0.113.{number}")
    with clock.frozen(NOON):
        assert await attempt(database) > 0
        assert await attempt(database, address=ELSEWHERE) == 0
    assert 0 < pauses[-1] <= throttle.LONGEST_PAUSE.total_seconds()


async def test_failures_for_one_address_say_nothing_about_another(database: Database) -> None:
    with clock.frozen(NOON):
        for _ in range(10):
            await attempt(database)
        assert await attempt(database, email="noor@mail.example") == 0


async def test_one_household_with_ipv6_is_one_network(database: Database) -> None:
    with clock.frozen(NOON):
        for suffix in range(throttle.FREE_FAILURES):
            assert await attempt(database, address=f"2001:db8:1:2::{suffix}") == 0
        assert await attempt(database, address="2001:db8:1:2::ffff") > 0
        assert await attempt(database, address="2001:db8:1:3::1") == 0


async def test_a_day_later_all_is_forgotten(database: Database) -> None:
    with clock.frozen(NOON):
        for _ in range(throttle.FREE_FAILURES):
            await attempt(database)
    with clock.frozen(NOON + timedelta(days=1, seconds=1)):
        assert [await attempt(database) for _ in range(throttle.FREE_FAILURES)] == [0] * 5


async def test_the_right_password_makes_it_forgotten_at_once(database: Database) -> None:
    with clock.frozen(NOON):
        for _ in range(throttle.FREE_FAILURES):
            await attempt(database)
        async with database.session() as session, session.begin():
            await throttle.forget_failures(session, "mira@mail.example", HERE)
        assert await attempt(database) == 0


async def test_attempts_at_the_same_moment_are_all_counted(database: Database) -> None:
    with clock.frozen(NOON):
        waits = await asyncio.gather(*(attempt(database) for _ in range(20)))
    assert waits.count(0) == throttle.FREE_FAILURES


async def test_the_table_names_nobody(database: Database) -> None:
    await attempt(database)
    async with database.session() as session:
        keys = (await session.exec(select(LoginThrottle.key))).all()
    assert len(keys) == 2
    assert not any("mira" in key or HERE in key for key in keys)


async def test_a_network_may_not_send_mails_without_end(database: Database) -> None:
    async def request(address: str) -> None:
        async with database.session() as session:
            await throttle.begin_request(session, "register", address)

    with clock.frozen(NOON):
        for _ in range(throttle.FREE_REQUESTS):
            await request(HERE)
        with pytest.raises(TryAgainLater):
            await request(HERE)
        await request(ELSEWHERE)
    with clock.frozen(NOON + timedelta(hours=2)):
        await request(HERE)
