"""Seals the record in batches: each seal is chained to the one before and signed with our secret.

Not with each entry, which would make every deed of the clinic wait for the one before. A number
that a transaction took and gave back is never used; a transaction may also commit after others
that took higher numbers. So an entry is sealed some minutes after its time, a seal names the
entries it is about, and one that comes later still is taken into a later seal: that it is ours is
known by its mark. Nothing bounds how late that can be, an import of 50,000 lines may last: so all
numbers that no seal names are looked at again, for ever, as soon as there are more entries than
the seals have.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, timedelta
from itertools import count
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import keys
from appointment_app.accounts.audit_marks import form_of, is_ours
from appointment_app.aside import aside
from appointment_app.database import Database, get_database, transactional
from appointment_app.errors import Busy
from appointment_app.models import AuditEvent, AuditSeal, row_id
from appointment_app.record import numbers

# Longer than nearly every transaction lasts: what is sealed has its neighbours.
MARGIN = timedelta(minutes=2)
BATCH = 500
# Among so many numbers below the highest that is sealed, late entries are looked for each time.
LOOKED_BACK = 2000
_EVERY_SECONDS = 60
# Each so many times all numbers are: to count the entries reads an index of all of them.
_THOROUGH_EVERY = 10
_GAPS_AT_ONCE = 100
_PURPOSE = "seal of the record"

_log = structlog.get_logger(__name__)


async def seal_all(database: Database, *, thoroughly: bool = False) -> int:
    """Seal every entry that is old enough; return how many seals that took.

    Of those that came late only what is near the highest sealed number is found, unless it is done
    ``thoroughly``. Of several who do this at once one makes each seal: its number is taken only
    once.
    """
    made = 0
    while await _anything_to_seal(database, thoroughly):
        try:
            async with database.session() as session:
                seal = await _seal_next(session, thoroughly)
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
    async with aside(_seal_for_ever(get_database())):
        yield


async def _seal_for_ever(database: Database) -> None:
    for round_ in count():
        # Processes that were started together do not come together.
        await asyncio.sleep(_EVERY_SECONDS * random.uniform(0.5, 1.5))
        try:
            await seal_all(database, thoroughly=round_ % _THOROUGH_EVERY == 0)
        except (SQLAlchemyError, Busy, OSError) as error:
            _log.warning("record_not_sealed", error=type(error).__name__)


async def _anything_to_seal(database: Database, thoroughly: bool) -> bool:
    # Looking needs no write lock, which SQLite has only one of.
    async with database.session() as session:
        return bool(await _entries_to_seal(session, thoroughly))


@transactional
async def _seal_next(session: AsyncSession, thoroughly: bool) -> AuditSeal | None:
    newest = select(AuditSeal).order_by(col(AuditSeal.id).desc()).limit(1)
    before = (await session.exec(newest)).first()
    entries = await _entries_to_seal(session, thoroughly)
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


async def _entries_to_seal(session: AsyncSession, thoroughly: bool) -> list[AuditEvent]:
    """Return the next entries without a seal, oldest numbers first."""
    highest = (await session.exec(select(func.max(AuditSeal.last_id)))).one() or 0
    floor = highest - LOOKED_BACK
    seals = select(AuditSeal.ids).where(AuditSeal.last_id > floor)
    sealed = {each for text in await session.exec(seals) for each in numbers.read(text)}
    above = _old_enough().where(col(AuditEvent.id) > floor).limit(LOOKED_BACK + BATCH)
    ids = [each for each in await session.exec(above) if each not in sealed][:BATCH]
    if not ids and thoroughly and floor > 0:
        ids = await _late(session, floor, sum(each <= floor for each in sealed))
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


def _old_enough() -> Any:
    is_old = col(AuditEvent.occurred_at) < clock.now() - MARGIN
    return select(AuditEvent.id).where(is_old).order_by(col(AuditEvent.id))


async def _late(session: AsyncSession, floor: int, sealed_by_newer: int) -> list[int | None]:
    """Return the first entries up to the number ``floor`` that are in no seal.

    ``sealed_by_newer`` of them are in seals that reach above it. Where there are no more entries
    than sealed ones nothing came late; had some been taken out, the verification says so.
    """
    all_ = select(func.count()).select_from(AuditEvent).where(col(AuditEvent.id) <= floor)
    older = select(func.coalesce(func.sum(AuditSeal.count), 0)).where(AuditSeal.last_id <= floor)
    if (await session.exec(all_)).one() <= (await session.exec(older)).one() + sealed_by_newer:
        return []
    gaps = numbers.gaps((await session.exec(select(AuditSeal.ids))).all(), floor)
    found: list[int | None] = []
    for start in range(0, len(gaps), _GAPS_AT_ONCE):
        some = gaps[start : start + _GAPS_AT_ONCE]
        within = or_(*(col(AuditEvent.id).between(low, high) for low, high in some))
        left = BATCH - len(found)
        found += (await session.exec(_old_enough().where(within).limit(left))).all()
        if len(found) >= BATCH:
            break
    return found


def _is_from_before(entry: AuditEvent, marked_from: int | None, highest: int) -> bool:
    """Tell whether an entry without a mark was there before there were marks."""
    number = row_id(entry)
    return entry.mark is None and number > highest and (marked_from is None or number < marked_from)
