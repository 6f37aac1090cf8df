"""The visit type editor's handlers: what is typed is checked, saved once, and asked about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appointment_app.models import DoctorAtClinic, VisitType, row_id
from appointment_app.scheduling import visit_types
from appointment_app.states.visit_type_editor import VisitTypeEditor
from tests.factories import doctor_actor, make_clinic, make_patient
from tests.states.doctors_tab import DoctorsTab, done, log_in
from tests.states.tabs import open_tab

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
VIDEO = {
    "name": "Video visit",
    "duration": "20",
    "join_link": "https://video.example/dora",
    "needs_confirmation": "on",
    "pause_before": "",
    "pause_after": "5",
}


@pytest.fixture
async def editor(tab: DoctorsTab) -> VisitTypeEditor:
    tab.go_to("/visit-types")
    state = await tab.state(VisitTypeEditor)
    await state.load()
    return state


def names(editor: VisitTypeEditor) -> list[str]:
    return [row.name for row in editor.rows]


async def test_one_is_added(editor: VisitTypeEditor) -> None:
    assert names(editor) == ["First visit"]
    await editor.add()
    await editor.choose_mode("video")
    assert "saved" in await done(editor.submit(VIDEO))
    assert not editor.is_open
    assert editor.rows[1].facts == ("20 min · Video · you confirm each booking · 5 min pause after")
    assert await editor.submit(VIDEO) is None
    assert len(editor.rows) == 2


async def test_what_is_wrong_is_told_and_the_form_stays_open(editor: VisitTypeEditor) -> None:
    await editor.add()
    await editor.choose_mode("video")
    await editor.submit(VIDEO | {"duration": "half an hour"})
    assert set(editor.errors) == {"duration"}
    await editor.submit(VIDEO | {"name": "", "join_link": "http://video.example"})
    assert set(editor.errors) == {"name", "join_link"}
    assert editor.is_open
    assert names(editor) == ["First visit"]


async def test_one_is_changed(editor: VisitTypeEditor) -> None:
    await editor.edit(editor.rows[0].id)
    assert (editor.form.name, editor.form.duration, editor.is_video) == ("First visit", "30", False)
    await editor.submit({"name": "Longer visit", "duration": "45"})
    assert (editor.rows[0].name, editor.rows[0].facts) == ("Longer visit", "45 min · In person")


GROUP = {
    "name": "Back class",
    "duration": "60",
    "price": "€15",
    "bookable_by": "known_patients",
    "step": "30",
    "capacity": "8",
}


async def test_the_card_tells_what_differs_from_the_ordinary(editor: VisitTypeEditor) -> None:
    await editor.add()
    assert not editor.is_unfolded
    await editor.submit(GROUP)
    assert editor.rows[1].facts == (
        "60 min · In person · €15 · group of 8 · for your patients · starts every 30 min"
    )
    await editor.edit(editor.rows[1].id)
    assert editor.is_unfolded
    form = editor.form
    assert (form.price, form.bookable_by, form.step, form.capacity) == tuple(
        GROUP[name] for name in ("price", "bookable_by", "step", "capacity")
    )


async def test_an_error_in_what_is_folded_away_unfolds_it(editor: VisitTypeEditor) -> None:
    await editor.add()
    await editor.submit(GROUP | {"capacity": "many"})
    assert (set(editor.errors), editor.is_unfolded) == ({"capacity"}, True)
    await editor.add()
    await editor.submit(GROUP | {"capacity": "", "step": "7"})
    assert set(editor.errors) == {"step"}
    await editor.submit(GROUP | {"bookable_by": "anybody"})
    assert set(editor.errors) == {"bookable_by"}


async def test_the_clinics_are_asked_for_where_there_are_several(
    tab: DoctorsTab, editor: VisitTypeEditor
) -> None:
    await editor.add()
    assert editor.form.clinics == []
    async with tab.database.session() as session:
        other = await make_clinic(session, name="Hill Clinic")
        session.add(DoctorAtClinic(doctor_id=row_id(tab.doctor), clinic_id=row_id(other)))
        await session.commit()
    await editor.load()
    await editor.add()
    here, there = editor.form.clinics
    assert (here.label, there.label, here.checked, there.checked) == (
        *(tab.clinic.name, "Hill Clinic"),
        *(True, True),
    )
    await editor.submit({"name": "Class", "duration": "60"})
    assert set(editor.errors) == {"clinics"}
    await editor.submit({"name": "Class", "duration": "60", there.name: "on"})
    assert editor.rows[1].facts == "60 min · In person · only at Hill Clinic"
    await editor.edit(editor.rows[1].id)
    assert [box.checked for box in editor.form.clinics] == [False, True]
    assert editor.is_unfolded


async def test_a_stale_save_is_refused_and_offers_the_new_version(
    tab: DoctorsTab, editor: VisitTypeEditor
) -> None:
    await editor.edit(editor.rows[0].id)
    async with tab.database.session() as session:
        (item,) = await visit_types.list_visit_types(session, doctor_actor(tab.doctor))
    async with tab.database.session() as session:
        draft = replace(item.draft, duration=60)
        await visit_types.edit(session, doctor_actor(tab.doctor), item.id, draft, version=1)
    await editor.submit({"name": "Mine", "duration": "45"})
    assert (editor.is_open, editor.is_stale) == (True, True)
    await editor.load_new_version()
    assert (editor.form.duration, editor.is_stale, editor.problem) == ("60", False, "")
    await editor.submit({"name": "Mine", "duration": "45"})
    assert editor.rows[0].name == "Mine"


async def test_the_last_one_is_asked_about_once(editor: VisitTypeEditor) -> None:
    key = editor.rows[0].id
    await editor.toggle(key)
    assert (editor.is_asking, editor.asked_about, editor.rows[0].active) == (
        True,
        "First visit",
        True,
    )
    await editor.keep_last()
    assert await editor.deactivate_last() is None
    assert editor.rows[0].active
    await editor.toggle(key)
    await editor.deactivate_last()
    assert not editor.rows[0].active
    await editor.toggle(key)
    assert (editor.rows[0].active, editor.is_asking) == (True, False)


async def test_the_question_about_one_changes_no_other(editor: VisitTypeEditor) -> None:
    await editor.add()
    await editor.submit({"name": "Follow-up", "duration": "15"})
    await editor.toggle(editor.rows[1].id)
    await editor.edit(editor.rows[1].id)
    await editor.toggle(editor.rows[0].id)
    await editor.submit({"name": "Review", "duration": "20"})
    assert [row.name for row in editor.rows] == ["First visit", "Review"]
    await editor.edit(editor.rows[1].id)
    await editor.deactivate_last()
    assert [row.active for row in editor.rows] == [False, False]


async def test_the_order_can_be_changed(editor: VisitTypeEditor) -> None:
    await editor.add()
    await editor.submit({"name": "Second visit", "duration": "15"})
    await editor.move_up(editor.rows[1].id)
    assert names(editor) == ["Second visit", "First visit"]
    await editor.move_down(editor.rows[0].id)
    assert names(editor) == ["First visit", "Second visit"]
    assert (editor.rows[0].is_first, editor.rows[1].is_last) == (True, True)


async def test_nobody_and_patients_change_nothing(tab: DoctorsTab, editor: VisitTypeEditor) -> None:
    async with tab.database.session() as session:
        patient = await make_patient(session)
    assert patient.user_id is not None
    for cookie in ("", await log_in(tab.database, patient.user_id)):
        state = await open_tab("/visit-types", cookie=cookie).get_state(VisitTypeEditor)
        await state.load()
        await state.add()
        await state.submit(VIDEO | {"name": "Not mine"})
        for handler in (state.edit, state.toggle, state.move_up, state.move_down):
            await handler(editor.rows[0].id)
        assert state.rows == []
    async with tab.database.session() as session:
        found = await visit_types.list_visit_types(session, doctor_actor(tab.doctor))
        assert [(item.draft.name, item.version) for item in found] == [("First visit", 1)]
        assert await session.get_one(VisitType, tab.visit_type.id)
