"""Profiles: what is kept, who sees which of it, and what stands on record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import profiles
from appointment_app.accounts.actor import NOBODY, Actor, Grant
from appointment_app.accounts.profiles import ONE_LOOK, PatientView, Profile
from appointment_app.database import Database
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound, StaleVersion
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    AuditEvent,
    BloodGroup,
    Clinic,
    Doctor,
    Person,
    Role,
    row_id,
)
from tests.accounts.people import NOON
from tests.factories import (
    administrator_actor,
    doctor_actor,
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_user,
    make_visit_type,
    patient_actor,
)

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

TYPED = {
    "given_name": "Pia",
    "family_name": "Müller",
    "birth_date": "1961-04-05",
    "phone": "030 901820",
    "language": "de",
    "blood_group": "AB-",
    "allergies": " Penicillin:\r\nhives ",
    "emergency_name": "Quentin Müller",
    "emergency_phone": "0176 04069010",
    "emergency_relation": "husband",
    "insurance_provider": "Barmer",
    "insurance_number": "X 1",
    "time_zone": "America/New_York",
}


@dataclass
class Care:
    """A patient, their child, the doctor who treats the patient, and where."""

    database: Database
    session: AsyncSession
    clinic: Clinic
    doctor: Doctor
    patient: Person
    child: Person
    actor: Actor
    visit: Appointment

    async def call(self, function: Any, actor: Actor, *arguments: Any, **named: Any) -> Any:
        """Call a function of the service in a session of its own, as a request does."""
        async with self.database.session() as session:
            return await function(session, actor, *arguments, **named)

    async def save(
        self, typed: dict[str, str], version: int = 1, actor: Actor | None = None, **named: Any
    ) -> None:
        await self.call(profiles.save_profile, actor or self.actor, typed, version=version, **named)

    async def load(self, actor: Actor | None = None, person_id: UUID | None = None) -> Profile:
        found: Profile = await self.call(profiles.load_profile, actor or self.actor, person_id)
        return found

    async def look(self, actor: Actor, person: Person | None = None) -> PatientView:
        key = (person or self.patient).public_id
        seen: PatientView = await self.call(profiles.view_patient, actor, key)
        return seen

    async def events(self, action: str) -> list[AuditEvent]:
        async with self.database.session() as session:
            named = select(AuditEvent).where(AuditEvent.action == action)
            return list(await session.exec(named))


@pytest.fixture
async def care(database: Database) -> AsyncIterator[Care]:
    with clock.frozen(NOON):
        async with database.session() as session:
            clinic = await make_clinic(session)
            doctor = await make_doctor(session, clinic)
            visit_type = await make_visit_type(session, doctor)
            patient = await make_patient(session)
            child = await make_patient(session, guardian=patient, given_name="Kim")
            visit = await make_appointment(
                session, visit_type, clinic, patient, NOON - timedelta(days=3)
            )
            actor = await patient_actor(session, patient)
            yield Care(database, session, clinic, doctor, patient, child, actor, visit)


async def test_a_profile_is_kept_in_one_form(care: Care) -> None:
    await care.save(TYPED | {"wants_reminders": "on"})
    kept = await care.load()
    assert (kept.data.phone, kept.data.emergency_phone) == ("+4930901820", "+4917604069010")
    assert kept.data.allergies == "Penicillin:\nhives"
    assert kept.data.blood_group is BloodGroup.AB_NEGATIVE
    assert (kept.data.wants_reminders, kept.version, kept.is_own) == (True, 2, True)
    async with care.database.session() as session:
        stored = await session.get_one(Person, row_id(care.patient))
    assert stored.search_name == "pia muller pia mueller"
    await care.save(TYPED, version=2)
    kept = await care.load()
    assert not kept.data.wants_reminders


async def test_the_record_names_the_changed_fields_only(care: Care) -> None:
    await care.save(TYPED | {"wants_reminders": "on"})
    changed = TYPED | {"wants_reminders": "on", "allergies": "Nuts", "phone": ""}
    await care.save(changed, version=2)
    await care.save(changed, version=3)  # nothing is another than before
    first, second = await care.events("profile.changed")
    assert second.fields == ["allergies", "phone"]
    assert (second.record_type, second.record_id) == ("person", care.patient.id)
    assert "family_name" in first.fields
    assert "given_name" not in first.fields
    assert (await care.load()).version == 3


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("given_name", " "),
        ("family_name", "x" * 101),
        ("birth_date", "2026-11-25"),
        ("birth_date", "1870-01-01"),
        ("birth_date", "yesterday"),
        ("phone", "12"),
        ("emergency_phone", "call me"),
        ("emergency_name", "www.buy.example"),
        ("language", "xx"),
        ("blood_group", "C+"),
        ("allergies", "x" * 1001),
        ("insurance_number", "x" * 61),
        ("time_zone", "Mars/Olympus"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(care: Care, field: str, typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await care.save(TYPED | {field: typed})
    assert list(refusal.value.errors) == [field]
    assert (await care.load()).version == 1


async def test_a_save_of_an_old_version_is_refused(care: Care) -> None:
    await care.save(TYPED)
    with pytest.raises(StaleVersion):
        await care.save(TYPED | {"allergies": "Nuts"})


async def test_a_number_is_of_the_country_in_which_the_patient_books(care: Care) -> None:
    boston = await make_clinic(care.session, country="US", city="Boston")
    doctor = await make_doctor(care.session, boston, licence_number="L-2")
    visit_type = await make_visit_type(care.session, doctor)
    await make_appointment(care.session, visit_type, boston, care.patient, NOON)
    await care.save(TYPED | {"phone": "617 555 0199", "emergency_phone": ""})
    kept = await care.load()
    assert (kept.data.phone, kept.region) == ("+16175550199", "US")
    # Where nothing is booked and there are several countries, the language says it.
    assert (await care.load(person_id=care.child.public_id)).region


async def test_a_guardian_keeps_the_profile_of_a_child(care: Care) -> None:
    key = care.child.public_id
    await care.save(TYPED | {"given_name": "Kim"}, person_id=key)
    assert (await care.load(person_id=key)).data.allergies
    assert not (await care.load()).data.allergies
    stranger = await patient_actor(care.session, await make_patient(care.session))
    for person_id in (key, care.patient.public_id):
        with pytest.raises(NotFound):
            await care.load(stranger, person_id)
        with pytest.raises(NotFound):
            await care.save(TYPED, actor=stranger, person_id=person_id)
    with pytest.raises(LoginRequired):
        await care.load(NOBODY, key)


async def test_an_account_that_is_no_persons_has_no_profile(care: Care) -> None:
    actor = await administrator_actor(care.session)
    with pytest.raises(NotFound):
        await care.load(actor)


async def test_each_sees_what_their_part_in_the_care_needs(care: Care) -> None:
    await care.save(TYPED)
    doctor = await care.look(doctor_actor(care.doctor))
    assert (doctor.shows_health, doctor.blood_group) == (True, BloodGroup.AB_NEGATIVE)
    assert (doctor.allergies, doctor.emergency_name) == ("Penicillin:\nhives", "Quentin Müller")
    assert (doctor.insurance_provider, doctor.phone) == ("Barmer", "+4930901820")
    user = await make_user(care.session)
    desk = Actor(
        user_id=row_id(user), grants=frozenset({Grant(Role.RECEPTION, row_id(care.clinic))})
    )
    for actor in (desk, await administrator_actor(care.session, care.clinic)):
        seen = await care.look(actor)
        assert (seen.name, seen.insurance_number, seen.phone) == ("Pia Müller", "X 1", doctor.phone)
        assert (seen.shows_health, seen.allergies, seen.blood_group) == (False, "", None)
        assert (seen.emergency_name, seen.emergency_phone) == ("", "")


async def test_others_do_not_even_learn_that_there_is_a_patient(care: Care) -> None:
    elsewhere = await make_clinic(care.session, name="Hill Clinic")
    other = await make_doctor(care.session, elsewhere, licence_number="L-3")
    administrator = await administrator_actor(care.session, elsewhere)
    for actor in (doctor_actor(other), administrator):
        with pytest.raises(NotFound):
            await care.look(actor)
    with pytest.raises(NotFound):
        await care.look(doctor_actor(care.doctor), care.child)
    with pytest.raises(Forbidden):
        await care.look(care.actor)
    with pytest.raises(LoginRequired):
        await care.look(NOBODY)


async def test_what_was_cancelled_gives_no_right_to_look(care: Care) -> None:
    care.visit.status, care.visit.active = AppointmentStatus.CANCELLED, False
    care.session.add(care.visit)
    await care.session.commit()
    with pytest.raises(NotFound):
        await care.look(doctor_actor(care.doctor))


async def test_each_look_is_on_record_once_in_a_while(care: Care) -> None:
    doctor = doctor_actor(care.doctor)
    for _ in range(2):
        await care.call(profiles.view_patient_of, doctor, care.visit.public_id)
    (look,) = await care.events("profile.viewed")
    assert (look.actor_user_id, look.record_id) == (care.doctor.user_id, care.patient.id)
    assert {"allergies", "insurance_number", "phone"} <= set(look.fields)
    with clock.frozen(NOON + ONE_LOOK + timedelta(minutes=1)):
        await care.call(profiles.view_patient_of, doctor, care.visit.public_id)
    administrator = await administrator_actor(care.session, care.clinic)
    await care.look(administrator)
    looks = await care.events("profile.viewed")
    assert len(looks) == 3
    assert "allergies" not in looks[-1].fields


async def test_no_patient_is_looked_up_by_an_appointment_that_is_not_there(care: Care) -> None:
    with pytest.raises(NotFound):
        await care.call(profiles.view_patient_of, doctor_actor(care.doctor), care.patient.public_id)
    with pytest.raises(LoginRequired):
        await care.call(profiles.view_patient_of, NOBODY, care.visit.public_id)


async def test_a_doctor_who_is_their_guardian_keeps_the_profile(care: Care) -> None:
    actor = replace(doctor_actor(care.doctor), dependents=frozenset({row_id(care.child)}))
    kept = await care.load(actor, care.child.public_id)
    assert not kept.is_own
