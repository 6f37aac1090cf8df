"""Small factories for tests: each stores what it makes, with defaults that work, and commits.

Name only what the test is about: ``make_doctor(session, clinic, max_patients_a_day=1)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor, Grant
from appointment_app.accounts.consent import NOTICE_VERSION
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    Approval,
    BlockKind,
    BusyBlock,
    Clinic,
    Consent,
    Doctor,
    DoctorAtClinic,
    Guardianship,
    Person,
    Resource,
    ResourceKind,
    Role,
    User,
    VisitType,
    VisitTypeResource,
    WeeklyHours,
    row_id,
)
from appointment_app.scheduling.slots import Offer

Row = TypeVar("Row", bound=SQLModel)

# The same in every run, and in every process of one: tests are named by it.
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"

WHOLE_WEEK = tuple(range(7))
FROM_EIGHT_TO_SIX = ((8 * 60, 18 * 60),)


async def make_clinic(session: AsyncSession, **values: Any) -> Clinic:
    """A clinic in Berlin."""
    defaults = {
        "name": "Harbour Clinic",
        "street": "Quay Street 1",
        "postcode": "10115",
        "city": "Berlin",
        "country": "DE",
        "zone": "Europe/Berlin",
    }
    return await _stored(session, Clinic(**(defaults | values)))


async def make_user(session: AsyncSession, **values: Any) -> User:
    """A user with a fresh address and no password that works."""
    defaults = {"email": f"{uuid4().hex}@example.org", "password_hash": "!"}
    user = await _stored(session, User(**(defaults | values)))
    await _stored(session, Consent(user_id=row_id(user), version=NOTICE_VERSION))
    return user


async def make_patient(
    session: AsyncSession, *, guardian: Person | None = None, **values: Any
) -> Person:
    """A person with an account of their own or, without one, with a ``guardian``."""
    defaults: dict[str, Any] = {"given_name": "Pia", "family_name": "Patient"}
    if guardian is None and "user_id" not in values:
        defaults["user_id"] = (await make_user(session)).id
    person = await _stored(session, Person(**(defaults | values)))
    if guardian is not None:
        await _stored(
            session, Guardianship(guardian_id=row_id(guardian), dependent_id=row_id(person))
        )
    return person


async def make_doctor(
    session: AsyncSession,
    clinic: Clinic,
    *,
    weekdays: Iterable[int] = WHOLE_WEEK,
    ranges: Iterable[tuple[int, int]] = FROM_EIGHT_TO_SIX,
    minimum_notice: int = 0,
    horizon_days: int = 60,
    **values: Any,
) -> Doctor:
    """An approved doctor who receives at ``clinic`` in the same ``ranges`` on all ``weekdays``."""
    defaults: dict[str, Any] = {
        "given_name": "Dora",
        "family_name": "Doctor",
        "licence_number": uuid4().hex,
        "approval": Approval.APPROVED,
    }
    if "user_id" not in values:
        defaults["user_id"] = (await make_user(session)).id
    doctor = await _stored(session, Doctor(**(defaults | values)))
    at_clinic = await _stored(
        session,
        DoctorAtClinic(
            doctor_id=row_id(doctor),
            clinic_id=row_id(clinic),
            minimum_notice=minimum_notice,
            horizon_days=horizon_days,
        ),
    )
    for weekday in weekdays:
        for opens, closes in ranges:
            session.add(
                WeeklyHours(
                    doctor_at_clinic_id=row_id(at_clinic),
                    weekday=weekday,
                    opens=opens,
                    closes=closes,
                )
            )
    await session.commit()
    return doctor


async def make_visit_type(session: AsyncSession, doctor: Doctor, **values: Any) -> VisitType:
    """A visit of 30 minutes without pauses, its starts as far apart as it is long."""
    defaults: dict[str, Any] = {"name": "Consultation", "duration": 30}
    defaults["step"] = values.get("duration", 30)
    return await _stored(session, VisitType(doctor_id=row_id(doctor), **(defaults | values)))


async def make_resource(
    session: AsyncSession, clinic: Clinic, *visit_types: VisitType, **values: Any
) -> Resource:
    """A room of ``clinic`` that suits the ``visit_types``."""
    defaults: dict[str, Any] = {"name": "Room 1", "kind": ResourceKind.ROOM}
    resource = await _stored(session, Resource(clinic_id=row_id(clinic), **(defaults | values)))
    for visit_type in visit_types:
        await _stored(
            session,
            VisitTypeResource(visit_type_id=row_id(visit_type), resource_id=row_id(resource)),
        )
    return resource


async def make_block(
    session: AsyncSession, doctor: Doctor, busy_from: datetime, minutes: int, **values: Any
) -> BusyBlock:
    """What occupies the doctor for some minutes, without going through the service."""
    block = BusyBlock(
        doctor_id=row_id(doctor),
        busy_from=busy_from,
        busy_until=busy_from + timedelta(minutes=minutes),
        **({"kind": BlockKind.OUTSIDE} | values),
    )
    return await _stored(session, block)


async def make_session(
    session: AsyncSession,
    visit_type: VisitType,
    clinic: Clinic,
    starts_at: datetime,
    *,
    minutes: int = 60,
    capacity: int = 8,
    **values: Any,
) -> BusyBlock:
    """A group session that the doctor has opened in advance, without going through the service."""
    ends_at = starts_at + timedelta(minutes=minutes)
    block = BusyBlock(
        doctor_id=visit_type.doctor_id,
        clinic_id=clinic.id,
        kind=BlockKind.SESSION,
        visit_type_id=visit_type.id,
        busy_from=starts_at,
        busy_until=ends_at,
        starts_at=starts_at,
        ends_at=ends_at,
        capacity=capacity,
        **({"published": True} | values),
    )
    return await _stored(session, block)


async def make_appointment(
    session: AsyncSession,
    visit_type: VisitType,
    clinic: Clinic,
    person: Person,
    starts_at: datetime,
    *,
    block: BusyBlock | None = None,
    **values: Any,
) -> Appointment:
    """A confirmed appointment, in a block of its own, without going through the service."""
    status = values.get("status", AppointmentStatus.CONFIRMED)
    occupies = status is not AppointmentStatus.CANCELLED
    if block is None:
        block = BusyBlock(
            doctor_id=visit_type.doctor_id,
            kind=BlockKind.VISIT,
            busy_from=starts_at - timedelta(minutes=visit_type.pause_before),
            busy_until=starts_at + timedelta(minutes=visit_type.duration + visit_type.pause_after),
            active=occupies,
            overbooked=values.get("overbooked", False),
        )
        await _stored(session, block)
    defaults: dict[str, Any] = {
        "reference": uuid4().hex[:12],
        "block_id": row_id(block),
        "person_id": row_id(person),
        "doctor_id": visit_type.doctor_id,
        "clinic_id": row_id(clinic),
        "visit_type_id": row_id(visit_type),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=visit_type.duration),
        "status": status,
        "active": occupies,
        "visit_name": visit_type.name,
        "duration": visit_type.duration,
        "mode": visit_type.mode,
        "zone": clinic.zone,
        "booked_by": person.user_id or (await make_user(session)).id,
        "idempotency_key": uuid4().hex,
    }
    return await _stored(session, Appointment(**(defaults | values)))


def offer_of(doctor: Doctor, clinic: Clinic, visit_type: VisitType) -> Offer:
    """What a visitor of the doctor's page looks at."""
    return Offer(doctor.public_id, clinic.public_id, visit_type.public_id)


async def patient_actor(session: AsyncSession, person: Person) -> Actor:
    """The person, logged in, with those they are guardian of."""
    dependents = await session.exec(
        select(Guardianship.dependent_id).where(Guardianship.guardian_id == row_id(person))
    )
    actor = Actor(
        user_id=person.user_id, person_id=row_id(person), dependents=frozenset(dependents)
    )
    await session.commit()
    return actor


def doctor_actor(doctor: Doctor) -> Actor:
    """The doctor, logged in."""
    return Actor(user_id=doctor.user_id, doctor_id=row_id(doctor))


async def administrator_actor(session: AsyncSession, clinic: Clinic | None = None) -> Actor:
    """An administrator of ``clinic``, or of all."""
    user = await make_user(session)
    grant = Grant(Role.ADMINISTRATOR, row_id(clinic) if clinic else None)
    return Actor(user_id=row_id(user), grants=frozenset({grant}))


async def _stored(session: AsyncSession, row: Row) -> Row:
    session.add(row)
    await session.commit()
    return row
