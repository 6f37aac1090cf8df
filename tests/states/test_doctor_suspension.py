"""A doctor is suspended: what is left is handed on or cancelled, one by one or all at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointment_app.models import DoctorSpecialty, Specialty, row_id
from appointment_app.states.doctor_suspension import DoctorSuspension
from tests.factories import make_appointment, make_doctor, make_patient, make_visit_type
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.admins_tab import open_admins_tab
from tests.states.doctors_tab import DoctorsTab, done

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

TUESDAY_NINE = MONDAY_EIGHT + timedelta(days=1)  # in Berlin
IN_THE_AFTERNOON = TUESDAY_NINE + timedelta(hours=6)
WHY = {"reason": "Moves to another town"}


@pytest.fixture
async def page(tab: DoctorsTab) -> DoctorSuspension:
    """An administrator's: the doctor has two visits; a colleague has time for the first alone."""
    async with tab.database.session() as session:
        skin = Specialty(code="skin", name="Skin")
        session.add(skin)
        await session.flush()
        colleague = await make_doctor(
            session, tab.clinic, ranges=((540, 720),), family_name="Successor"
        )
        await make_visit_type(session, colleague, name=tab.visit_type.name)
        for doctor in (tab.doctor, colleague):
            session.add(DoctorSpecialty(doctor_id=row_id(doctor), specialty_id=row_id(skin)))
        await session.commit()
        for starts_at in (TUESDAY_NINE, IN_THE_AFTERNOON):
            patient = await make_patient(session)
            await make_appointment(session, tab.visit_type, tab.clinic, patient, starts_at)
    root = await open_admins_tab(tab, f"/doctor/profile?id={tab.doctor.public_id}")
    state: DoctorSuspension = await root.get_state(DoctorSuspension)
    await state.load()
    return state


@pytest.fixture
async def suspended(page: DoctorSuspension) -> DoctorSuspension:
    await page.ask()
    assert "Suspended" in await done(page.suspend(WHY))
    return page


async def test_the_dialog_asks_for_a_reason_and_sound_days(page: DoctorSuspension) -> None:
    assert (page.may_suspend, page.since, page.remaining) == (True, "", [])
    await page.ask()
    for typed, wrong in (
        ({"reason": " "}, "reason"),
        (WHY | {"first_day": "soon"}, "first_day"),
        (WHY | {"first_day": "2026-11-01"}, "first_day"),
        (WHY | {"first_day": "2026-12-02", "last_day": "2026-12-01"}, "last_day"),
    ):
        assert await page.suspend(typed) is None
        assert page.errors.keys() == {wrong}
    assert (page.is_open, page.since) == (True, "")
    await page.close()
    assert not page.is_open


async def test_what_is_left_is_listed_with_who_could_take_it_over(
    suspended: DoctorSuspension,
) -> None:
    assert not suspended.is_open
    assert (suspended.has_begun, suspended.reason) == (True, WHY["reason"])
    first, second = suspended.remaining
    assert [name for _, name in first.successors] == ["Dr Dora Successor"]
    assert second.successors == []
    assert suspended.left.startswith("2 appointments are left")


async def test_each_is_handed_on_or_cancelled(tab: DoctorsTab, suspended: DoctorSuspension) -> None:
    first, second = suspended.remaining
    assert "Handed on" in await done(suspended.hand_on(first.id, first.successors[0][0]))
    assert suspended.left.startswith("One appointment is left")
    assert "Cancelled" in await done(suspended.cancel(second.id))
    assert suspended.remaining == []
    assert "complete" in suspended.left
    assert "Restored" in await done(suspended.restore())
    assert (suspended.since, suspended.left) == ("", "")


async def test_all_are_settled_only_after_the_question(suspended: DoctorSuspension) -> None:
    assert await suspended.settle_all() is None
    assert len(suspended.remaining) == 2
    await suspended.ask_all()
    await suspended.close()
    assert await suspended.settle_all() is None
    await suspended.ask_all()
    assert "1 handed on, 1 cancelled" in await done(suspended.settle_all())
    assert "complete" in suspended.left
    assert await suspended.settle_all() is None


async def test_what_the_list_does_not_hold_is_not_touched(
    tab: DoctorsTab, suspended: DoctorSuspension
) -> None:
    first, _ = suspended.remaining
    for handler in (
        suspended.hand_on("7", first.successors[0][0]),
        suspended.hand_on(first.id, "7"),
        suspended.cancel("7"),
    ):
        assert "could not find" in await done(handler)
    assert len(suspended.remaining) == 2


async def test_the_doctor_sees_nothing_of_it_and_can_do_nothing(
    tab: DoctorsTab, page: DoctorSuspension
) -> None:
    tab.go_to(f"/doctor/profile?id={tab.doctor.public_id}")
    own = await tab.state(DoctorSuspension)
    await own.load()
    assert (own.may_suspend, own.remaining) == (False, [])
    assert "do not have the right" in await done(own.suspend(WHY))
    assert "do not have the right" in await done(own.restore())
    await page.load()
    assert page.since == ""
