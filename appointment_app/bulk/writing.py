"""The one transaction of an import: all was looked at and made ready before, so that it is short.

On SQLite nobody else writes in the meantime. What may have changed since the file was looked at is
compared by versions; the constraints of the database refuse the rest.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts import audit
from appointment_app.accounts.actor import Actor
from appointment_app.bulk.erased import erased_among_numbers
from appointment_app.bulk.plan import Entry, Plan, parts_of
from appointment_app.clinics.specialties import add_standard_specialties
from appointment_app.errors import DomainError
from appointment_app.i18n import t
from appointment_app.models import BulkKind, BusyBlock, ExternalNumber, row_id
from appointment_app.models.searched import Searched
from appointment_app.scheduling import locks
from appointment_app.scheduling.expired_holds import release_expired_holds

RECORD_TYPES = {
    BulkKind.CLINICS: "clinic",
    BulkKind.DOCTORS: "doctor",
    BulkKind.PATIENTS: "person",
    BulkKind.APPOINTMENTS: "appointment",
}
_Values = dict[str, Any]


class ChangedMeanwhile(DomainError):
    """Somebody booked or changed what the file is about while it was brought in."""

    code = "CHANGED_MEANWHILE"

    def __init__(self) -> None:
        super().__init__(
            t("Somebody changed the same records in the meantime. Check the file again.")
        )


@dataclass(slots=True)
class Batch:
    """What is to be stored, as values by column."""

    plan: Plan
    new: list[Entry]
    changed: list[Entry]
    versions: defaultdict[type[Any], dict[int, int]]
    parents: list[_Values] = field(default_factory=list)
    rows: list[_Values] = field(default_factory=list)
    changes: list[_Values] = field(default_factory=list)
    blocks: list[_Values] = field(default_factory=list)


def prepared(plan: Plan) -> Batch:
    """Make ready what a plan stores; its rows belong to no session any more."""
    new = [entry for entry in plan.entries if entry.is_new]
    changed = [entry for entry in plan.entries if not entry.is_new]
    batch = Batch(plan, new, changed, defaultdict(dict))
    for table, seen in plan.seen.items():
        batch.versions[table] |= seen
    for entry in changed:
        entry.key = row_id(entry.row)
        batch.versions[type(entry.row)][entry.key] = entry.row.version
    _prepare_changes(batch)
    for entry in new:
        if entry.make is not None:
            entry.row, entry.parent = entry.make()
        if entry.parent is not None:
            batch.parents.append(_values_of(entry.parent))
        batch.rows.append(_values_of(entry.row))
    return batch


def _prepare_changes(batch: Batch) -> None:
    names = {name for entry in batch.changed for name in entry.changes} | {"version"}
    if batch.changed and isinstance(batch.changed[0].row, Searched):
        names.add("search_name")
    for entry in batch.changed:
        row = entry.row
        for name, value in entry.changes.items():
            setattr(row, name, value)
        row.version += 1
        batch.changes.append({"at": row.id} | {f"to_{name}": getattr(row, name) for name in names})
        if batch.plan.kind is BulkKind.APPOINTMENTS:
            times = {"to_busy_from": row.starts_at, "to_busy_until": row.ends_at}
            batch.blocks.append({"at": row.block_id, "to_active": row.active} | times)


async def write(session: AsyncSession, actor: Actor, batch: Batch) -> None:
    """Store a batch within the caller's transaction.

    Raises ``ChangedMeanwhile``, and ``IntegrityError`` where the database refuses; then the
    transaction must not be committed.
    """
    plan = batch.plan
    for doctor_id in sorted(plan.doctors):
        await locks.lock_doctor(session, doctor_id)
        if plan.kind is BulkKind.APPOINTMENTS:
            await release_expired_holds(session, doctor_id)
    await _require_unchanged(session, batch)
    if plan.kind is BulkKind.CLINICS:
        await add_standard_specialties(session)
    # What changes may free what a new one takes, in the order of the lines.
    await _update(session, BusyBlock, batch.blocks)
    if batch.changed:
        await _update(session, type(batch.changed[0].row), batch.changes)
    await _insert_new(session, batch)
    by_table: defaultdict[type[SQLModel], list[_Values]] = defaultdict(list)
    for entry in plan.entries:
        for row in entry.then(entry) if entry.then else ():
            by_table[type(row)].append(_values_of(row))
    for table, values in by_table.items():
        await _insert(session, table, values)
    await audit.record_many(
        session,
        actor,
        f"{RECORD_TYPES[plan.kind]}.imported",
        record_type=RECORD_TYPES[plan.kind],
        deeds=[_deed(plan.kind, entry) for entry in plan.entries],
    )
    counts = (f"{plan.new} new", f"{plan.changed} changed")
    action = f"{plan.kind}.imported"
    audit.record(session, actor, action, record_type="import", record_id=0, fields=counts)


async def _require_unchanged(session: AsyncSession, batch: Batch) -> None:
    """Raise ``ChangedMeanwhile`` unless all is as it was when the file was looked at."""
    connection = await session.connection()
    for model, seen in batch.versions.items():
        table = _table(model)
        versions: dict[int, int] = {}
        for some in parts_of(sorted(seen)):
            stored = sa.select(table.c.id, table.c.version).where(table.c.id.in_(some))
            locked = stored.order_by(table.c.id).with_for_update(key_share=True)
            versions |= {row.id: row.version for row in await connection.execute(locked)}
        if versions != seen:
            raise ChangedMeanwhile
    if batch.plan.kind is BulkKind.PATIENTS and await erased_among_numbers(
        session, (entry.number for entry in batch.new)
    ):
        raise ChangedMeanwhile


async def _insert_new(session: AsyncSession, batch: Batch) -> None:
    if not batch.new:
        return
    if batch.parents:
        parent = type(batch.new[0].parent)
        keys = await _insert_and_number(session, parent, batch.parents)
        for entry, values, key in zip(batch.new, batch.rows, keys, strict=True):
            values[entry.parent_field] = key
            entry.parent_key = key
    keys = await _insert_and_number(session, type(batch.new[0].row), batch.rows)
    numbers = []
    for entry, key in zip(batch.new, keys, strict=True):
        entry.key = key
        numbers.append(
            {
                "kind": batch.plan.kind,
                "number": entry.number,
                "record_id": key,
                "clinic_id": _clinic_of(batch.plan.kind, entry),
            }
        )
    await _insert(session, ExternalNumber, numbers)
    belongings: defaultdict[type[Any], list[_Values]] = defaultdict(list)
    for entry in batch.new:
        if entry.belonging is not None:
            model, reference, values = entry.belonging
            belongings[model].append(values | {reference: entry.key})
    for model, rows in belongings.items():
        await _insert(session, model, rows)


async def _insert(session: AsyncSession, model: type[Any], rows: list[_Values]) -> None:
    await (await session.connection()).execute(sa.insert(_table(model)), rows)


async def _insert_and_number(
    session: AsyncSession, model: type[Any], rows: list[_Values]
) -> list[int]:
    """Insert rows and return their ids in the same order.

    They are read after it: to have them returned in order, one statement a row would be needed.
    """
    if model is BusyBlock:
        return await _insert_blocks(session, rows)
    await _insert(session, model, rows)
    connection, table = await session.connection(), _table(model)
    ids: dict[Any, int] = {}
    for some in parts_of([each["public_id"] for each in rows]):
        stored = sa.select(table.c.public_id, table.c.id).where(table.c.public_id.in_(some))
        ids |= {row.public_id: row.id for row in await connection.execute(stored)}
    return [ids[each["public_id"]] for each in rows]


async def _insert_blocks(session: AsyncSession, rows: list[_Values]) -> list[int]:
    """Do so for blocks, which have no other name than their times; their doctors are locked.

    Two of the same times, of which at most one occupies anybody, are the same to everybody.
    """
    connection, table = await session.connection(), _table(BusyBlock)
    newest = (await connection.execute(sa.select(sa.func.max(table.c.id)))).scalar() or 0
    await _insert(session, BusyBlock, rows)
    columns = (table.c.doctor_id, table.c.busy_from, table.c.busy_until, table.c.active)
    ids: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    for some in parts_of(sorted({each["doctor_id"] for each in rows})):
        stored = sa.select(table.c.id, *columns).where(
            table.c.id > newest, table.c.doctor_id.in_(some)
        )
        for key, *times in await connection.execute(stored):
            ids[tuple(times)].append(key)
    names = [column.name for column in columns]
    return [ids[tuple(each[name] for name in names)].pop() for each in rows]


async def _update(session: AsyncSession, model: type[Any], rows: list[_Values]) -> None:
    if not rows:
        return
    table = _table(model)
    changes: _Values = {
        name.removeprefix("to_"): bindparam(name) for name in rows[0] if name != "at"
    }
    statement = sa.update(table).where(table.c.id == bindparam("at")).values(changes)
    await (await session.connection()).execute(statement, rows)


def _deed(kind: BulkKind, entry: Entry) -> audit.Deed:
    return audit.Deed(
        entry.key,
        (*entry.changes, *entry.then_fields),
        person_id=entry.key if kind is BulkKind.PATIENTS else entry.person_id,
        clinic_id=_clinic_of(kind, entry),
    )


def _clinic_of(kind: BulkKind, entry: Entry) -> int:
    return entry.key if kind is BulkKind.CLINICS else entry.clinic_id or 0


def _values_of(row: Any) -> _Values:
    """Return the columns of a row that was not stored yet, without the number it gets then."""
    table = _table(type(row))
    return {each.name: getattr(row, each.name) for each in table.c if each.name != "id"}


def _table(model: type[Any]) -> sa.Table:
    table: sa.Table = model.__table__
    return table
