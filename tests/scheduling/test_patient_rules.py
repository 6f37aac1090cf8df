"""Who may book: known patients, staff only, at some clinics, and how many at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY
from appointment_app.errors import NotFound
from appointment_app.models import AppointmentStatus, BookableBy, DoctorAtClinic, VisitTypeClinic
from appointment_app.scheduling import cancelling, days, holds, slots
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.slots import Offer
from tests.factories import doctor_actor, make_appointment, make_clinic, make_doctor
from tests.scheduling.desk import NOW, TUESDAY, Desk, at, nothing_stored, refused

YESTERDAY = NOW - timedelta(days=1)
A_WEEK = Interval(NOW, NOW + timedelta(days=7))


@pytest.mark.parametrize(
    ("status", "begins", "is_known"),
    [
        (AppointmentStatus.COMPLETED, YESTERDAY, True),
        (AppointmentStatus.CONFIRMED, YESTERDAY, True),
        (AppointmentStatus.NO_SHOW, YESTERDAY, False),
        (AppointmentStatus.CANCELLED, YESTERDAY, False),
        (AppointmentStatus.CONFIRMED, NOW + timedelta(hours=3), False),
    ],
)
async def test_who_is_known_to_the_doctor(
    desk: Desk, status: AppointmentStatus, begins: object, is_known: bool
) -> None:
    await desk.make(
        make_appointment, *(desk.visit_type, desk.clinic, desk.patient, begins), status=status
    )
    offer = await desk.another_visit_type(name="Review", bookable_by=BookableBy.KNOWN_PATIENTS)
    # Everybody sees its times; who is known turns out when it is booked.
    assert at("10:00") in await desk.call(slots.list_slots, NOBODY, offer, A_WEEK)
    # Nobody keeps a time away from them that they could not book.
    keep = partial(desk.call, holds.keep, visitor="a tab", address="203.0.113.7")
    strangers = [NOBODY, await desk.another_patient()]
    guardian = replace(strangers[1], dependents=desk.actor.dependents | {desk.patient.id})
    if is_known:
        await keep(guardian, offer, at("11:00"))
        await keep(desk.actor, offer, at("10:00"))
        await desk.book(at("10:00"), offer=offer, visitor="a tab")
        return
    async with nothing_stored(desk):
        for stranger in (*strangers, guardian, desk.actor):
            with refused("KNOWN_PATIENTS_ONLY"):
                await keep(stranger, offer, at("10:00"))
        with refused("KNOWN_PATIENTS_ONLY"):
            await desk.book(at("10:00"), offer=offer)


async def test_a_patient_of_another_doctor_is_not_known(desk: Desk) -> None:
    await desk.make(make_appointment, *(desk.visit_type, desk.clinic, desk.patient, YESTERDAY))
    other = await desk.make(make_doctor, desk.clinic)
    await desk.change(desk.visit_type, bookable_by=BookableBy.KNOWN_PATIENTS)
    await desk.book(at("10:00"))
    await desk.change(desk.visit_type, doctor_id=other.id)
    with refused("KNOWN_PATIENTS_ONLY"):
        await desk.book(
            at("11:00"),
            offer=Offer(other.public_id, desk.clinic.public_id, desk.visit_type.public_id),
        )


async def test_what_only_staff_book_is_not_there_for_patients(desk: Desk) -> None:
    offer = await desk.another_visit_type(name="Ward round", bookable_by=BookableBy.STAFF)
    with refused("NOT_BOOKABLE"):
        await desk.book(at("10:00"), offer=offer)
    for actor in (NOBODY, desk.actor):
        with pytest.raises(NotFound):
            await desk.call(slots.list_slots, actor, offer, A_WEEK)
        with pytest.raises(NotFound):
            await desk.call(days.list_days, actor, offer, TUESDAY)
    async with desk.database.session() as session:
        _, visit_type = await slots.load_offer(session, offer, by_staff=True)
    assert visit_type.name == "Ward round"


async def test_a_type_is_offered_at_its_clinics_only(desk: Desk) -> None:
    hill = await desk.make(make_clinic, name="Hill Clinic")
    place = DoctorAtClinic(doctor_id=desk.doctor.id, clinic_id=hill.id)
    async with desk.database.session() as session:
        session.add(place)
        session.add(VisitTypeClinic(visit_type_id=desk.visit_type.id, clinic_id=hill.id))
        await session.commit()
    with refused("NOT_BOOKABLE"):
        await desk.book(at("10:00"))
    with pytest.raises(NotFound):
        await desk.call(slots.nearest_slots, desk.actor, desk.offer, at("10:00"))
    there = Offer(desk.doctor.public_id, hill.public_id, desk.visit_type.public_id)
    assert await desk.call(slots.list_slots, NOBODY, there, A_WEEK) == []  # no hours, but offered


async def test_a_patient_has_only_so_many_appointments_ahead(desk: Desk) -> None:
    await desk.change(await desk.at_clinic(), max_open_appointments=2)
    # What is over or cancelled does not count.
    await desk.make(make_appointment, *(desk.visit_type, desk.clinic, desk.patient, YESTERDAY))
    first = await desk.book(at("10:00"))
    await desk.book(at("11:00"))
    async with nothing_stored(desk):
        with refused("PATIENT_LIMIT"):
            await desk.book(at("12:00"))
    await desk.book(at("12:00"), actor=await desk.another_patient())
    await desk.call(cancelling.cancel, desk.actor, first)
    await desk.book(at("13:00"))
    with clock.frozen(at("13:30")):
        await desk.book(at("15:00"))


async def test_in_the_cancellation_window_the_patient_is_told_whom_to_call(desk: Desk) -> None:
    await desk.change(await desk.at_clinic(), cancellation_window=24 * 60)
    await desk.change(desk.clinic, phone="+49 30 5550101")
    early, late = await desk.book(at("10:00")), await desk.book(at("12:00"))
    with clock.frozen(at("09:59", NOW.date())):
        await desk.call(cancelling.cancel, desk.actor, early)
    with clock.frozen(at("12:00", NOW.date())):
        async with nothing_stored(desk):
            with refused("TOO_LATE_TO_CANCEL") as refusal:
                await desk.call(cancelling.cancel, desk.actor, late)
        assert "Harbour Clinic: +49 30 5550101" in refusal.value.sentence
        await desk.call(cancelling.cancel, doctor_actor(desk.doctor), late, reason="Called")


async def test_the_price_is_kept_as_it_was_agreed(desk: Desk) -> None:
    await desk.change(desk.visit_type, price="€40")
    booked = await desk.book(at("10:00"))
    await desk.change(desk.visit_type, price="€50")
    assert (await desk.appointment(booked)).price == "€40"
