"""Group sessions in the doctor's calendar."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointment_app.accounts.actor import NOBODY
from appointment_app.errors import Forbidden, LoginRequired, NotFound
from appointment_app.models import Appointment
from appointment_app.scheduling import calendar, cancelling, session_calendar
from appointment_app.scheduling.intervals import Interval
from tests.factories import doctor_actor, make_clinic, make_doctor, make_session
from tests.scheduling.desk import NOW, Desk, at

WEEK = Interval(NOW, NOW + timedelta(days=7))
TEN = at("10:00")


async def test_a_session_is_one_entry_with_its_patients(desk: Desk) -> None:
    await desk.change(desk.visit_type, name="Back class", duration=60, step=60, capacity=8)
    alone = await desk.another_visit_type(name="Alone")
    for _ in range(2):
        await desk.book(TEN, actor=await desk.another_patient())
    await desk.book(at("12:00"), offer=alone)
    doctor = doctor_actor(desk.doctor)
    shown = await desk.call(calendar.load_days, doctor, WEEK)
    assert [entry.visit for entry in shown.entries] == ["Alone"]
    (entry,) = shown.sessions
    assert (entry.visit, entry.taken, entry.capacity, entry.starts_at) == ("Back class", 2, 8, TEN)

    _, seated = await desk.call(session_calendar.load_session, doctor, TEN)
    assert {each.id for each in seated} == {
        row.public_id for row in await desk.all(Appointment) if row.starts_at == TEN
    }
    await desk.call(cancelling.cancel, doctor, seated[0].id, reason="Ill")
    entry, seated = await desk.call(session_calendar.load_session, doctor, TEN)
    assert (entry.taken, len(seated)) == (1, 1)


async def test_an_empty_session_that_was_opened_in_advance_is_shown(desk: Desk) -> None:
    await desk.make(make_session, desk.visit_type, desk.clinic, TEN, capacity=4)
    shown = await desk.call(calendar.load_days, doctor_actor(desk.doctor), WEEK)
    assert [(entry.taken, entry.capacity) for entry in shown.sessions] == [(0, 4)]


async def test_a_session_is_its_doctors_alone(desk: Desk) -> None:
    await desk.make(make_session, desk.visit_type, desk.clinic, TEN)
    other = await desk.make(make_doctor, await desk.make(make_clinic))
    with pytest.raises(NotFound):
        await desk.call(session_calendar.load_session, doctor_actor(other), TEN)
    assert await desk.call(session_calendar.list_sessions, doctor_actor(other), WEEK) == ()
    for actor, refusal in ((desk.actor, Forbidden), (NOBODY, LoginRequired)):
        with pytest.raises(refusal):
            await desk.call(session_calendar.load_session, actor, TEN)
        with pytest.raises(refusal):
            await desk.call(session_calendar.list_sessions, actor, WEEK)
