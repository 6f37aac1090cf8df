"""What happened in a doctor's calendar lately, from what is stored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.errors import Forbidden
from appointment_app.models import row_id
from appointment_app.scheduling import cancelling, visits
from appointment_app.scheduling.activity import LOOKED_BACK, Deed, Happening, list_activity
from appointment_app.scheduling.rescheduling import NewTime, move, reschedule
from tests.factories import doctor_actor, make_doctor, make_user
from tests.scheduling.desk import BERLIN, NOW, TODAY, Desk, at
from tests.statements import counted_statements

MINUTE = timedelta(minutes=1)


async def activity(desk: Desk, actor: Actor) -> list[Happening]:
    found: list[Happening] = await desk.call(list_activity, actor)
    return found


async def test_each_deed_with_the_start_that_the_appointment_then_had(desk: Desk) -> None:
    user = await desk.make(make_user)
    doctor = Actor(row_id(user), doctor_id=row_id(desk.doctor))
    key = await desk.book(at("10:00"))
    with clock.frozen(NOW + MINUTE):
        new_time = NewTime(at("11:00"))
        await desk.call(reschedule, desk.actor, key, new_time, version=1)
    with clock.frozen(NOW + 2 * MINUTE):
        await desk.call(move, doctor, key, NewTime(at("15:00", TODAY)), version=2)
    with clock.frozen(NOW + 3 * MINUTE):
        await desk.call(visits.check_in, doctor, key)
    with clock.frozen(NOW + 4 * MINUTE):
        await desk.call(cancelling.cancel, doctor, key, reason="A funeral")
        with counted_statements(desk.database) as statements:
            found = await activity(desk, doctor)
        assert len(statements) == 2
    assert [
        (each.deed, f"{each.starts_at.astimezone(BERLIN):%a %H:%M}", each.by_patient, each.is_own)
        for each in found
    ] == [
        (Deed.CANCELLED, "Mon 15:00", False, True),
        (Deed.CHECKED_IN, "Mon 15:00", False, True),
        (Deed.MOVED, "Mon 15:00", False, True),
        (Deed.MOVED, "Tue 11:00", True, False),
        (Deed.BOOKED, "Tue 10:00", True, False),
    ]
    assert [each.at for each in found] == [NOW + minute * MINUTE for minute in (4, 3, 2, 1, 0)]
    assert {each.patient for each in found} == {desk.patient.full_name}
    with clock.frozen(NOW + LOOKED_BACK):
        assert len(await activity(desk, doctor)) == 4


async def test_a_doctor_reads_of_their_own_calendar_only(desk: Desk) -> None:
    await desk.book(at("10:00"))
    other = await desk.make(make_doctor, desk.clinic)
    assert await activity(desk, doctor_actor(other)) == []
    with pytest.raises(Forbidden):
        await activity(desk, desk.actor)
