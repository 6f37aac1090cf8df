"""Taking patients out of use, and making one record of two and two of one again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from appointment_app.accounts.actor import NOBODY, Actor, Grant
from appointment_app.models import (
    Appointment,
    AuditEvent,
    Guardianship,
    PatientOfClinic,
    PatientProfile,
    Person,
    PersonMerge,
    Role,
    row_id,
)
from appointment_app.scheduling import cancelling, keeping_patients, patient_records
from tests.factories import (
    doctor_actor,
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_user,
    make_visit_type,
)
from tests.scheduling.desk import Desk, at, refused

pytestmark = pytest.mark.usefixtures("standing_clock")


async def reception(desk: Desk) -> Actor:
    user = await desk.make(make_user)
    return Actor(
        user_id=row_id(user), grants=frozenset({Grant(Role.RECEPTION, row_id(desk.clinic))})
    )


async def store(desk: Desk, *rows: Any) -> None:
    async with desk.database.session() as session, session.begin():
        session.add_all(rows)


async def second(desk: Desk, actor: Actor, wall_clock: str = "12:00", **values: Any) -> Person:
    """The same patient once more, without an account, with an appointment."""
    user_id = {"user_id": None} | values
    person: Person = await desk.make(make_patient, given_name="Pia", **user_id)
    await store(
        desk,
        PatientOfClinic(
            person_id=row_id(person), clinic_id=row_id(desk.clinic), added_by=actor.user_id or 0
        ),
    )
    await desk.make(make_appointment, desk.visit_type, desk.clinic, person, at(wall_clock))
    return person


async def owners(desk: Desk) -> list[int]:
    return [each.person_id for each in await desk.all(Appointment)]


async def merged(desk: Desk, actor: Actor, kept: Person, other: Person) -> UUID:
    merge: UUID = await desk.call(keeping_patients.merge, actor, kept.public_id, other.public_id)
    return merge


async def test_a_merge_moves_all_and_its_undoing_moves_it_back(desk: Desk) -> None:
    actor = await reception(desk)
    await desk.book(at("10:00"))
    other = await second(desk, actor, birth_date=date(1961, 4, 5), phone="+4930901820")
    child = await desk.make(make_patient, guardian=other)
    await store(desk, PatientProfile(person_id=row_id(other), allergies="Penicillin"))
    merge = await merged(desk, actor, desk.patient, other)
    people = {each.id: each for each in await desk.all(Person)}
    kept = people[desk.patient.id]
    assert await owners(desk) == [desk.patient.id] * 2
    assert (kept.birth_date, kept.phone) == (date(1961, 4, 5), "+4930901820")
    assert not people[other.id].active
    async with desk.database.session() as session:
        guardianship = await session.get(Guardianship, (kept.id, child.id))
        assert guardianship is not None
        profile = await session.get(PatientProfile, kept.id)
        assert profile is not None
        assert profile.allergies == "Penicillin"
    record = await desk.call(patient_records.load_patient, actor, desk.patient.public_id)
    assert len(record.upcoming) == 2

    await desk.call(keeping_patients.undo, actor, merge)
    assert await owners(desk) == [desk.patient.id, other.id]
    people = {each.id: each for each in await desk.all(Person)}
    assert people[other.id].active
    assert (people[kept.id].birth_date, people[kept.id].phone) == (None, desk.patient.phone)
    async with desk.database.session() as session:
        assert await session.get(Guardianship, (other.id, child.id)) is not None
        assert await session.get(Guardianship, (kept.id, child.id)) is None
        assert await session.get(PatientProfile, other.id) is not None
    deeds = [each.action for each in await desk.all(AuditEvent) if "patient." in each.action]
    assert deeds == ["patient.merged"] * 2 + ["patient.separated"] * 2
    with refused("NOT_FOUND"):
        await desk.call(keeping_patients.undo, actor, merge)


async def test_two_visits_at_one_time_are_refused_in_words(desk: Desk) -> None:
    actor = await reception(desk)
    booked = await desk.book(at("10:00"))
    other = await second(desk, actor, "12:00")
    elsewhere = await desk.make(make_clinic)
    colleague = await desk.make(make_doctor, elsewhere)
    visit = await desk.make(make_visit_type, colleague)
    await desk.make(make_appointment, visit, desk.clinic, other, at("10:15"))
    with refused("CANNOT_MERGE") as refusal:
        await merged(desk, actor, desk.patient, other)
    assert "10:15" in refusal.value.sentence
    assert await desk.all(PersonMerge) == []
    assert await owners(desk) == [desk.patient.id, other.id, other.id]
    await desk.call(cancelling.cancel, actor, booked, reason="Twice")
    await merged(desk, actor, desk.patient, other)
    assert set(await owners(desk)) == {desk.patient.id}


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_what_cannot_be_merged(desk: Desk) -> None:
    actor = await reception(desk)
    await desk.book(at("10:00"))
    other = await second(desk, actor)
    with refused("CANNOT_MERGE"):
        await merged(desk, actor, desk.patient, desk.patient)
    with refused("CANNOT_MERGE"):
        await merged(desk, actor, other, desk.patient)  # it belongs to an account
    third = await second(desk, actor, "14:00")
    first_merge = await merged(desk, actor, other, third)
    with refused("CANNOT_MERGE"):
        await merged(desk, actor, desk.patient, third)  # it is not in use any more
    with refused("CANNOT_MERGE"):
        await desk.call(keeping_patients.set_active, actor, third.public_id, True)
    merge = await merged(desk, actor, desk.patient, other)
    with refused("CANNOT_MERGE"):
        await desk.call(keeping_patients.undo, actor, first_merge)
    await desk.call(keeping_patients.undo, actor, merge)
    await desk.call(keeping_patients.undo, actor, first_merge)
    assert sorted(await owners(desk)) == sorted(map(row_id, (desk.patient, other, third)))


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_patient_goes_out_of_use_and_back(desk: Desk) -> None:
    actor = await reception(desk)
    booked = await desk.book(at("10:00"))
    key = desk.patient.public_id
    with refused("STILL_EXPECTED"):
        await desk.call(keeping_patients.set_active, actor, key, False)
    await desk.call(cancelling.cancel, actor, booked, reason="She moved away")
    for active in (False, False, True):
        await desk.call(keeping_patients.set_active, actor, key, active)
    deeds = [each.action for each in await desk.all(AuditEvent)][-2:]
    assert deeds == ["patient.deactivated", "patient.activated"]
    elsewhere = await desk.make(make_clinic)
    visited = at("12:00") - timedelta(days=30)
    await desk.make(make_appointment, desk.visit_type, elsewhere, desk.patient, visited)
    with refused("FORBIDDEN"):  # they come to another clinic, too
        await desk.call(keeping_patients.set_active, actor, key, False)


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_only_staff_of_clinics_that_know_them(desk: Desk) -> None:
    actor = await reception(desk)
    await desk.book(at("10:00"))
    other = await second(desk, actor)
    elsewhere = await desk.make(make_clinic)
    stranger = Actor(user_id=1, grants=frozenset({Grant(Role.RECEPTION, row_id(elsewhere))}))
    for who, code in (
        (NOBODY, "LOGIN_REQUIRED"),
        (desk.actor, "FORBIDDEN"),
        (doctor_actor(desk.doctor), "FORBIDDEN"),
        (stranger, "FORBIDDEN"),
    ):
        with refused(code):
            await merged(desk, who, desk.patient, other)
        with refused(code):
            await desk.call(keeping_patients.set_active, who, other.public_id, False)
    # Another clinic would lose the record that goes into the other one.
    await desk.make(
        make_appointment, desk.visit_type, elsewhere, other, at("12:00") + timedelta(days=1)
    )
    with refused("FORBIDDEN"):
        await merged(desk, actor, desk.patient, other)
    everywhere = Actor(user_id=actor.user_id, grants=frozenset({Grant(Role.ADMINISTRATOR)}))
    merge = await merged(desk, everywhere, desk.patient, other)
    with refused("FORBIDDEN"):
        await desk.call(keeping_patients.undo, desk.actor, merge)
