"""Looks whether the record is as it was written: finds what was changed, taken out or put in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.audit_marks import is_ours
from appointment_app.i18n import t
from appointment_app.models import AuditEvent, AuditSeal, row_id
from appointment_app.record import numbers
from appointment_app.record.sealing import digest_of, is_signed

_PAGE = 500


@dataclass(slots=True)
class Verification:
    """What was found: ``problems`` are sentences that name the entry or seal.

    ``unsealed`` entries are ours, and too young to be sealed. ``digest`` is that of the newest
    seal: whoever keeps it elsewhere can tell later whether that seal is still there.
    """

    entries: int = 0
    unsealed: int = 0
    seals: int = 0
    digest: str = ""
    problems: list[str] = field(default_factory=list)


async def verify(session: AsyncSession, *, known_digest: str = "") -> Verification:
    """Read the whole record and return what is wrong with it.

    ``known_digest`` is that of a seal which must be there.
    """
    found = Verification()
    sealed = await _verify_seals(session, found)
    await _verify_unsealed(session, found, sealed)
    await _find_copies(session, found)
    if known_digest:
        is_there = select(AuditSeal.id).where(AuditSeal.digest == known_digest)
        if (await session.exec(is_there)).first() is None:
            found.problems.append(
                t("The seal with the digest {digest} is gone.", digest=known_digest)
            )
    return found


async def _verify_seals(session: AsyncSession, found: Verification) -> set[int]:
    """Follow the chain from its beginning; return the numbers of the entries that it is about."""
    sealed: set[int] = set()
    following = 1
    async for seal in _seals(session):
        for missing in range(following, seal.id):
            found.problems.append(t("Seal {number} is missing.", number=missing))
        is_chained = seal.id != following or seal.previous == found.digest
        is_ours_too = is_signed(seal)
        if not (is_ours_too and is_chained):
            found.problems.append(t("Seal {number} was changed.", number=seal.id))
        if is_ours_too:
            ids = numbers.read(seal.ids)
            sealed.update(ids)
            found.problems += await _verify_batch(session, seal, ids)
        following = seal.id + 1
        found.seals += 1
        found.digest = seal.digest
    return sealed


async def _verify_batch(session: AsyncSession, seal: AuditSeal, ids: list[int]) -> list[str]:
    query = select(AuditEvent).where(col(AuditEvent.id).in_(ids)).order_by(col(AuditEvent.id))
    entries = (await session.exec(query)).all()
    problems = [
        t("Entry {number} is missing.", number=number)
        for number in sorted(set(ids) - {row_id(entry) for entry in entries})
    ]
    problems += [
        t("Entry {number} was changed.", number=row_id(entry))
        for entry in entries
        if entry.mark is not None and not is_ours(entry)
    ]
    if not problems and digest_of(seal.previous, entries) != seal.digest:
        problems.append(t("One of the entries {numbers} was changed.", numbers=seal.ids))
    session.expunge_all()
    return problems


async def _verify_unsealed(session: AsyncSession, found: Verification, sealed: set[int]) -> None:
    marked_from = select(func.min(AuditEvent.id)).where(col(AuditEvent.mark).is_not(None))
    first_marked = (await session.exec(marked_from)).one()
    highest = max(sealed, default=0)
    async for ids in _pages_of_ids(session):
        found.entries += len(ids)
        unsealed = [each for each in ids if each not in sealed]
        for part in _parts(unsealed):
            query = select(AuditEvent).where(col(AuditEvent.id).in_(part))
            for entry in await session.exec(query.order_by(col(AuditEvent.id))):
                number = row_id(entry)
                is_older_than_marks = entry.mark is None and number > highest
                if first_marked is not None and number > first_marked:
                    is_older_than_marks = False
                if is_ours(entry) or is_older_than_marks:
                    found.unsealed += 1
                else:
                    found.problems.append(
                        t("Entry {number} was put in by another hand, or changed.", number=number)
                    )
            session.expunge_all()


async def _find_copies(session: AsyncSession, found: Verification) -> None:
    copied = (
        select(AuditEvent.nonce)
        .where(col(AuditEvent.nonce).is_not(None))
        .group_by(col(AuditEvent.nonce))
        .having(func.count() > 1)
    )
    for nonce in (await session.exec(copied)).all():
        same = select(AuditEvent.id).where(AuditEvent.nonce == nonce).order_by(col(AuditEvent.id))
        ids = numbers.written(each or 0 for each in await session.exec(same))
        found.problems.append(t("Of the entries {numbers} all but one are copies.", numbers=ids))


async def _seals(session: AsyncSession) -> AsyncIterator[AuditSeal]:
    last = 0
    while True:
        query = select(AuditSeal).where(AuditSeal.id > last).order_by(col(AuditSeal.id))
        page = (await session.exec(query.limit(_PAGE))).all()
        for seal in page:
            yield seal
        if not page:
            return
        last = page[-1].id


async def _pages_of_ids(session: AsyncSession) -> AsyncIterator[list[int]]:
    last = 0
    while True:
        query = select(AuditEvent.id).where(col(AuditEvent.id) > last).order_by(col(AuditEvent.id))
        page = [each or 0 for each in await session.exec(query.limit(_PAGE * 20))]
        if not page:
            return
        yield page
        last = page[-1]


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _PAGE):
        yield ids[start : start + _PAGE]
