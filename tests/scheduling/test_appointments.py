"""Appointments as their patient sees them, on each database, with the clock standing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.database import Database
from appointment_app.errors import LoginRequired, NotFound
from appointment_app.models import Clinic, Doctor, Person, VisitType, row_id
from appointment_app.scheduling import cancelling
from appointment_app.scheduling.appointments import (
    CancelledBy,
    find_own,
    get_appointment,
    list_own,
)
from appointment_app.scheduling.slots import nearest_slots
from tests.factories import (
    administrator_actor,
    doctor_actor,
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
    offer_of,
    patient_actor,
)
from tests.scheduling.doctors_day import MONDAY_EIGHT, book

START = MONDAY_EIGHT + timedelta(days=1)  # Tuesday, 09:00 in Berlin
HALF_AN_HOUR = timedelta(minutes=30)


@dataclass
class Desk:
    """A doctor, a child who is the patient, and who acts for them."""

    database: Database
    session: AsyncSession
    clinic: Clinic
    doctor: Doctor
    visit_type: VisitType
    guardian: Person
    child: Person

    async def actor(self, person: Person) -> Actor:
        """The person, logged in."""
        return await patient_actor(self.session, person)


@pytest.fixture
async def desk(database: Database, session: AsyncSession) -> AsyncIterator[Desk]:
    with clock.frozen(MONDAY_EIGHT):
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic)
        visit_type = await make_visit_type(session, doctor)
        guardian = await make_patient(session)
        child = await make_patient(session, guardian=guardian, given_name="Lina")
        yield Desk(database, session, clinic, doctor, visit_type, guardian, child)


async def test_a_guardian_and_a_grown_child_see_the_same_appointment(desk: Desk) -> None:
    appointment = await make_appointment(
        desk.session, desk.visit_type, desk.clinic, desk.child, START, reason="Ears"
    )
    grown = Actor(user_id=10**6, person_id=row_id(desk.child))
    for actor, is_patient in ((await desk.actor(desk.guardian), False), (grown, True)):
        view = await get_appointment(desk.session, actor, appointment.public_id)
        assert (view.is_own, view.is_patient, view.can_cancel) == (True, is_patient, True)
        assert (view.reason, view.cancelled_by) == ("Ears", None)
        assert [each.id for each in await list_own(desk.session, actor)] == [view.id]


async def test_staff_see_it_and_only_the_doctor_its_reason(desk: Desk) -> None:
    appointment = await make_appointment(
        desk.session, desk.visit_type, desk.clinic, desk.child, START, reason="Ears"
    )
    for actor, reason in (
        (doctor_actor(desk.doctor), "Ears"),
        (await administrator_actor(desk.session, desk.clinic), ""),
    ):
        view = await get_appointment(desk.session, actor, appointment.public_id)
        assert (view.is_own, view.is_patient, view.can_cancel) == (False, False, False)
        assert view.reason == reason


async def test_others_do_not_even_learn_that_it_exists(desk: Desk) -> None:
    appointment = await make_appointment(
        desk.session, desk.visit_type, desk.clinic, desk.child, START
    )
    other = await make_doctor(desk.session, desk.clinic)
    for actor in (await desk.actor(await make_patient(desk.session)), doctor_actor(other)):
        with pytest.raises(NotFound):
            await get_appointment(desk.session, actor, appointment.public_id)
        assert await list_own(desk.session, actor) == []
    with pytest.raises(LoginRequired):
        await get_appointment(desk.session, NOBODY, appointment.public_id)
    with pytest.raises(LoginRequired):
        await list_own(desk.session, NOBODY)


@pytest.mark.parametrize("who", ["guardian", "doctor"])
async def test_who_cancelled_is_known(desk: Desk, who: str) -> None:
    appointment = await make_appointment(
        desk.session, desk.visit_type, desk.clinic, desk.child, START
    )
    guardian, doctor = await desk.actor(desk.guardian), doctor_actor(desk.doctor)
    canceller, other = (guardian, doctor) if who == "guardian" else (doctor, guardian)
    async with desk.database.session() as session:
        await cancelling.cancel(session, canceller, appointment.public_id, reason="Ill")
    async with desk.database.session() as session:
        mine = await get_appointment(session, canceller, appointment.public_id)
        theirs = await get_appointment(session, other, appointment.public_id)
    assert mine.cancelled_by is CancelledBy.YOU
    expected = CancelledBy.PATIENT if who == "guardian" else CancelledBy.CLINIC
    assert theirs.cancelled_by is expected


async def test_ones_own_appointment_for_an_offer(desk: Desk) -> None:
    patient = await make_patient(desk.session)
    booked = await book(
        desk.database, desk.doctor, desk.clinic, desk.visit_type, START, patient=patient
    )
    actor = await desk.actor(patient)
    offer = offer_of(desk.doctor, desk.clinic, desk.visit_type)
    other_visit = await make_visit_type(desk.session, desk.doctor, position=1)
    other_offer = offer_of(desk.doctor, desk.clinic, other_visit)

    assert await find_own(desk.session, actor, offer, START) == booked.public_id
    assert await find_own(desk.session, actor, offer, START + HALF_AN_HOUR) is None
    assert await find_own(desk.session, actor, other_offer, START) is None
    assert await find_own(desk.session, await desk.actor(desk.guardian), offer, START) is None
    assert await find_own(desk.session, NOBODY, offer, START) is None
    assert await find_own(desk.session, doctor_actor(desk.doctor), offer, START) is None

    async with desk.database.session() as session:
        await cancelling.cancel(session, actor, booked.public_id)
    async with desk.database.session() as session:
        assert await find_own(session, actor, offer, START) is None


async def test_nearest_times_leave_out_what_overlaps_ones_own_appointments(desk: Desk) -> None:
    elsewhere = await make_doctor(desk.session, desk.clinic)
    hour = await make_visit_type(desk.session, elsewhere, duration=60)
    await make_appointment(desk.session, hour, desk.clinic, desk.guardian, START)
    offer = offer_of(desk.doctor, desk.clinic, desk.visit_type)

    async def nearest(actor: Actor) -> list[timedelta]:
        found = await nearest_slots(desk.session, actor, offer, START)
        return [start - START for start in found]

    assert await nearest(NOBODY) == [-HALF_AN_HOUR, 0 * HALF_AN_HOUR, HALF_AN_HOUR]
    guardian = await desk.actor(desk.guardian)
    # Whoever books for others too is offered all, until they have said for whom.
    assert await nearest(guardian) == await nearest(NOBODY)
    assert await nearest(replace(guardian, patient_id=guardian.person_id)) == [
        -2 * HALF_AN_HOUR,
        -HALF_AN_HOUR,
        2 * HALF_AN_HOUR,
    ]
