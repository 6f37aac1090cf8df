"""What the record says of doctors: the values, for whom they can be read, and who finds them."""

from __future__ import annotations

from sqlmodel import select

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.person_keys import destroy_key
from appointment_app.clinics import onboarding
from appointment_app.clinics.doctor_profiles import get_profile, save_profile
from appointment_app.clinics.specialties import add_standard_specialties
from appointment_app.clinics.suspension import suspend
from appointment_app.clinics.workplaces import add_workplace
from appointment_app.database import Database
from appointment_app.models import AuditEvent, Clinic, Doctor, row_id
from appointment_app.record.reading import Change, Entry, Question, find, read_values
from tests.clinics.test_doctor_profiles import SKIN
from tests.factories import administrator_actor, make_clinic, make_doctor, make_patient


class Practice:
    """A doctor at the first of two clinics, each with an administrator."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def build(self, *, is_person: bool = True) -> Practice:
        async with self.database.session() as session:
            self.clinic: Clinic = await make_clinic(session)
            self.other: Clinic = await make_clinic(session, name="Park Clinic")
            self.doctor: Doctor = await make_doctor(session, self.clinic)
            self.keeper: Actor = await administrator_actor(session, self.clinic)
            self.neighbour: Actor = await administrator_actor(session, self.other)
            self.root: Actor = await administrator_actor(session)
            self.person_id = 0
            if is_person:
                person = await make_patient(session, user_id=self.doctor.user_id)
                self.person_id = row_id(person)
            await add_standard_specialties(session)
            await session.commit()
        return self

    async def refuse(self) -> None:
        async with self.database.session() as session:
            key = str(self.doctor.public_id)
            await onboarding.refuse(session, self.keeper, doctor=key, reason="No licence.")

    async def found(self, actor: Actor) -> list[Entry]:
        async with self.database.session() as session:
            return list((await find(session, actor, Question())).entries)

    async def values(self, actor: Actor, entry: Entry) -> dict[str, tuple[str, str]]:
        async with self.database.session() as session:
            changes: list[Change] = await read_values(session, actor, entry.number)
        assert not any(each.hidden for each in changes)
        return {each.field: (each.before, each.after) for each in changes}

    async def stored(self) -> AuditEvent:
        async with self.database.session() as session:
            return (await session.exec(select(AuditEvent))).one()


async def test_an_administrator_of_the_clinic_reads_what_was_decided(database: Database) -> None:
    practice = await Practice(database).build()
    await practice.refuse()
    (entry,) = await practice.found(practice.keeper)
    assert (entry.action, entry.clinic) == ("doctor.refused", practice.clinic.name)
    assert await practice.values(practice.keeper, entry) == {
        "approval": ("approved", "refused"),
        "approval_reason": ("", "No licence."),
    }
    assert await practice.found(practice.neighbour) == []


async def test_values_are_forgotten_with_the_key_of_the_person(database: Database) -> None:
    practice = await Practice(database).build()
    await practice.refuse()
    (entry,) = await practice.found(practice.keeper)
    event = await practice.stored()
    assert event.person_id == practice.person_id
    assert "No licence" not in str(event.changes)
    async with database.session() as session:
        await destroy_key(session, practice.person_id)
        await session.commit()
    assert await practice.values(practice.keeper, entry) == {}


async def test_a_doctor_who_is_no_person_yet_leaves_no_personal_value(database: Database) -> None:
    practice = await Practice(database).build(is_person=False)
    await practice.refuse()
    event = await practice.stored()
    assert event.changes == {"approval": ["approved", "refused"]}
    assert event.fields == ["approval", "approval_reason"]


async def test_what_changed_in_a_profile_is_there_before_and_after(database: Database) -> None:
    practice = await Practice(database).build()
    async with database.session() as session:
        draft = (await get_profile(session, practice.keeper, practice.doctor.public_id)).draft
        await session.rollback()
        await save_profile(session, practice.keeper, practice.doctor.public_id, SKIN, version=1)
    (entry,) = await practice.found(practice.keeper)
    values = await practice.values(practice.keeper, entry)
    assert values["title"] == (draft.title, "Prof")
    assert values["licence_number"] == (draft.licence_number, "LIC 7")
    assert values["specialties"] == ("", "allergology, dermatology")
    assert values["languages"][1] == "de, en"


async def test_of_one_who_works_at_two_clinics_both_find_it(database: Database) -> None:
    practice = await Practice(database).build()
    async with database.session() as session:
        await add_workplace(
            session, practice.root, practice.doctor.public_id, practice.other.public_id
        )
    async with database.session() as session:
        await suspend(
            session, practice.root, practice.doctor.public_id, first_day=None, reason="Ill."
        )
    for actor in (practice.keeper, practice.neighbour):
        suspended, placed = await practice.found(actor)
        assert (suspended.action, suspended.clinic) == ("doctor.suspended", "")
        assert (placed.action, placed.clinic) == ("doctor.placed", "Park Clinic")
        values = await practice.values(actor, suspended)
        assert values["suspension_reason"] == ("", "Ill.")
        assert values["suspended_from"][0] == ""
        # To have read them is an entry of the clinic, or of all.
        async with database.session() as session:
            last = (await find(session, practice.root, Question())).entries[0]
        assert last.action == "record.read"
