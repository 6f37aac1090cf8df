"""A doctor's visit types: adding, changing, ordering, and what that leaves untouched."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.database import Database
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound, StaleVersion
from appointment_app.models import (
    AuditEvent,
    BookableBy,
    Doctor,
    DoctorAtClinic,
    VisitMode,
    row_id,
)
from appointment_app.scheduling import visit_types
from appointment_app.scheduling.visit_type_draft import VisitTypeDraft
from appointment_app.scheduling.visit_types import ClinicChoice, VisitTypeItem
from tests.factories import (
    administrator_actor,
    doctor_actor,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
    patient_actor,
)
from tests.scheduling.doctors_day import MONDAY_EIGHT, book, stored

FIRST_VISIT = VisitTypeDraft("First visit", 45)
VIDEO = VisitTypeDraft("Video", 20, VisitMode.VIDEO, "https://video.example/dora")


@pytest.fixture
async def doctor(session: AsyncSession) -> Doctor:
    return await make_doctor(session, await make_clinic(session))


async def ask(
    database: Database, doctor: Doctor, service: Callable[..., Awaitable[Any]], *args: Any, **n: Any
) -> Any:
    async with database.session() as session:
        return await service(session, doctor_actor(doctor), *args, **n)


async def listed(database: Database, doctor: Doctor) -> list[VisitTypeItem]:
    found: list[VisitTypeItem] = await ask(database, doctor, visit_types.list_visit_types)
    return found


async def test_a_new_one_is_active_and_last(database: Database, doctor: Doctor) -> None:
    await ask(database, doctor, visit_types.create, FIRST_VISIT)
    second = await ask(database, doctor, visit_types.create, replace(VIDEO, name="  Video  call "))
    first_item, second_item = await listed(database, doctor)
    assert first_item.draft == FIRST_VISIT
    assert second_item.id == second
    assert second_item.draft == replace(VIDEO, name="Video call")
    assert second_item.active
    async with database.session() as session:
        events = (await session.exec(select(AuditEvent.action))).all()
        assert events == ["visit_type.created"] * 2
        assert (await session.get_one(Doctor, doctor.id)).revision == 2


async def test_editing_needs_the_version_that_was_read(database: Database, doctor: Doctor) -> None:
    key = await ask(database, doctor, visit_types.create, FIRST_VISIT)
    longer = replace(FIRST_VISIT, duration=60, pause_after=5, needs_confirmation=True)
    assert await ask(database, doctor, visit_types.edit, key, longer, version=1) == 2
    with pytest.raises(StaleVersion):
        await ask(database, doctor, visit_types.edit, key, FIRST_VISIT, version=1)
    (item,) = await listed(database, doctor)
    assert (item.draft, item.version) == (longer, 2)
    async with database.session() as session:
        statement = select(AuditEvent).where(AuditEvent.action == "visit_type.changed")
        (event,) = await session.exec(statement)
        assert event.fields == ["duration", "needs_confirmation", "pause_after"]


async def test_editing_rewrites_no_history(database: Database, session: AsyncSession) -> None:
    with clock.frozen(MONDAY_EIGHT):
        clinic = await make_clinic(session)
        doctor = await make_doctor(session, clinic)
        visit_type = await make_visit_type(session, doctor, name="Video", mode=VisitMode.VIDEO)
        appointment = await book(
            database, doctor, clinic, visit_type, MONDAY_EIGHT + timedelta(days=1)
        )
        await ask(database, doctor, visit_types.edit, visit_type.public_id, FIRST_VISIT, version=1)
    again = await stored(database, appointment.public_id)
    assert (again.visit_name, again.duration, again.mode) == ("Video", 30, VisitMode.VIDEO)
    assert again.ends_at == appointment.ends_at


async def test_a_visit_in_person_has_no_link(database: Database, doctor: Doctor) -> None:
    key = await ask(database, doctor, visit_types.create, VIDEO)
    in_person = replace(VIDEO, mode=VisitMode.IN_PERSON)
    await ask(database, doctor, visit_types.edit, key, in_person, version=1)
    (item,) = await listed(database, doctor)
    assert item.draft.join_link == ""


async def test_the_rules_of_a_visit_are_kept(database: Database, doctor: Doctor) -> None:
    group = replace(
        FIRST_VISIT,
        step=15,
        capacity=8,
        price="  €12  a person ",
        bookable_by=BookableBy.KNOWN_PATIENTS,
    )
    key = await ask(database, doctor, visit_types.create, group)
    (item,) = await listed(database, doctor)
    assert item.draft == replace(group, price="€12 a person")
    await ask(database, doctor, visit_types.edit, key, FIRST_VISIT, version=1)
    (item,) = await listed(database, doctor)
    assert item.draft == FIRST_VISIT


async def test_one_can_be_limited_to_some_clinics(
    database: Database, session: AsyncSession, doctor: Doctor
) -> None:
    (here,) = await ask(database, doctor, visit_types.list_clinics)
    elsewhere = await make_clinic(session, name="Elsewhere")
    session.add(DoctorAtClinic(doctor_id=row_id(doctor), clinic_id=row_id(elsewhere)))
    await session.commit()
    there = elsewhere.public_id
    assert await ask(database, doctor, visit_types.list_clinics) == [
        here,
        ClinicChoice(there, "Elsewhere"),
    ]

    async def clinics_after(clinics: set[UUID], version: int) -> frozenset[UUID]:
        draft = replace(FIRST_VISIT, clinics=frozenset(clinics))
        await ask(database, doctor, visit_types.edit, key, draft, version=version)
        return (await listed(database, doctor))[0].draft.clinics

    only_there = replace(FIRST_VISIT, clinics=frozenset({there}))
    key = await ask(database, doctor, visit_types.create, only_there)
    assert [item.draft.clinics for item in await listed(database, doctor)] == [{there}]
    assert await clinics_after({here.id}, 1) == {here.id}
    # Both mean all, and so those that are still to come.
    assert await clinics_after({here.id, there}, 2) == set()
    async with database.session() as own:
        statement = select(AuditEvent).where(AuditEvent.action == "visit_type.changed")
        assert [event.fields for event in await own.exec(statement)] == [["clinics"]] * 2


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (replace(FIRST_VISIT, name="  "), "name"),
        (replace(FIRST_VISIT, name="x" * 81), "name"),
        (replace(FIRST_VISIT, name="OTHER visit"), "name"),
        (replace(FIRST_VISIT, duration=4), "duration"),
        (replace(FIRST_VISIT, duration=481), "duration"),
        (replace(FIRST_VISIT, pause_before=-1), "pause_before"),
        (replace(FIRST_VISIT, step=7), "step"),
        (replace(FIRST_VISIT, capacity=0), "capacity"),
        (replace(FIRST_VISIT, capacity=201), "capacity"),
        (replace(FIRST_VISIT, price="x" * 81), "price"),
        (replace(FIRST_VISIT, clinics=frozenset({uuid4()})), "clinics"),
        (replace(FIRST_VISIT, pause_after=241), "pause_after"),
        (replace(VIDEO, join_link=""), "join_link"),
        (replace(VIDEO, join_link="http://video.example/x"), "join_link"),
        (replace(VIDEO, join_link="javascript:alert(1)"), "join_link"),
        (replace(VIDEO, join_link="https:///nowhere"), "join_link"),
        (replace(VIDEO, join_link="https://[half/x"), "join_link"),
        (replace(VIDEO, join_link="https://bank.example@video.example/x"), "join_link"),
        (replace(VIDEO, join_link="https://video.example/a b"), "join_link"),
        (replace(VIDEO, join_link="https://video.example/" + "x" * 500), "join_link"),
    ],
)
async def test_what_is_wrong_is_told_at_its_field(
    database: Database, doctor: Doctor, draft: VisitTypeDraft, field: str
) -> None:
    other = await ask(database, doctor, visit_types.create, replace(VIDEO, name="Other visit"))
    key = await ask(database, doctor, visit_types.create, replace(FIRST_VISIT, name="This one"))
    for request in (
        lambda: ask(database, doctor, visit_types.create, draft),
        lambda: ask(database, doctor, visit_types.edit, key, draft, version=1),
    ):
        with pytest.raises(Invalid) as refused:
            await request()
        assert set(refused.value.errors) == {field}
    assert {item.id for item in await listed(database, doctor)} == {other, key}


async def test_the_last_active_one_is_named_and_may_go(database: Database, doctor: Doctor) -> None:
    first = await ask(database, doctor, visit_types.create, FIRST_VISIT)
    second = await ask(database, doctor, visit_types.create, VIDEO)
    assert not any(item.last_active for item in await listed(database, doctor))
    assert await ask(database, doctor, visit_types.set_active, first, False, version=1) == 2
    assert [item.last_active for item in await listed(database, doctor)] == [False, True]
    await ask(database, doctor, visit_types.set_active, second, False, version=1)
    assert not any(item.active for item in await listed(database, doctor))
    with pytest.raises(StaleVersion):
        await ask(database, doctor, visit_types.set_active, first, True, version=1)
    await ask(database, doctor, visit_types.set_active, first, True, version=2)
    assert [item.active for item in await listed(database, doctor)] == [True, False]


async def test_moving_changes_the_order_and_stops_at_the_ends(
    database: Database, doctor: Doctor
) -> None:
    keys = [
        await ask(database, doctor, visit_types.create, replace(FIRST_VISIT, name=name))
        for name in "abc"
    ]

    async def order() -> str:
        return "".join(item.draft.name for item in await listed(database, doctor))

    await ask(database, doctor, visit_types.move, keys[2], by=-1)
    assert await order() == "acb"
    await ask(database, doctor, visit_types.move, keys[0], by=-1)
    assert await order() == "acb"
    await ask(database, doctor, visit_types.move, keys[0], by=99)
    assert await order() == "cba"


async def test_types_of_one_position_can_still_be_moved(
    database: Database, session: AsyncSession, doctor: Doctor
) -> None:
    for name in "abc":
        last = await make_visit_type(session, doctor, name=name)
    await ask(database, doctor, visit_types.move, last.public_id, by=-1)
    assert [item.draft.name for item in await listed(database, doctor)] == ["a", "c", "b"]


async def test_nobody_else_reads_or_changes_them(
    database: Database, session: AsyncSession, doctor: Doctor
) -> None:
    key = await ask(database, doctor, visit_types.create, FIRST_VISIT)
    other = doctor_actor(await make_doctor(session, await make_clinic(session)))
    patient = await patient_actor(session, await make_patient(session))
    administrator = await administrator_actor(session)
    on_the_record: list[Callable[[AsyncSession, Actor], Awaitable[Any]]] = [
        lambda s, a: visit_types.edit(s, a, key, VIDEO, version=1),
        lambda s, a: visit_types.set_active(s, a, key, False, version=1),
        lambda s, a: visit_types.move(s, a, key, by=1),
    ]
    on_none: list[Callable[[AsyncSession, Actor], Awaitable[Any]]] = [
        lambda s, a: visit_types.list_visit_types(s, a),
        lambda s, a: visit_types.list_clinics(s, a),
        lambda s, a: visit_types.create(s, a, VIDEO),
    ]
    cases = [
        (NOBODY, LoginRequired, [*on_the_record, *on_none]),
        (patient, Forbidden, [*on_the_record, *on_none]),
        (administrator, Forbidden, [*on_the_record, *on_none]),
        (other, Forbidden, on_the_record),
    ]
    for actor, refusal, requests in cases:
        for request in requests:
            async with database.session() as own:
                with pytest.raises(refusal):
                    await request(own, actor)
    async with database.session() as own:
        assert await visit_types.list_visit_types(own, other) == []
    (item,) = await listed(database, doctor)
    assert (item.draft, item.version) == (FIRST_VISIT, 1)


async def test_one_that_is_not_there_is_not_found(database: Database, doctor: Doctor) -> None:
    with pytest.raises(NotFound):
        await ask(database, doctor, visit_types.edit, uuid4(), VIDEO, version=1)
