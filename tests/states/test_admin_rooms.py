"""The handlers of the rooms page: what is typed is checked, saved once, and asked about."""

from __future__ import annotations

import pytest

from appointment_app.clinics import resources
from appointment_app.models import (
    Clinic,
    Resource,
    ResourceUse,
    VisitTypeResource,
    row_id,
)
from appointment_app.states.admin_rooms import AdminRooms
from appointment_app.states.visit_type_editor import VisitTypeEditor
from tests.factories import (
    administrator_actor,
    make_appointment,
    make_clinic,
    make_patient,
    make_resource,
)
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.admins_tab import open_admins_tab
from tests.states.doctors_tab import DoctorsTab, done

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


async def administrators(tab: DoctorsTab, clinic: Clinic) -> AdminRooms:
    """The page as an administrator of the clinic sees it."""
    root = await open_admins_tab(tab, "/admin/rooms", clinic)
    state: AdminRooms = await root.get_state(AdminRooms)
    await state.load()
    return state


@pytest.fixture
async def page(tab: DoctorsTab) -> AdminRooms:
    return await administrators(tab, tab.clinic)


def names(page: AdminRooms) -> list[str]:
    return [row.name for clinic in page.clinics for row in clinic.rows]


async def with_a_visit(tab: DoctorsTab) -> Resource:
    """A room that one visit of tomorrow has."""
    async with tab.database.session() as session:
        room = await make_resource(session, tab.clinic, tab.visit_type, name="Room 2")
        starts_at = MONDAY_EIGHT.replace(day=MONDAY_EIGHT.day + 1)
        visit = await make_appointment(
            session, tab.visit_type, tab.clinic, await make_patient(session), starts_at
        )
        use = ResourceUse(
            resource_id=row_id(room),
            block_id=visit.block_id,
            busy_from=visit.starts_at,
            busy_until=visit.ends_at,
        )
        session.add(use)
        await session.commit()
    return room


async def test_rooms_and_devices_are_added(page: AdminRooms) -> None:
    clinic = page.clinics[0]
    assert clinic.rows == []
    await page.add(clinic.id)
    assert clinic.name in page.form.title
    assert "Saved" in await done(page.submit({"name": "Room 1"}))
    await page.add(clinic.id)
    await page.choose_kind("device")
    await page.submit({"name": "Ultrasound"})
    assert names(page) == ["Room 1", "Ultrasound"]
    assert page.clinics[0].rows[1].facts == "Device"
    assert await page.submit({"name": "Ultrasound 2"}) is None
    assert len(names(page)) == 2


async def test_what_is_wrong_is_told_and_the_dialog_stays(page: AdminRooms) -> None:
    await page.add(page.clinics[0].id)
    assert await page.submit({"name": " "}) is None
    assert page.is_open
    assert "name" in page.name_error


async def test_one_is_renamed_unless_somebody_was_faster(tab: DoctorsTab, page: AdminRooms) -> None:
    async with tab.database.session() as session:
        room = await make_resource(session, tab.clinic)
        admin = await administrator_actor(session)
    await page.load()
    await page.rename(str(room.public_id))
    async with tab.database.session() as session:
        await resources.rename(session, admin, room.public_id, "Laboratory", version=1)
    await page.submit({"name": "Room 9"})
    assert page.is_stale
    assert page.problem
    await page.load_new_version()
    assert (page.form.name, page.is_stale) == ("Laboratory", False)
    await page.submit({"name": "Room 9"})
    assert names(page) == ["Room 9"]


async def test_one_goes_out_of_use_and_comes_back(tab: DoctorsTab, page: AdminRooms) -> None:
    async with tab.database.session() as session:
        room = str((await make_resource(session, tab.clinic)).public_id)
    await page.load()
    await page.toggle(room)
    assert (page.is_asking, page.clinics[0].rows[0].active) == (False, False)
    await page.toggle(room)
    assert page.clinics[0].rows[0].active


async def test_one_that_visits_have_is_asked_about(tab: DoctorsTab, page: AdminRooms) -> None:
    room = str((await with_a_visit(tab)).public_id)
    await page.load()
    assert page.clinics[0].rows[0].facts == "Room · 1 visit to come"
    await page.toggle(room)
    assert (page.is_asking, page.asked_about) == (True, "Room 2")
    assert page.question == "One visit that is booked has Room 2 and keeps it."
    await page.keep()
    assert await page.deactivate() is None
    assert page.clinics[0].rows[0].active
    await page.toggle(room)
    await page.deactivate()
    assert not page.clinics[0].rows[0].active


async def test_the_question_about_one_renames_no_other(tab: DoctorsTab, page: AdminRooms) -> None:
    asked = str((await with_a_visit(tab)).public_id)
    async with tab.database.session() as session:
        renamed = str((await make_resource(session, tab.clinic, name="Room 1")).public_id)
    await page.load()
    await page.rename(renamed)
    await page.toggle(asked)
    await page.submit({"name": "Laboratory"})
    assert names(page) == ["Laboratory", "Room 2"]
    await page.rename(renamed)
    await page.deactivate()
    assert [row.active for row in page.clinics[0].rows] == [True, False]


async def test_another_clinics_are_not_there(tab: DoctorsTab, page: AdminRooms) -> None:
    async with tab.database.session() as session:
        elsewhere = await make_clinic(session, name="Hill Clinic")
        room = str((await make_resource(session, elsewhere)).public_id)
    await page.load()
    assert [clinic.name for clinic in page.clinics] == [tab.clinic.name]
    assert "toast" in (await done(page.toggle(room))).lower()
    await page.add(str(elsewhere.public_id))
    await page.submit({"name": "Mine"})
    other = await administrators(tab, elsewhere)
    assert names(other) == ["Room 1"]


async def test_a_doctor_is_told_that_the_page_is_for_others(tab: DoctorsTab) -> None:
    tab.go_to("/admin/rooms")
    page = await tab.state(AdminRooms)
    await page.load()
    assert (page.is_loaded, page.is_forbidden, page.clinics) == (True, True, [])


async def test_a_doctor_chooses_what_a_visit_needs(tab: DoctorsTab) -> None:
    async with tab.database.session() as session:
        room = await make_resource(session, tab.clinic)
        old = await make_resource(session, tab.clinic, name="Room 0", active=False)
    tab.go_to("/visit-types")
    editor = await tab.state(VisitTypeEditor)
    await editor.load()
    await editor.edit(editor.rows[0].id)
    (group,) = editor.form.rooms
    assert [(box.label, box.checked) for box in group.boxes] == [("Room 1", False)]
    assert editor.form.devices == []
    typed = {"name": "First visit", "duration": "30", f"resource-{old.public_id}": "on"}
    await editor.submit(typed | {group.boxes[0].name: "on"})
    assert "needs a room" in editor.rows[0].facts
    async with tab.database.session() as session:
        key = (row_id(tab.visit_type), row_id(room))
        assert await session.get(VisitTypeResource, key) is not None
        assert await session.get(VisitTypeResource, (row_id(tab.visit_type), row_id(old))) is None
    await editor.edit(editor.rows[0].id)
    assert editor.is_unfolded
    assert editor.form.rooms[0].boxes[0].checked
    await editor.submit({"name": "First visit", "duration": "30"})
    assert "needs" not in editor.rows[0].facts
