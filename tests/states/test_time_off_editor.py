"""The dialogs for time off: who is booked in it is named, and stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointment_app.states.time_off_editor import TimeOffEditor
from tests.factories import make_patient, make_session
from tests.scheduling.doctors_day import MONDAY_EIGHT, book, stored
from tests.states.doctors_tab import DoctorsTab, done, log_in
from tests.states.tabs import open_tab

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
async def editor(tab: DoctorsTab) -> TimeOffEditor:
    tab.go_to("/availability")
    state = await tab.state(TimeOffEditor)
    await state.load()
    return state


SENT = {"away_first": "2026-12-28", "away_last": "2026-12-31", "away_note": "Skiing"}


async def test_time_off_is_added_edited_and_removed(editor: TimeOffEditor) -> None:
    await editor.add_time_off()
    assert (editor.away_open, editor.away.title) == (True, "Add time off")
    await editor.set_away_first("2026-12-28")
    await editor.set_away_last("2026-12-27")
    assert editor.away_errors == {"last": "The last day must not be before the first."}
    await editor.set_away_last("2026-12-31")
    assert (editor.away_errors, editor.away_effect) == ({}, "Nobody is booked on these days.")
    assert "Saved" in await done(editor.save_time_off(SENT))
    assert not editor.away_open
    (row,) = editor.time_off
    assert (row.days, row.note) == ("28–31 Dec", "Skiing")
    assert editor.month_title == "December 2026"
    cell = editor.month_weeks[4][0]
    assert (cell["kind"], cell["label"]) == ("closed", "Monday 28 December: time off")

    await editor.edit_time_off(row.key)
    assert (editor.away.first, editor.away.last) == ("2026-12-28", "2026-12-31")
    await editor.save_time_off(SENT | {"away_last": "2027-01-08", "away_note": ""})
    (row,) = editor.time_off
    assert (row.days, row.note) == ("28 Dec – 8 Jan", "")

    await editor.ask_return(row.key)
    assert editor.return_open
    assert "Removed" in await done(editor.remove_time_off())
    assert editor.time_off == []
    assert await editor.remove_time_off() is None


async def test_who_is_booked_in_it_is_named_and_stays(
    tab: DoctorsTab, editor: TimeOffEditor
) -> None:
    starts_at = MONDAY_EIGHT + timedelta(days=3)
    booked = await book(
        tab.database,
        tab.doctor,
        tab.clinic,
        tab.visit_type,
        starts_at,
        given_name="Nora",
        family_name="Lind",
    )
    for days in (3, 4):  # on Thursday and, when the doctor is back, on Friday
        evening = MONDAY_EIGHT + timedelta(days=days, hours=9)
        async with tab.database.session() as session:
            await make_session(session, tab.visit_type, tab.clinic, evening, capacity=6)
    await editor.add_time_off()
    await editor.set_away_first("2026-11-26")
    assert editor.away_effect == (
        "1 appointment is booked on these days. It stays booked until you cancel it."
    )
    assert [row.patient for row in editor.away_outside] == ["Nora Lind"]
    assert editor.away_sessions == ["Thursday 26 November 2026, 18:00: First visit, 0 of 6 taken"]
    await editor.save_time_off({"away_first": "2026-11-26", "away_last": "", "away_note": ""})
    assert (await stored(tab.database, booked.public_id)).active


async def test_a_wrong_form_stays_open(editor: TimeOffEditor) -> None:
    await editor.add_time_off()
    await editor.save_time_off({"away_first": "", "away_last": "", "away_note": ""})
    assert (editor.away_open, editor.away_errors) == (True, {"first": "Please give a day."})
    await editor.save_time_off(SENT)
    await editor.add_time_off()
    await editor.save_time_off(SENT | {"away_first": "2026-12-31", "away_last": "2027-01-04"})
    assert editor.away_errors == {"last": "Overlaps your time off of 28–31 Dec."}
    assert len(editor.time_off) == 1


async def test_a_second_tab_learns_that_it_is_behind(
    tab: DoctorsTab, editor: TimeOffEditor
) -> None:
    other = await open_tab("/availability", cookie=tab.cookie).get_state(TimeOffEditor)
    await other.load()
    await other.add_time_off()
    await other.save_time_off(SENT)
    await editor.add_time_off()
    await editor.save_time_off(SENT | {"away_first": "2027-02-01", "away_last": "2027-02-02"})
    assert (editor.is_stale, editor.away_open) == (True, True)
    await editor.load_new_version()
    assert [row.days for row in editor.time_off] == ["28–31 Dec"]


async def test_nobody_and_patients_change_nothing(tab: DoctorsTab, editor: TimeOffEditor) -> None:
    async with tab.database.session() as session:
        patient = await make_patient(session)
    assert patient.user_id is not None
    for cookie in ("", await log_in(tab.database, patient.user_id)):
        state = await open_tab("/availability", cookie=cookie).get_state(TimeOffEditor)
        state.place, state.away_open = editor.place, True
        await state.save_time_off(SENT)
    await editor.load()
    assert editor.time_off == []
