"""Extra sessions: open at once, refused where something is in the way, taken back while empty."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import col, select

from appointment_app.accounts.actor import NOBODY
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound
from appointment_app.models import (
    AuditEvent,
    BlockKind,
    BusyBlock,
    Doctor,
    Resource,
    ResourceKind,
    ResourceUse,
    VisitType,
    VisitTypeClinic,
    VisitTypeResource,
    row_id,
)
from appointment_app.scheduling import calendar, hours
from appointment_app.scheduling.extra_sessions import (
    ExtraSession,
    SessionDraft,
    open_session,
    remove_session,
)
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.slots import list_slots
from appointment_app.scheduling.time_off import TimeOffDraft, save_time_off
from tests.factories import (
    doctor_actor,
    make_block,
    make_clinic,
    make_doctor,
    make_patient,
    make_visit_type,
    offer_of,
    patient_actor,
)
from tests.scheduling.doctors_day import MONDAY_EIGHT, Practice, book

SATURDAY = date(2026, 12, 5)
NINE = datetime(2026, 12, 5, 8, tzinfo=UTC)  # in Berlin


async def flu(practice: Practice, **values: Any) -> SessionDraft:
    async with practice.database.session() as session:
        defaults = {"name": "Flu vaccination", "duration": 20, "capacity": 6}
        visit_type = await make_visit_type(session, practice.doctor, **(defaults | values))
    return SessionDraft(visit_type.public_id, SATURDAY, 9 * 60, 20, 6)


async def refusal(practice: Practice, draft: SessionDraft) -> dict[str, str]:
    with pytest.raises(Invalid) as wrong:
        await practice.ask(open_session, draft)
    return wrong.value.errors


async def test_a_session_takes_the_doctors_time_outside_the_hours(practice: Practice) -> None:
    draft = await flu(practice, pause_before=5, pause_after=10)
    await practice.ask(open_session, draft)
    async with practice.database.session() as session:
        (block,) = await session.exec(select(BusyBlock))
        (event,) = await session.exec(select(AuditEvent))
        doctor = await session.get_one(Doctor, practice.doctor.id)
    assert (block.kind, block.published, block.active, block.capacity) == (
        BlockKind.SESSION,
        True,
        True,
        6,
    )
    assert (block.starts_at, block.ends_at) == (NINE, NINE + timedelta(minutes=20))
    assert (block.busy_from, block.busy_until) == (
        NINE - timedelta(minutes=5),
        NINE + timedelta(minutes=30),
    )
    assert (event.action, event.record_id, doctor.revision) == ("session.opened", block.id, 1)
    shown = (await practice.ask(hours.load)).sessions
    assert shown == (
        ExtraSession(NINE, NINE + timedelta(minutes=20), "Flu vaccination", 6, 0, "Europe/Berlin"),
    )


async def test_patients_see_it_and_the_calendar_shows_it_empty(practice: Practice) -> None:
    draft = await flu(practice)
    await practice.ask(open_session, draft)
    window = Interval(NINE - timedelta(hours=8), NINE + timedelta(hours=8))
    offer = replace(
        offer_of(practice.doctor, practice.clinic, practice.visit_type),
        visit_type_id=draft.visit_type_id,
    )
    async with practice.database.session() as session:
        assert await list_slots(session, NOBODY, offer, window) == [NINE]
    async with practice.database.session() as session:
        days = await calendar.load_days(session, practice.actor, window)
    assert [(each.starts_at, each.taken) for each in days.sessions] == [(NINE, 0)]
    assert days.entries == ()


async def test_one_with_patients_stays_until_they_are_cancelled(practice: Practice) -> None:
    draft = await flu(practice)
    await practice.ask(open_session, draft)
    async with practice.database.session() as session:
        flus = select(VisitType).where(VisitType.public_id == draft.visit_type_id)
        visit_type = (await session.exec(flus)).one()
    await book(practice.database, practice.doctor, practice.clinic, visit_type, NINE)
    assert (await practice.ask(hours.load)).sessions[0].taken == 1
    with pytest.raises(Invalid) as wrong:
        await practice.ask(remove_session, NINE)
    sentence = "1 patient is booked in it. Please cancel that appointment first."
    assert wrong.value.errors == {"session": sentence}
    assert len((await practice.ask(hours.load)).sessions) == 1


async def test_an_empty_one_is_taken_back(practice: Practice) -> None:
    await practice.ask(open_session, await flu(practice))
    await practice.ask(remove_session, NINE)
    assert (await practice.ask(hours.load)).sessions == ()
    with pytest.raises(NotFound):
        await practice.ask(remove_session, NINE)
    # The time is free again.
    await practice.ask(open_session, await flu(practice))


async def test_what_is_in_the_way_is_named(practice: Practice) -> None:
    made = (practice.database, practice.doctor, practice.clinic, practice.visit_type)
    ten = datetime(2026, 11, 24, 9, tzinfo=UTC)
    await book(*made, ten, given_name="Nora", family_name="Lind")
    draft = replace(await flu(practice), day=date(2026, 11, 24))
    booked = {"starts": "Nora Lind is booked 10:00 – 10:30."}
    assert await refusal(practice, replace(draft, starts=600)) == booked
    assert await refusal(practice, replace(draft, starts=581)) == booked
    await practice.ask(open_session, replace(draft, starts=580))  # 09:40 to 10:00 only touches
    session_there = {"starts": "You have a session 09:40 – 10:00."}
    assert await refusal(practice, replace(draft, starts=590)) == session_there
    async with practice.database.session() as session:
        await make_block(session, practice.doctor, ten + timedelta(hours=2), 30)
    taken = {"starts": "You are taken 12:00 – 12:30."}
    assert await refusal(practice, replace(draft, starts=725)) == taken


async def test_a_hold_is_in_the_way_until_it_expires(practice: Practice) -> None:
    for minutes, day in ((5, SATURDAY), (-5, SATURDAY + timedelta(days=7))):
        async with practice.database.session() as session:
            await make_block(
                session,
                practice.doctor,
                datetime(day.year, day.month, day.day, 8, tzinfo=UTC),
                20,
                kind=BlockKind.HOLD,
                expires_at=MONDAY_EIGHT + timedelta(minutes=minutes),
            )
    draft = await flu(practice)
    assert await refusal(practice, draft) == {"starts": "Somebody is just booking 09:00 – 09:20."}
    await practice.ask(open_session, replace(draft, day=SATURDAY + timedelta(days=7)))


async def test_a_session_takes_a_room_and_gives_it_back(practice: Practice) -> None:
    draft = await flu(practice)
    key = row_id(practice.visit_type)
    async with practice.database.session() as session:
        room = Resource(clinic_id=row_id(practice.clinic), kind=ResourceKind.ROOM, name="Room 1")
        session.add(room)
        await session.flush()
        flus = select(VisitType.id).where(VisitType.public_id == draft.visit_type_id)
        for visit_type_id in (key, (await session.exec(flus)).one()):
            session.add(VisitTypeResource(visit_type_id=visit_type_id, resource_id=row_id(room)))
        colleague = await make_doctor(session, practice.clinic)
        taken = await make_block(session, colleague, NINE, 30)
        use = ResourceUse(
            resource_id=row_id(room),
            block_id=row_id(taken),
            busy_from=NINE,
            busy_until=NINE + timedelta(minutes=30),
        )
        session.add(use)
        await session.commit()
    sentence = "No suitable room is free at this time. Nothing was changed."
    assert await refusal(practice, draft) == {"starts": sentence}
    later = replace(draft, starts=9 * 60 + 30)
    await practice.ask(open_session, later)

    async def uses() -> list[bool]:
        async with practice.database.session() as session:
            rows = await session.exec(select(ResourceUse).order_by(col(ResourceUse.id)))
            return [row.active for row in rows]

    assert await uses() == [True, True]
    await practice.ask(remove_session, NINE + timedelta(minutes=30))
    assert await uses() == [True, False]


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        (
            {"duration": 481, "capacity": 201},
            {
                "duration": "Please give 5 to 480 minutes.",
                "capacity": "Please give 1 to 200 places.",
            },
        ),
        ({"day": date(2026, 11, 22)}, {"day": "This day is past."}),
        ({"day": date(2026, 11, 23), "starts": 540}, {"starts": "This time is past."}),
        ({"day": date(2029, 1, 1)}, {"day": "Please choose a day within the next two years."}),
        (
            {"day": date(2027, 3, 28), "starts": 150},
            {"starts": "The clocks skip this time on that day."},
        ),
        ({"visit_type_id": uuid4()}, {"visit_type_id": "Please choose a visit type."}),
    ],
)
async def test_impossible_sessions_are_refused(
    practice: Practice, values: dict[str, Any], errors: dict[str, str]
) -> None:
    assert await refusal(practice, replace(await flu(practice), **values)) == errors


async def test_none_on_a_day_off_nor_of_a_visit_of_another_clinic(practice: Practice) -> None:
    draft = await flu(practice)
    await practice.ask(save_time_off, TimeOffDraft(SATURDAY, SATURDAY), doctor_version=1)
    assert await refusal(practice, draft) == {"day": "You have time off on this day."}
    async with practice.database.session() as session:
        lake = await make_clinic(session, name="Lake Clinic")
        session.add(
            VisitTypeClinic(visit_type_id=row_id(practice.visit_type) + 1, clinic_id=row_id(lake))
        )
        await session.commit()
    assert await refusal(practice, draft) == {
        "visit_type_id": "This visit is not offered at this clinic."
    }


async def test_nobody_else_opens_or_removes_one(practice: Practice) -> None:
    draft = await flu(practice)
    await practice.ask(open_session, draft)
    async with practice.database.session() as session:
        other = doctor_actor(await make_doctor(session, practice.clinic))
        patient = await patient_actor(session, await make_patient(session))
    for actor, refused in ((NOBODY, LoginRequired), (patient, Forbidden), (other, Forbidden)):
        for service, argument in ((open_session, draft), (remove_session, NINE)):
            async with practice.database.session() as session:
                with pytest.raises(refused):
                    await service(session, actor, practice.place_id, argument)  # type: ignore[operator]
    assert len((await practice.ask(hours.load)).sessions) == 1
