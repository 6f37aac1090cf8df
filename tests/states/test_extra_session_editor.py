"""The dialogs for extra sessions: opened, refused where something is in the way, taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointment_app.states.extra_session_editor import ExtraSessionEditor
from tests.factories import make_patient
from tests.scheduling.doctors_day import MONDAY_EIGHT, book
from tests.states.doctors_tab import DoctorsTab, done, log_in
from tests.states.tabs import open_tab

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
async def editor(tab: DoctorsTab) -> ExtraSessionEditor:
    tab.go_to("/availability")
    state = await tab.state(ExtraSessionEditor)
    await state.load()
    return state


def sent(editor: ExtraSessionEditor, **values: str) -> dict[str, str]:
    typed = {
        "visit_type_id": editor.session_types[0][0],
        "day": "2026-12-05",
        "starts": "09:00",
        "duration": "20",
        "capacity": "6",
    }
    return {f"session_{name}": value for name, value in (typed | values).items()}


async def test_a_session_is_opened_and_taken_back(editor: ExtraSessionEditor) -> None:
    await editor.add_session()
    assert (editor.session_open, editor.session_form.duration) == (True, "30")
    assert "Saved" in await done(editor.save_session(sent(editor)))
    assert not editor.session_open
    (row,) = editor.sessions
    assert (row.day, row.name, row.hours, row.seats) == (
        "5 Dec",
        "First visit",
        "09:00 – 09:20",
        "0 of 6 taken",
    )
    assert editor.month_title == "December 2026"
    await editor.ask_session_removal(row.key)
    assert editor.session_removal_open
    assert "Removed" in await done(editor.remove_session())
    assert editor.sessions == []


async def test_what_is_in_the_way_is_named_and_what_was_typed_stays(
    tab: DoctorsTab, editor: ExtraSessionEditor
) -> None:
    starts_at = MONDAY_EIGHT + timedelta(days=1)
    await book(
        tab.database,
        tab.doctor,
        tab.clinic,
        tab.visit_type,
        starts_at,
        given_name="Nora",
        family_name="Lind",
    )
    await editor.add_session()
    await editor.save_session(sent(editor, day="2026-11-24", starts="09:15"))
    assert editor.session_errors == {"starts": "Nora Lind is booked 09:00 – 09:30."}
    assert (editor.session_open, editor.session_form.capacity) == (True, "6")


async def test_nonsense_is_told_at_its_field(editor: ExtraSessionEditor) -> None:
    await editor.add_session()
    wrong = {"day": "", "starts": "25:99", "duration": "long", "capacity": "-1"}
    await editor.save_session(sent(editor, visit_type_id="none", **wrong))
    assert set(editor.session_errors) == {"visit_type_id", *wrong}
    await editor.save_session(sent(editor, duration="4", capacity="0"))
    assert editor.session_errors == {
        "duration": "Please give 5 to 480 minutes.",
        "capacity": "Please give 1 to 200 places.",
    }
    assert editor.sessions == []


async def test_nobody_and_patients_change_nothing(
    tab: DoctorsTab, editor: ExtraSessionEditor
) -> None:
    async with tab.database.session() as session:
        patient = await make_patient(session)
    assert patient.user_id is not None
    await editor.add_session()
    for cookie in ("", await log_in(tab.database, patient.user_id)):
        state = await open_tab("/availability", cookie=cookie).get_state(ExtraSessionEditor)
        state.place, state.session_open = editor.place, True
        await state.save_session(sent(editor))
    await editor.load()
    assert editor.sessions == []
