"""Files that were sent: kept until they are brought in, and how far that is for any tab to see.

A file is brought in by a task of its own, whoever still looks; what is known of it stands in its
row, so that another tab, another process or a reload shows the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import and_, col, delete, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.aside import aside
from appointment_app.bulk.importing import (
    Outcome,
    Progress,
    check,
    look,
    require_may_import,
    store,
    unseen,
)
from appointment_app.bulk.reading import MOST_BYTES
from appointment_app.bulk.writing import ChangedMeanwhile
from appointment_app.database import Database, database_of, transactional
from appointment_app.database_errors import busy_of
from appointment_app.errors import Busy, DomainError, Invalid, NotFound
from appointment_app.i18n import t
from appointment_app.models import BulkKind, ImportFile, ImportState
from appointment_app.texts import fit

KEPT = timedelta(days=1)
# So many of one sender wait at a time: whoever mends a file sends it once more.
MOST_WAITING = 5
# Work that was not heard of for so long ended with its process.
SILENT = timedelta(minutes=2)
_EVERY = 1.0  # seconds between two notes of how far it is
_NAME_LIMIT = 120


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a file is; ``refusal`` says why it was not brought in, when that was tried."""

    file_id: UUID
    kind: BulkKind
    name: str
    state: ImportState
    done: int
    of_all: int
    outcome: Outcome
    refusal: str


@transactional
async def keep_file(
    session: AsyncSession, actor: Actor, kind: BulkKind, name: str, content: bytes
) -> UUID:
    """Keep a file for its sender to look at; returns its public id.

    Only the newest few of a sender are kept: with one more, the one that waited longest goes, never
    one that is being brought in. Raises ``LoginRequired``, ``Forbidden``, ``Invalid``.
    """
    require_may_import(actor)
    if len(content) > MOST_BYTES:
        sentence = t("A file has at most {n} MB. Part it.", n=MOST_BYTES // 1_000_000)
        raise Invalid({"file": sentence})
    row = ImportFile(
        user_id=actor.user_id or 0,
        kind=kind,
        name=fit(PurePath(name).name)[:_NAME_LIMIT] or f"{kind}.csv",
        content=content,
    )
    session.add(row)
    await session.flush()
    await _drop_oldest(session, row.user_id)
    return row.public_id


async def _drop_oldest(session: AsyncSession, user_id: int) -> None:
    waiting = select(ImportFile.id).where(
        ImportFile.user_id == user_id, ImportFile.state == ImportState.WAITING
    )
    newest_first = waiting.order_by(col(ImportFile.created_at).desc(), col(ImportFile.id).desc())
    too_many = (await session.exec(newest_first)).all()[MOST_WAITING:]
    if too_many:
        still_waiting = col(ImportFile.state) == ImportState.WAITING
        await session.exec(
            delete(ImportFile).where(col(ImportFile.id).in_(too_many), still_waiting)
        )


@transactional
async def delete_old(session: AsyncSession, most: int) -> int:
    """Delete at most so many files of more than a day ago; return how many.

    One that is being brought in ends before it is deleted, or was left by a process that died.
    """
    is_lost = or_(
        col(ImportFile.state) != ImportState.RUNNING,
        col(ImportFile.alive_at) < clock.now() - SILENT,
    )
    is_old = and_(col(ImportFile.created_at) < clock.now() - KEPT, is_lost)
    oldest = select(ImportFile.id).where(is_old).order_by(col(ImportFile.created_at)).limit(most)
    found = (await session.exec(oldest)).all()
    if found:
        await session.exec(delete(ImportFile).where(col(ImportFile.id).in_(found), is_old))
    return len(found)


async def check_file(
    session: AsyncSession, actor: Actor, file_id: UUID, progress: Progress = unseen
) -> Outcome:
    """Return what a file of the actor's would do; nothing is changed.

    Raises ``LoginRequired``, ``Forbidden``, ``NotFound``.
    """
    async with session.begin():
        file = await _own_file(session, actor, file_id)
    return await check(session, actor, file.kind, file.content, progress, name=file.name)


async def standing_of(
    session: AsyncSession, actor: Actor, file_id: UUID | None = None
) -> Standing | None:
    """Return how far a file of the actor's is, or the newest one; None when there is none.

    Raises ``LoginRequired``, ``Forbidden``.
    """
    require_may_import(actor)
    columns: tuple[Any, ...] = tuple(
        column
        for column in ImportFile.__table__.c  # type: ignore[attr-defined]
        if column.name != "content"
    )
    own: Any = select(*columns).where(col(ImportFile.user_id) == actor.user_id)
    if file_id is not None:
        own = own.where(col(ImportFile.public_id) == file_id)
    newest = own.order_by(col(ImportFile.created_at).desc(), col(ImportFile.id).desc()).limit(1)
    row = (await session.exec(newest)).first()
    if row is None:
        return None
    is_lost = row.state is ImportState.RUNNING and row.alive_at < clock.now() - SILENT
    outcome = Outcome(row.kind, row.name, row.lines, row.new, row.changed, row.same, ())
    return Standing(
        row.public_id,
        row.kind,
        row.name,
        ImportState.WAITING if is_lost else row.state,
        row.done,
        row.of_all,
        outcome,
        t("It was broken off: nothing was brought in.") if is_lost else row.refusal,
    )


async def begin(session: AsyncSession, actor: Actor, file_id: UUID) -> bool:
    """Start to bring in a file of the actor's; False where that is under way or done.

    It goes on whoever waits: ``standing_of`` says how far it is and what came of it. Raises
    ``LoginRequired``, ``Forbidden``, ``NotFound``.
    """
    if not await _take(session, actor, file_id):
        return False
    database_of(session).do_aside(lambda own: _carry_out(own, actor, file_id))
    return True


@transactional
async def _take(session: AsyncSession, actor: Actor, file_id: UUID) -> bool:
    file = await _own_file(session, actor, file_id)
    silent = and_(
        col(ImportFile.state) == ImportState.RUNNING,
        col(ImportFile.alive_at) < clock.now() - SILENT,
    )
    taken = (
        update(ImportFile)
        .where(col(ImportFile.id) == file.id)
        .where(or_(col(ImportFile.state) == ImportState.WAITING, silent))
        .values(state=ImportState.RUNNING, alive_at=clock.now(), done=0, of_all=0, refusal="")
    )
    return bool((await session.exec(taken)).rowcount)


async def _carry_out(session: AsyncSession, actor: Actor, file_id: UUID) -> None:
    refusal = t("Something went wrong: nothing was brought in. Please try again.")
    try:
        async with session.begin():
            file = await _own_file(session, actor, file_id)
        far = [0, 0]

        def note(done: int, of_all: int) -> None:
            far[:] = done, of_all

        async with _noting(database_of(session), file_id, far):
            plan, outcome = await look(session, actor, file.kind, file.content, note)
        await store(session, actor, plan, lambda own: _finish(own, file_id, outcome))
        # With a problem nothing was stored; who looks at the file again is told which.
        refusal = ""
    except DomainError as refused:
        refusal = refused.sentence
    except Exception as error:
        busy = busy_of(error)
        if busy is None:
            raise
        refusal = busy.sentence
    finally:
        await _stop(session, file_id, refusal)


async def _finish(session: AsyncSession, file_id: UUID, outcome: Outcome) -> None:
    """Keep the counts alone, in the transaction that stores.

    Raises ``ChangedMeanwhile`` where the file was taken away: somebody in it may be erased.
    """
    done = (
        update(ImportFile)
        .where(col(ImportFile.public_id) == file_id, col(ImportFile.state) == ImportState.RUNNING)
        .values(
            state=ImportState.DONE,
            content=b"",
            lines=outcome.lines,
            new=outcome.new,
            changed=outcome.changed,
            same=outcome.same,
        )
    )
    if not (await session.exec(done)).rowcount:
        raise ChangedMeanwhile


@transactional
async def _stop(session: AsyncSession, file_id: UUID, refusal: str) -> None:
    """Let a file wait again, unless it is in."""
    waits = update(ImportFile).where(
        col(ImportFile.public_id) == file_id, col(ImportFile.state) == ImportState.RUNNING
    )
    await session.exec(waits.values(state=ImportState.WAITING, refusal=refusal))


@asynccontextmanager
async def _noting(database: Database, file_id: UUID, far: list[int]) -> AsyncIterator[None]:
    """Keep noting how far it is as long as the block lasts, for whoever looks."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(_EVERY)
            with suppress(Busy, SQLAlchemyError):
                async with database.session() as session:
                    await _note(session, file_id, *far)

    async with aside(beat()):
        yield


@transactional
async def _note(session: AsyncSession, file_id: UUID, done: int, of_all: int) -> None:
    running = update(ImportFile).where(
        col(ImportFile.public_id) == file_id, col(ImportFile.state) == ImportState.RUNNING
    )
    await session.exec(running.values(done=done, of_all=of_all, alive_at=clock.now()))


async def _own_file(session: AsyncSession, actor: Actor, file_id: UUID) -> ImportFile:
    require_may_import(actor)
    found = (
        await session.exec(select(ImportFile).where(ImportFile.public_id == file_id))
    ).one_or_none()
    if found is None or found.user_id != actor.user_id:
        raise NotFound
    return found
