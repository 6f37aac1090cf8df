"""Stores the planned visits: their blocks, what they take, and the appointments in them."""

from __future__ import annotations

from itertools import accumulate
from random import Random

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.demo.logins import DEMO_LOGINS
from appointment_app.demo.planned import PlannedVisit
from appointment_app.demo.practice_writer import PracticeWriter
from appointment_app.demo.resources import planned_uses
from appointment_app.demo.rows import insert_rows, public_id
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    BlockKind,
    BusyBlock,
    VisitMode,
    row_id,
)

_WHO_TRIES_IT = {login.email for login in DEMO_LOGINS}
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_STEPS = {
    AppointmentStatus.PENDING: 1,
    AppointmentStatus.CONFIRMED: 1,
    AppointmentStatus.COMPLETED: 2,
    AppointmentStatus.NO_SHOW: 2,
    AppointmentStatus.CANCELLED: 2,
}


class VisitWriter:
    """Stores visits with the doctors and people who are stored already."""

    def __init__(self, session: AsyncSession, practice: PracticeWriter, chance: Random) -> None:
        """Write into ``session``, with references that ``chance`` draws."""
        self.session = session
        self.practice = practice
        self.chance = chance

    async def write(self, visits: list[PlannedVisit]) -> None:
        """Store the visits, which are in the order of their blocks and seats."""
        await insert_rows(self.session, [self._block(visit) for visit in visits if visit.seat == 0])
        # The table was empty and ids count upward, so this is the order of the visits.
        ids = (await self.session.exec(select(BusyBlock.id).order_by(col(BusyBlock.id)))).all()
        # A further seat is one in the block of the visit before it.
        numbers = accumulate(int(visit.seat == 0) for visit in visits)
        blocks = [ids[number - 1] for number in numbers]
        stored = [(visit, key) for visit, key in zip(visits, blocks, strict=True) if key]
        with_block = [(visit, key) for visit, key in stored if visit.seat == 0]
        self.session.add_all(planned_uses(with_block, self.practice.resources))
        references = self._references(len(visits))
        await insert_rows(
            self.session,
            [
                self._appointment(visit, block_id, reference)
                for (visit, block_id), reference in zip(stored, references, strict=True)
            ],
        )

    def _block(self, visit: PlannedVisit) -> BusyBlock:
        block = BusyBlock(
            doctor_id=row_id(self.practice.doctors[visit.doctor]),
            clinic_id=row_id(self.practice.clinics[visit.clinic]),
            kind=BlockKind.VISIT,
            busy_from=visit.busy.start,
            busy_until=visit.busy.end,
            active=visit.status is not AppointmentStatus.CANCELLED,
            created_at=visit.booked_at,
        )
        if visit.visit.capacity > 1:
            block.kind, block.capacity = BlockKind.SESSION, visit.visit.capacity
            block.visit_type_id = row_id(self.practice.visit_types[visit.doctor, visit.visit.name])
            block.starts_at, block.ends_at = visit.starts_at, visit.time.end
        return block

    def _appointment(self, visit: PlannedVisit, block_id: int, reference: str) -> Appointment:
        clinic = self.practice.clinics[visit.clinic]
        visit_type = self.practice.visit_types[visit.doctor, visit.visit.name]
        in_person = visit.visit.mode is VisitMode.IN_PERSON
        booker = self.practice.patients[visit.patient.guardian or visit.patient.key]
        booked_by = row_id(self.practice.users[booker.email])
        cancelled_by = booked_by
        if visit.cancelled_by_doctor:
            cancelled_by = self.practice.doctors[visit.doctor].user_id
        return Appointment(
            public_id=public_id("appointment", reference),
            reference=reference,
            block_id=block_id,
            seat=visit.seat,
            person_id=row_id(self.practice.people[visit.patient.key]),
            doctor_id=row_id(self.practice.doctors[visit.doctor]),
            clinic_id=row_id(clinic),
            visit_type_id=row_id(visit_type),
            starts_at=visit.starts_at,
            ends_at=visit.time.end,
            status=visit.status,
            active=visit.status is not AppointmentStatus.CANCELLED,
            visit_name=visit_type.name,
            duration=visit_type.duration,
            mode=visit_type.mode,
            price=visit_type.price,
            place=f"{clinic.name}, {clinic.address}" if in_person else "",
            zone=clinic.zone,
            join_link=visit_type.join_link,
            reason=visit.reason,
            notes=visit.notes,
            booked_by=booked_by,
            idempotency_key=f"demo-{reference}",
            cancelled_at=visit.cancelled_at,
            cancelled_by=cancelled_by if visit.cancelled_at else None,
            cancel_reason=visit.cancel_reason,
            version=_STEPS[visit.status],
            created_at=visit.booked_at,
            # The mailbox is for whoever tries the demo, not for reminders of invented people.
            reminded_for=None if booker.email in _WHO_TRIES_IT else visit.starts_at,
        )

    def _references(self, count: int) -> list[str]:
        references: dict[str, None] = {}
        while len(references) < count:
            references["".join(self.chance.choices(_REFERENCE_ALPHABET, k=8))] = None
        return list(references)
