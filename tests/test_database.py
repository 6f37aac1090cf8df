"""A service function is one transaction: whole, started again after a deadlock, never for ever."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.database import Database, Limits, reading_one_moment, transactional
from appointment_app.database_errors import busy_of
from appointment_app.errors import Busy
from appointment_app.models import Specialty

CODES = ("first", "second")


@transactional
async def rename(session: AsyncSession, code: str, name: str) -> None:
    await _rename(session, code, name)


async def _rename(session: AsyncSession, code: str, name: str) -> None:
    statement = update(Specialty).where(col(Specialty.code) == code).values(name=name)
    await session.exec(statement.execution_options(synchronize_session=False))


async def names(database: Database) -> dict[str, str]:
    async with database.session() as session:
        return {row.code: row.name for row in await session.exec(select(Specialty))}


@pytest.fixture(autouse=True)
async def two_rows(database: Database) -> None:
    async with database.session() as session:
        session.add_all(Specialty(code=code, name="") for code in CODES)
        await session.commit()


async def test_what_is_read_can_be_of_one_moment(database: Database) -> None:
    codes = select(Specialty.name).order_by(col(Specialty.code))
    async with database.session() as session:
        async with reading_one_moment(session):
            assert (await session.exec(codes)).all() == ["", ""]
            async with database.session() as other:
                await rename(other, "first", "changed")
            async with reading_one_moment(session):
                assert (await session.exec(codes)).all() == ["", ""]
        assert (await session.exec(codes)).all() == ["changed", ""]


async def test_what_raises_leaves_nothing(database: Database) -> None:
    @transactional
    async def fails(session: AsyncSession) -> None:
        await _rename(session, "first", "changed")
        raise RuntimeError("the power went")

    async with database.session() as session:
        with pytest.raises(RuntimeError, match="the power went"):
            await fails(session)
    assert await names(database) == {"first": "", "second": ""}


async def test_a_deadlock_is_started_again(database: Database) -> None:
    """Two take the same two rows in opposite order; SQLite lets only one in at a time."""
    attempts: list[str] = []
    taken: list[str] = []
    is_sqlite = database.engine.dialect.name == "sqlite"
    each_has_one = asyncio.Event()

    @transactional
    async def take_both(session: AsyncSession, one: str, other: str) -> None:
        attempts.append(one)
        await _rename(session, one, f"{one} before {other}")
        taken.append(one)
        if len(taken) == 2 or is_sqlite:
            each_has_one.set()
        await each_has_one.wait()
        await _rename(session, other, f"{one} before {other}")

    async def run(one: str, other: str) -> None:
        async with database.session() as session:
            await take_both(session, one, other)

    await asyncio.gather(run("first", "second"), run("second", "first"))
    assert len(set((await names(database)).values())) == 1
    assert len(attempts) == (2 if is_sqlite else 3)


@pytest.mark.parametrize("elsewhere", [False, True], ids=["this process", "another process"])
async def test_who_waits_too_long_is_told_so(
    database_url: str, monkeypatch: pytest.MonkeyPatch, *, elsewhere: bool
) -> None:
    impatient = Limits(lock_seconds=0.2)
    ours = Database(database_url, impatient)
    theirs = Database(database_url, impatient) if elsewhere else ours
    holds, release = asyncio.Event(), asyncio.Event()

    @transactional
    async def hold(session: AsyncSession) -> None:
        await _rename(session, "first", "held")
        holds.set()
        await release.wait()

    async def run() -> None:
        async with theirs.session() as session:
            await hold(session)

    holder = asyncio.create_task(run())
    await holds.wait()
    async with asyncio.timeout(10), ours.session() as session:
        with pytest.raises(Busy):
            await rename(session, "first", "waited")
    release.set()
    await holder
    async with ours.session() as session:
        await rename(session, "second", "after")
    assert await names(ours) == {"first": "held", "second": "after"}
    await ours.dispose()
    await theirs.dispose()


async def test_what_people_typed_stands_in_no_error(database: Database) -> None:
    async with database.session() as session:
        session.add(Specialty(code=CODES[0], name="Fainting in the morning"))
        with pytest.raises(IntegrityError) as refused:
            await session.commit()
    assert "Fainting" not in str(refused.value)


@pytest.mark.parametrize(
    ("backend", "slow"),
    [("postgresql", "SELECT pg_sleep(20)"), ("mariadb", "SELECT sleep(20)")],
)
async def test_a_statement_that_takes_too_long_is_ended(
    database_url: str, monkeypatch: pytest.MonkeyPatch, slow: str
) -> None:
    opened = Database(database_url, Limits(statement_seconds=1))

    @transactional
    async def dawdle(session: AsyncSession) -> None:
        await (await session.connection()).execute(text(slow))

    async with asyncio.timeout(10), opened.session() as session:
        with pytest.raises(Busy):
            await dawdle(session)
    await opened.dispose()


@pytest.mark.parametrize("backend", ["mariadb"])
async def test_mariadb_is_asked_for_what_the_others_do_by_themselves(database: Database) -> None:
    asked = text("SELECT @@tx_isolation, @@time_zone, @@sql_mode, @@character_set_connection")
    async with database.session() as session:
        answer = (await (await session.connection()).execute(asked)).one()
    assert (answer[0], answer[1], answer[3]) == ("READ-COMMITTED", "+00:00", "utf8mb4")
    assert "STRICT_ALL_TABLES" in answer[2]


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"])
async def test_a_connection_that_died_while_idle_is_replaced(
    database_url: str, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appointment_app.database._IDLE_SECONDS", 0)
    own_id = "SELECT pg_backend_pid()" if backend == "postgresql" else "SELECT connection_id()"
    kill = "SELECT pg_terminate_backend({})" if backend == "postgresql" else "KILL {}"
    database, other = Database(database_url, Limits(pool_size=1)), Database(database_url)
    async with database.engine.connect() as connection:
        died = (await connection.exec_driver_sql(own_id)).scalar_one()
    async with other.engine.connect() as connection:
        await connection.exec_driver_sql(kill.format(died))
    async with database.engine.connect() as connection:
        assert (await connection.exec_driver_sql(own_id)).scalar_one() != died
    await database.dispose()
    await other.dispose()


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"])
async def test_who_finds_no_free_connection_is_told_so(database_url: str) -> None:
    opened = Database(database_url, Limits(pool_size=1, pool_seconds=0.1))
    async with opened.session() as session:
        await session.connection()
        async with opened.session() as other:
            with pytest.raises(Busy):
                await rename(other, "first", "waited")
            with pytest.raises(PoolTimeout) as refused:
                await other.connection()
    assert busy_of(refused.value) is not None
    await opened.dispose()


@pytest.mark.parametrize("scheme", ["postgresql", "mariadb"])
async def test_a_database_that_is_away_is_busy_and_a_mistake_is_none(scheme: str) -> None:
    away = Database(f"{scheme}://nobody@127.0.0.1:1/nothing")
    async with away.session() as session:
        with pytest.raises(Busy):
            await rename(session, "first", "away")
    await away.dispose()
    assert busy_of(ProgrammingError("SELECT", {}, Exception("a mistake"))) is None


@pytest.mark.parametrize("backend", ["postgresql"])
async def test_what_is_only_read_stays_prepared(database: Database) -> None:
    # The driver prepares what it is asked often, and forgets all of it when it rolls back.
    for _ in range(10):
        await names(database)
    async with database.session() as session:
        connection = await session.connection()
        prepared = await connection.scalar(text("SELECT count(*) FROM pg_prepared_statements"))
    assert prepared == 1
