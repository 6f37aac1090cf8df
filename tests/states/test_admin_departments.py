"""The dialog with a clinic's departments: one field adds and renames, a switch takes out of use."""

from __future__ import annotations

from uuid import UUID

import pytest

from appointment_app.clinics import departments
from appointment_app.states.admin_departments import AdminDepartments
from tests.factories import administrator_actor
from tests.states.admins_tab import open_admins_tab
from tests.states.doctors_tab import DoctorsTab, done

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
async def dialog(tab: DoctorsTab) -> AdminDepartments:
    root = await open_admins_tab(tab, "/admin/clinics")
    state: AdminDepartments = await root.get_state(AdminDepartments)
    await state.open(str(tab.clinic.public_id), tab.clinic.name)
    return state


def names(dialog: AdminDepartments) -> list[str]:
    return [row.name for row in dialog.rows]


async def add(dialog: AdminDepartments, *added: str) -> None:
    for name in added:
        assert "Saved" in await done(dialog.save({"name": name}))


async def rename_meanwhile(tab: DoctorsTab, department: str, name: str) -> None:
    async with tab.database.session() as session:
        admin = await administrator_actor(session)
        await departments.rename_department(session, admin, UUID(department), name, version=1)


async def test_departments_are_added_one_after_the_other(
    tab: DoctorsTab, dialog: AdminDepartments
) -> None:
    assert (dialog.is_open, dialog.rows) == (True, [])
    assert tab.clinic.name in dialog.title
    fields = {dialog.opening}
    for name in ("Outpatients", "Day clinic"):
        await add(dialog, name)
        fields.add(dialog.opening)
    assert names(dialog) == ["Day clinic", "Outpatients"]
    assert dialog.rows[0].doctors == "0 doctors"
    assert len(fields) == 3  # each time the field is a fresh one


@pytest.mark.parametrize("typed", ["", " outpatients "])
async def test_what_is_wrong_is_told_and_nothing_is_added(
    dialog: AdminDepartments, typed: str
) -> None:
    await add(dialog, "Outpatients")
    assert await dialog.save({"name": typed}) is None
    assert dialog.name_error
    assert names(dialog) == ["Outpatients"]


async def test_one_is_renamed_and_the_field_is_for_a_new_one_again(
    dialog: AdminDepartments,
) -> None:
    await add(dialog, "Outpatients")
    await dialog.rename(dialog.rows[0].id)
    assert dialog.renamed == "Outpatients"
    await dialog.keep_name()
    assert dialog.renamed == ""
    await dialog.rename(dialog.rows[0].id)
    await add(dialog, "Ambulance")
    assert (dialog.renamed, names(dialog)) == ("", ["Ambulance"])


async def test_whoever_was_slower_sees_the_name_that_counts(
    tab: DoctorsTab, dialog: AdminDepartments
) -> None:
    await add(dialog, "Outpatients")
    await dialog.rename(dialog.rows[0].id)
    await rename_meanwhile(tab, dialog.rows[0].id, "Ambulance")
    assert "changed" in await done(dialog.save({"name": "Day clinic"}))
    assert (dialog.renamed, names(dialog)) == ("", ["Ambulance"])


async def test_one_goes_out_of_use_and_comes_back(
    tab: DoctorsTab, dialog: AdminDepartments
) -> None:
    await add(dialog, "Outpatients")
    row = dialog.rows[0]
    for active in (False, True):
        assert await dialog.toggle(row.id) is None
        assert dialog.rows[0].active is active
    await add(dialog, "Day clinic")
    added = next(each for each in dialog.rows if each.name == "Day clinic")
    await rename_meanwhile(tab, added.id, "Ambulance")
    assert "changed" in await done(dialog.toggle(added.id))
    assert sorted(names(dialog)) == ["Ambulance", "Outpatients"]


async def test_a_closed_dialog_saves_nothing(dialog: AdminDepartments) -> None:
    await dialog.close()
    assert await dialog.save({"name": "Outpatients"}) is None
    await dialog._read()
    assert dialog.rows == []


async def test_what_the_list_does_not_hold_is_not_touched(dialog: AdminDepartments) -> None:
    for handler in (dialog.rename, dialog.toggle):
        assert "could not find" in await done(handler("7"))


async def test_nobody_else_opens_it(tab: DoctorsTab) -> None:
    state = await tab.state(AdminDepartments)
    answer = await done(state.open(str(tab.clinic.public_id), tab.clinic.name))
    assert "do not have the right" in answer
    assert (state.is_open, state.rows) == (False, [])
