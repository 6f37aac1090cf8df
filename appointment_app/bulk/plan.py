"""What an import is going to do: for each line a new record, a change, or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, allows
from appointment_app.bulk.reading import Line, Problem
from appointment_app.i18n import t
from appointment_app.models import BulkKind, Clinic, ExternalNumber, row_id

Row = TypeVar("Row", bound=SQLModel)
Each = TypeVar("Each")
# Called with how many lines are done.
Progress = Callable[[int], None]
# So many numbers are looked up by one statement.
_AT_ONCE = 5_000
# After so many lines others have their turn.
_IN_ONE_GO = 200


@dataclass(slots=True)
class Entry:
    """What a line makes: of a new ``row`` everything, of a stored one the ``changes``.

    ``parent`` is stored before a new row, which then has its id in ``parent_field``; ``belonging``
    (table, column that gets the id of the new row, other columns) and what ``then`` returns are
    stored after it. ``make`` returns row and parent where to make them costs so much that a file
    is looked at without. ``key`` and ``parent_key`` are the ids once there are some; ``clinic_id``
    and ``person_id`` are for the record.
    """

    line: int
    number: str
    row: Any
    is_new: bool
    changes: dict[str, Any] = field(default_factory=dict)
    make: Callable[[], tuple[Any, Any]] | None = None
    parent: Any = None
    parent_field: str = ""
    belonging: tuple[type[Any], str, dict[str, Any]] | None = None
    then: Callable[[Entry], list[SQLModel]] | None = None
    then_fields: tuple[str, ...] = ()
    clinic_id: int | None = None
    person_id: int | None = None
    key: int = 0
    parent_key: int = 0


@dataclass(slots=True)
class Plan:
    """All entries of a file, how many lines change nothing, and what is wrong."""

    kind: BulkKind
    entries: list[Entry] = field(default_factory=list)
    same: int = 0
    problems: list[Problem] = field(default_factory=list)
    doctors: set[int] = field(default_factory=set)  # whose calendars change
    # What lines depend on without changing it: by table, the version of each record by its id.
    seen: dict[type[Any], dict[int, int]] = field(default_factory=dict)

    @property
    def new(self) -> int:
        """How many records are new."""
        return sum(each.is_new for each in self.entries)

    @property
    def changed(self) -> int:
        """How many records that are there change."""
        return len(self.entries) - self.new

    def refuse(self, line: Line, column: str, sentence: str) -> None:
        """Note that a cell is wrong."""
        self.problems.append(Problem(line.number, column, sentence))

    def keep(self, entry: Entry) -> None:
        """Note what a line does, which may be nothing."""
        if entry.is_new or entry.changes or entry.then:
            self.entries.append(entry)
        else:
            self.same += 1


@dataclass(slots=True)
class Known:
    """The clinics that there are, by number and id, and which the actor administers."""

    clinics: dict[str, Clinic]
    own: set[int]
    owners: dict[int, int]  # record id -> the clinic at which it was brought in


async def load_clinics(session: AsyncSession, actor: Actor, numbers: Iterable[str]) -> Known:
    """Return the clinics of these external numbers or ids."""
    found = await find(session, BulkKind.CLINICS, Clinic, numbers)
    own = {
        row_id(each)
        for each in found.values()
        if allows(actor, Action.IMPORT_RECORDS, Record(clinic_id=each.id))
    }
    return Known(found, own, {})


def own_clinic(plan: Plan, line: Line, known: Known, column: str, number: str) -> Clinic | None:
    """Return the clinic of a cell; what is not the actor's is not told from what is not there."""
    clinic = known.clinics.get(number)
    if clinic is None or row_id(clinic) not in known.own:
        plan.refuse(line, column, t("You administer no clinic with the number {n}.", n=number))
        return None
    return clinic


async def find(
    session: AsyncSession, kind: BulkKind, table: type[Row], numbers: Iterable[str]
) -> dict[str, Row]:
    """Return the records of these external numbers or public ids, by what stands in the file."""
    wanted = sorted(set(numbers) - {""})
    found: dict[str, Row] = {}
    columns: Any = table
    for some in parts_of(wanted):
        by_id = {uuid: text for text in some if (uuid := _uuid(text)) is not None}
        statement = select(table).where(columns.public_id.in_(by_id))
        if by_id:
            for row in await session.exec(statement):
                found[by_id[row.public_id]] = row  # type: ignore[attr-defined]
        by_number = (
            select(ExternalNumber.number, table)
            .join(table, columns.id == ExternalNumber.record_id)
            .where(ExternalNumber.kind == kind, col(ExternalNumber.number).in_(some))
        )
        found |= dict((await session.exec(by_number)).all())
    return found


async def owners_of(session: AsyncSession, kind: BulkKind, ids: Iterable[int]) -> dict[int, int]:
    """Return at which clinic each record was brought in, where it was, by its id."""
    owners: dict[int, int] = {}
    for some in parts_of(sorted(set(ids))):
        statement = select(ExternalNumber.record_id, ExternalNumber.clinic_id).where(
            ExternalNumber.kind == kind, col(ExternalNumber.record_id).in_(some)
        )
        owners |= dict((await session.exec(statement)).all())
    return owners


async def rows_where_in(
    session: AsyncSession, statement: Any, column: Any, values: Iterable[Any]
) -> list[Any]:
    """Return what ``statement`` finds with ``column`` among ``values``, some at a time."""
    rows: list[Any] = []
    for some in parts_of(sorted(set(values))):
        rows += (await session.exec(statement.where(column.in_(some)))).all()
    return rows


def differing(row: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Return those of the ``values`` that the stored row does not have."""
    return {name: value for name, value in values.items() if getattr(row, name) != value}


async def in_turns(lines: Sequence[Each], progress: Progress) -> AsyncIterator[Each]:
    """Yield lines, telling how far it is, and letting others have their turn now and then."""
    for done, line in enumerate(lines):
        if done % _IN_ONE_GO == 0:
            progress(done)
            await asyncio.sleep(0)
        yield line


def taken_by_other(number: str, sentence: str) -> str:
    """Return that a number is another record's, as ``sentence`` says, and what to do then."""
    hint = t(
        "Numbers are one series over all clinics: put your system before it, such as hill-{n}.",
        n=number,
    )
    return f"{sentence} {hint}"


def several(cell: str) -> list[str]:
    """Return the parts of a cell, which a bar parts."""
    return [part.strip() for part in cell.split("|") if part.strip()]


def parts_of(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Return the values in parts that one statement can name."""
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
