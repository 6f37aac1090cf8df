"""Booking for a patient: by whom, for whom, when, and over what on purpose; on each database."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    AuditEvent,
    BlockKind,
    BookableBy,
    BusyBlock,
    MessageKind,
    OutboxMessage,
    Person,
    row_id,
)
from appointment_app.scheduling import locks, patients, staff_booking, staff_time
from appointment_app.scheduling.overbooking import OverbookingNeeded
from appointment_app.scheduling.staff_booking import StaffRequest
from tests.factories import (
    administrator_actor,
    doctor_actor,
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
    offer_of,
)
from tests.scheduling.desk import INSTANT, TODAY, Desk, at, nothing_stored, refused

LAST_YEAR = at("10:00") - timedelta(days=365)


@pytest.fixture
async def pia(desk: Desk) -> Person:
    """The patient of the desk, who was here last year."""
    await desk.make(make_appointment, desk.visit_type, desk.clinic, desk.patient, LAST_YEAR)
    return desk.patient


async def known(desk: Desk, given_name: str, family_name: str, **values: Any) -> Person:
    """Another patient who was here before."""
    person: Person = await desk.make(
        make_patient, given_name=given_name, family_name=family_name, **values
    )
    minutes = timedelta(hours=row_id(person))
    await desk.make(make_appointment, desk.visit_type, desk.clinic, person, LAST_YEAR - minutes)
    return person


async def book(desk: Desk, starts_at: datetime, person: Person, **values: Any) -> UUID:
    """Book as the doctor, with a fresh key."""
    actor = values.pop("actor", doctor_actor(desk.doctor))
    defaults: dict[str, Any] = {
        "place_id": (await desk.at_clinic()).public_id,
        "visit_type_id": desk.visit_type.public_id,
        "person_id": person.public_id,
        "reason": "To be seen again",
        "idempotency_key": uuid4().hex,
    }
    request = StaffRequest(starts_at=starts_at, **(defaults | values))
    booked: UUID = await desk.call(staff_booking.book_for_patient, actor, request)
    return booked


async def upcoming(desk: Desk) -> list[Appointment]:
    return [row for row in await desk.all(Appointment) if row.starts_at > at("08:00", TODAY)]


async def test_a_doctor_books_and_the_patient_is_told(desk: Desk, pia: Person) -> None:
    await desk.change(desk.visit_type, needs_confirmation=True, pause_after=10)
    booked = await desk.appointment(await book(desk, at("10:05"), pia))
    assert (booked.person_id, booked.status) == (row_id(pia), AppointmentStatus.CONFIRMED)
    assert (booked.starts_at, booked.ends_at) == (at("10:05"), at("10:35"))
    assert (booked.booked_by, booked.reason) == (desk.doctor.user_id, "To be seen again")
    assert booked.place.startswith("Harbour Clinic, Quay Street 1")
    (block,) = [row for row in await desk.all(BusyBlock) if row.id == booked.block_id]
    assert (block.busy_until, block.overbooked) == (at("10:45"), False)
    (event,) = await desk.all(AuditEvent)
    assert (event.action, event.actor_user_id) == ("appointment.booked", desk.doctor.user_id)
    (mail,) = await desk.all(OutboxMessage)
    assert mail.kind is MessageKind.APPOINTMENT_BOOKED


async def test_staff_are_bound_by_no_notice_horizon_or_who_may_book(
    desk: Desk, pia: Person
) -> None:
    await desk.change(await desk.at_clinic(), minimum_notice=600, horizon_days=1)
    await desk.change(desk.visit_type, bookable_by=BookableBy.STAFF)
    for time in (at("08:00", TODAY), at("08:35", TODAY), at("10:00") + timedelta(days=300)):
        await book(desk, time, pia)
    async with nothing_stored(desk):
        with refused("IN_THE_PAST"):
            await book(desk, at("08:00", TODAY) - INSTANT, pia)
        with refused("TOO_FAR_AHEAD"):
            await book(desk, at("08:00", TODAY) + timedelta(days=1001), pia)


async def test_the_same_key_books_once(desk: Desk, pia: Person) -> None:
    keys = await asyncio.gather(
        *(book(desk, at("10:00"), pia, idempotency_key="once") for _ in range(3))
    )
    assert len(set(keys)) == 1
    with refused("INVALID", "idempotency_key"):
        await book(desk, at("11:00"), pia, idempotency_key="")


async def test_over_another_appointment_on_purpose_only(desk: Desk, pia: Person) -> None:
    ben = await known(desk, "Ben", "Albrecht")
    rival = await desk.appointment(await book(desk, at("10:00"), ben))
    async with nothing_stored(desk):
        with pytest.raises(OverbookingNeeded) as refusal:
            await book(desk, at("10:15"), pia)
        assert refusal.value.sentence == "At 10:00 Ben Albrecht has an appointment: Consultation."
        for seen in ({"outside"}, {str(uuid4())}):
            with refused("OVERBOOKING_NEEDED"):
                await book(desk, at("10:15"), pia, seen=frozenset(seen))
    booked = await desk.appointment(await book(desk, at("10:15"), pia, seen=refusal.value.keys))
    blocks = {row.id: row for row in await desk.all(BusyBlock)}
    assert blocks[booked.block_id].overbooked
    assert not blocks[rival.block_id].overbooked
    event = (await desk.all(AuditEvent))[-1]
    assert (event.action, event.record_id) == ("appointment.overbooked", booked.id)
    assert event.fields == ["overlap"]
    # What was seen then says nothing of who came meanwhile.
    third = await known(desk, "Cleo", "Kern")
    with pytest.raises(OverbookingNeeded):
        await book(desk, at("10:15"), third, seen=refusal.value.keys)


async def test_outside_the_hours_and_beyond_the_maximum_on_purpose_only(
    desk: Desk, pia: Person
) -> None:
    await desk.change(desk.doctor, max_patients_a_day=1)
    await book(desk, at("10:00"), await known(desk, "Ben", "Albrecht"))
    async with nothing_stored(desk):
        with pytest.raises(OverbookingNeeded) as refusal:
            await book(desk, at("19:00"), pia)
    assert refusal.value.keys == {"outside", "full:2030-03-05"}
    await book(desk, at("19:00"), pia, seen=refusal.value.keys)
    assert (await desk.all(AuditEvent))[-1].fields == ["day_full", "outside_hours"]


async def test_the_patient_is_never_in_two_places(
    desk: Desk, pia: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = await desk.make(make_doctor, desk.clinic)
    visit = await desk.make(make_visit_type, elsewhere)
    await desk.book(at("10:00"), offer=offer_of(elsewhere, desk.clinic, visit))
    ben = await known(desk, "Ben", "Albrecht")
    rival = await book(desk, at("10:00"), ben)
    everything = frozenset({str(rival), "outside", "full:2030-03-05"})
    async with nothing_stored(desk):
        with refused("SLOT_TAKEN"):
            await book(desk, at("10:15"), pia, seen=everything)

        # Nor with nobody to look: an overbooked visit is under the person's constraint too.
        async def look_away(*_: Any, **__: Any) -> bool:
            return False

        monkeypatch.setattr(locks, "lock_doctor", look_away)
        monkeypatch.setattr(staff_booking, "is_busy", look_away)
        with refused("SLOT_TAKEN"):
            await book(desk, at("10:15"), pia, seen=everything)


async def test_the_constraint_has_the_last_word(
    desk: Desk, pia: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await book(desk, at("10:00"), await known(desk, "Ben", "Albrecht"))

    async def nothing_in_the_way(*_: Any, **__: Any) -> tuple[()]:
        return ()

    monkeypatch.setattr(staff_time, "find_conflicts", nothing_in_the_way)
    async with nothing_stored(desk):
        with refused("SLOT_TAKEN"):
            await book(desk, at("10:15"), pia)


async def test_of_two_who_book_one_time_at_once_one_is_asked(desk: Desk, pia: Person) -> None:
    ben = await known(desk, "Ben", "Albrecht")
    outcomes = await asyncio.gather(
        book(desk, at("10:00"), pia), book(desk, at("10:00"), ben), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["OverbookingNeeded", "UUID"]


async def test_a_seat_in_a_group_session(desk: Desk, pia: Person) -> None:
    """The first makes the session, the next sit down in it, and nobody sits on a fourth chair."""
    group = await desk.make(make_visit_type, desk.doctor, capacity=3, duration=60)
    ben = await known(desk, "Ben", "Albrecht")
    first = await book(desk, at("10:10"), pia, visit_type_id=group.public_id)
    second = await book(desk, at("10:10"), ben, visit_type_id=group.public_id)
    offer = offer_of(desk.doctor, desk.clinic, group)
    await desk.book(at("10:10"), offer=offer, actor=await desk.another_patient())
    seats = [(await desk.appointment(each)) for each in (first, second)]
    (block,) = {each.block_id for each in seats}
    assert [each.seat for each in seats] == [0, 1]
    (session,) = [each for each in await desk.all(BusyBlock) if each.id == block]
    assert (session.kind, session.capacity) == (BlockKind.SESSION, 3)
    late = await known(desk, "Lou", "Late")
    async with nothing_stored(desk):
        with refused("SLOT_TAKEN") as full:
            await book(desk, at("10:10"), late, visit_type_id=group.public_id)
        assert full.value.sentence.startswith("Every place in this group session is taken")
        with pytest.raises(OverbookingNeeded) as question:
            await book(desk, at("10:30"), late, visit_type_id=group.public_id)
        assert question.value.sentence == "At 10:10 there is a group session."


async def test_what_cannot_be_booked_at_all(desk: Desk, pia: Person) -> None:
    elsewhere = await desk.make(make_doctor, desk.clinic)
    others_visit = await desk.make(make_visit_type, elsewhere)
    gone = await desk.make(make_visit_type, desk.doctor, active=False)
    async with nothing_stored(desk):
        for visit_type in (others_visit, gone):
            with refused("NOT_BOOKABLE"):
                await book(desk, at("10:00"), pia, visit_type_id=visit_type.public_id)
        with refused("NOT_BOOKABLE"):
            await book(desk, at("10:00"), pia, visit_type_id=uuid4())
        with refused("TEXT_TOO_LONG", "reason"):
            await book(desk, at("10:00"), pia, reason="a" * 1001)


async def test_who_may_book_for_whom(desk: Desk, pia: Person) -> None:
    stranger = await desk.make(make_patient)
    other_clinic = await desk.make(make_clinic)
    other_doctor = await desk.make(make_doctor, desk.clinic)
    actors: dict[str, tuple[Actor, str]] = {
        "nobody": (NOBODY, "LOGIN_REQUIRED"),
        "patient": (desk.actor, "FORBIDDEN"),
        "other doctor": (doctor_actor(other_doctor), "FORBIDDEN"),
        "of another": (await desk.make(administrator_actor, other_clinic), "FORBIDDEN"),
    }
    async with nothing_stored(desk):
        for actor, code in actors.values():
            with refused(code):
                await book(desk, at("10:00"), pia, actor=actor)
        with refused("NOT_FOUND"):
            await book(desk, at("10:00"), stranger)
        with refused("NOT_FOUND"):
            await book(desk, at("10:00"), pia, place_id=uuid4())
    for number, actor in enumerate(
        (
            doctor_actor(desk.doctor),
            await desk.make(administrator_actor),
            await desk.make(administrator_actor, desk.clinic),
        )
    ):
        await book(desk, at(f"1{number}:00"), pia, actor=actor)


# Whom they can book for


async def find(desk: Desk, typed: str, actor: Actor | None = None) -> list[str]:
    place = (await desk.at_clinic()).public_id
    found = await desk.call(
        patients.find_patients, actor or doctor_actor(desk.doctor), place, typed
    )
    return [each.name for each in found]


async def test_known_patients_are_found_by_name_and_birth_date(desk: Desk) -> None:
    await known(desk, "Ben", "Albrecht", birth_date=date(1961, 4, 5))
    await known(desk, "Anna", "Berg-Benz", birth_date=date(1972, 5, 6))
    await known(desk, "Old", "Timer", active=False)
    await desk.make(make_patient, given_name="Ben", family_name="Stranger")
    assert await find(desk, "ben") == ["Ben Albrecht", "Anna Berg-Benz"]
    assert await find(desk, " ALB  ben ") == ["Ben Albrecht"]
    for born in ("1961-04-05", "5.4.1961", "05/04/1961"):
        assert await find(desk, born) == ["Ben Albrecht"]
    assert await find(desk, "berg 6.5.1972") == ["Anna Berg-Benz"]
    assert await find(desk, "Bérg") == ["Anna Berg-Benz"]
    for nobody in ("", "  ", "%", "_", "Stranger", "Timer", "6.5.1961", "x" * 5000, "\\"):
        assert await find(desk, nobody) == []


async def test_only_the_first_few_are_named(desk: Desk) -> None:
    for number in range(10):
        await known(desk, f"Number{number}", "Same")
    assert await find(desk, "same") == [f"Number{number} Same" for number in range(8)]


async def test_who_may_look_for_patients(desk: Desk) -> None:
    await known(desk, "Ben", "Albrecht")
    elsewhere = await desk.make(make_clinic)
    colleague = await desk.make(make_doctor, desk.clinic)
    assert await find(desk, "ben", await desk.make(administrator_actor, desk.clinic)) == [
        "Ben Albrecht"
    ]
    for actor, code in (
        (NOBODY, "LOGIN_REQUIRED"),
        (desk.actor, "FORBIDDEN"),
        (doctor_actor(colleague), "FORBIDDEN"),
        (await desk.make(administrator_actor, elsewhere), "FORBIDDEN"),
    ):
        with refused(code):
            await find(desk, "ben", actor)
    with refused("NOT_FOUND"):
        await desk.call(patients.find_patients, doctor_actor(desk.doctor), uuid4(), "ben")


async def test_a_clinic_finds_its_own_patients_only(desk: Desk) -> None:
    ben = await desk.make(make_patient, given_name="Ben", family_name="Albrecht")
    other = await desk.make(make_clinic)
    await desk.make(make_appointment, desk.visit_type, other, ben, LAST_YEAR)
    assert await find(desk, "ben") == ["Ben Albrecht"]
    assert await find(desk, "ben", await desk.make(administrator_actor, desk.clinic)) == []


async def test_staff_are_offered_every_visit_in_the_doctors_order(desk: Desk) -> None:
    for values in (
        {"name": "For staff", "bookable_by": BookableBy.STAFF, "position": 2},
        {"name": "Group", "capacity": 3},
        {"name": "Gone", "active": False},
        {"name": "Check-up", "position": 1},
    ):
        await desk.make(make_visit_type, desk.doctor, **values)
    place = (await desk.at_clinic()).public_id
    visits = await desk.call(staff_booking.list_bookable_visits, doctor_actor(desk.doctor), place)
    assert [visit.name for visit in visits] == ["Consultation", "Group", "Check-up", "For staff"]
    with refused("FORBIDDEN"):
        await desk.call(staff_booking.list_bookable_visits, desk.actor, place)
