"""The latest changes beside the calendar, in words, and the marks that go by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.scheduling import cancelling
from appointment_app.states.calendar_activity import MARKED_FOR, CalendarActivity
from appointment_app.states.doctor_calendar import DoctorCalendar
from tests.factories import doctor_actor
from tests.scheduling.doctors_day import MONDAY_EIGHT, book
from tests.states.doctors_tab import log_in, open_doctors_tab

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

TUESDAY_TEN = MONDAY_EIGHT + timedelta(days=1, hours=1)  # 10:00 in Berlin
SECOND = timedelta(seconds=1)


async def test_a_booking_is_marked_for_some_seconds_and_listed_for_days(
    installed_database: Database,
) -> None:
    with clock.frozen(MONDAY_EIGHT):
        tab = await open_doctors_tab(installed_database)
        tab.go_to("/calendar?view=week")
        calendar, activity = await tab.state(DoctorCalendar), await tab.state(CalendarActivity)
        await calendar.load()
        assert activity.rows == []
        booked = await book(
            *(tab.database, tab.doctor, tab.clinic, tab.visit_type, TUESDAY_TEN),
            given_name="Nora",
            family_name="Lind",
        )
    with clock.frozen(MONDAY_EIGHT + MARKED_FOR - SECOND):
        await calendar.refresh()
        assert [each["changed"] for each in calendar.events] == ["changed just now"]
    with clock.frozen(MONDAY_EIGHT + MARKED_FOR):
        await calendar.refresh()
        assert [each["changed"] for each in calendar.events] == [""]
        async with tab.database.session() as session:
            actor = doctor_actor(tab.doctor)
            await cancelling.cancel(session, actor, booked.public_id, reason="A funeral")
    with clock.frozen(MONDAY_EIGHT + timedelta(days=1)):
        tab.cookie = await log_in(tab.database, tab.doctor.user_id)
        tab.go_to("/calendar?view=week")
        await calendar.load()
    assert [(row.time, row.sentence) for row in activity.rows] == [
        ("Mon 09:00", "Nora Lind: Tue 24 Nov, 10:00 was cancelled"),
        ("Mon 09:00", "Nora Lind booked Tue 24 Nov, 10:00"),
    ]
