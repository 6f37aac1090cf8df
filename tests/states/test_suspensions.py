"""A suspension that begins or ends by itself is seen on the pages that are open then."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from appointment_app import clock
from appointment_app.accounts import login_sessions
from appointment_app.accounts.actor import Actor, Grant
from appointment_app.clinics import suspension
from appointment_app.clinics.suspension import restore
from appointment_app.database import Database
from appointment_app.models import Role, RoleAssignment, row_id
from appointment_app.states import live_bridge
from appointment_app.states.admin_doctors import AdminDoctors
from appointment_app.states.doctor_calendar import DoctorCalendar
from appointment_app.states.doctor_profile import DoctorProfile
from appointment_app.states.find_doctors import FindDoctors
from appointment_app.states.shared_doctor_page import SharedDoctorPage
from tests.factories import make_doctor, make_user, make_visit_type
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.doctors_tab import DoctorsTab, log_in
from tests.states.tabs import open_tab, run

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

TUESDAY = date(2026, 11, 24)
BEGINS = datetime.fromisoformat("2026-11-24T00:00+01:00")
ENDS = BEGINS + timedelta(days=1)
ADMINISTRATOR = Actor(user_id=1, grants=frozenset({Grant(Role.ADMINISTRATOR)}))


class Watched:
    """Stands for the bridge: what the page that was shown last watches."""

    def __init__(self) -> None:
        self._tabs: dict[str, Any] = {}
        self.wake_at: datetime | None = None
        self.shared: Any = None

    def watch(self, token: str, tab: Any, keys: Any, wake_at: datetime | None = None) -> None:
        """Keep what a page watches."""
        self.wake_at, self.shared = wake_at, tab.shared


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    bridge = Watched()
    monkeypatch.setattr(live_bridge, "_bridges", [bridge])
    return bridge


async def suspend(tab: DoctorsTab, **days: Any) -> None:
    """Suspend the doctor, by default on Tuesday for good."""
    wanted: dict[str, Any] = {"first_day": TUESDAY, "reason": "Licence"} | days
    async with tab.database.session() as session:
        user = await make_user(session)
        actor = Actor(user_id=user.id, grants=ADMINISTRATOR.grants)
        await suspension.suspend(session, actor, tab.doctor.public_id, **wanted)


async def test_a_patients_page_is_woken_and_the_doctor_is_gone(
    tab: DoctorsTab, watched: Watched
) -> None:
    await suspend(tab)
    late = BEGINS - timedelta(minutes=30)
    with clock.frozen(late):
        page = await open_tab(f"/doctor?id={tab.doctor.public_id}").get_state(DoctorProfile)
        await page.load()
        assert not page.is_missing
        assert watched.wake_at == BEGINS
        watched_page = watched.shared
        assert isinstance(watched_page, SharedDoctorPage)
        search = await open_tab("/").get_state(FindDoctors)
        await run(search.load())
        assert len(search.cards) == 1
    with clock.frozen(BEGINS - timedelta(minutes=1)):
        await search.refresh()
        assert watched.wake_at == BEGINS
    with clock.frozen(BEGINS):
        # Who shares the page is sent nothing: they look themselves, and find nobody.
        assert await watched_page.fresh() is None
        await page.refresh()
        assert page.is_missing
        await search.refresh()
        assert (search.cards, search.total) == ([], 0)


async def test_the_doctors_calendar_tells_what_is_ahead_and_closes_at_the_moment(
    tab: DoctorsTab, watched: Watched
) -> None:
    await suspend(tab)
    tab.go_to("/calendar?view=week")
    state = await tab.state(DoctorCalendar)
    await state.load()
    assert "suspended as a doctor from Tuesday 24 November 2026, 00:00" in state.suspension_notice
    assert watched.wake_at == BEGINS
    assert (state.is_doctor, state.is_suspended) == (True, False)
    with clock.frozen(MONDAY_EIGHT + timedelta(hours=11)):
        await state.refresh()  # who does nothing for half a day is logged out
    with clock.frozen(BEGINS):
        assert await state._recognise()  # the guard empties the tab before any event
        fresh = await tab.state(DoctorCalendar)
        assert (fresh.events, fresh.suspension_notice) == ([], "")
        await fresh.load()
        assert fresh.refusal.startswith("You have been suspended as a doctor since Tuesday")
        assert (fresh.is_doctor, fresh.is_suspended) == (False, True)


async def test_a_suspension_that_is_over_wakes_nobody(tab: DoctorsTab, watched: Watched) -> None:
    await suspend(tab, first_day=None, last_day=date(2026, 11, 23))
    with clock.frozen(ENDS):
        tab.cookie = await log_in(tab.database, tab.doctor.user_id)
        tab.go_to("/calendar?view=week")
        state = await tab.state(DoctorCalendar)
        await state.load()
        assert (state.refusal, state.suspension_notice) == ("", "")
        assert watched.wake_at is None


async def test_administrators_see_who_is_suspended_and_from_when(
    tab: DoctorsTab, installed_database: Database
) -> None:
    async with installed_database.session() as session:
        other = await make_doctor(session, tab.clinic, family_name="Working")
        await make_visit_type(session, other)
        user = await make_user(session)
        session.add(RoleAssignment(user_id=row_id(user), role=Role.ADMINISTRATOR))
        await session.commit()
    await suspend(tab, last_day=TUESDAY)
    cookie = await log_in(installed_database, row_id(user))

    async def rows() -> dict[str, tuple[bool, str]]:
        state = await open_tab("/admin/doctors", cookie=cookie).get_state(AdminDoctors)
        await state.load()
        return {row.doctor: (row.is_suspended, row.suspension) for row in state.decided}

    words = "Suspended from Tuesday 24 November 2026, 00:00 until Wednesday 25 November 2026, 00:00"
    known = str(tab.doctor.public_id)
    assert await rows() == {known: (False, words), str(other.public_id): (False, "")}
    login_sessions.forget_everything()
    with clock.frozen(BEGINS - timedelta(hours=6)):
        await rows()
    with clock.frozen(BEGINS):
        assert (await rows())[known] == (True, words)
    async with installed_database.session() as session:
        actor = Actor(user_id=user.id, grants=ADMINISTRATOR.grants)
        await restore(session, actor, tab.doctor.public_id)
    assert (await rows())[known] == (False, "")
