"""What mails about appointments name, read for many mails at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import Appointment, Clinic, Doctor, OutboxMessage, Person
from appointment_app.scheduling.taken_resources import (
    NOTHING_TAKEN,
    Taken,
    load_taken,
    load_taken_by,
)


@dataclass(frozen=True, slots=True)
class Known:
    """Records that were read before anything asks for them.

    As long as somebody has their ``rows``, their session gets them without a statement. ``taken``
    says what rooms and devices each block has, None for one that has nothing.
    """

    rows: Sequence[Any] = ()
    taken: Mapping[int, Taken | None] = field(default_factory=dict)

    async def taken_by(self, session: AsyncSession, block_id: int) -> Taken:
        """Return the room and the device of a block, by a statement if they are not known."""
        if block_id not in self.taken:
            return await load_taken_by(session, block_id)
        return self.taken[block_id] or NOTHING_TAKEN


NOTHING_KNOWN = Known()


async def read_ahead(session: AsyncSession, mails: Iterable[OutboxMessage]) -> Known:
    """Read what ``mails`` about single appointments name, in two statements; none for no such."""
    ids = {mail.payload["appointment_id"] for mail in mails if "appointment_id" in mail.payload}
    if not ids:
        return NOTHING_KNOWN
    statement = (
        select(Appointment, Doctor, Clinic, Person)
        .join(Doctor, col(Doctor.id) == Appointment.doctor_id)
        .join(Clinic, col(Clinic.id) == Appointment.clinic_id)
        .join(Person, col(Person.id) == Appointment.person_id)
        .where(col(Appointment.id).in_(ids))
    )
    rows = (await session.exec(statement)).all()
    blocks = {row[0].block_id for row in rows}
    return Known(rows, dict.fromkeys(blocks) | await load_taken(session, blocks))
