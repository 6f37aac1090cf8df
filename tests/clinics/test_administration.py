"""What an administrator sets of a clinic."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.clinics.administration import (
    ClinicDraft,
    ClinicItem,
    list_clinics,
    save_clinic,
)
from appointment_app.database import Database
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound, StaleVersion
from appointment_app.models import AuditEvent, Clinic, Doctor
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.slots import list_slots
from tests.factories import (
    administrator_actor,
    doctor_actor,
    make_clinic,
    make_doctor,
    make_visit_type,
    offer_of,
)

BAVARIA = ClinicDraft("Isar Clinic", "DE", "BY", closed_on_holidays=True)


async def save(
    database: Database, actor: Actor, clinic: UUID, draft: ClinicDraft = BAVARIA, version: int = 1
) -> None:
    async with database.session() as session:
        await save_clinic(session, actor, clinic, draft, version=version)


async def administrator(database: Database, clinic: Clinic | None = None) -> Actor:
    async with database.session() as session:
        return await administrator_actor(session, clinic)


async def make(database: Database, **values: str) -> Clinic:
    async with database.session() as session:
        return await make_clinic(session, **values)


async def test_an_administrator_lists_and_changes_a_clinic(database: Database) -> None:
    clinic = await make(database)
    actor = await administrator(database)
    await save(database, actor, clinic.public_id)
    async with database.session() as session:
        assert await list_clinics(session, actor) == [
            ClinicItem(clinic.public_id, BAVARIA, "Berlin", 2)
        ]
        (event,) = await session.exec(select(AuditEvent))
    assert (event.action, event.record_id) == ("clinic.changed", clinic.id)


async def test_its_holidays_close_the_doctors_days_at_once(database: Database) -> None:
    async with database.session() as session:
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic)
        visit_type = await make_visit_type(session, doctor)
    offer = offer_of(doctor, clinic, visit_type)
    epiphany = Interval(datetime(2027, 1, 5, 23, tzinfo=UTC), datetime(2027, 1, 6, 23, tzinfo=UTC))

    async def free() -> int:
        async with database.session() as session:
            return len(await list_slots(session, NOBODY, offer, epiphany))

    with clock.frozen(datetime(2026, 12, 15, tzinfo=UTC)):
        assert await free() == 20
        await save(database, await administrator(database), clinic.public_id)
        assert await free() == 0
        # Berlin has no Epiphany.
        berlin = ClinicDraft("Harbour Clinic", "DE", "BE", closed_on_holidays=True)
        await save(database, await administrator(database), clinic.public_id, berlin, version=2)
        assert await free() == 20
        # All of Austria has, and no region of it is called as one of Germany.
        austria = ClinicDraft("Harbour Clinic", "AT", "BE", closed_on_holidays=True)
        with pytest.raises(Invalid, match="region"):
            await save(database, await administrator(database), clinic.public_id, austria, 3)
        austria = replace(austria, region="")
        await save(database, await administrator(database), clinic.public_id, austria, 3)
        assert await free() == 0
    async with database.session() as session:
        assert (await session.get_one(Doctor, doctor.id)).revision == 3


async def test_a_stale_or_wrong_change_is_refused(database: Database) -> None:
    clinic = await make(database)
    actor = await administrator(database)
    with pytest.raises(Invalid) as wrong:
        await save(database, actor, clinic.public_id, ClinicDraft(" ", "QO", "ZZ", False))
    assert wrong.value.errors == {
        "name": "Please give a name.",
        "country": "Please choose a country.",
        "region": "Please choose a region.",
    }
    await save(database, actor, clinic.public_id)
    with pytest.raises(StaleVersion):
        await save(database, actor, clinic.public_id)
    with pytest.raises(NotFound):
        await save(database, actor, uuid4())


async def test_a_country_without_known_holidays_is_no_failure(database: Database) -> None:
    clinic = await make(database, country="XX", zone="UTC")
    far = ClinicDraft("Far", "XX", "", closed_on_holidays=True)
    await save(database, await administrator(database), clinic.public_id, far)
    async with database.session() as session:
        (item,) = await list_clinics(session, await administrator(database))
    assert item.draft.closed_on_holidays
    draft = ClinicDraft("Far", "XX", "BY", closed_on_holidays=True)
    with pytest.raises(Invalid):
        await save(database, await administrator(database), clinic.public_id, draft, version=2)


async def test_nobody_else_lists_or_changes_clinics(database: Database) -> None:
    clinic = await make(database)
    park = await make(database, name="Park Clinic")
    async with database.session() as session:
        doctor = doctor_actor(await make_doctor(session, clinic))
    of_park = await administrator(database, park)
    for actor, refusal in ((NOBODY, LoginRequired), (doctor, Forbidden), (of_park, Forbidden)):
        with pytest.raises(refusal):
            await save(database, actor, clinic.public_id)
    async with database.session() as session:
        assert [item.id for item in await list_clinics(session, of_park)] == [park.public_id]
    for actor, refusal in ((NOBODY, LoginRequired), (doctor, Forbidden)):
        async with database.session() as session:
            with pytest.raises(refusal):
                await list_clinics(session, actor)
