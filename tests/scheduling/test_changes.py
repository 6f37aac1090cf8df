"""What each deed records and tells, on each database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from appointment_app import clock
from appointment_app.models import (
    AuditEvent,
    Doctor,
    MessageKind,
    OutboxMessage,
    User,
)
from appointment_app.scheduling import booking, cancelling, changes, visits
from tests.factories import (
    doctor_actor,
    make_appointment,
    make_patient,
)
from tests.scheduling.desk import Desk, at, nothing_stored


async def test_each_deed_is_recorded_and_the_patient_told(desk: Desk) -> None:
    offer = await desk.another_visit_type(needs_confirmation=True)
    doctor = replace(doctor_actor(desk.doctor), address="192.0.2.7")
    booked = await desk.book(at("10:00"), offer=offer)
    await desk.call(visits.confirm, doctor, booked)
    await desk.call(visits.write_notes, doctor, booked, notes="Rest", version=2)
    await desk.call(cancelling.cancel, doctor, booked, reason="The doctor is ill")

    appointment = await desk.appointment(booked)
    events = await desk.all(AuditEvent)
    assert [(event.action, event.actor_user_id, event.fields) for event in events] == [
        ("appointment.booked", desk.actor.user_id, ["starts_at", "status"]),
        ("appointment.confirmed", doctor.user_id, ["status"]),
        ("appointment.noted", doctor.user_id, ["notes"]),
        ("appointment.cancelled", doctor.user_id, ["cancel_reason", "status"]),
    ]
    assert {(event.record_type, event.record_id) for event in events} == {
        ("appointment", appointment.id)
    }
    assert [event.address for event in events] == ["", *["192.0.2.7"] * 3]

    messages = await desk.all(OutboxMessage)
    assert [message.kind for message in messages] == [
        MessageKind.APPOINTMENT_BOOKED,
        MessageKind.APPOINTMENT_CONFIRMED,
        MessageKind.APPOINTMENT_CANCELLED,
    ]
    (address,) = [user.email for user in await desk.all(User) if user.id == desk.patient.user_id]
    assert {message.recipient for message in messages} == {address}


async def test_closing_a_visit_is_recorded_and_nobody_told(desk: Desk) -> None:
    for start, function in (("10:00", visits.complete), ("11:00", visits.mark_no_show)):
        booked = await desk.book(at(start))
        with clock.frozen(at(start)):
            await desk.call(function, doctor_actor(desk.doctor), booked)
    actions = [event.action for event in await desk.all(AuditEvent)]
    assert actions[1::2] == ["appointment.completed", "appointment.no_show"]
    assert {message.kind for message in await desk.all(OutboxMessage)} == {
        MessageKind.APPOINTMENT_BOOKED
    }


@pytest.mark.parametrize("last_step", ["tell", "record_deed"])
async def test_a_deed_that_fails_at_the_end_leaves_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, last_step: str
) -> None:
    booked = await desk.book(at("10:00"))

    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("the power went")

    for module in (booking, cancelling, changes):
        monkeypatch.setattr(module, last_step, fails, raising=False)
    async with nothing_stored(desk):
        with pytest.raises(RuntimeError, match="the power went"):
            await desk.book(at("11:00"))
        with pytest.raises(RuntimeError, match="the power went"):
            await desk.call(cancelling.cancel, desk.actor, booked)


async def test_somebody_without_an_address_is_booked_and_not_written_to(desk: Desk) -> None:
    person = await desk.make(make_patient, user_id=None)
    by_phone = await desk.make(make_appointment, desk.visit_type, desk.clinic, person, at("10:00"))
    await desk.call(
        cancelling.cancel, doctor_actor(desk.doctor), by_phone.public_id, reason="The doctor is ill"
    )
    assert await desk.all(OutboxMessage) == []


async def test_every_change_raises_the_doctors_revision(desk: Desk) -> None:
    async def revision() -> int:
        return next(d.revision for d in await desk.all(Doctor) if d.id == desk.doctor.id)

    seen = [await revision()]
    booked = await desk.book(at("10:00"))
    seen.append(await revision())
    await desk.call(cancelling.cancel, desk.actor, booked)
    seen.append(await revision())
    assert seen == sorted(set(seen))
