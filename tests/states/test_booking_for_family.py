"""Booking for somebody of the family: chosen in the address, overlaps by person."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from appointment_app.models import Appointment, Person
from appointment_app.states.booking_address import booking_link
from appointment_app.states.booking_form import BookingForm
from appointment_app.states.doctor_profile import DAYS, DoctorProfile
from appointment_app.states.series_plan import SeriesPlan
from tests.factories import (
    make_appointment,
    make_doctor,
    make_patient,
    make_visit_type,
    offer_of,
)
from tests.states.doctors_tab import done
from tests.states.patients_tab import TUESDAY_TEN, Practice
from tests.states.tabs import run

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
async def child(practice: Practice) -> Person:
    async with practice.database.session() as session:
        return await make_patient(session, guardian=practice.patient, given_name="Kim")


async def elsewhere(practice: Practice, **visit_type: object) -> str:
    """The booking form of another doctor for the same time."""
    async with practice.database.session() as session:
        doctor = await make_doctor(session, practice.clinic, licence_number="L-2")
        offered = await make_visit_type(session, doctor, **visit_type)
        return booking_link(offer_of(doctor, practice.clinic, offered), TUESDAY_TEN)


async def opened(practice: Practice, address: str) -> BookingForm:
    tab = await practice.tab(practice.patient)
    tab.go_to(address)
    form = await tab.state(BookingForm)
    await form.load()
    return form


def whose(appointments: list[Appointment]) -> list[int]:
    return [each.person_id for each in appointments]


async def test_without_a_family_nobody_is_chosen(practice: Practice) -> None:
    assert (await opened(practice, practice.link)).people == []


async def test_a_parent_chooses_for_whom(practice: Practice, child: Person) -> None:
    tab = await practice.tab(practice.patient)
    tab.go_to(practice.link)
    form = await tab.state(BookingForm)
    await form.load()
    assert [(each.label, each.chosen) for each in form.people] == [
        ("Me", True),
        ("Kim Patient", False),
    ]
    tab.go_to(form.people[1].href)
    await form.load()
    assert [each.chosen for each in form.people] == [False, True]
    await run(form.submit({"reason": ""}))
    assert whose(await practice.appointments()) == [child.id]


async def test_parent_and_child_are_at_two_doctors_at_once(
    practice: Practice, child: Person
) -> None:
    await run((await opened(practice, practice.link)).submit({"reason": ""}))
    other = await elsewhere(practice)
    for_parent = await opened(practice, other)
    assert for_parent.is_taken
    assert "You already have" in for_parent.problem
    for_child = await opened(practice, f"{other}&for={child.public_id}")
    assert not for_child.is_taken
    await run(for_child.submit({"reason": ""}))
    assert whose(await practice.appointments()) == [practice.patient.id, child.id]


async def test_one_child_is_not_at_two_doctors_at_once(practice: Practice, child: Person) -> None:
    await run(
        (await opened(practice, f"{practice.link}&for={child.public_id}")).submit({"reason": ""})
    )
    form = await opened(practice, f"{await elsewhere(practice)}&for={child.public_id}")
    assert form.is_taken
    assert form.problem == "Kim Patient already has an appointment at this time."
    await run(form.submit({"reason": ""}))
    assert len(await practice.appointments()) == 1


async def test_the_doctors_page_offers_a_parent_the_times_of_their_own(
    practice: Practice, child: Person
) -> None:
    await run((await opened(practice, practice.link)).submit({"reason": ""}))
    link = await elsewhere(practice)
    doctor = link.partition("doctor=")[2].partition("&")[0]
    tab = await practice.tab(practice.patient)
    tab.go_to(f"/doctor?{urlencode({'id': doctor, 'day': '2026-11-24'})}")
    page = await tab.state(DoctorProfile)
    await page.load()
    tuesday = getattr(page, DAYS[0])
    assert "10:00" in [slot.time for slot in tuesday.slots]
    assert child.user_id is None


async def test_parent_and_child_join_one_group(practice: Practice, child: Person) -> None:
    link = await elsewhere(practice, capacity=4)
    await run((await opened(practice, link)).submit({"reason": ""}))
    form = await opened(practice, link)
    assert form.people  # not led away: there is room for the child
    await run((await opened(practice, f"{link}&for={child.public_id}")).submit({"reason": ""}))
    assert whose(await practice.appointments()) == [practice.patient.id, child.id]


async def test_a_series_is_planned_and_booked_for_the_child(
    practice: Practice, child: Person
) -> None:
    async with practice.database.session() as session:
        await make_appointment(
            session,
            practice.visit_type,
            practice.clinic,
            child,
            TUESDAY_TEN + timedelta(days=7),
        )
    other = f"{await elsewhere(practice)}&for={child.public_id}"
    tab = await practice.tab(practice.patient)
    tab.go_to(other)
    form, plan = await tab.state(BookingForm), await tab.state(SeriesPlan)
    await form.load()
    await plan.choose_times("3")
    await plan.choose_rhythm("1")
    assert [bool(date.refusal) for date in plan.dates] == [False, True, False]
    await run(form.submit({"reason": ""}))
    assert whose(await practice.appointments()) == [child.id] * 3


async def test_somebody_elses_child_cannot_be_booked_for(practice: Practice) -> None:
    stranger = await practice.person()
    form = await opened(practice, f"{practice.link}&for={stranger.public_id}")
    assert form.is_missing
    assert "could not find" in str(await run(form.submit({"reason": ""}))) or form.problem
    assert await practice.appointments() == []
    assert await done(form.keep_time())
