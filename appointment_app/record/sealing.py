"""Seals the record in batches: each seal is chained to the one before and signed with our secret.

Not with each entry, which would make every deed of the clinic wait for the one before. A number
that a transaction took and gave back is never used; a transaction may also commit after others
that took higher numbers. So an entry is sealed some minutes after its time, a seal names the
entries it is about, and one that comes later still is taken into a later seal: that it is ours is
known by its mark.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, timedelta

import structlog
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import keys
from appointment_app.accounts.audit_marks import form_of, is_ours
from appointment_app.database import Database, get_database, transactional
from appointment_app.errors import Busy
from appointment_app.models import AuditEvent, AuditSeal, row_id
from appointment_app.record import numbers

# Longer than a transaction lasts: what is sealed has its neighbours.
MARGIN = timedelta(minutes=2)
BATCH = 500
# Among so many numbers below the highest that is sealed, late entries are looked for.
LOOKED_BACK = 2000
_EVERY_SECONDS = 60
_PURPOSE = "seal of the record"

_log = structlog.get_logger(__name__)


async def seal_all(database: Database) -> int:
    """Seal every entry that is old enough; return how many seals that took.

    Of several who do this at once one makes each seal: its number is taken only once.
    """
    made = 0
    while await _anything_to_seal(database):
        try:
            async with database.session() as session:
                seal = await _seal_next(session)
        except IntegrityError:
            return made
        if seal is None:
            break
        made += 1
        # Whoever keeps the log elsewhere can tell when the newest seals are taken away.
        _log.info("record_sealed", seal=seal.id, entries=seal.count, digest=seal.digest)
    return made


def digest_of(previous: str, entries: Iterable[AuditEvent]) -> str:
    """Return what ties the entries, in their order, to the digest before them."""
    digest = hashlib.sha256(previous.encode())
    for entry in entries:
        digest.update(f"\n{row_id(entry)} {entry.mark} ".encode() + form_of(entry))
    return digest.hexdigest()


def is_signed(seal: AuditSeal) -> bool:
    """Tell whether the signature belongs to what the seal says."""
    return keys.is_marked(_said_by(seal), _PURPOSE, seal.signature)


def _said_by(seal: AuditSeal) -> bytes:
    moment = seal.sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
    said = (seal.id, seal.last_id, seal.ids, seal.count, seal.previous, seal.digest, moment)
    return "\n".join(map(str, said)).encode()


@asynccontextmanager
async def sealing_record() -> AsyncIterator[None]:
    """Seal the record every minute as long as the block lasts; a lifespan task."""
    task = asyncio.create_task(_seal_for_ever(get_database()))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _seal_for_ever(database: Database) -> None:
    while True:
        # Processes that were started together do not come together.
        await asyncio.sleep(_EVERY_SECONDS * random.uniform(0.5, 1.5))
        try:
            await seal_all(database)
        except (SQLAlchemyError, Busy, OSError) as error:
            _log.warning("record_not_sealed", error=type(error).__name__)


async def _anything_to_seal(database: Database) -> bool:
    # Looking needs no write lock, which SQLite has only one of.
    async with database.session() as session:
        return bool(await _entries_to_seal(session))


@transactional
async def _seal_next(session: AsyncSession) -> AuditSeal | None:
    newest = select(AuditSeal).order_by(col(AuditSeal.id).desc()).limit(1)
    before = (await session.exec(newest)).first()
    entries = await _entries_to_seal(session)
    if not entries:
        return None
    previous = before.digest if before else ""
    ids = [row_id(entry) for entry in entries]
    seal = AuditSeal(
        id=before.id + 1 if before else 1,
        last_id=ids[-1],
        ids=numbers.written(ids),
        count=len(ids),
        previous=previous,
        digest=digest_of(previous, entries),
        signature="",
        sealed_at=clock.now(),
    )
    seal.signature = keys.mark(_said_by(seal), _PURPOSE)
    session.add(seal)
    await session.flush()
    return seal


async def _entries_to_seal(session: AsyncSession) -> list[AuditEvent]:
    """Return the next entries without a seal, oldest numbers first."""
    highest = (await session.exec(select(func.max(AuditSeal.last_id)))).one() or 0
    floor = highest - LOOKED_BACK
    seals = select(AuditSeal.ids).where(AuditSeal.last_id > floor)
    sealed = {each for text in await session.exec(seals) for each in numbers.read(text)}
    old_enough = (
        select(AuditEvent.id)
        .where(col(AuditEvent.id) > floor, AuditEvent.occurred_at < clock.now() - MARGIN)
        .order_by(col(AuditEvent.id))
        .limit(LOOKED_BACK + BATCH)
    )
    ids = [each for each in await session.exec(old_enough) if each not in sealed][:BATCH]
    if not ids:
        return []
    entries = select(AuditEvent).where(col(AuditEvent.id).in_(ids)).order_by(col(AuditEvent.id))
    first_marked = select(func.min(AuditEvent.id)).where(col(AuditEvent.mark).is_not(None))
    marked_from = (await session.exec(first_marked)).one()
    found = []
    for entry in await session.exec(entries):
        if is_ours(entry) or _is_from_before(entry, marked_from, highest):
            found.append(entry)
        else:
            _log.error("entry_not_ours", entry=entry.id)
    return found


def _is_from_before(entry: AuditEvent, marked_from: int | None, highest: int) -> bool:
    """Tell whether an entry without a mark was there before there were marks."""
    number = row_id(entry)
    return entry.mark is None and number > highest and (marked_from is None or number < marked_from)
