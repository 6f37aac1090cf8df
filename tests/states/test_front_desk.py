"""The front desk's board as a tab shows it, and what is done there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.models import AppointmentStatus, Role, RoleAssignment, row_id
from appointment_app.states.front_desk import DeskRow, FrontDesk
from tests.factories import make_appointment, make_user
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.doctors_tab import log_in
from tests.states.patients_tab import Practice, Tab, open_practice
from tests.states.tabs import open_tab

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

TEN = MONDAY_EIGHT + timedelta(hours=1)  # 10:00 in Berlin


@pytest.fixture
async def practice(installed_database: Database) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        yield await open_practice(installed_database)


@pytest.fixture
async def tab(practice: Practice) -> Tab:
    """A tab of the clinic's reception, with Pia's appointment at ten."""
    async with practice.database.session() as session:
        user = await make_user(session)
        role = RoleAssignment(
            user_id=row_id(user), role=Role.RECEPTION, clinic_id=row_id(practice.clinic)
        )
        session.add(role)
        await session.commit()
        await make_appointment(session, practice.visit_type, practice.clinic, practice.patient, TEN)
    cookie = await log_in(practice.database, row_id(user))
    return Tab(open_tab("/", cookie=cookie), cookie)


async def opened(tab: Tab, address: str = "/front-desk") -> FrontDesk:
    tab.go_to(address)
    state = await tab.state(FrontDesk)
    await state.load()
    assert state.is_loaded
    return state


def only_row(state: FrontDesk) -> DeskRow:
    (column,) = state.columns
    (row,) = [*column.ahead, *column.over]
    return row


async def test_a_patient_is_checked_in_by_mistake_then_seen(practice: Practice, tab: Tab) -> None:
    with clock.frozen(TEN + timedelta(minutes=6)):
        state = await opened(tab)
        assert (state.clinic, state.zone) == (practice.clinic.name, "Berlin time")
        assert (state.day, state.is_today) == ("Monday 23 November 2026", True)
        row = only_row(state)
        assert (row.time, row.end, row.patient) == ("10:00", "10:30", practice.patient.full_name)
        assert (row.is_late, row.is_next, row.can_check_in, row.can_miss) == (
            *(True, False),
            *(True, True),
        )
        assert "Checked in." in str(await state.check_in(row.id))
        row = only_row(state)
        assert (row.note, row.is_next, row.is_late) == ("since 10:06", True, False)
        assert (row.can_undo, row.can_complete, row.can_miss) == (True, True, False)
        await state.undo_check_in(row.id)
        assert only_row(state).can_check_in
        await state.check_in(row.id)
        await state.complete(row.id)
        (column,) = state.columns
        assert (column.count, column.ahead, len(column.over)) == ("1 of 1 finished", [], 1)
        # Who presses on an old board is told, and sees how it stands.
        assert "This appointment is already completed." in str(await state.check_in(row.id))


async def test_missed_is_asked_once_and_done_once(practice: Practice, tab: Tab) -> None:
    with clock.frozen(TEN + timedelta(minutes=20)):
        state = await opened(tab)
        row = only_row(state)
        await state.ask_missed(row.id)
        assert state.question == f"{row.patient}, 10:00: did not come?"
        await state.keep()
        assert await state.mark_no_show() is None
        await state.ask_missed(row.id)
        await state.refresh()
        assert state.is_asking
        assert "no-show" in str(await state.mark_no_show())
        assert await state.mark_no_show() is None
    (stored,) = await practice.appointments()
    assert stored.status is AppointmentStatus.NO_SHOW


async def test_another_day_another_clinic_and_nonsense_in_the_address(
    practice: Practice, tab: Tab
) -> None:
    state = await opened(tab)
    state = await opened(tab, state.later_href)
    assert (state.day, state.is_today) == ("Tuesday 24 November 2026", False)
    assert [column.ahead for column in state.columns] == [[]]
    assert (await opened(tab, state.today_href)).is_today
    assert (await opened(tab, "/front-desk?date=soon")).is_today
    for clinic in ("nonsense", practice.doctor.public_id):
        state = await opened(tab, f"/front-desk?clinic={clinic}")
        assert (state.is_missing, state.columns) == (True, [])
    patient = await practice.tab(practice.patient)
    state = await opened(patient)
    assert (state.refusal != "", state.columns) == (True, [])
    nobody = await practice.tab()
    nobody.go_to("/front-desk")
    assert "/login?next=%2Ffront-desk" in str(await (await nobody.state(FrontDesk)).load())
