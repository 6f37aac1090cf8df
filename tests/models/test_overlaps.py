"""The database itself refuses a double booking, whoever writes: plain SQL, no service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import (
    DOCTOR_OVERLAP,
    PERSON_OVERLAP,
    SEAT_TAKEN,
    Appointment,
    AppointmentStatus,
    BusyBlock,
    Doctor,
    row_id,
)
from tests.factories import (
    make_appointment,
    make_block,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
)

TEN = datetime(2030, 3, 5, 10, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)

_MOMENT = sa.inspect(BusyBlock).columns["busy_from"].type
INSERT_BLOCK = sa.text(
    "INSERT INTO busy_block"
    " (doctor_id, kind, busy_from, busy_until, capacity, published, overbooked, active,"
    " created_at)"
    " VALUES (:doctor_id, 'outside', :starts, :ends, 1, false, :overbooked, :active, :starts)"
).bindparams(sa.bindparam("starts", type_=_MOMENT), sa.bindparam("ends", type_=_MOMENT))
UPDATE_BLOCK = sa.text(
    "UPDATE busy_block SET busy_from = :starts, busy_until = :ends WHERE id = :id"
).bindparams(sa.bindparam("starts", type_=_MOMENT), sa.bindparam("ends", type_=_MOMENT))


def after_ten(minutes: float) -> datetime:
    return TEN + timedelta(minutes=minutes)


@pytest.fixture
async def doctor(session: AsyncSession) -> Doctor:
    return await make_doctor(session, await make_clinic(session))


@pytest.fixture
async def taken(session: AsyncSession, doctor: Doctor) -> BusyBlock:
    """Ten o'clock to half past ten is taken."""
    return await make_block(session, doctor, TEN, 30)


async def insert(
    session: AsyncSession,
    doctor: Doctor,
    starts: datetime,
    ends: datetime,
    *,
    overbooked: bool = False,
    active: bool = True,
) -> None:
    values = {"starts": starts, "ends": ends, "overbooked": overbooked, "active": active}
    connection = await session.connection()
    await connection.execute(INSERT_BLOCK, {"doctor_id": row_id(doctor), **values})
    await session.commit()


async def run(session: AsyncSession, statement: str, **values: Any) -> None:
    await (await session.connection()).execute(sa.text(statement), values)
    await session.commit()


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        pytest.param(TEN, after_ten(30), id="the same"),
        pytest.param(after_ten(10), after_ten(20), id="inside"),
        pytest.param(after_ten(-10), after_ten(40), id="around"),
        pytest.param(after_ten(-10), after_ten(10), id="over the start"),
        pytest.param(after_ten(20), after_ten(40), id="over the end"),
        pytest.param(after_ten(-30), TEN + INSTANT, id="by the first instant"),
        pytest.param(after_ten(30) - INSTANT, after_ten(60), id="by the last instant"),
    ],
)
async def test_an_overlapping_block_is_refused(
    session: AsyncSession, doctor: Doctor, taken: BusyBlock, starts: datetime, ends: datetime
) -> None:
    with pytest.raises(IntegrityError, match=DOCTOR_OVERLAP):
        await insert(session, doctor, starts, ends)


async def test_blocks_that_touch_are_accepted(
    session: AsyncSession, doctor: Doctor, taken: BusyBlock
) -> None:
    await insert(session, doctor, after_ten(-30), TEN)
    await insert(session, doctor, after_ten(30), after_ten(60))


async def test_another_doctor_is_free(
    session: AsyncSession, doctor: Doctor, taken: BusyBlock
) -> None:
    other = await make_doctor(session, await make_clinic(session))
    await insert(session, other, TEN, after_ten(30))


async def test_an_inactive_block_takes_nothing_until_it_is_active(
    session: AsyncSession, doctor: Doctor, taken: BusyBlock
) -> None:
    await insert(session, doctor, TEN, after_ten(30), active=False)
    with pytest.raises(IntegrityError, match=DOCTOR_OVERLAP):
        await run(session, "UPDATE busy_block SET active = true")


async def test_a_block_freed_makes_room(
    session: AsyncSession, doctor: Doctor, taken: BusyBlock
) -> None:
    await run(session, "UPDATE busy_block SET active = false")
    await insert(session, doctor, TEN, after_ten(30))


async def test_a_block_is_not_moved_into_another(
    session: AsyncSession, doctor: Doctor, taken: BusyBlock
) -> None:
    later = await make_block(session, doctor, after_ten(30), 30)
    moved = {"id": row_id(later), "starts": after_ten(29), "ends": after_ten(59)}
    with pytest.raises(IntegrityError, match=DOCTOR_OVERLAP):
        await (await session.connection()).execute(UPDATE_BLOCK, moved)


async def test_a_block_may_move_over_where_it_was(
    session: AsyncSession, doctor: Doctor, taken: BusyBlock
) -> None:
    moved = {"id": row_id(taken), "starts": after_ten(10), "ends": after_ten(40)}
    await (await session.connection()).execute(UPDATE_BLOCK, moved)
    await session.commit()
    with pytest.raises(IntegrityError, match=DOCTOR_OVERLAP):
        await insert(session, doctor, after_ten(30), after_ten(60))


async def test_what_is_overbooked_on_purpose_is_exempt(
    session: AsyncSession, doctor: Doctor, taken: BusyBlock
) -> None:
    await insert(session, doctor, TEN, after_ten(30), overbooked=True)
    await insert(session, doctor, TEN, after_ten(30), overbooked=True)
    with pytest.raises(IntegrityError, match=DOCTOR_OVERLAP):
        await run(session, "UPDATE busy_block SET overbooked = false")


async def test_a_block_lasts(session: AsyncSession, doctor: Doctor) -> None:
    # MariaDB asks the period first, which is called busy, and its driver tells a failed check
    # as an operational error.
    with pytest.raises(DatabaseError, match=r"forward|`busy`"):
        await insert(session, doctor, TEN, TEN)


async def test_only_a_hold_expires(session: AsyncSession, doctor: Doctor) -> None:
    with pytest.raises(DatabaseError, match="hold_expires"):
        await make_block(session, doctor, TEN, 30, expires_at=TEN)
    await session.rollback()
    await session.refresh(doctor)
    with pytest.raises(DatabaseError, match="hold_expires"):
        await make_block(session, doctor, TEN, 30, kind="hold")


async def appointment(
    session: AsyncSession, person: Any, starts_at: datetime, **values: Any
) -> Appointment:
    """An appointment of ``person`` with a doctor of its own."""
    clinic = await make_clinic(session)
    visit_type = await make_visit_type(session, await make_doctor(session, clinic))
    return await make_appointment(session, visit_type, clinic, person, starts_at, **values)


async def test_a_person_is_in_one_place_at_a_time(session: AsyncSession) -> None:
    person = await make_patient(session)
    await appointment(session, person, TEN)
    await appointment(session, person, after_ten(30))
    await appointment(session, await make_patient(session), TEN)
    with pytest.raises(IntegrityError, match=PERSON_OVERLAP):
        await appointment(session, person, after_ten(29))


async def test_an_appointment_is_not_moved_into_another_of_the_person(
    session: AsyncSession,
) -> None:
    person = await make_patient(session)
    await appointment(session, person, TEN)
    later = await appointment(session, person, after_ten(30))
    later.starts_at = after_ten(29)
    session.add(later)
    with pytest.raises(IntegrityError, match=PERSON_OVERLAP):
        await session.flush()


async def test_cancelled_and_overbooked_appointments_keep_nobody(session: AsyncSession) -> None:
    person = await make_patient(session)
    cancelled = await appointment(session, person, TEN, status=AppointmentStatus.CANCELLED)
    await appointment(session, person, TEN)
    await appointment(session, person, TEN, overbooked=True)
    cancelled.status = AppointmentStatus.CONFIRMED
    cancelled.active = True
    session.add(cancelled)
    with pytest.raises(IntegrityError, match=PERSON_OVERLAP):
        await session.flush()


async def test_only_cancelled_appointments_are_inactive(session: AsyncSession) -> None:
    person = await make_patient(session)
    with pytest.raises(DatabaseError, match="active_unless_cancelled"):
        await appointment(session, person, TEN, active=False)


async def test_one_person_to_a_seat(session: AsyncSession) -> None:
    clinic = await make_clinic(session)
    doctor = await make_doctor(session, clinic)
    visit_type = await make_visit_type(session, doctor)
    block = await make_block(session, doctor, TEN, 30, kind="session", capacity=2)
    people = [await make_patient(session) for _ in range(3)]

    async def sit(person: Any, seat: int) -> Appointment:
        return await make_appointment(
            session, visit_type, clinic, person, TEN, block=block, seat=seat
        )

    first = await sit(people[0], 0)
    await sit(people[1], 1)
    first.status, first.active = AppointmentStatus.CANCELLED, False
    session.add(first)
    await session.commit()
    await sit(people[2], 0)
    # PostgreSQL and MariaDB name the index that refuses, SQLite its columns.
    named = f"{SEAT_TAKEN}|appointment.block_id, appointment.seat"
    with pytest.raises(IntegrityError, match=named):
        await sit(people[0], 1)
