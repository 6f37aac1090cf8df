"""What the record keeps of a change, who can read it, and that nobody can change it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select, update

from appointment_app.accounts import audit, person_keys
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.audit_marks import is_ours
from appointment_app.database import Database, transactional
from appointment_app.models import (
    APPEND_ONLY,
    CANNOT_CHANGE,
    AuditEvent,
    AuditSeal,
    PersonKey,
    row_id,
)
from appointment_app.settings import get_settings
from tests.factories import make_patient
from tests.statements import counted_statements

only_sqlite = pytest.mark.parametrize("backend", ["sqlite"])


@dataclass
class Shelf:
    """A record with one person in it, to write to and read from."""

    database: Database
    person_id: int
    user_id: int

    async def write(self, **values: Any) -> AuditEvent:
        """Write an entry about the person; return it as it is stored."""
        await self.add(**values)
        return (await self.entries())[-1]

    async def add(self, **values: Any) -> None:
        async with self.database.session() as session:
            await _write(session, self, values)

    async def entries(self) -> list[AuditEvent]:
        async with self.database.session() as session:
            return list(await session.exec(select(AuditEvent).order_by(col(AuditEvent.id))))

    async def read(self, entry: AuditEvent) -> dict[str, tuple[Any, Any]] | None:
        async with self.database.session() as session:
            return (await audit.read_changes(session, [entry])).get(entry.id or 0)

    async def destroy_key(self) -> None:
        async with self.database.session() as session, session.begin():
            await person_keys.destroy_key(session, self.person_id)


@transactional
async def _write(session: Any, shelf: Shelf, values: dict[str, Any]) -> None:
    about: dict[str, Any] = {"person_id": shelf.person_id, "record_type": "person", "record_id": 1}
    actor = Actor(user_id=shelf.user_id, address="192.0.2.7")
    audit.record(session, actor, "person.changed", **(about | values))


@pytest.fixture
async def shelf(database: Database) -> AsyncIterator[Shelf]:
    async with database.session() as session:
        person = await make_patient(session)
    assert person.user_id
    return Shelf(database, row_id(person), person.user_id)


async def test_values_of_a_person_are_kept_encrypted(shelf: Shelf) -> None:
    entry = await shelf.write(
        fields=["version"],
        before={"phone": "+4930901820", "family_name": "Sol", "birth_date": None},
        after={"phone": "+4930901821", "family_name": "Sol", "birth_date": date(1990, 2, 3)},
    )
    assert entry.fields == ["birth_date", "phone", "version"]
    assert await shelf.read(entry) == {
        "birth_date": (None, "1990-02-03"),
        "phone": ("+4930901820", "+4930901821"),
    }
    async with shelf.database.engine.connect() as connection:
        row = (await connection.exec_driver_sql("SELECT * FROM audit_event")).one()
        key = (await connection.exec_driver_sql("SELECT * FROM person_key")).one()
    assert "+49309" not in repr(row)
    assert "1990" not in repr(row)
    assert key.wrapped


@only_sqlite
async def test_values_of_nobody_stand_as_they_are(shelf: Shelf) -> None:
    entry = await shelf.write(person_id=None, before={"name": "A"}, after={"name": "B"})
    assert entry.changes == {"name": ["A", "B"]}
    assert await shelf.read(entry) == {"name": ("A", "B")}
    async with shelf.database.session() as session:
        assert (await session.exec(select(PersonKey))).all() == []


@only_sqlite
async def test_what_stayed_the_same_is_not_kept(shelf: Shelf) -> None:
    entry = await shelf.write(before={"phone": "1"}, after={"phone": "1"})
    assert (entry.fields, entry.changes) == ([], None)


@only_sqlite
async def test_the_same_value_looks_different_each_time(shelf: Shelf) -> None:
    first = await shelf.write(after={"phone": "1"})
    second = await shelf.write(after={"phone": "1"})
    assert first.changes != second.changes


async def test_with_the_key_the_values_are_gone_for_ever(shelf: Shelf) -> None:
    entry = await shelf.write(after={"phone": "1"})
    await shelf.destroy_key()
    assert await shelf.read(entry) is None
    later = await shelf.write(after={"phone": "2"})
    assert (later.fields, later.changes) == (["phone"], None)
    async with shelf.database.session() as session:
        (key,) = await session.exec(select(PersonKey))
    assert key.wrapped is None
    assert key.destroyed_at is not None


@only_sqlite
async def test_who_never_had_a_key_gets_none_after_it_was_destroyed(shelf: Shelf) -> None:
    await shelf.destroy_key()
    assert (await shelf.write(after={"phone": "2"})).changes is None


@only_sqlite
@pytest.mark.parametrize("how", ["another field", "another moment", "another entry", "a bit"])
async def test_a_value_can_be_read_only_where_it_was_written(shelf: Shelf, how: str) -> None:
    entry = await shelf.write(after={"phone": "1", "email": "2"})
    other = await shelf.write(after={"phone": "3", "email": "4"})
    changes = dict(entry.changes or {})
    before, after = changes["phone"]
    moved = {
        "another field": [before, changes["email"][1]],
        "another moment": [after, after],
        "another entry": (other.changes or {})["phone"],
        "a bit": [before, after[:-4] + ("A" if after[-4] != "A" else "B") + after[-3:]],
    }
    changed = entry.model_copy(update={"changes": changes | {"phone": moved[how]}})
    with pytest.raises(person_keys.Unreadable):
        await shelf.read(changed)


@only_sqlite
async def test_keys_are_wrapped_for_one_person_by_one_installation(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shelf.write(after={"phone": "1"})
    async with shelf.database.session() as session:
        (key,) = await session.exec(select(PersonKey))
        other = await make_patient(session)
        session.add(PersonKey(person_id=row_id(other), wrapped=key.wrapped))
        await session.commit()
        with pytest.raises(person_keys.Unreadable):
            await person_keys.readable_keys(session, [row_id(other)])
        monkeypatch.setenv("SECRET_KEY", "another secret, long enough to sign with as well")
        get_settings.cache_clear()
        with pytest.raises(person_keys.Unreadable):
            await person_keys.readable_keys(session, [shelf.person_id])
    get_settings.cache_clear()


async def test_two_who_need_a_new_key_at_once_get_the_same(shelf: Shelf) -> None:
    await asyncio.gather(*(shelf.add(after={"phone": str(each)}) for each in range(4)))
    found = [await shelf.read(entry) for entry in await shelf.entries()]
    assert sorted(each["phone"][1] for each in found if each) == ["0", "1", "2", "3"]


@only_sqlite
async def test_values_cost_one_statement_and_none_where_there_are_none(shelf: Shelf) -> None:
    await shelf.add(after={"phone": "1"})
    for values, statements in (({}, 1), ({"after": {"phone": "2"}}, 2)):
        with counted_statements(shelf.database) as sent:
            await shelf.add(**values)
        assert len(sent) == statements, sent


async def test_an_entry_is_told_from_one_that_was_written_by_hand(shelf: Shelf) -> None:
    entry = await shelf.write(fields=["a", "ü"], clinic_id=3, after={"phone": "🩺"})
    assert is_ours(entry)
    other: dict[str, Any] = {
        "occurred_at": datetime(2026, 1, 1, tzinfo=UTC),
        "actor_user_id": None,
        "action": "person.erased",
        "record_type": "clinic",
        "record_id": 2,
        "person_id": None,
        "clinic_id": 4,
        "fields": ["a"],
        "changes": None,
        "address": "",
        "nonce": "0",
        "mark": None,
    }
    assert {*other, "id"} == set(AuditEvent.model_fields)
    for name, value in other.items():
        assert not is_ours(entry.model_copy(update={name: value})), name


@pytest.mark.parametrize("table", APPEND_ONLY)
async def test_the_database_refuses_to_change_the_record(shelf: Shelf, table: str) -> None:
    entry = await shelf.write()
    async with shelf.database.session() as session:
        session.add(
            AuditSeal(id=1, last_id=row_id(entry), ids="1", count=1, digest="d", signature="s")
        )
        await session.commit()
    statements = [
        f"UPDATE {table} SET id = id + 1",
        f"UPDATE {table} SET id = id",
        f"DELETE FROM {table}",
    ]
    copied = "id, last_id, ids, count, previous, digest, signature, sealed_at"
    if table == "audit_event":
        copied = "id, occurred_at, action, record_type, record_id, fields, address"
    columns = copied.replace("count", '"count"')
    match shelf.database.engine.dialect.name:
        case "postgresql":
            statements += [f"TRUNCATE {table} CASCADE"]
        case "sqlite":
            statements += [
                f"REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}",
                f"DELETE FROM {table} WHERE id = 1",
            ]
        case _:
            columns = copied.replace("count", "`count`")
            statements += [f"REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}"]
    before = await _rows(shelf.database, table)
    assert len(before) == 1
    for statement in statements:
        with pytest.raises(DBAPIError, match=CANNOT_CHANGE):
            await _execute(shelf.database, statement)
    assert await _rows(shelf.database, table) == before


@pytest.mark.parametrize("backend", ["mariadb"])
async def test_mariadb_does_not_truncate_the_entries_either(shelf: Shelf) -> None:
    await shelf.write()
    with pytest.raises(DBAPIError, match="foreign key"):
        await _execute(shelf.database, "TRUNCATE audit_event")
    assert len(await shelf.entries()) == 1


@only_sqlite
async def test_the_program_cannot_change_the_record_either(shelf: Shelf) -> None:
    await shelf.write()
    async with shelf.database.session() as session:
        with pytest.raises(DBAPIError, match=CANNOT_CHANGE):
            await session.exec(update(AuditEvent).values(action="nothing"))


async def _execute(database: Database, statement: str) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(sa.text(statement))


async def _rows(database: Database, table: str) -> list[Any]:
    async with database.engine.connect() as connection:
        return list((await connection.exec_driver_sql(f"SELECT * FROM {table}")).all())
