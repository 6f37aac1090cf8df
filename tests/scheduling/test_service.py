"""The life of an appointment through the service, on each database, with the clock standing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event
from sqlmodel import SQLModel, select

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.database import Database
from appointment_app.errors import DomainError
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    Approval,
    AuditEvent,
    BlockKind,
    BusyBlock,
    Clinic,
    DateOverride,
    Doctor,
    DoctorAtClinic,
    MessageKind,
    OutboxMessage,
    Person,
    User,
    VisitMode,
    VisitType,
    row_id,
)
from appointment_app.scheduling import service
from appointment_app.scheduling.service import BookingRequest
from appointment_app.scheduling.slots import Offer
from tests.factories import (
    administrator_actor,
    doctor_actor,
    make_appointment,
    make_block,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
    offer_of,
    patient_actor,
)

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2030, 3, 4)  # a Monday
TUESDAY = date(2030, 3, 5)
INSTANT = timedelta(microseconds=1)
WHOLE_DAY = ((0, 24 * 60),)
STATEMENTS_A_BOOKING = 16


def at(wall_clock: str, day: date = TUESDAY) -> datetime:
    """A wall-clock time in Berlin, in UTC."""
    local = datetime.fromisoformat(f"{day}T{wall_clock}").replace(tzinfo=BERLIN)
    return local.astimezone(UTC)


NOW = at("08:00", TODAY)


@dataclass
class Desk:
    """A clinic with a doctor, a visit type and a patient, and what can be done there."""

    database: Database
    clinic: Clinic
    doctor: Doctor
    visit_type: VisitType
    patient: Person
    actor: Actor

    @property
    def offer(self) -> Offer:
        return offer_of(self.doctor, self.clinic, self.visit_type)

    async def book(self, starts_at: datetime, *, actor: Actor | None = None, **values: Any) -> UUID:
        """Book, by default as the patient, with a fresh key."""
        defaults: dict[str, Any] = {
            "offer": self.offer,
            "reason": "A cough",
            "idempotency_key": uuid4().hex,
        }
        request = BookingRequest(starts_at=starts_at, **(defaults | values))
        booked: UUID = await self.call(service.book, actor or self.actor, request)
        return booked

    async def call(
        self,
        function: Callable[..., Coroutine[Any, Any, Any]],
        actor: Actor,
        *arguments: Any,
        **named: Any,
    ) -> Any:
        """Call a function of the service in a session of its own, as a request does."""
        async with self.database.session() as session:
            return await function(session, actor, *arguments, **named)

    async def make(
        self, factory: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any, **values: Any
    ) -> Any:
        """Call a factory in a session of its own."""
        async with self.database.session() as session:
            return await factory(session, *arguments, **values)

    async def another_patient(self) -> Actor:
        actor: Actor = await self.make(patient_actor, await self.make(make_patient))
        return actor

    async def another_visit_type(self, **values: Any) -> Offer:
        visit_type = await self.make(make_visit_type, self.doctor, **values)
        return offer_of(self.doctor, self.clinic, visit_type)

    async def change(self, row: SQLModel, **values: Any) -> None:
        """Store other values in a row."""
        for name, value in values.items():
            setattr(row, name, value)
        async with self.database.session() as session:
            await session.merge(row)
            await session.commit()

    async def at_clinic(self) -> DoctorAtClinic:
        return next(
            row for row in await self.all(DoctorAtClinic) if row.doctor_id == self.doctor.id
        )

    async def all(self, table: type[Any]) -> list[Any]:
        """Every row of a table, as stored."""
        async with self.database.session() as session:
            return list(await session.exec(select(table).order_by(table.id)))

    async def appointment(self, public_id: UUID) -> Appointment:
        async with self.database.session() as session:
            by_id = select(Appointment).where(Appointment.public_id == public_id)
            return (await session.exec(by_id)).one()

    async def records(self) -> list[Any]:
        """Everything that a deed of the service may write."""
        tables = (Appointment, BusyBlock, AuditEvent, OutboxMessage, Doctor)
        return [row.model_dump() for table in tables for row in await self.all(table)]


@pytest.fixture(autouse=True)
def standing_clock() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@pytest.fixture
async def desk(database: Database) -> Desk:
    async with database.session() as session:
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic)
        visit_type = await make_visit_type(session, doctor)
        patient = await make_patient(session)
        actor = await patient_actor(session, patient)
    return Desk(database, clinic, doctor, visit_type, patient, actor)


@contextmanager
def refused(code: str, field: str | None = None) -> Iterator[None]:
    with pytest.raises(DomainError) as refusal:
        yield
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert refusal.value.sentence


@asynccontextmanager
async def nothing_stored(desk: Desk) -> AsyncIterator[None]:
    """Check that what happens inside leaves no trace at all."""
    before = await desk.records()
    yield
    assert await desk.records() == before


# Booking


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
    await desk.call(service.cancel, desk.actor, first)
    second = await desk.book(at("10:00"), actor=somebody)
    await desk.call(service.cancel, somebody, second)
    third = await desk.book(at("10:00"))

    assert len({first, second, third}) == 3
    assert [row.active for row in await desk.all(Appointment)] == [False, False, True]
    assert [row.active for row in await desk.all(BusyBlock)] == [False, False, True]


@pytest.mark.parametrize(
    ("wall_clock", "why"),
    [
        ("07:30", "before the hours"),
        ("17:45", "ends after the hours, and is not on the grid"),
        ("18:00", "after the hours"),
        ("10:10", "not on the grid"),
        ("10:00:01", "not on the grid by a second"),
    ],
)
async def test_a_time_outside_the_hours_is_refused(desk: Desk, wall_clock: str, why: str) -> None:
    async with nothing_stored(desk):
        with refused("OUTSIDE_AVAILABILITY"):
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
    await desk.call(service.cancel, desk.actor, first)
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
    hold, visit = await desk.all(BusyBlock)
    assert (hold.kind, hold.active) == (BlockKind.HOLD, False)
    assert (visit.kind, visit.active) == (BlockKind.VISIT, True)


async def test_other_business_blocks(desk: Desk) -> None:
    await desk.make(make_block, desk.doctor, at("10:15"), 5)
    with refused("SLOT_TAKEN"):
        await desk.book(at("10:00"))
    await desk.book(at("10:30"))


async def test_the_constraint_answers_when_the_check_saw_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sees_nothing(*_: Any) -> None:
        pass

    await desk.book(at("10:00"))
    other = await desk.make(make_doctor, desk.clinic)
    offer = offer_of(other, desk.clinic, await desk.make(make_visit_type, other))
    monkeypatch.setattr(service, "_require_free", sees_nothing)
    monkeypatch.setattr(service, "_require_patient_free", sees_nothing)
    somebody = await desk.another_patient()
    async with nothing_stored(desk):
        with refused("SLOT_TAKEN"):
            await desk.book(at("10:00"), actor=somebody)
        with refused("SLOT_TAKEN"):
            await desk.book(at("10:00"), offer=offer)


# The same key again


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
    await desk.call(service.cancel, guardian, booked)


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


# Cancelling


async def test_a_patient_cancels_until_it_begins(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    with clock.frozen(at("10:00")):
        async with nothing_stored(desk):
            with refused("TOO_LATE_TO_CANCEL"):
                await desk.call(service.cancel, desk.actor, booked)
    with clock.frozen(at("10:00") - INSTANT):
        await desk.call(service.cancel, desk.actor, booked, reason=" Better again ")

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
                    await desk.call(service.cancel, staff, booked, reason=reason)
        with clock.frozen(at("10:10")):
            await desk.call(service.cancel, staff, booked, reason="The doctor is ill")
        assert (await desk.appointment(booked)).cancelled_by == staff.user_id


async def test_the_reason_to_cancel_has_a_limit(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    with refused("TEXT_TOO_LONG", "cancel_reason"):
        await desk.call(service.cancel, desk.actor, booked, reason="a" * 501)
    await desk.call(service.cancel, desk.actor, booked, reason="a" * 500)


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
            service.cancel, doctor_actor(desk.doctor), appointment.public_id, reason="Ill"
        )
        (stored,) = await desk.all(BusyBlock)
        assert stored.active is still_taken


# Confirming, completing, missing


async def test_a_doctor_confirms_what_waits(desk: Desk) -> None:
    offer = await desk.another_visit_type(needs_confirmation=True)
    booked = await desk.book(at("10:00"), offer=offer)
    await desk.call(service.confirm, doctor_actor(desk.doctor), booked)
    assert (await desk.appointment(booked)).status is AppointmentStatus.CONFIRMED
    with refused("STATUS_CONFLICT"):
        await desk.call(service.confirm, doctor_actor(desk.doctor), booked)


@pytest.mark.parametrize(
    ("function", "status"),
    [
        (service.complete, AppointmentStatus.COMPLETED),
        (service.mark_no_show, AppointmentStatus.NO_SHOW),
    ],
)
async def test_a_visit_is_closed_once_it_has_begun(
    desk: Desk, function: Callable[..., Any], status: AppointmentStatus
) -> None:
    booked = await desk.book(at("10:00"))
    doctor = doctor_actor(desk.doctor)
    with clock.frozen(at("10:00") - INSTANT):
        async with nothing_stored(desk):
            with refused("TOO_EARLY_TO_CLOSE"):
                await desk.call(function, doctor, booked)
    with clock.frozen(at("10:00")):
        await desk.call(function, doctor, booked)
    closed = await desk.appointment(booked)
    assert (closed.status, closed.active) == (status, True)


async def test_a_status_moves_along_its_arrows_only(desk: Desk) -> None:
    doctor = doctor_actor(desk.doctor)

    async def cancel(session: Any, actor: Actor, appointment_id: UUID) -> None:
        await service.cancel(session, actor, appointment_id, reason="Ill")

    functions: dict[AppointmentStatus, Callable[..., Any]] = {
        AppointmentStatus.CONFIRMED: service.confirm,
        AppointmentStatus.COMPLETED: service.complete,
        AppointmentStatus.NO_SHOW: service.mark_no_show,
        AppointmentStatus.CANCELLED: cancel,
    }
    allowed = {
        ("pending", "confirmed"),
        ("pending", "cancelled"),
        ("confirmed", "completed"),
        ("confirmed", "no_show"),
        ("confirmed", "cancelled"),
    }
    begun = NOW - timedelta(hours=1)
    for status in AppointmentStatus:
        for wanted, function in functions.items():
            clinic = await desk.make(make_clinic)
            other = await desk.make(make_doctor, clinic)
            appointment = await desk.make(
                make_appointment,
                await desk.make(make_visit_type, other),
                clinic,
                await desk.make(make_patient),
                begun,
                status=status,
            )
            doctor = doctor_actor(other)
            if (status.value, wanted.value) in allowed:
                await desk.call(function, doctor, appointment.public_id)
                moved = await desk.appointment(appointment.public_id)
                assert (moved.status, moved.version) == (wanted, 2)
            else:
                with refused("STATUS_CONFLICT"):
                    await desk.call(function, doctor, appointment.public_id)
                unmoved = await desk.appointment(appointment.public_id)
                assert (unmoved.status, unmoved.version) == (status, 1)


async def test_two_who_change_a_status_at_once_do_not_both(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    doctor = doctor_actor(desk.doctor)
    with clock.frozen(at("10:30")):
        outcomes = await asyncio.gather(
            desk.call(service.complete, doctor, booked),
            desk.call(service.mark_no_show, doctor, booked),
            desk.call(service.cancel, doctor, booked, reason="Ill"),
            return_exceptions=True,
        )
    refusals = [each for each in outcomes if each is not None]
    assert [each.code for each in refusals if isinstance(each, DomainError)] == [
        "STATUS_CONFLICT",
        "STATUS_CONFLICT",
    ]
    assert (await desk.appointment(booked)).version == 2


# Notes


async def test_notes_are_kept_with_their_version(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    doctor = doctor_actor(desk.doctor)
    written = await desk.call(service.write_notes, doctor, booked, notes="Rest", version=1)
    assert written == 2
    async with nothing_stored(desk):
        with refused("STALE_VERSION"):
            await desk.call(service.write_notes, doctor, booked, notes="Tea", version=1)
        with refused("TEXT_TOO_LONG", "notes"):
            await desk.call(service.write_notes, doctor, booked, notes="a" * 4001, version=2)
    await desk.call(service.write_notes, doctor, booked, notes="a" * 4000, version=2)
    stored = await desk.appointment(booked)
    assert (stored.notes, stored.version) == ("a" * 4000, 3)


async def test_a_status_that_moved_makes_notes_stale(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    await desk.call(service.cancel, desk.actor, booked)
    with refused("STALE_VERSION"):
        await desk.call(
            service.write_notes, doctor_actor(desk.doctor), booked, notes="Rest", version=1
        )


# Rights


async def test_who_may_do_what_to_an_appointment(desk: Desk) -> None:
    """None of these changes anything: what is allowed is refused for another reason."""
    booked = await desk.book(at("10:00"))
    other_doctor = await desk.make(make_doctor, desk.clinic)
    other_clinic = await desk.make(make_clinic)
    actors = {
        "nobody": NOBODY,
        "patient": desk.actor,
        "other patient": await desk.another_patient(),
        "doctor": doctor_actor(desk.doctor),
        "other doctor": doctor_actor(other_doctor),
        "administrator": await desk.make(administrator_actor),
        "of the clinic": await desk.make(administrator_actor, desk.clinic),
        "of another": await desk.make(administrator_actor, other_clinic),
    }
    login, hidden, no = "LOGIN_REQUIRED", "NOT_FOUND", "FORBIDDEN"
    begun, reason = "TOO_LATE_TO_CANCEL", "REASON_REQUIRED"
    conflict, early, stale = "STATUS_CONFLICT", "TOO_EARLY_TO_CLOSE", "STALE_VERSION"
    #                 cancel  confirm   complete no-show notes
    expected = {
        "nobody": (login, login, login, login, login),
        "patient": (begun, no, no, no, no),
        "other patient": (hidden, hidden, hidden, hidden, hidden),
        "doctor": (reason, conflict, early, early, stale),
        "other doctor": (hidden, hidden, hidden, hidden, hidden),
        "administrator": (reason, conflict, early, early, no),
        "of the clinic": (reason, conflict, early, early, no),
        "of another": (hidden, hidden, hidden, hidden, hidden),
    }
    async with nothing_stored(desk):
        for name, actor in actors.items():
            cancel, confirm, complete, no_show, notes = expected[name]
            with (
                clock.frozen(at("10:00")),
                refused(cancel, "cancel_reason" if cancel == reason else None),
            ):
                await desk.call(service.cancel, actor, booked)
            with refused(confirm):
                await desk.call(service.confirm, actor, booked)
            with refused(complete):
                await desk.call(service.complete, actor, booked)
            with refused(no_show):
                await desk.call(service.mark_no_show, actor, booked)
            with refused(notes):
                await desk.call(service.write_notes, actor, booked, notes="Rest", version=7)


async def test_an_unknown_appointment_is_not_found(desk: Desk) -> None:
    doctor = doctor_actor(desk.doctor)
    for function in (service.cancel, service.confirm, service.complete, service.mark_no_show):
        with refused("NOT_FOUND"):
            await desk.call(function, doctor, uuid4())
    with refused("NOT_FOUND"):
        await desk.call(service.write_notes, doctor, uuid4(), notes="Rest", version=1)


# What is recorded and told


async def test_each_deed_is_recorded_and_the_patient_told(desk: Desk) -> None:
    offer = await desk.another_visit_type(needs_confirmation=True)
    doctor = replace(doctor_actor(desk.doctor), address="192.0.2.7")
    booked = await desk.book(at("10:00"), offer=offer)
    await desk.call(service.confirm, doctor, booked)
    await desk.call(service.write_notes, doctor, booked, notes="Rest", version=2)
    await desk.call(service.cancel, doctor, booked, reason="The doctor is ill")

    appointment = await desk.appointment(booked)
    events = await desk.all(AuditEvent)
    assert [(event.action, event.actor_user_id, event.fields) for event in events] == [
        ("appointment.booked", desk.actor.user_id, ["starts_at", "status"]),
        ("appointment.confirmed", doctor.user_id, ["status"]),
        ("appointment.noted", doctor.user_id, ["notes"]),
        ("appointment.cancelled", doctor.user_id, ["status"]),
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
    for start, function in (("10:00", service.complete), ("11:00", service.mark_no_show)):
        booked = await desk.book(at(start))
        with clock.frozen(at(start)):
            await desk.call(function, doctor_actor(desk.doctor), booked)
    actions = [event.action for event in await desk.all(AuditEvent)]
    assert actions[1::2] == ["appointment.completed", "appointment.no_show"]
    assert {message.kind for message in await desk.all(OutboxMessage)} == {
        MessageKind.APPOINTMENT_BOOKED
    }


@pytest.mark.parametrize("last_step", ["_tell_patient", "_audit"])
async def test_a_deed_that_fails_at_the_end_leaves_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, last_step: str
) -> None:
    booked = await desk.book(at("10:00"))

    def fails(*_: Any) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(service, last_step, fails)
    async with nothing_stored(desk):
        with pytest.raises(RuntimeError, match="the power went"):
            await desk.book(at("11:00"))
        with pytest.raises(RuntimeError, match="the power went"):
            await desk.call(service.cancel, desk.actor, booked)


async def test_somebody_without_an_address_is_booked_and_not_written_to(desk: Desk) -> None:
    person = await desk.make(make_patient, user_id=None)
    by_phone = await desk.make(make_appointment, desk.visit_type, desk.clinic, person, at("10:00"))
    await desk.call(
        service.cancel, doctor_actor(desk.doctor), by_phone.public_id, reason="The doctor is ill"
    )
    assert await desk.all(OutboxMessage) == []


async def test_every_change_raises_the_doctors_revision(desk: Desk) -> None:
    async def revision() -> int:
        return next(d.revision for d in await desk.all(Doctor) if d.id == desk.doctor.id)

    seen = [await revision()]
    booked = await desk.book(at("10:00"))
    seen.append(await revision())
    await desk.call(service.cancel, desk.actor, booked)
    seen.append(await revision())
    assert seen == sorted(set(seen))


# Days on which clocks change


@pytest.fixture
async def night_offer(desk: Desk) -> Offer:
    """The doctor also receives at night, around the clock and every day of the year."""
    doctor = await desk.make(make_doctor, desk.clinic, ranges=WHOLE_DAY, horizon_days=365)
    return offer_of(doctor, desk.clinic, await desk.make(make_visit_type, doctor))


async def test_a_day_of_23_hours(desk: Desk, night_offer: Offer) -> None:
    """On 31 March 2030 the clocks of Berlin go from 02:00 to 03:00, at 01:00 UTC."""
    one = datetime(2030, 3, 31, 1, tzinfo=UTC)
    half_an_hour = timedelta(minutes=30)
    await desk.book(one - half_an_hour, offer=night_offer)
    await desk.book(one, offer=night_offer)  # the next instant, an hour later on the wall
    before, after = await desk.all(Appointment)
    assert before.ends_at == after.starts_at
    assert before.ends_at.astimezone(BERLIN).hour == 3
    somebody = await desk.another_patient()
    with refused("SLOT_TAKEN"):
        await desk.book(one, actor=somebody, offer=night_offer)


async def test_a_day_of_25_hours(desk: Desk, night_offer: Offer) -> None:
    """On 27 October 2030 the clocks of Berlin show 02:00 to 03:00 twice, from 00:00 UTC on."""
    first_two = datetime(2030, 10, 27, 0, tzinfo=UTC)
    half_an_hour, hour = timedelta(minutes=30), timedelta(hours=1)
    await desk.book(first_two + half_an_hour, offer=night_offer)  # the first 02:30
    for second_pass in (first_two + hour, first_two + hour + half_an_hour):
        with refused("OUTSIDE_AVAILABILITY"):
            await desk.book(second_pass, offer=night_offer)
    await desk.book(first_two + 2 * hour, offer=night_offer)  # 03:00
    stored = await desk.all(Appointment)
    assert {each.ends_at - each.starts_at for each in stored} == {half_an_hour}


async def test_a_long_day_is_one_day_of_patients(desk: Desk, night_offer: Offer) -> None:
    sunday = date(2030, 10, 27)
    doctor = next(d for d in await desk.all(Doctor) if d.public_id == night_offer.doctor_id)
    await desk.change(doctor, max_patients_a_day=1)
    await desk.book(at("00:00", sunday), offer=night_offer)
    with refused("DAY_FULL"):
        await desk.book(at("23:30", sunday), offer=night_offer)
    await desk.book(at("00:00", sunday + timedelta(days=1)), offer=night_offer)
    await desk.book(at("23:30", sunday - timedelta(days=1)), offer=night_offer)


# What it costs


async def test_a_booking_costs_so_many_statements(desk: Desk) -> None:
    """Fewer is better: lower the number when it falls. Begin and commit are not counted."""
    statements: list[str] = []

    def count(_: Any, __: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(desk.database.engine.sync_engine, "before_cursor_execute", count)
    await desk.book(at("10:00"))
    print(f"\n{desk.database.engine.dialect.name}: a booking takes {len(statements)} statements")
    assert len(statements) <= STATEMENTS_A_BOOKING, "\n".join(statements)
