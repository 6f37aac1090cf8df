"""Who is occupied when: what is booked, and what lines before have taken."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.bulk.plan import rows_where_in
from appointment_app.i18n import t
from appointment_app.models import Appointment, BusyBlock

_BOOKED = 0  # stands for the number of a line
_Taken = tuple[datetime, datetime, int, int, int]  # from, until, line, block or appointment, nth


@dataclass(slots=True)
class Occupied:
    """Taken times by doctor and by person (internal ids), sorted; no two of one overlap."""

    doctors: defaultdict[int, list[_Taken]] = field(default_factory=lambda: defaultdict(list))
    people: defaultdict[int, list[_Taken]] = field(default_factory=lambda: defaultdict(list))
    _counter: Any = field(default_factory=count)

    def taken(
        self,
        line: int,
        doctor_id: int,
        person_id: int,
        starts_at: datetime,
        ends_at: datetime,
        *,
        except_block: int | None = None,
        except_appointment: int | None = None,
    ) -> str | None:
        """Return why a time is not free; take it for the line where it is."""
        of_doctor, of_person = self.doctors[doctor_id], self.people[person_id]
        other = _overlapping(of_doctor, starts_at, ends_at, except_block)
        if other is not None:
            return (
                t("The doctor has another appointment then.")
                if other == _BOOKED
                else t("The doctor has the appointment of line {line} then.", line=other)
            )
        other = _overlapping(of_person, starts_at, ends_at, except_appointment)
        if other is not None:
            return (
                t("The patient has another appointment then.")
                if other == _BOOKED
                else t("The patient has the appointment of line {line} then.", line=other)
            )
        for taken, own in ((of_doctor, except_block), (of_person, except_appointment)):
            if own is not None:  # it moves: its old time is free
                taken[:] = [each for each in taken if each[3] != own or each[2] != _BOOKED]
            insort(taken, (starts_at, ends_at, line, -1, next(self._counter)))
        return None

    def add_booked(
        self, taken: list[_Taken], starts_at: datetime, ends_at: datetime, key: int
    ) -> None:
        """Note what is stored already; sort the list when all are there."""
        taken.append((starts_at, ends_at, _BOOKED, key, next(self._counter)))


def _overlapping(
    taken: list[_Taken], starts_at: datetime, ends_at: datetime, own: int | None
) -> int | None:
    """Return the line (0: it is booked) that has some of a time, other than ``own`` has."""
    index = bisect_left(taken, (ends_at,))
    while index:
        index -= 1
        _, until, line, key, _ = taken[index]
        if not (line == _BOOKED and key == own):
            # As no two of them overlap, nothing before this one reaches further.
            return line if until > starts_at else None
    return None


async def load_occupied(
    session: AsyncSession,
    doctor_ids: Collection[int],
    person_ids: Collection[int],
    times: Sequence[tuple[datetime, datetime]],
) -> Occupied:
    """Return what is booked of the doctors and persons around the ``times``."""
    occupied = Occupied()
    if not times:
        return occupied
    first, last = min(start for start, _ in times), max(end for _, end in times)
    blocks = select(
        BusyBlock.doctor_id, BusyBlock.busy_from, BusyBlock.busy_until, BusyBlock.id
    ).where(
        col(BusyBlock.active),
        ~col(BusyBlock.overbooked),
        BusyBlock.busy_from < last,
        BusyBlock.busy_until > first,
        (col(BusyBlock.expires_at).is_(None)) | (col(BusyBlock.expires_at) > clock.now()),
    )
    for doctor, starts_at, ends_at, key in await rows_where_in(
        session, blocks, col(BusyBlock.doctor_id), doctor_ids
    ):
        occupied.add_booked(occupied.doctors[doctor], starts_at, ends_at, key)
    visits = select(
        Appointment.person_id, Appointment.starts_at, Appointment.ends_at, Appointment.id
    ).where(
        col(Appointment.active),
        ~col(Appointment.overbooked),
        Appointment.starts_at < last,
        Appointment.ends_at > first,
    )
    for person, starts_at, ends_at, key in await rows_where_in(
        session, visits, col(Appointment.person_id), person_ids
    ):
        occupied.add_booked(occupied.people[person], starts_at, ends_at, key)
    for taken in (*occupied.doctors.values(), *occupied.people.values()):
        taken.sort()
    return occupied
