"""Booking through the service, on each database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import SQLModel

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    Approval,
    BlockKind,
    BusyBlock,
    DateOverride,
    OutboxMessage,
    User,
    VisitMode,
    row_id,
)
from appointment_app.scheduling import cancelling, free_check
from appointment_app.scheduling.calendar_rows import Kind
from tests.factories import (
    administrator_actor,
    doctor_actor,
    make_block,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
    offer_of,
    patient_actor,
)
from tests.scheduling.desk import (
    INSTANT,
    NOW,
    TODAY,
    TUESDAY,
    WHOLE_DAY,
    Desk,
    at,
    nothing_stored,
    refused,
)
from tests.statements import counted_statements

STATEMENTS_A_BOOKING = 8


async def test_a_booking_is_an_appointment_in_a_block(desk: Desk) -> None:
    appointment = await desk.appointment(await desk.book(at("10:00"), reason="  A cough "))

    assert appointment.status is AppointmentStatus.CONFIRMED
    assert (appointment.starts_at, appointment.ends_at) == (at("10:00"), at("10:30"))
    assert appointment.person_id == desk.patient.id
    assert appointment.booked_by == desk.actor.user_id
    assert appointment.reason == "A cough"
    assert len(appointment.reference) == 8
    (block,) = await desk.all(BusyBlock)
    assert (block.id, block.kind, block.active) == (appointment.block_id, BlockKind.VISIT, True)
    assert (block.busy_from, block.busy_until) == (at("10:00"), at("10:30"))


async def test_a_visit_that_must_be_confirmed_waits(desk: Desk) -> None:
    offer = await desk.another_visit_type(needs_confirmation=True)
    appointment = await desk.appointment(await desk.book(at("10:00"), offer=offer))
    assert appointment.status is AppointmentStatus.PENDING
    with refused("SLOT_TAKEN"):
        await desk.book(at("10:00"), actor=await desk.another_patient())


async def test_what_was_agreed_outlives_the_visit_type(desk: Desk) -> None:
    before = await desk.book(at("10:00"))
    await desk.change(
        desk.visit_type,
        name="Something else",
        duration=60,
        mode=VisitMode.VIDEO,
        join_link="https://video.example/dora",
    )
    await desk.change(desk.clinic, name="Moved", street="Far Away 9", zone="Europe/Lisbon")

    agreed = await desk.appointment(before)
    assert (agreed.visit_name, agreed.duration) == ("Consultation", 30)
    assert agreed.ends_at == at("10:30")
    assert (agreed.mode, agreed.join_link) == (VisitMode.IN_PERSON, "")
    assert agreed.place == "Harbour Clinic, Quay Street 1, 10115 Berlin"
    assert agreed.zone == "Europe/Berlin"


async def test_a_video_visit_keeps_its_link_and_has_no_place(desk: Desk) -> None:
    offer = await desk.another_visit_type(mode=VisitMode.VIDEO, join_link="https://video.example")
    appointment = await desk.appointment(await desk.book(at("10:00"), offer=offer))
    assert appointment.mode is VisitMode.VIDEO
    assert (appointment.place, appointment.join_link) == ("", "https://video.example")


async def test_pauses_lie_in_the_block_and_not_in_the_appointment(desk: Desk) -> None:
    offer = await desk.another_visit_type(pause_before=10, pause_after=20)
    appointment = await desk.appointment(await desk.book(at("10:00"), offer=offer))
    assert (appointment.starts_at, appointment.ends_at) == (at("10:00"), at("10:30"))
    (block,) = await desk.all(BusyBlock)
    assert (block.busy_from, block.busy_until) == (at("09:50"), at("10:50"))

    somebody = await desk.another_patient()
    for start in ("09:30", "10:30"):
        with refused("SLOT_TAKEN"):
            await desk.book(at(start), actor=somebody)
    await desk.book(at("09:00"), actor=somebody)
    await desk.book(at("11:00"), actor=somebody)


async def test_a_taken_time_is_refused(desk: Desk) -> None:
    await desk.book(at("10:00"))
    longer = await desk.another_visit_type(duration=60)
    somebody = await desk.another_patient()
    async with nothing_stored(desk):
        with refused("SLOT_TAKEN"):
            await desk.book(at("10:00"), actor=somebody)
        with refused("SLOT_TAKEN"):
            await desk.book(at("10:00"), actor=somebody, offer=longer)


async def test_adjacent_times_are_free(desk: Desk) -> None:
    for start in ("10:00", "09:30", "10:30"):
        await desk.book(at(start), actor=await desk.another_patient())
    assert len(await desk.all(Appointment)) == 3


async def test_one_patient_is_not_with_two_doctors_at_once(desk: Desk) -> None:
    other = await desk.make(make_doctor, desk.clinic)
    visit_type = await desk.make(make_visit_type, other, duration=45)
    offer = offer_of(other, desk.clinic, visit_type)
    await desk.book(at("10:00"))
    async with nothing_stored(desk):
        with refused("SLOT_TAKEN"):
            await desk.book(at("09:30"), offer=offer)  # until 10:15
    await desk.book(at("08:45"), offer=offer)


async def test_a_cancelled_time_can_be_booked_again(desk: Desk) -> None:
    somebody = await desk.another_patient()
    first = await desk.book(at("10:00"))
    await desk.call(cancelling.cancel, desk.actor, first)
    second = await desk.book(at("10:00"), actor=somebody)
    await desk.call(cancelling.cancel, somebody, second)
    third = await desk.book(at("10:00"))

    assert len({first, second, third}) == 3
    assert [row.active for row in await desk.all(Appointment)] == [False, False, True]
    assert [row.active for row in await desk.all(BusyBlock)] == [False, False, True]


@pytest.mark.parametrize(
    ("wall_clock", "code"),
    [
        pytest.param("07:30", "OUTSIDE_AVAILABILITY", id="before the hours"),
        pytest.param("17:45", "OUTSIDE_AVAILABILITY", id="ends after the hours, off the grid"),
        pytest.param("18:00", "OUTSIDE_AVAILABILITY", id="after the hours"),
        pytest.param("10:10", "TIMES_CHANGED", id="off the grid"),
        pytest.param("10:00:01", "TIMES_CHANGED", id="off the grid by a second"),
    ],
)
async def test_a_time_outside_the_hours_is_refused(desk: Desk, wall_clock: str, code: str) -> None:
    async with nothing_stored(desk):
        with refused(code):
            await desk.book(at(wall_clock))


async def test_a_day_off_is_refused(desk: Desk) -> None:
    async with desk.database.session() as session:
        place = row_id(await desk.at_clinic())
        session.add(DateOverride(doctor_at_clinic_id=place, day=TUESDAY))
        await session.commit()
    with refused("OUTSIDE_AVAILABILITY"):
        await desk.book(at("10:00"))
    await desk.book(at("10:00", TUESDAY + timedelta(days=1)))


async def test_minimum_notice_to_the_instant(desk: Desk) -> None:
    await desk.change(await desk.at_clinic(), minimum_notice=120)
    with refused("TOO_SOON"):
        await desk.book(at("09:30", TODAY))
    with clock.frozen(NOW + INSTANT), refused("TOO_SOON"):
        await desk.book(at("10:00", TODAY))
    await desk.book(at("10:00", TODAY))


async def test_the_past_is_too_soon(desk: Desk) -> None:
    with clock.frozen(at("12:00")), refused("TOO_SOON"):
        await desk.book(at("11:30"))
    with clock.frozen(at("12:00")):
        await desk.book(at("12:00"))


async def test_the_horizon_ends_at_local_midnight(desk: Desk) -> None:
    doctor = await desk.make(make_doctor, desk.clinic, ranges=WHOLE_DAY, horizon_days=10)
    visit_type = await desk.make(make_visit_type, doctor)
    offer = offer_of(doctor, desk.clinic, visit_type)
    last_day = TODAY + timedelta(days=10)
    await desk.book(at("23:30", last_day), offer=offer)
    with refused("TOO_FAR_AHEAD"):
        await desk.book(at("00:00", last_day + timedelta(days=1)), offer=offer)
    with clock.frozen(at("23:59", TODAY)), refused("TOO_FAR_AHEAD"):
        await desk.book(at("00:00", last_day + timedelta(days=1)), offer=offer)
    with clock.frozen(at("00:00", TODAY + timedelta(days=1))):
        await desk.book(at("00:00", last_day + timedelta(days=1)), offer=offer)


async def test_a_doctor_sees_so_many_patients_a_day(desk: Desk) -> None:
    await desk.change(desk.doctor, max_patients_a_day=2)
    first = await desk.book(at("10:00"))
    await desk.book(at("11:00"))
    async with nothing_stored(desk):
        with refused("DAY_FULL"):
            await desk.book(at("12:00"))
    await desk.book(at("10:00", TUESDAY + timedelta(days=1)))
    await desk.call(cancelling.cancel, desk.actor, first)
    await desk.book(at("12:00"))


async def test_what_is_not_offered_is_not_booked(desk: Desk) -> None:
    stranger = await desk.make(make_doctor, desk.clinic)
    elsewhere = await desk.make(make_clinic)
    foreign = await desk.make(make_visit_type, stranger)
    offers = (
        replace(desk.offer, doctor_id=uuid4()),
        replace(desk.offer, clinic_id=uuid4()),
        replace(desk.offer, visit_type_id=uuid4()),
        replace(desk.offer, clinic_id=elsewhere.public_id),
        replace(desk.offer, visit_type_id=foreign.public_id),
    )
    async with nothing_stored(desk):
        for offer in offers:
            with refused("NOT_BOOKABLE"):
                await desk.book(at("10:00"), offer=offer)


async def test_what_takes_no_bookings_any_more_is_not_booked(desk: Desk) -> None:
    closed: list[tuple[SQLModel, dict[str, Any], dict[str, Any]]] = [
        (desk.doctor, {"approval": Approval.PENDING}, {"approval": Approval.APPROVED}),
        (desk.doctor, {"approval": Approval.REFUSED}, {"approval": Approval.APPROVED}),
        (desk.doctor, {"active": False}, {"active": True}),
        (desk.clinic, {"active": False}, {"active": True}),
        (await desk.at_clinic(), {"active": False}, {"active": True}),
        (desk.visit_type, {"active": False}, {"active": True}),
    ]
    for row, shut, opened in closed:
        await desk.change(row, **shut)
        async with nothing_stored(desk):
            with refused("NOT_BOOKABLE"):
                await desk.book(at("10:00"))
        await desk.change(row, **opened)
    await desk.book(at("10:00"))


async def test_the_reason_has_a_limit(desk: Desk) -> None:
    with refused("TEXT_TOO_LONG", "reason"):
        await desk.book(at("10:00"), reason="a" * 1001)
    await desk.book(at("10:00"), reason="a" * 1000)


async def test_a_live_hold_blocks_until_it_expires(desk: Desk) -> None:
    await desk.make(
        make_block,
        desk.doctor,
        at("10:00"),
        30,
        kind=BlockKind.HOLD,
        expires_at=NOW + timedelta(minutes=5),
    )
    with clock.frozen(NOW + timedelta(minutes=5) - INSTANT), refused("SLOT_TAKEN"):
        await desk.book(at("10:00"))
    with clock.frozen(NOW + timedelta(minutes=5)):
        await desk.book(at("10:00"))
    (visit,) = await desk.all(BusyBlock)
    assert (visit.kind, visit.active) == (BlockKind.VISIT, True)


async def test_other_business_blocks(desk: Desk) -> None:
    await desk.make(make_block, desk.doctor, at("10:15"), 5)
    with refused("SLOT_TAKEN"):
        await desk.book(at("10:00"))
    await desk.book(at("10:30"))


async def test_the_constraint_answers_when_the_check_saw_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_rows = free_check.read_rows

    async def sees_nobody(*selects: Any) -> Any:
        found = await read_rows(*selects)
        return found | {Kind.BLOCK: [], Kind.PERSON: []}

    await desk.book(at("10:00"))
    other = await desk.make(make_doctor, desk.clinic)
    offer = offer_of(other, desk.clinic, await desk.make(make_visit_type, other))
    monkeypatch.setattr(free_check, "read_rows", sees_nobody)
    somebody = await desk.another_patient()
    async with nothing_stored(desk):
        with refused("SLOT_TAKEN"):
            await desk.book(at("10:00"), actor=somebody)
        with refused("SLOT_TAKEN"):
            await desk.book(at("10:00"), offer=offer)


@pytest.mark.parametrize(
    ("nonsense", "code"),
    [
        ({"idempotency_key": ""}, "INVALID"),
        ({"idempotency_key": "k" * 65}, "INVALID"),
        ({"starts_at": datetime(1, 1, 1, tzinfo=UTC)}, "TOO_SOON"),
        ({"starts_at": datetime(9999, 12, 31, 23, tzinfo=UTC)}, "TOO_FAR_AHEAD"),
    ],
)
async def test_nonsense_is_refused_in_words(
    desk: Desk, nonsense: dict[str, Any], code: str
) -> None:
    field = "idempotency_key" if code == "INVALID" else None
    async with nothing_stored(desk):
        with refused(code, field):
            await desk.book(**{"starts_at": at("10:00"), **nonsense})


async def test_text_is_stored_without_what_cannot_be(desk: Desk) -> None:
    booked = await desk.book(at("10:00"), reason="A\x00 cough \ud83d\r\nfor days ")
    assert (await desk.appointment(booked)).reason == "A cough \nfor days"


# Who may book for whom


async def test_a_guardian_books_for_a_dependent_and_gets_the_mail(desk: Desk) -> None:
    child = await desk.make(make_patient, guardian=desk.patient)
    guardian = await desk.make(patient_actor, desk.patient)
    booked = await desk.book(at("10:00"), actor=guardian, person_id=child.public_id)
    appointment = await desk.appointment(booked)
    assert (appointment.person_id, appointment.booked_by) == (child.id, guardian.user_id)

    (message,) = await desk.all(OutboxMessage)
    (address,) = [user.email for user in await desk.all(User) if user.id == guardian.user_id]
    assert message.recipient == address
    await desk.book(at("10:30"), actor=guardian)
    await desk.call(cancelling.cancel, guardian, booked)


async def test_nobody_books_for_others(desk: Desk) -> None:
    somebody = await desk.another_patient()
    whoever: list[tuple[Actor, str]] = [
        (NOBODY, "LOGIN_REQUIRED"),
        (somebody, "FORBIDDEN"),
        (doctor_actor(desk.doctor), "FORBIDDEN"),
        (await desk.make(administrator_actor), "FORBIDDEN"),
    ]
    async with nothing_stored(desk):
        for actor, code in whoever:
            with refused(code):
                await desk.book(at("10:00"), actor=actor, person_id=desk.patient.public_id)
        with refused("NOT_FOUND"):
            await desk.book(at("10:00"), person_id=uuid4())
        with refused("LOGIN_REQUIRED"):
            await desk.book(at("10:00"), actor=NOBODY)
        with refused("FORBIDDEN"):
            await desk.book(at("10:00"), actor=doctor_actor(desk.doctor))


# What it costs


async def test_a_booking_costs_so_many_statements(desk: Desk) -> None:
    """Fewer is better: lower the number when it falls. Begin and commit are not counted."""
    with counted_statements(desk.database) as statements:
        await desk.book(at("10:00"))
    print(f"\n{desk.database.engine.dialect.name}: a booking takes {len(statements)} statements")
    assert len(statements) <= STATEMENTS_A_BOOKING, "\n".join(statements)
