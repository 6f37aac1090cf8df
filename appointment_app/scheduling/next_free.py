"""A kept lower bound of the first free start of each doctor at a clinic.

``DoctorAtClinic.next_free_at`` is **never later** than the first start at which the doctor's
default visit type is free at that clinic; None says nothing and counts as the lowest. With it a
search need not look at every doctor's calendar (``search.py`` tells how it gets by).

Why a bound that was true stays true:

- Time that passes only moves the first free start back: the minimum notice moves on.
- So does taking time (a booking, a hold), with one exception: where one visit follows the other,
  starts are counted anew from the end of what was taken, so that one may come forth after it. Who
  takes time therefore forgets the bounds that are later than its end; the start that is booked is
  not earlier than the bound, so that an ordinary booking finds none (``free_check.py``).
- A hold expires by itself and nobody writes that down, so bounds are the earlier of
  what is found with and without them.
- Each local midnight opens a new day at the horizon. Where nothing is free up to the horizon the
  bound is therefore its end, the first moment that cannot be booked yet: what opens later lies
  beyond it.
- Whatever else can free time changes something of the doctor, and each such deed takes
  ``locks.lock_doctor`` first, which forgets the doctor's bounds in the same transaction unless it
  is told that the deed frees no time.
- A bound is written only while the doctor is locked and their ``revision`` is the one that was
  read before the bound was found; a deed in between has raised it, and the bound is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.database import transactional
from appointment_app.models import Doctor, DoctorAtClinic


@dataclass(frozen=True, slots=True)
class Learned:
    """A bound that was found out for a doctor at a clinic, and the doctor's revision before."""

    at_clinic_id: int
    doctor_id: int
    revision: int
    bound: datetime


async def forget(
    session: AsyncSession, doctor_id: int, *, later_than: datetime | None = None
) -> None:
    """Give up the bounds of a locked doctor, whose time may become free.

    Only those ``later_than`` a moment, where nothing becomes free before it.
    """
    bound = col(DoctorAtClinic.next_free_at)
    is_given_up = bound.is_not(None) if later_than is None else bound > later_than
    statement = (
        update(DoctorAtClinic)
        .where(col(DoctorAtClinic.doctor_id) == doctor_id, is_given_up)
        .values(next_free_at=None)
    )
    await session.exec(statement.execution_options(synchronize_session=False))


@transactional
async def keep(session: AsyncSession, learned: Sequence[Learned]) -> None:
    """Store the bounds that are still true and say more than what is stored.

    A doctor whose calendar is being changed is passed over: nobody waits for this.
    """
    revisions = {each.doctor_id: each.revision for each in learned}
    unlocked = await session.exec(
        select(Doctor.id, Doctor.revision)
        .where(col(Doctor.id).in_(revisions))
        .order_by(col(Doctor.id))
        .with_for_update(key_share=True, skip_locked=True)
    )
    unchanged = {key for key, revision in unlocked if key and revisions[key] == revision}
    bounds = [
        {"at_clinic": each.at_clinic_id, "bound": each.bound}
        for each in learned
        if each.doctor_id in unchanged
    ]
    if not bounds:
        return
    stored = col(DoctorAtClinic.next_free_at)
    statement = (
        update(DoctorAtClinic.__table__)  # type: ignore[attr-defined]
        .where(
            col(DoctorAtClinic.id) == bindparam("at_clinic"),
            or_(stored.is_(None), stored < bindparam("bound")),
        )
        .values(next_free_at=bindparam("bound"))
    )
    await (await session.connection()).execute(statement, bounds)
