"""What a doctor who is suspended may do: see their own profile and figures, and no patient."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

from appointment_app import clock
from appointment_app.accounts import login_sessions
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.actors import Identity, identity_of
from appointment_app.accounts.errors import SuspendedNow
from appointment_app.clinics.doctor_profiles import get_profile
from appointment_app.clinics.suspension import restore, suspend
from appointment_app.figures.period import Wish
from appointment_app.figures.scope import of_doctor
from appointment_app.scheduling import calendar, cancelling, hours, visit_types, visits
from appointment_app.scheduling.activity import list_activity
from appointment_app.scheduling.appointment_list import AppointmentFilter, list_appointments
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.patient_records import list_patients
from tests.factories import administrator_actor
from tests.scheduling.desk import NOW, TODAY, TUESDAY, Desk, at

A_DAY = timedelta(days=1)


async def who(desk: Desk) -> Identity:
    async with desk.database.session() as session:
        return await identity_of(session, desk.doctor.user_id)


async def start(desk: Desk, **days: Any) -> Actor:
    actor: Actor = await desk.make(administrator_actor)
    wanted: dict[str, Any] = {"first_day": None, "reason": "Licence"} | days
    await desk.call(suspend, actor, desk.doctor.public_id, **wanted)
    return actor


async def test_no_patient_and_no_appointment_once_it_has_begun(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    admin = await start(desk)
    actor = (await who(desk)).actor
    day = Interval(at("00:00"), at("23:00"))
    deeds: list[tuple[Callable[..., Coroutine[Any, Any, Any]], tuple[Any, ...], dict[str, Any]]] = [
        (calendar.overview, (), {}),
        (calendar.load_days, (day,), {}),
        (calendar.load_detail, (booked,), {}),
        (list_activity, (), {}),
        (visits.confirm, (booked,), {}),
        (visits.write_notes, (booked,), {"notes": "No", "version": 1}),
        (cancelling.cancel, (booked,), {"reason": "Away"}),
        (hours.list_places, (), {}),
        (visit_types.list_visit_types, (), {}),
        (list_patients, (None, ""), {}),
    ]
    for deed, arguments, named in deeds:
        with pytest.raises(SuspendedNow) as refusal:
            await desk.call(deed, actor, *arguments, **named)
        assert "suspended as a doctor since Monday 4 March 2030" in refusal.value.sentence
    assert await desk.call(list_appointments, actor, AppointmentFilter()) == []
    # What is about themselves alone stays open to them.
    assert (await desk.call(get_profile, actor, None)).id == desk.doctor.public_id
    assert (await desk.call(of_doctor, actor, None, Wish())).choices
    await desk.call(restore, admin, desk.doctor.public_id)
    assert await desk.call(calendar.overview, (await who(desk)).actor)


async def test_a_login_loses_and_regains_the_rights_at_the_very_moment(desk: Desk) -> None:
    login_sessions.forget_everything()
    async with desk.database.session() as session, session.begin():
        identity = await identity_of(session, desk.doctor.user_id)
        opened = await login_sessions.open_login(session, desk.doctor.user_id, identity)
    await start(desk, first_day=TUESDAY, last_day=TUESDAY)
    begin, end = at("00:00", TUESDAY), at("00:00", TUESDAY + A_DAY)
    instant = timedelta(microseconds=1)
    for moment, is_suspended in (
        (NOW, False),
        (at("18:00", TODAY), False),  # who does nothing for half a day is logged out
        (begin - instant, False),
        (begin, True),
        (at("10:00", TUESDAY), True),
        (at("20:00", TUESDAY), True),
        (end - instant, True),
        (end, False),
    ):
        with clock.frozen(moment):
            found = await login_sessions.who_is(desk.database, opened.token)
        actor = found.actor
        assert found.is_doctor
        assert (actor.suspension is not None) is is_suspended
        assert actor.doctor_id == (None if is_suspended else desk.doctor.id)
        assert actor.own_doctor_id == desk.doctor.id


async def test_a_login_that_is_remembered_loses_them_at_once(desk: Desk) -> None:
    login_sessions.forget_everything()
    async with desk.database.session() as session, session.begin():
        identity = await identity_of(session, desk.doctor.user_id)
        opened = await login_sessions.open_login(session, desk.doctor.user_id, identity)
    before = await login_sessions.who_is(desk.database, opened.token)
    assert before.actor.suspension is None
    admin = await start(desk)
    during = await login_sessions.who_is(desk.database, opened.token)
    assert during.actor.suspension is not None
    await desk.call(restore, admin, desk.doctor.public_id)
    after = await login_sessions.who_is(desk.database, opened.token)
    assert after.actor == before.actor


async def test_before_it_begins_the_doctor_goes_on(desk: Desk) -> None:
    await start(desk, first_day=TODAY + A_DAY)
    actor = (await who(desk)).actor
    days = await desk.call(calendar.load_days, actor, Interval(NOW, NOW + A_DAY))
    assert days.suspended_from == at("00:00", TODAY + A_DAY)
