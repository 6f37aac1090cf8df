"""One confirmation that arrives twice books once, on each database."""

from __future__ import annotations

import asyncio

from appointment_app.models import Appointment, AuditEvent, BusyBlock, OutboxMessage
from tests.factories import make_doctor, make_patient, make_visit_type, offer_of, patient_actor
from tests.scheduling.desk import Desk, at, refused


async def test_the_same_key_is_the_same_appointment(desk: Desk) -> None:
    first = await desk.book(at("10:00"), idempotency_key="click")
    assert await desk.book(at("10:00"), idempotency_key="click") == first
    assert await desk.book(at("11:00"), idempotency_key="click") == first
    for table in (Appointment, BusyBlock, AuditEvent, OutboxMessage):
        assert len(await desk.all(table)) == 1


async def test_the_same_key_at_the_same_moment_is_one_appointment(desk: Desk) -> None:
    booked = await asyncio.gather(
        *(desk.book(at("10:00"), idempotency_key="click") for _ in range(5))
    )
    assert len(set(booked)) == 1
    for table in (Appointment, BusyBlock, AuditEvent, OutboxMessage):
        assert len(await desk.all(table)) == 1


async def test_a_key_belongs_to_the_one_who_made_it(desk: Desk) -> None:
    mine = await desk.book(at("10:00"), idempotency_key="click")
    somebody = await desk.another_patient()
    theirs = await desk.book(at("11:00"), actor=somebody, idempotency_key="click")
    assert mine != theirs


async def test_a_refused_key_can_be_used_again(desk: Desk) -> None:
    with refused("OUTSIDE_AVAILABILITY"):
        await desk.book(at("07:00"), idempotency_key="click")
    await desk.book(at("10:00"), idempotency_key="click")


async def test_the_same_key_for_two_doctors_is_one_appointment(desk: Desk) -> None:
    """Two doctors are two locks: here the unique key itself tells the second one."""
    child = await desk.make(make_patient, guardian=desk.patient)
    guardian = await desk.make(patient_actor, desk.patient)
    other = await desk.make(make_doctor, desk.clinic)
    elsewhere = offer_of(other, desk.clinic, await desk.make(make_visit_type, other))
    booked = await asyncio.gather(
        desk.book(at("10:00"), actor=guardian, idempotency_key="click"),
        desk.book(
            at("11:00"),
            actor=guardian,
            idempotency_key="click",
            offer=elsewhere,
            person_id=child.public_id,
        ),
    )
    assert len(set(booked)) == 1
    assert len(await desk.all(Appointment)) == 1
