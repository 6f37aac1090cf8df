"""The dialogs for days that differ: each change is tried, told and saved only when it is sound."""

from __future__ import annotations

import pytest

from appointment_app.states.different_days_editor import DifferentDaysEditor
from tests.factories import make_patient
from tests.states.doctors_tab import DoctorsTab, done, log_in
from tests.states.tabs import open_tab

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
async def editor(tab: DoctorsTab) -> DifferentDaysEditor:
    tab.go_to("/availability")
    state = await tab.state(DifferentDaysEditor)
    await state.load()
    return state


def typed(editor: DifferentDaysEditor, weekday: int) -> list[tuple[str, str]]:
    day = editor.days[weekday]
    return [(each.opens, each.closes) for each in day.ranges] if day.on else []


async def test_days_that_differ_are_added_edited_and_removed(
    tab: DoctorsTab, editor: DifferentDaysEditor
) -> None:
    await editor.add_override()
    assert (editor.form_open, editor.form_closed) == (True, True)
    await editor.set_first("2026-12-24")
    await editor.set_last("2026-12-23")
    assert editor.form_errors == {"last": "The last day must not be before the first."}
    await editor.set_last("2026-12-25")
    assert editor.form_effect == "Other hours on 2 days."
    sent = {"first": "2026-12-24", "last": "2026-12-25", "note": "Holidays"}
    await editor.save_override(sent)
    assert not editor.form_open
    (row,) = editor.overrides
    assert (row.days, row.hours, row.remark, row.is_closed) == (
        "24–25 Dec",
        "Closed",
        "Holidays",
        True,
    )
    assert editor.month_title == "December 2026"
    assert editor.month_weeks[3][3]["kind"] == "closed"

    await editor.choose_day("2026-12-25")
    assert (editor.form.first, editor.form.last, editor.form.note) == (
        "2026-12-24",
        "2026-12-25",
        "Holidays",
    )
    await editor.choose_closed("hours")
    await editor.set_form_opens(0, "10:00")
    await editor.set_form_closes(0, "12:00")
    await editor.save_override({"first": "2026-12-24", "last": "", "note": ""})
    (row,) = editor.overrides
    assert (row.days, row.hours, row.remark) == (
        "24 Dec",
        "10:00 – 12:00",
        "instead of 09:00 – 17:00",
    )
    assert editor.month_weeks[3][3]["kind"] == "changed"

    await editor.ask_removal(row.key)
    assert editor.removal_open
    await editor.remove_override()
    assert editor.overrides == []
    assert await editor.remove_override() is None


async def test_saving_days_keeps_the_week_that_is_being_typed(
    tab: DoctorsTab, editor: DifferentDaysEditor
) -> None:
    await editor.set_opens(0, 0, "10:00")
    await editor.choose_day("2026-12-24")
    await editor.save_override({"first": "2026-12-24", "last": "", "note": ""})
    assert typed(editor, 0) == [("10:00", "17:00")]
    assert "saved" in await done(editor.save())
    assert (typed(editor, 0), len(editor.overrides)) == ([("10:00", "17:00")], 1)


async def test_a_wrong_form_stays_open(editor: DifferentDaysEditor) -> None:
    await editor.add_override()
    await editor.save_override({"first": "", "last": "", "note": ""})
    assert (editor.form_open, editor.form_errors) == (True, {"first": "Please give a day."})
    await editor.choose_closed("hours")
    await editor.set_form_closes(0, "09:00")
    await editor.save_override({"first": "2026-12-24", "last": "", "note": ""})
    assert editor.form_open
    assert editor.form_ranges[0].error == "The end must be later than the beginning."
    assert editor.overrides == []


async def test_other_hours_without_any_hours_are_not_a_closed_day(
    editor: DifferentDaysEditor,
) -> None:
    await editor.add_override()
    await editor.choose_closed("hours")
    await editor.remove_form_range(0)
    await editor.save_override({"first": "2026-12-24", "last": "", "note": ""})
    assert editor.form_errors == {"form": "Please give hours, or choose Closed."}
    assert editor.overrides == []


async def test_hours_past_midnight_are_said_in_words(editor: DifferentDaysEditor) -> None:
    await editor.choose_day("2026-12-24")
    await editor.choose_closed("hours")
    await editor.set_form_opens(0, "20:00")
    await editor.set_form_closes(0, "01:30")
    assert editor.form_ranges[0].remark == "until 01:30 the next day"
    await editor.save_override({"first": "2026-12-24", "last": "", "note": ""})
    assert editor.overrides[0].hours == "20:00 – 01:30 the next day"


async def test_nobody_and_patients_change_nothing(
    tab: DoctorsTab, editor: DifferentDaysEditor
) -> None:
    async with tab.database.session() as session:
        patient = await make_patient(session)
    assert patient.user_id is not None
    for cookie in ("", await log_in(tab.database, patient.user_id)):
        state = await open_tab("/availability", cookie=cookie).get_state(DifferentDaysEditor)
        # A browser may send what it likes: the vars of a state are no proof of a right.
        state.place, state.form_open, state.removal_open = editor.place, True, True
        await state.save_override({"first": "2026-12-24", "last": "", "note": ""})
        await state.ask_removal("2026-12-24/2026-12-24")
    await editor.load()
    assert editor.overrides == []
