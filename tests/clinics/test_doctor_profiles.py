"""A doctor's profile: who may change what of it, and what is refused in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlmodel import select

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.clinics.doctor_profiles import ProfileDraft, get_profile, save_profile
from appointment_app.clinics.specialties import add_standard_specialties
from appointment_app.clinics.workplaces import (
    StillExpected,
    add_workplace,
    leave_workplace,
    list_workplaces,
    return_to_workplace,
    set_departments,
)
from appointment_app.database import Database
from appointment_app.errors import DomainError, Forbidden, Invalid, LoginRequired, StaleVersion
from appointment_app.models import (
    AuditEvent,
    Clinic,
    Department,
    Doctor,
    DoctorAtClinic,
    row_id,
)
from appointment_app.scheduling.doctors import get_doctor
from tests.factories import (
    administrator_actor,
    doctor_actor,
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
)

SKIN = ProfileDraft(
    title="Prof",
    given_name="Dora",
    family_name="Skin",
    licence_number="LIC 7",
    qualifications="Board certified",
    practising_since="2010",
    bio="Speaks slowly.",
    max_patients_a_day="12",
    specialties=("allergology", "dermatology"),
    languages="German, english",
)


class World:
    """A doctor at a clinic, another clinic, and who may ask."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def build(self) -> World:
        async with self.database.session() as session:
            self.clinic: Clinic = await make_clinic(session)
            self.other: Clinic = await make_clinic(session, name="Park Clinic")
            self.doctor: Doctor = await make_doctor(session, self.clinic)
            self.admin = await administrator_actor(session)
            self.of_clinic = await administrator_actor(session, self.clinic)
            self.of_other = await administrator_actor(session, self.other)
            self.stranger = doctor_actor(
                await make_doctor(session, self.other, licence_number="LIC OTHER")
            )
            await add_standard_specialties(session)
            await session.commit()
        return self

    @property
    def key(self) -> UUID:
        return self.doctor.public_id

    @property
    def own(self) -> Actor:
        return doctor_actor(self.doctor)

    async def save(self, actor: Actor, draft: ProfileDraft = SKIN, version: int = 1) -> None:
        async with self.database.session() as session:
            await save_profile(session, actor, self.key, draft, version=version)

    async def place(self, clinic: Clinic) -> DoctorAtClinic:
        async with self.database.session() as session:
            statement = select(DoctorAtClinic).where(
                DoctorAtClinic.doctor_id == self.doctor.id, DoctorAtClinic.clinic_id == clinic.id
            )
            return (await session.exec(statement)).one()


@pytest.fixture
async def world(database: Database) -> World:
    return await World(database).build()


async def test_a_doctor_changes_all_but_the_licence(world: World) -> None:
    before = world.doctor.licence_number
    async with world.database.session() as session:
        # What patients read has changed as soon as it is saved, and pages hear of it.
        await make_visit_type(session, world.doctor)
    await world.save(world.own)
    async with world.database.session() as session:
        profile = await get_profile(session, world.own, None)
        assert profile.draft == replace(SKIN, licence_number=before, languages="English, German")
        assert (profile.may_change_licence, profile.version) == (False, 2)
        view = await get_doctor(session, NOBODY, world.key)
        (action,) = (await session.exec(select(AuditEvent.action))).all()
    assert (view.name, view.specialties) == ("Prof Dora Skin", ("Allergology", "Dermatology"))
    assert (view.languages, view.qualifications) == (("de", "en"), "Board certified")
    assert view.revision > 0
    assert action == "doctor.changed"


async def test_an_administrator_of_the_clinic_changes_the_licence_too(world: World) -> None:
    await world.save(world.of_clinic)
    async with world.database.session() as session:
        assert (await get_profile(session, world.own, None)).draft.licence_number == "LIC 7"
        other = (await session.exec(select(Doctor).where(Doctor.id != world.doctor.id))).one()
    draft = replace(SKIN, licence_number=other.licence_number)
    with pytest.raises(Invalid) as taken:
        await world.save(world.admin, draft, 2)
    assert taken.value.errors == {"licence_number": "Another doctor has this licence number."}


async def test_wrong_fields_are_named_and_a_stale_save_is_refused(world: World) -> None:
    wrong = ProfileDraft(
        title="x" * 21,
        given_name=" ",
        family_name="<b>",
        licence_number="!",
        practising_since="1900",
        max_patients_a_day="0",
        specialties=("magic",),
        languages="Klingonese",
        bio="x" * 2001,
    )
    with clock.frozen(datetime(2026, 11, 23, tzinfo=UTC)), pytest.raises(Invalid) as invalid:
        await world.save(world.admin, wrong)
    assert invalid.value.errors.keys() == {
        *("title", "given_name", "family_name", "licence_number", "practising_since"),
        *("max_patients_a_day", "specialties", "languages", "bio"),
    }
    await world.save(world.own)
    with pytest.raises(StaleVersion):
        await world.save(world.own)


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_nobody_else_sees_or_changes_it(world: World) -> None:
    refused = ((NOBODY, LoginRequired), (world.stranger, Forbidden), (world.of_other, Forbidden))
    for actor, refusal in refused:
        with pytest.raises(refusal):
            await world.save(actor)
        async with world.database.session() as session:
            with pytest.raises(refusal):
                await get_profile(session, actor, world.key)
        async with world.database.session() as session:
            with pytest.raises(refusal):
                await list_workplaces(session, actor, world.key)


async def test_a_hospital_group_places_a_doctor_at_another_clinic(world: World) -> None:
    for _ in range(2):  # again it changes nothing
        async with world.database.session() as session:
            await add_workplace(session, world.admin, world.key, world.other.public_id)
    place = await world.place(world.other)
    async with world.database.session() as session:
        ward = Department(clinic_id=row_id(world.other), name="Ward")
        foreign = Department(clinic_id=row_id(world.clinic), name="Elsewhere")
        session.add_all([ward, foreign])
        await session.commit()
    async with world.database.session() as session:
        await set_departments(session, world.of_other, place.public_id, {ward.public_id})
    async with world.database.session() as session:
        with pytest.raises(DomainError):
            await set_departments(session, world.admin, place.public_id, {foreign.public_id})
    async with world.database.session() as session:
        found = await list_workplaces(session, world.of_other, world.key)
    assert [(each.clinic, each.may_change) for each in found.places] == [
        ("Harbour Clinic, Berlin", False),
        ("Park Clinic, Berlin", True),
    ]
    assert [(each.name, each.chosen) for each in found.places[1].departments] == [("Ward", True)]
    assert found.others == ()


async def test_a_doctor_leaves_a_clinic_once_nobody_is_expected(world: World) -> None:
    place = await world.place(world.clinic)
    async with world.database.session() as session:
        visit = await make_visit_type(session, world.doctor)
        patient = await make_patient(session)
        start = datetime(2026, 12, 7, 9, tzinfo=UTC)
        await make_appointment(session, visit, world.clinic, patient, start)
    with clock.frozen(datetime(2026, 12, 1, tzinfo=UTC)):
        async with world.database.session() as session:
            with pytest.raises(StillExpected, match="One appointment is still to come"):
                await leave_workplace(session, world.of_clinic, place.public_id, version=1)
    with clock.frozen(datetime(2026, 12, 8, tzinfo=UTC)):
        async with world.database.session() as session:
            with pytest.raises(Forbidden):
                await leave_workplace(session, world.own, place.public_id, version=1)
        async with world.database.session() as session:
            await leave_workplace(session, world.of_clinic, place.public_id, version=1)
        assert not (await world.place(world.clinic)).active
        async with world.database.session() as session:
            await return_to_workplace(session, world.of_clinic, place.public_id, version=2)
    assert (await world.place(world.clinic)).active


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_clinic_that_the_doctor_left_changes_no_profile(world: World) -> None:
    async with world.database.session() as session:
        await add_workplace(session, world.admin, world.key, world.other.public_id)
    place = await world.place(world.clinic)
    async with world.database.session() as session:
        await leave_workplace(session, world.of_clinic, place.public_id, version=1)
    with pytest.raises(Forbidden):
        await world.save(world.of_clinic)
    async with world.database.session() as session:
        # They see who it is, to take the doctor back.
        profile = await get_profile(session, world.of_clinic, world.key)
    assert not profile.may_change_licence
    await world.save(world.of_other)
    # Who works nowhere any more is looked after by whom they left.
    place = await world.place(world.other)
    async with world.database.session() as session:
        await leave_workplace(session, world.of_other, place.public_id, version=1)
    await world.save(world.of_clinic, version=2)


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_only_who_administers_both_places_a_doctor(world: World) -> None:
    for actor in (world.own, world.of_clinic, world.of_other):
        async with world.database.session() as session:
            with pytest.raises(Forbidden):
                await add_workplace(session, actor, world.key, world.other.public_id)
