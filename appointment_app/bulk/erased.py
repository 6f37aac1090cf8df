"""Nobody who was erased comes back by an old file: numbers are remembered as keyed hashes only."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts import keys
from appointment_app.bulk.plan import rows_where_in
from appointment_app.models import (
    BulkKind,
    ErasedNumber,
    ExternalNumber,
    ImportFile,
    ImportState,
)

_PURPOSE = "external numbers of erased patients"
_ABOUT_PATIENTS = (BulkKind.PATIENTS, BulkKind.APPOINTMENTS)


async def forget_numbers(session: AsyncSession, person_ids: Collection[int]) -> None:
    """Delete the external numbers of patients who are erased; their hashes keep them out."""
    of_them = (
        col(ExternalNumber.kind) == BulkKind.PATIENTS,
        col(ExternalNumber.record_id).in_(person_ids),
    )
    for number in (await session.exec(select(ExternalNumber.number).where(*of_them))).all():
        await session.merge(ErasedNumber(digest=keys.mark(number.encode(), _PURPOSE)))
    await session.exec(delete(ExternalNumber).where(*of_them))


async def drop_uploads(session: AsyncSession) -> None:
    """Delete the files about patients that are not in yet; one that is being brought in ends.

    Which of them hold somebody cannot be told from a name: they are sent again.
    """
    waiting = delete(ImportFile).where(
        col(ImportFile.kind).in_(_ABOUT_PATIENTS), col(ImportFile.state) != ImportState.DONE
    )
    await session.exec(waiting)


async def erased_among_numbers(session: AsyncSession, numbers: Iterable[str]) -> set[str]:
    """Return those of the external numbers with which somebody was erased."""
    by_digest = {
        digest: number for number in numbers for digest in keys.marks(number.encode(), _PURPOSE)
    }
    digest = col(ErasedNumber.digest)
    found = await rows_where_in(session, select(ErasedNumber.digest), digest, by_digest)
    return {by_digest[each] for each in found}
