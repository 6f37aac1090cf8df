"""A doctor is suspended: nobody finds or books them, and what is booked is not kept silently."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor, Grant
from appointment_app.clinics.suspension import (
    Suspension,
    get_suspension,
    preview_suspension,
    restore,
    settle,
    settle_all,
    suspend,
)
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound
from appointment_app.models import (
    AuditEvent,
    Doctor,
    DoctorAtClinic,
    DoctorSpecialty,
    OutboxMessage,
    Role,
    Specialty,
    row_id,
)
from appointment_app.notifications.appointment_letters import appointment_letter
from appointment_app.scheduling.search import Query, find_doctors
from tests.factories import (
    administrator_actor,
    doctor_actor,
    make_clinic,
    make_doctor,
    make_visit_type,
)
from tests.scheduling.desk import TUESDAY, Desk, at, refused

A_DAY = timedelta(days=1)


async def admin(desk: Desk, **values: Any) -> Actor:
    actor: Actor = await desk.make(administrator_actor, **values)
    return actor


async def colleague(desk: Desk, family_name: str = "Colleague", **values: Any) -> Doctor:
    """Another doctor of the specialty at the clinic, who offers the same visit."""
    doctor: Doctor = await desk.make(make_doctor, desk.clinic, family_name=family_name, **values)
    await desk.make(make_visit_type, doctor, name=desk.visit_type.name)
    await share_a_specialty(desk, desk.doctor, doctor)
    return doctor


async def share_a_specialty(desk: Desk, *doctors: Doctor) -> None:
    async with desk.database.session() as session, session.begin():
        row = Specialty(code=uuid4().hex, name="Skin")
        session.add(row)
        await session.flush()
        for doctor in doctors:
            session.add(DoctorSpecialty(doctor_id=row_id(doctor), specialty_id=row_id(row)))


async def start(desk: Desk, actor: Actor, reason: str = "Licence", **values: Any) -> None:
    values = {"first_day": None} | values
    await desk.call(suspend, actor, desk.doctor.public_id, reason=reason, **values)


async def look(desk: Desk, actor: Actor) -> Suspension:
    found: Suspension = await desk.call(get_suspension, actor, desk.doctor.public_id)
    return found


async def found_doctors(desk: Desk) -> int:
    return (await desk.call(find_doctors, NOBODY, Query())).total


async def test_nobody_finds_or_books_a_suspended_doctor(desk: Desk) -> None:
    actor = await admin(desk)
    assert await found_doctors(desk) == 1
    await start(desk, actor)
    assert await found_doctors(desk) == 0
    with refused("NOT_BOOKABLE"):
        await desk.book(at("10:00"))
    assert (await look(desk, actor)).is_complete
    await desk.call(restore, actor, desk.doctor.public_id)
    assert await found_doctors(desk) == 1
    await desk.book(at("10:00"))
    actions = [event.action for event in await desk.all(AuditEvent)]
    assert actions[:2] == ["doctor.suspended", "doctor.restored"]
    (told, *_) = await desk.all(OutboxMessage)
    assert told.payload["reason"] == "Licence"


async def test_from_a_day_on_only_what_lies_before_is_booked(desk: Desk) -> None:
    actor = await admin(desk)
    early, late = await desk.book(at("10:00")), await desk.book(at("10:00", TUESDAY + A_DAY))
    await start(desk, actor, first_day=TUESDAY + A_DAY)
    assert await found_doctors(desk) == 1
    await desk.book(at("11:00"), actor=await desk.another_patient())
    with refused("TOO_FAR_AHEAD"):
        await desk.book(at("11:00", TUESDAY + A_DAY), actor=await desk.another_patient())
    assert [each.id for each in (await look(desk, actor)).remaining] == [late]
    assert (await desk.appointment(early)).active


async def test_an_appointment_is_handed_on_at_its_time_and_the_patient_is_told(desk: Desk) -> None:
    actor = await admin(desk)
    booked = await desk.book(at("10:00"))
    before = await desk.appointment(booked)
    successor = await colleague(desk)
    busy = await colleague(desk, "Busy", ranges=((14 * 60, 15 * 60),))
    elsewhere = await desk.make(make_clinic, name="Elsewhere", city="Hamburg")
    other = await desk.make(make_doctor, elsewhere)
    await desk.make(make_visit_type, other)
    await share_a_specialty(desk, desk.doctor, other, busy)
    await start(desk, actor)
    (left,) = (await look(desk, actor)).remaining
    (found,) = left.successors
    assert found.doctor == successor.full_name
    await desk.call(settle, actor, desk.doctor.public_id, booked, place_id=found.place_id)
    after = await desk.appointment(booked)
    assert (after.doctor_id, after.starts_at) == (successor.id, before.starts_at)
    assert (after.reference, after.status) == (before.reference, before.status)
    assert after.block_id != before.block_id
    assert (await look(desk, actor)).is_complete
    (*_, told) = await desk.all(OutboxMessage)
    assert told.payload["left_doctor_id"] == desk.doctor.id
    # The time is really taken there, and free here once the doctor is back.
    with refused("NOT_FOUND"):
        await desk.call(settle, actor, desk.doctor.public_id, booked, place_id=None)
    await desk.call(restore, actor, desk.doctor.public_id)
    await desk.book(at("10:00"), actor=await desk.another_patient())


async def test_it_is_handed_on_to_another_clinic_of_the_city_where_one_is_in_charge(
    desk: Desk,
) -> None:
    booked = await desk.book(at("10:00"))
    near = await desk.make(make_clinic, name="Near")
    far = await desk.make(make_clinic, name="Far", city="Hamburg")
    names = []
    for clinic in (near, far):
        doctor = await desk.make(make_doctor, clinic, family_name=clinic.name)
        await desk.make(make_visit_type, doctor, name=desk.visit_type.name)
        await share_a_specialty(desk, desk.doctor, doctor)
        names.append(doctor.full_name)
    here = await admin(desk, clinic=desk.clinic)
    await start(desk, here)
    # Who is in charge of this clinic alone hands nothing on to another one.
    (left,) = (await look(desk, here)).remaining
    assert left.successors == ()
    places = {row.clinic_id: row.public_id for row in await desk.all(DoctorAtClinic)}
    with pytest.raises(Forbidden):
        await desk.call(settle, here, desk.doctor.public_id, booked, place_id=places[near.id])
    both = replace(here, grants=here.grants | {Grant(Role.ADMINISTRATOR, near.id)})
    (left,) = (await look(desk, both)).remaining
    assert [(each.doctor, each.elsewhere) for each in left.successors] == [(names[0], "Near")]
    # Nobody is sent elsewhere without being decided on: all at once cancels instead.
    place_id = left.successors[0].place_id
    await desk.call(settle, both, desk.doctor.public_id, booked, place_id=place_id)
    after = await desk.appointment(booked)
    assert (after.clinic_id, after.place) == (near.id, f"Near, {near.address}")
    (*_, told) = await desk.all(OutboxMessage)
    async with desk.database.session() as session:
        letter = await appointment_letter(session, told)
    assert letter.subject.startswith("Another doctor and place for your appointment")
    assert f"Please go to another place: Near, {near.address}." in letter.opening
    (*_, event) = await desk.all(AuditEvent)
    assert "clinic_id" in event.fields


async def test_all_at_once_sends_nobody_to_another_clinic(desk: Desk) -> None:
    actor = await admin(desk)
    booked = await desk.book(at("10:00"))
    near = await desk.make(make_clinic, name="Near")
    doctor = await desk.make(make_doctor, near)
    await desk.make(make_visit_type, doctor, name=desk.visit_type.name)
    await share_a_specialty(desk, desk.doctor, doctor)
    await start(desk, actor)
    assert [each.elsewhere for each in (await look(desk, actor)).remaining[0].successors] == [
        "Near"
    ]
    async with desk.database.session() as session:
        assert await settle_all(session, actor, desk.doctor.public_id) == (0, 1)
    assert not (await desk.appointment(booked)).active


async def test_it_ends_by_itself_after_its_last_day(desk: Desk) -> None:
    actor = await admin(desk)
    during = await desk.book(at("10:00"))
    after = await desk.book(at("10:00", TUESDAY + A_DAY), actor=await desk.another_patient())
    await start(desk, actor, last_day=TUESDAY)
    found = await look(desk, actor)
    assert found.until == at("00:00", TUESDAY + A_DAY)
    assert [each.id for each in found.remaining] == [during]
    assert await found_doctors(desk) == 0
    (told,) = [row for row in await desk.all(OutboxMessage) if "suspended" in row.payload]
    assert told.payload["until"].startswith("Wednesday 6 March 2030")
    with clock.frozen(at("00:00", TUESDAY + A_DAY)):
        assert await found_doctors(desk) == 1
        assert (await look(desk, actor)).since is None
        await desk.book(at("11:00", TUESDAY + A_DAY), actor=await desk.another_patient())
    assert (await desk.appointment(after)).active


async def test_all_that_is_left_is_handed_on_or_cancelled_with_notice(desk: Desk) -> None:
    actor = await admin(desk)
    first = await desk.book(at("10:00"))
    second = await desk.book(at("11:00"), actor=await desk.another_patient())
    third = await desk.book(at("15:00"), actor=await desk.another_patient())
    successor = await colleague(desk, ranges=((8 * 60, 12 * 60),), max_patients_a_day=1)
    await start(desk, actor)
    async with desk.database.session() as session:
        assert await settle_all(session, actor, desk.doctor.public_id) == (1, 2)
    rows = [await desk.appointment(key) for key in (first, second, third)]
    assert [row.doctor_id == successor.id for row in rows] == [True, False, False]
    assert [row.active for row in rows] == [True, False, False]
    assert "can no longer see you" in rows[2].cancel_reason
    assert (await look(desk, actor)).is_complete


async def test_what_a_suspension_would_leave_is_listed_before(desk: Desk) -> None:
    actor = await admin(desk)
    early, late = await desk.book(at("10:00")), await desk.book(at("10:00", TUESDAY + A_DAY))
    successor = await colleague(desk)

    async def would_leave(first_day: date | None, last_day: date | None = None) -> list[UUID]:
        days = {"first_day": first_day, "last_day": last_day}
        found = await desk.call(preview_suspension, actor, desk.doctor.public_id, **days)
        assert {each.doctor for one in found for each in one.successors} <= {successor.full_name}
        return [each.id for each in found]

    assert await would_leave(None) == [early, late]
    assert await would_leave(TUESDAY + A_DAY) == [late]
    assert await would_leave(None, TUESDAY) == [early]
    assert (await look(desk, actor)).since is None
    with pytest.raises(Invalid):
        await would_leave(TUESDAY - 7 * A_DAY)


async def test_what_is_wrong_is_said_and_nobody_else_does_it(desk: Desk) -> None:
    actor = await admin(desk)
    with pytest.raises(Invalid) as invalid:
        await start(desk, actor, reason=" ", first_day=TUESDAY - 7 * A_DAY)
    assert invalid.value.errors.keys() == {"reason", "first_day"}
    other = await desk.make(make_clinic, name="Other")
    with pytest.raises(Invalid) as invalid:
        await start(desk, actor, first_day=TUESDAY, last_day=TUESDAY - A_DAY)
    assert invalid.value.errors.keys() == {"last_day"}
    for who, refusal in (
        (NOBODY, LoginRequired),
        (doctor_actor(desk.doctor), Forbidden),
        (await admin(desk, clinic=other), Forbidden),
    ):
        for deed in (
            start(desk, who),
            look(desk, who),
            desk.call(preview_suspension, who, desk.doctor.public_id, first_day=None),
            desk.call(restore, who, desk.doctor.public_id),
            desk.call(settle, who, desk.doctor.public_id, uuid4(), place_id=None),
        ):
            with pytest.raises(refusal):
                await deed
    with pytest.raises(NotFound):
        await desk.call(restore, actor, uuid4())
    async with desk.database.session() as session:
        assert (await session.exec(select(Doctor.suspended_from))).one() is None


async def test_an_administrator_of_one_of_two_clinics_does_not_suspend(desk: Desk) -> None:

    second = await desk.make(make_clinic, name="Second")
    async with desk.database.session() as session, session.begin():
        session.add(DoctorAtClinic(doctor_id=row_id(desk.doctor), clinic_id=row_id(second)))
    with pytest.raises(Forbidden):
        await start(desk, await admin(desk, clinic=desk.clinic))
