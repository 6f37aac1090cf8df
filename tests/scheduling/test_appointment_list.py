from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.database import Database
from appointment_app.errors import LoginRequired, NotFound
from appointment_app.models import Appointment, AppointmentStatus, Clinic, Doctor, Person
from appointment_app.scheduling.appointment_list import AppointmentFilter, list_appointments
from tests.factories import (
    administrator_actor,
    doctor_actor,
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
    patient_actor,
)
from tests.scheduling.doctors_day import MONDAY_EIGHT

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
LATER = timedelta(days=1)


@dataclass
class Two:
    """Two clinics with a doctor each; Pia is at both, Paul at the second."""

    database: Database
    clinics: list[Clinic]
    doctors: list[Doctor]
    pia: Person
    paul: Person
    booked: list[Appointment]

    async def seen(self, actor: Actor, **wanted: Any) -> list[int]:
        """The numbers of the appointments that the actor sees."""
        keys = [each.public_id for each in self.booked]
        return [keys.index(each.id) for each in await self.listed(actor, **wanted)]

    async def listed(self, actor: Actor, limit: int = 20, after: Any = None, **wanted: Any) -> Any:
        async with self.database.session() as session:
            return await list_appointments(
                session, actor, AppointmentFilter(**wanted), limit=limit, after=after
            )


@pytest.fixture
async def two(database: Database) -> AsyncIterator[Two]:
    with clock.frozen(MONDAY_EIGHT):
        async with database.session() as session:
            session.sync_session.expire_on_commit = False
            clinics = [await make_clinic(session) for _ in range(2)]
            doctors = [await make_doctor(session, clinic) for clinic in clinics]
            types = [await make_visit_type(session, doctor) for doctor in doctors]
            pia, paul = await make_patient(session), await make_patient(session)
            booked = [
                await make_appointment(
                    session, types[place], clinics[place], person, MONDAY_EIGHT + days * LATER
                )
                for place, person, days in ((0, pia, 1), (1, pia, 2), (1, paul, 3))
            ]
        yield Two(database, clinics, doctors, pia, paul, booked)


async def test_each_sees_what_the_policy_lets_them_see(two: Two) -> None:
    async with two.database.session() as session:
        pia, paul = await patient_actor(session, two.pia), await patient_actor(session, two.paul)
        all_clinics = await administrator_actor(session)
        second = await administrator_actor(session, two.clinics[1])
        stranger = await patient_actor(session, await make_patient(session))
    assert await two.seen(pia) == [0, 1]
    assert await two.seen(paul) == [2]
    assert await two.seen(doctor_actor(two.doctors[0])) == [0]
    assert await two.seen(doctor_actor(two.doctors[1])) == [1, 2]
    assert await two.seen(all_clinics) == [0, 1, 2]
    assert await two.seen(second) == [1, 2]
    assert await two.seen(stranger) == []
    with pytest.raises(LoginRequired):
        await two.seen(NOBODY)


async def test_a_reason_is_not_for_the_clinic(two: Two) -> None:
    async with two.database.session() as session:
        admin = await administrator_actor(session)
        row = await session.get_one(Appointment, two.booked[0].id)
        row.reason = "Fainting"
        await session.commit()
        pia = await patient_actor(session, two.pia)
    assert (await two.listed(admin))[0].reason == ""
    assert (await two.listed(pia))[0].reason == "Fainting"


async def test_filters(two: Two) -> None:
    async with two.database.session() as session:
        admin = await administrator_actor(session)
    assert await two.seen(admin, doctor_id=two.doctors[1].public_id) == [1, 2]
    assert await two.seen(admin, clinic_id=two.clinics[0].public_id) == [0]
    assert await two.seen(admin, patient_id=two.pia.public_id) == [0, 1]
    assert await two.seen(admin, since=two.booked[1].starts_at) == [1, 2]
    assert await two.seen(admin, until=two.booked[1].starts_at) == [0]
    confirmed = frozenset({AppointmentStatus.CONFIRMED})
    assert await two.seen(admin, statuses=confirmed) == [0, 1, 2]
    cancelled = frozenset({AppointmentStatus.CANCELLED})
    assert await two.seen(admin, statuses=cancelled) == []


async def test_one_goes_on_after_the_last_one(two: Two) -> None:
    async with two.database.session() as session:
        admin = await administrator_actor(session)
        pia = await patient_actor(session, two.pia)
    first = await two.listed(admin, limit=2)
    assert [each.id for each in first] == [each.public_id for each in two.booked[:2]]
    assert await two.seen(admin, limit=2, after=first[-1].id) == [2]
    assert await two.seen(admin, after=two.booked[2].public_id) == []
    # What one does not see says nothing of where it stands.
    for unseen in (two.booked[2].public_id, uuid4()):
        with pytest.raises(NotFound):
            await two.seen(pia, after=unseen)
