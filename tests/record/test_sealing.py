"""The record is sealed in batches, and what somebody does to it in the database is found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, func, select

from appointment_app import clock
from appointment_app.accounts import audit
from appointment_app.accounts.actor import NOBODY
from appointment_app.database import Database, transactional, writing
from appointment_app.models import AuditEvent, AuditSeal, Person
from appointment_app.models.append_only import releases
from appointment_app.record import numbers, sealing
from appointment_app.record.sealing import MARGIN, seal_all
from appointment_app.record.verification import Verification, verify
from tests.accounts.people import NOON
from tests.factories import make_patient

LATER = NOON + MARGIN + timedelta(seconds=1)
only_sqlite = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
async def person(database: Database) -> AsyncIterator[Person]:
    async with database.session() as session:
        yield await make_patient(session)


async def write(database: Database, person: Person | None = None, count: int = 1) -> None:
    """Write entries, with values about the person."""
    for number in range(count):
        async with database.session() as session:
            await _write(session, person, f"value {number}")


@transactional
async def _write(session: Any, person: Person | None, value: str) -> None:
    about = {"person_id": person.id, "after": {"phone": value}} if person else {}
    audit.record(session, NOBODY, "x.y", record_type="person", record_id=1, **about)  # type: ignore[arg-type]


async def seal(database: Database) -> int:
    """Seal what was written at noon."""
    with clock.frozen(LATER):
        return await seal_all(database)


async def verified(database: Database, **known: str) -> Verification:
    async with database.session() as session:
        return await verify(session, **known)


async def tamper(database: Database, *statements: str) -> None:
    """Do as somebody does who owns the database."""
    dialect = database.engine.dialect.name
    async with database.engine.begin() as connection:
        for table in ("audit_event", "audit_seal"):
            for statement in releases(table, dialect):
                await connection.exec_driver_sql(statement)
        for statement in statements:
            await connection.execute(sa.text(statement))


async def seals(database: Database) -> list[AuditSeal]:
    async with database.session() as session:
        return list(await session.exec(select(AuditSeal).order_by(col(AuditSeal.id))))


async def first_number(database: Database) -> int:
    """The number of the first entry: PostgreSQL goes on counting from test to test."""
    async with database.session() as session:
        return (await session.exec(select(func.min(AuditEvent.id)))).one()


async def sealed_from_one(database: Database) -> list[list[int]]:
    """The entries of each seal, as if the first one had the number 1."""
    before = await first_number(database) - 1
    return [[each - before for each in numbers.read(made.ids)] for made in await seals(database)]


async def test_a_record_that_nobody_touched_is_whole(database: Database, person: Person) -> None:
    with clock.frozen(NOON):
        await write(database, person, 3)
        await write(database, None, 2)
    assert await seal(database) == 1
    assert await seal(database) == 0
    with clock.frozen(LATER):
        await write(database, person)
    found = await verified(database)
    assert (found.entries, found.seals, found.unsealed, found.problems) == (6, 1, 1, [])
    (first,) = await seals(database)
    assert (first.count, first.previous) == (5, "")
    assert await sealed_from_one(database) == [[1, 2, 3, 4, 5]]
    assert found.digest == first.digest


@only_sqlite
async def test_each_seal_follows_the_one_before(
    database: Database, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 2)
    with clock.frozen(NOON):
        await write(database, person, 5)
    assert await seal(database) == 3
    made = await seals(database)
    assert [each.ids for each in made] == ["1-2", "3-4", "5"]
    assert [each.previous for each in made] == ["", made[0].digest, made[1].digest]
    assert (await verified(database)).problems == []


async def test_nothing_is_sealed_before_its_neighbours_had_time_to_come(
    database: Database,
) -> None:
    with clock.frozen(NOON):
        await write(database)
    with clock.frozen(NOON + MARGIN):
        assert await seal_all(database) == 0


async def test_of_several_who_seal_at_once_one_makes_each_seal(
    database: Database, person: Person
) -> None:
    with clock.frozen(NOON):
        await write(database, person, 3)
    with clock.frozen(LATER):
        made = await asyncio.gather(*(seal_all(database) for _ in range(4)))
    assert sum(made) == 1
    assert (await verified(database)).problems == []


async def test_numbers_that_were_given_back_and_entries_that_came_late(database: Database) -> None:
    with clock.frozen(NOON):
        await write(database)
        async with database.session() as late, writing(late):
            audit.record(late, NOBODY, "late", record_type="x", record_id=1)
            if database.engine.dialect.name == "sqlite":
                await late.rollback()  # SQLite has one writer: nobody comes after others there
            else:
                await late.flush()
                await write(database)
                assert await seal(database) == 1
    before = await sealed_from_one(database)
    with clock.frozen(NOON):
        await write(database)
    assert await seal(database) == 1
    after = await sealed_from_one(database)
    if database.engine.dialect.name == "sqlite":
        assert (before, after) == ([], [[1, 2]])
    else:
        assert (before, after) == ([[1, 3]], [[1, 3], [2, 4]])
    assert (await verified(database)).problems == []


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"])  # SQLite has one writer
async def test_what_came_later_than_anybody_looks_back_is_sealed_too(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "LOOKED_BACK", 1)
    monkeypatch.setattr(sealing, "BATCH", 2)
    monkeypatch.setattr(sealing, "_GAPS_AT_ONCE", 1)

    async def seal_thoroughly() -> int:
        with clock.frozen(LATER):
            return await seal_all(database, thoroughly=True)

    with clock.frozen(NOON):
        await write(database)
        async with database.session() as burnt, writing(burnt):
            audit.record(burnt, NOBODY, "burnt", record_type="x", record_id=1)
            await burnt.flush()
            await burnt.rollback()
        async with database.session() as late, writing(late):
            for number in range(3):
                audit.record(late, NOBODY, "late", record_type="x", record_id=number)
                await late.flush()
            await write(database, count=4)
            assert await seal_thoroughly() == 3
    assert await sealed_from_one(database) == [[1, 6], [7, 8], [9]]
    assert await seal(database) == 0, "they lie further back than it looks each time"
    assert await seal_thoroughly() == 2
    assert (await sealed_from_one(database))[3:] == [[3, 4], [5]]
    assert await seal_thoroughly() == 0
    found = await verified(database)
    assert (found.unsealed, found.problems) == (0, [])


COPIED = (
    "occurred_at, actor_user_id, action, record_type, record_id, person_id, clinic_id, fields,"
    " changes, address, nonce, mark"
)
CHANGED = {
    "who did it": "UPDATE audit_event SET actor_user_id = (SELECT min(id) FROM user_account)"
    " WHERE id = 2",
    "what was done": "UPDATE audit_event SET action = 'y.z' WHERE id = 2",
    "a value": "UPDATE audit_event SET changes = (SELECT changes FROM other) WHERE id = 2",
    "when": "UPDATE audit_event SET occurred_at = '2026-11-23 11:00:00.000000' WHERE id = 2",
    "from where": "UPDATE audit_event SET address = '192.0.2.1' WHERE id = 2",
    "all, as another entry": "UPDATE audit_event SET action = other.action,"
    " changes = other.changes, nonce = other.nonce, mark = 'x' FROM other WHERE audit_event.id = 2",
}


@only_sqlite
@pytest.mark.parametrize("what", CHANGED)
async def test_a_changed_entry_is_named(database: Database, person: Person, what: str) -> None:
    with clock.frozen(NOON):
        await write(database, person, 3)
    await seal(database)
    other = "CREATE TEMP TABLE other AS SELECT * FROM audit_event WHERE id = 3"
    await tamper(database, other, CHANGED[what])
    assert (await verified(database)).problems[0] == "Entry 2 was changed."


@pytest.mark.parametrize("is_sealed", [True, False], ids=["sealed", "not sealed yet"])
async def test_on_every_database_a_changed_and_an_inserted_entry_are_named(
    database: Database, person: Person, is_sealed: bool
) -> None:
    with clock.frozen(NOON):
        await write(database, person, 3)
    if is_sealed:
        await seal(database)
    first = await first_number(database)
    columns = COPIED.replace("nonce", "'n'").replace("mark", "'m'")
    await tamper(
        database,
        f"UPDATE audit_event SET action = 'y.z' WHERE id = {first + 1}",
        f"INSERT INTO audit_event (id, {COPIED}) SELECT {first + 7}, {columns}"
        f" FROM audit_event WHERE id = {first + 2}",
    )
    changed = f"Entry {first + 1} was changed." if is_sealed else _by_another_hand(first + 1)
    assert (await verified(database)).problems == [changed, _by_another_hand(first + 7)]


@only_sqlite
async def test_a_missing_entry_is_named(database: Database, person: Person) -> None:
    with clock.frozen(NOON):
        await write(database, person, 4)
    await seal(database)
    await tamper(database, "DELETE FROM audit_event WHERE id IN (2, 3)")
    assert (await verified(database)).problems == ["Entry 2 is missing.", "Entry 3 is missing."]


@only_sqlite
async def test_an_entry_put_in_is_never_sealed_and_always_named(
    database: Database, person: Person
) -> None:
    with clock.frozen(NOON):
        await write(database, person, 2)
    await seal(database)
    values = "9, occurred_at, 'x.y', 'person', 1, '[]', ''"
    columns = "id, occurred_at, action, record_type, record_id, fields, address"
    await tamper(
        database, f"INSERT INTO audit_event ({columns}) SELECT {values} FROM audit_event LIMIT 1"
    )
    assert await seal(database) == 0
    assert (await verified(database)).problems == [_by_another_hand(9)]


@only_sqlite
async def test_a_copied_entry_is_named_though_it_carries_our_mark(
    database: Database, person: Person
) -> None:
    with clock.frozen(NOON):
        await write(database, person, 2)
    await seal(database)
    await tamper(
        database,
        f"INSERT INTO audit_event (id, {COPIED}) SELECT 9, {COPIED} FROM audit_event WHERE id = 1",
    )
    await seal(database)
    copies = "Of the entries 1,9 all but one are copies."
    assert (await verified(database)).problems == [copies]


@only_sqlite
async def test_two_entries_that_changed_places_are_found(
    database: Database, person: Person
) -> None:
    with clock.frozen(NOON):
        await write(database, person, 2)
    await seal(database)
    swaps = [(1, 99), (2, 1), (99, 2)]
    await tamper(
        database,
        "PRAGMA defer_foreign_keys = ON",
        *(f"UPDATE audit_event SET id = {new} WHERE id = {old}" for old, new in swaps),
    )
    assert (await verified(database)).problems == ["One of the entries 1-2 was changed."]


BROKEN_SEALS = {
    "changed": ("UPDATE audit_seal SET digest = 'x' WHERE id = 2", "Seal 2 was changed."),
    "signed by another": (
        "UPDATE audit_seal SET ids = '3', count = 1 WHERE id = 2",
        "Seal 2 was changed.",
    ),
    "missing": ("DELETE FROM audit_seal WHERE id = 2", "Seal 2 is missing."),
}


@only_sqlite
@pytest.mark.parametrize("how", BROKEN_SEALS)
async def test_a_broken_seal_is_named(
    database: Database, person: Person, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 2)
    with clock.frozen(NOON):
        await write(database, person, 6)
    await seal(database)
    statement, named = BROKEN_SEALS[how]
    await tamper(database, statement)
    problems = (await verified(database)).problems
    assert named in problems
    assert not [each for each in problems if each.startswith("Entry")]


@only_sqlite
async def test_who_kept_a_digest_finds_that_the_end_was_cut_off(
    database: Database, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 2)
    with clock.frozen(NOON):
        await write(database, person, 4)
    await seal(database)
    digest = (await verified(database)).digest
    await tamper(
        database, "DELETE FROM audit_seal WHERE id = 2", "DELETE FROM audit_event WHERE id > 2"
    )
    assert (await verified(database)).problems == []
    assert (await verified(database, known_digest=digest)).problems == [
        f"The seal with the digest {digest} is gone."
    ]


@only_sqlite
async def test_entries_from_before_there_were_marks_are_sealed_once(database: Database) -> None:
    columns = "id, occurred_at, action, record_type, record_id, fields, address"

    def old(number: int) -> str:
        values = f"({number}, '2026-11-01 00:00:00.000000', 'x', 'y', 1, '[]', '')"
        return f"INSERT INTO audit_event ({columns}) VALUES {values}"

    await tamper(database, old(1), old(3))
    with clock.frozen(NOON):
        await write(database)
    assert await seal(database) == 1
    assert [each.ids for each in await seals(database)] == ["1,3-4"]
    assert (await verified(database)).problems == []
    async with database.engine.begin() as connection:
        await connection.execute(sa.text(old(2)))
        await connection.execute(sa.text("UPDATE audit_event SET action = 'z' WHERE id = 3"))
    assert await seal(database) == 0
    problems = (await verified(database)).problems
    assert problems == ["One of the entries 1,3-4 was changed.", _by_another_hand(2)]


@pytest.mark.parametrize("text", ["7", "1-3", "1-3,5,8-9"])
def test_numbers_are_read_as_they_were_written(text: str) -> None:
    assert numbers.written(numbers.read(text)) == text


def test_what_no_text_names_is_a_gap() -> None:
    assert numbers.gaps(["2-3,7", "5", "9-12"], 14) == [(1, 1), (4, 4), (6, 6), (8, 8), (13, 14)]
    assert numbers.gaps(["1-3", "2,4-9"], 6) == []
    assert numbers.gaps([], 2) == [(1, 2)]


def test_the_order_of_entries_that_are_written_means_nothing() -> None:
    assert numbers.written([3, 1, 2, 2]) == "1-3"


def _by_another_hand(number: int) -> str:
    return f"Entry {number} was put in by another hand, or changed."
