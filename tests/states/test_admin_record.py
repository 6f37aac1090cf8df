"""The page of the record: the search, further pages, and the values of an entry."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from appointment_app import clock
from appointment_app.accounts import audit
from appointment_app.accounts.actor import NOBODY
from appointment_app.models import Role, RoleAssignment, row_id
from appointment_app.record import reading
from appointment_app.states.admin_record import AdminRecord
from tests.factories import make_user
from tests.states.doctors_tab import DoctorsTab, done, log_in
from tests.states.tabs import open_tab

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
async def page(tab: DoctorsTab) -> AdminRecord:
    async with tab.database.session() as session:
        user = await make_user(session)
        session.add(RoleAssignment(user_id=row_id(user), role=Role.ADMINISTRATOR))
        for number in range(3):
            audit.record(
                session,
                NOBODY,
                "clinic.changed",
                record_type="clinic",
                record_id=number,
                after={"name": f"Name {number}"},
            )
        await session.commit()
    root = open_tab("/admin/record", cookie=await log_in(tab.database, row_id(user)))
    state: AdminRecord = await root.get_state(AdminRecord)
    await state.load()
    return state


async def test_entries_are_shown_in_words(page: AdminRecord) -> None:
    assert page.is_loaded
    assert [row.title for row in page.rows[-3:]] == ["Clinic changed"] * 3
    assert page.rows[-1].fields == "Name"
    assert page.rows[-1].facts.startswith("Entry 1 · ")


async def test_further_entries_come_below(
    page: AdminRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(reading.find.__kwdefaults__, "limit", 2)
    await page.search({"action": "clinic.changed"})
    assert ([row.number for row in page.rows], page.has_more) == ([3, 2], True)
    await page.more()
    assert ([row.number for row in page.rows], page.has_more) == ([3, 2, 1], False)
    await page.more()
    assert len(page.rows) == 3


async def test_the_file_has_the_same_filters(page: AdminRecord) -> None:
    typed = {"action": "clinic.changed", "first_day": "2026-01-02", "last_day": "never"}
    await page.search(typed)
    assert {name: value for name, value in page.asked.items() if value} == {
        "action": "clinic.changed",
        "first_day": "2026-01-02",
        "zone": "UTC",
    }


async def test_times_and_days_are_those_of_the_viewer(tab: DoctorsTab) -> None:
    at = datetime(2026, 1, 1, 23, 30, tzinfo=UTC)
    async with tab.database.session() as session:
        user = await make_user(session)
        session.add(RoleAssignment(user_id=row_id(user), role=Role.ADMINISTRATOR))
        with clock.frozen(at):
            audit.record(session, NOBODY, "clinic.changed", record_type="clinic", record_id=1)
            await session.commit()
    cookie = await log_in(tab.database, row_id(user))
    root = open_tab("/admin/record", cookie=f"{cookie}; own-zone=Europe%2FBerlin")
    state: AdminRecord = await root.get_state(AdminRecord)
    await state.load()
    assert state.zone == "Europe/Berlin"
    assert "2026-01-02 00:30 Europe/Berlin" in state.rows[-1].facts
    wanted = {"action": "clinic.changed", "first_day": "2026-01-02", "last_day": "2026-01-02"}
    await state.search(wanted)
    assert len(state.rows) == 1
    await state.search(wanted | {"first_day": "2026-01-01", "last_day": "2026-01-01"})
    assert state.rows == []


async def test_days_in_the_wrong_order_are_told(page: AdminRecord) -> None:
    shown = page.rows
    await page.search({"first_day": "2026-01-02", "last_day": "2026-01-01"})
    assert page.problem == "The last day lies before the first."
    assert page.rows == shown


async def test_values_open_and_are_forgotten_when_closed(page: AdminRecord) -> None:
    await page.show_values(1)
    assert page.is_open
    assert [(each.field, each.before, each.after) for each in page.changes] == [
        ("Name", "nothing", "Name 0")
    ]
    await page.close()
    assert (page.is_open, page.changes) == (False, [])


@pytest.mark.parametrize(
    "garbage", ["x", "", None, {}, [1], float("nan"), float("inf"), 0, -1, 10**30, "9" * 5000]
)
async def test_what_is_no_number_of_an_entry_is_answered_with_a_sentence(
    page: AdminRecord, garbage: Any
) -> None:
    assert "There is no such entry in the record." in await done(page.show_values(garbage))
    assert not page.is_open


async def test_an_entry_that_is_not_there_is_answered_with_a_sentence(page: AdminRecord) -> None:
    assert "could not find" in await done(page.show_values(2**31 - 1))
