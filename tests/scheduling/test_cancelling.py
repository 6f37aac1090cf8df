"""Cancelling through the service, on each database."""

from __future__ import annotations

from appointment_app import clock
from appointment_app.models import (
    AppointmentStatus,
    BlockKind,
    BusyBlock,
)
from appointment_app.scheduling import cancelling
from tests.factories import (
    administrator_actor,
    doctor_actor,
    make_appointment,
    make_block,
    make_patient,
)
from tests.scheduling.desk import INSTANT, Desk, at, nothing_stored, refused


async def test_a_patient_cancels_until_it_begins(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    with clock.frozen(at("10:00")):
        async with nothing_stored(desk):
            with refused("TOO_LATE_TO_CANCEL"):
                await desk.call(cancelling.cancel, desk.actor, booked)
    with clock.frozen(at("10:00") - INSTANT):
        await desk.call(cancelling.cancel, desk.actor, booked, reason=" Better again ")

    cancelled = await desk.appointment(booked)
    assert (cancelled.status, cancelled.active) == (AppointmentStatus.CANCELLED, False)
    assert cancelled.cancelled_at == at("10:00") - INSTANT
    assert cancelled.cancelled_by == desk.actor.user_id
    assert cancelled.cancel_reason == "Better again"


async def test_staff_cancel_with_a_reason_even_after_it_began(desk: Desk) -> None:
    for staff in (doctor_actor(desk.doctor), await desk.make(administrator_actor, desk.clinic)):
        booked = await desk.book(at("10:00"))
        async with nothing_stored(desk):
            for reason in ("", "  \n"):
                with refused("REASON_REQUIRED", "cancel_reason"):
                    await desk.call(cancelling.cancel, staff, booked, reason=reason)
        with clock.frozen(at("10:10")):
            await desk.call(cancelling.cancel, staff, booked, reason="The doctor is ill")
        assert (await desk.appointment(booked)).cancelled_by == staff.user_id


async def test_the_reason_to_cancel_has_a_limit(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    with refused("TEXT_TOO_LONG", "cancel_reason"):
        await desk.call(cancelling.cancel, desk.actor, booked, reason="a" * 501)
    await desk.call(cancelling.cancel, desk.actor, booked, reason="a" * 500)


async def test_cancelling_one_seat_keeps_the_others(desk: Desk) -> None:
    block = await desk.make(
        make_block, desk.doctor, at("10:00"), 30, kind=BlockKind.SESSION, capacity=2
    )
    people = [desk.patient, await desk.make(make_patient)]
    sits = [
        await desk.make(
            make_appointment,
            desk.visit_type,
            desk.clinic,
            person,
            at("10:00"),
            block=block,
            seat=seat,
        )
        for seat, person in enumerate(people)
    ]
    for appointment, still_taken in zip(sits, (True, False), strict=True):
        await desk.call(
            cancelling.cancel, doctor_actor(desk.doctor), appointment.public_id, reason="Ill"
        )
        (stored,) = await desk.all(BusyBlock)
        assert stored.active is still_taken
