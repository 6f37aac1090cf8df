"""What an administrator sets of a clinic."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.clinics.administration import (
    ClinicInUse,
    ClinicItem,
    ClinicNameTaken,
    add_clinic,
    close_clinic,
    list_clinics,
    restore_clinic,
    save_clinic,
)
from appointment_app.clinics.clinic_draft import ClinicDraft
from appointment_app.database import Database
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound, StaleVersion
from appointment_app.models import AuditEvent, BlockKind, Clinic, Doctor, Specialty
from appointment_app.record.words import DEEDS
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.slots import list_slots
from tests.factories import (
    administrator_actor,
    doctor_actor,
    make_appointment,
    make_block,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
    offer_of,
)

HARBOUR = ClinicDraft(
    "Harbour Clinic",
    "Berlin",
    "DE",
    "Europe/Berlin",
    street="Quay Street 1",
    postcode="10115",
)
BAVARIA = replace(HARBOUR, name="Isar Clinic", region="BY", closed_on_holidays=True)


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
        listed = await list_clinics(session, actor)
        assert listed.clinics == (ClinicItem(clinic.public_id, BAVARIA, True, 2),)
        (event,) = await session.exec(select(AuditEvent))
    assert (event.action, event.record_id) == ("clinic.changed", clinic.id)
    assert event.fields == ["closed_on_holidays", "name", "region"]
    assert event.clinic_id == clinic.id
    assert event.changes is not None
    assert event.changes["name"] == [clinic.name, BAVARIA.name]


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
        berlin = replace(HARBOUR, region="BE", closed_on_holidays=True)
        await save(database, await administrator(database), clinic.public_id, berlin, version=2)
        assert await free() == 20
        # All of Austria has, and no region of it is called as one of Germany.
        austria = replace(berlin, country="AT")
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
        await save(database, actor, clinic.public_id, ClinicDraft(" ", "", "QO", "Mars/Base", "ZZ"))
    assert wrong.value.errors == {
        "name": "Please give a name.",
        "city": "Please give the city.",
        "country": "Please choose a country.",
        "region": "Please choose a region.",
        "zone": "Please choose a time zone, such as Europe/Berlin.",
    }
    await save(database, actor, clinic.public_id)
    with pytest.raises(StaleVersion):
        await save(database, actor, clinic.public_id)
    with pytest.raises(NotFound):
        await save(database, actor, uuid4())


async def test_a_country_without_known_holidays_is_no_failure(database: Database) -> None:
    clinic = await make(database, country="XX", zone="UTC")
    far = ClinicDraft("Far", "Berlin", "XX", "UTC", closed_on_holidays=True)
    await save(database, await administrator(database), clinic.public_id, far)
    async with database.session() as session:
        (item,) = (await list_clinics(session, await administrator(database))).clinics
    assert item.draft.closed_on_holidays
    draft = replace(far, region="BY")
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
        listed = await list_clinics(session, of_park)
        assert ([item.id for item in listed.clinics], listed.may_open) == ([park.public_id], False)
    for actor, refusal in ((NOBODY, LoginRequired), (doctor, Forbidden)):
        async with database.session() as session:
            with pytest.raises(refusal):
                await list_clinics(session, actor)


async def test_a_clinic_is_set_up_with_all_that_is_told_of_it(database: Database) -> None:
    actor = await administrator(database)
    whole = replace(
        HARBOUR,
        phone="+49 (0)30 901820",
        email="Desk@Harbour.example",
        latitude="52,5186",
        longitude="13.3081",
        hours=("8-12, 14:00-18:00", *[""] * 6),
    )
    async with database.session() as session:
        key = await add_clinic(session, actor, whole)
    async with database.session() as session:
        clinic = (await session.exec(select(Clinic))).one()
        assert (await session.exec(select(AuditEvent.action))).one() == "clinic.created"
        assert len((await session.exec(select(Specialty))).all()) > 17
    assert (clinic.public_id, clinic.phone, clinic.email) == (
        key,
        "+4930901820",
        "desk@harbour.example",
    )
    assert (clinic.latitude, clinic.longitude) == (52.5186, 13.3081)
    assert clinic.opening_hours == [[0, 480, 720], [0, 840, 1080]]


async def test_only_an_administrator_of_all_sets_up_closes_and_restores(
    database: Database,
) -> None:
    clinic = await make(database)
    deeds: tuple[Callable[[AsyncSession, Actor], Coroutine[Any, Any, Any]], ...] = (
        lambda session, actor: add_clinic(session, actor, replace(HARBOUR, name="New")),
        lambda session, actor: close_clinic(session, actor, clinic.public_id, version=1),
        lambda session, actor: restore_clinic(session, actor, clinic.public_id, version=1),
    )
    for actor, refusal in (
        (await administrator(database, clinic), Forbidden),
        (NOBODY, LoginRequired),
    ):
        for deed in deeds:
            async with database.session() as session:
                with pytest.raises(refusal):
                    await deed(session, actor)


async def test_two_clinics_of_a_city_have_two_names(database: Database) -> None:
    clinic = await make(database)
    actor = await administrator(database)
    twin = replace(HARBOUR, name="harbour  CLINIC")
    async with database.session() as session:
        with pytest.raises(Invalid) as taken:
            await add_clinic(session, actor, twin)
    assert taken.value.errors == {"name": "There is already a clinic of this name in Berlin."}
    async with database.session() as session:
        await close_clinic(session, actor, clinic.public_id, version=1)
    async with database.session() as session:
        await add_clinic(session, actor, twin)
    async with database.session() as session:
        with pytest.raises(ClinicNameTaken):
            await restore_clinic(session, actor, clinic.public_id, version=2)
    # While it is closed its name stands in nobody's way, nor another's in its own.
    await save(database, actor, clinic.public_id, replace(HARBOUR, street="Elm 2"), version=2)
    await save(database, actor, clinic.public_id, replace(HARBOUR, name="Old Harbour"), version=3)
    async with database.session() as session:
        await restore_clinic(session, actor, clinic.public_id, version=4)
    async with database.session() as session:
        assert (await session.get_one(Clinic, clinic.id)).active


async def test_closing_and_restoring_are_found_in_the_record_by_their_words(
    database: Database,
) -> None:
    clinic = await make(database)
    actor = await administrator(database)
    async with database.session() as session:
        await close_clinic(session, actor, clinic.public_id, version=1)
    async with database.session() as session:
        await restore_clinic(session, actor, clinic.public_id, version=2)
    async with database.session() as session:
        deeds = (await session.exec(select(AuditEvent.action).order_by(AuditEvent.id))).all()
    assert [DEEDS[deed] for deed in deeds] == ["Clinic closed", "Clinic restored"]


async def test_where_somebody_is_expected_neither_zone_nor_clinic_goes(
    database: Database,
) -> None:
    async with database.session() as session:
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic)
        visit = await make_visit_type(session, doctor)
        patient = await make_patient(session)
        for day in (7, 8):
            await make_appointment(
                session, visit, clinic, patient, datetime(2026, 12, day, 9, tzinfo=UTC)
            )
    actor = await administrator(database)
    lisbon = replace(HARBOUR, zone="Europe/Lisbon")
    expected = "2 appointments are still to come here. Move or cancel them first."
    with clock.frozen(datetime(2026, 12, 1, tzinfo=UTC)):
        with pytest.raises(Invalid) as invalid:
            await save(database, actor, clinic.public_id, lisbon)
        assert invalid.value.errors == {"zone": f"The zone cannot change now. {expected}"}
        async with database.session() as session:
            with pytest.raises(ClinicInUse) as in_use:
                await close_clinic(session, actor, clinic.public_id, version=1)
        assert in_use.value.sentence == expected
        # All else may change.
        await save(database, actor, clinic.public_id, replace(HARBOUR, street="Elm 2"))
    with clock.frozen(datetime(2026, 12, 8, tzinfo=UTC)), pytest.raises(Invalid, match="One appo"):
        await save(database, actor, clinic.public_id, lisbon, version=2)
    with clock.frozen(datetime(2026, 12, 9, tzinfo=UTC)):
        await save(database, actor, clinic.public_id, lisbon, version=2)
        async with database.session() as session:
            await close_clinic(session, actor, clinic.public_id, version=3)
    async with database.session() as session:
        stored = await session.get_one(Clinic, clinic.id)
    assert (stored.zone, stored.active) == ("Europe/Lisbon", False)


async def test_a_session_that_a_doctor_opened_keeps_the_clinic_too(database: Database) -> None:
    begins = datetime(2026, 12, 7, 9, tzinfo=UTC)
    async with database.session() as session:
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic)
        await make_block(
            session, doctor, begins, 60, kind=BlockKind.SESSION, clinic_id=clinic.id, capacity=6
        )
    actor = await administrator(database)
    with clock.frozen(datetime(2026, 12, 1, tzinfo=UTC)), pytest.raises(ClinicInUse):
        async with database.session() as session:
            await close_clinic(session, actor, clinic.public_id, version=1)
