"""A doctor's profile: what is typed stays until it is saved, and administrators place doctors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from appointment_app.clinics import doctor_photos
from appointment_app.models import DoctorSpecialty, Specialty, row_id
from appointment_app.states.doctor_record import DoctorRecord
from tests.factories import (
    doctor_actor,
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
)
from tests.pictures import picture
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.admins_tab import open_admins_tab
from tests.states.doctors_tab import DoctorsTab, done

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.fixture
async def own(tab: DoctorsTab) -> DoctorRecord:
    """The doctor's own profile; there are two specialties, and the doctor has the second."""
    async with tab.database.session() as session, session.begin():
        rows = [Specialty(code="allergology", name="Allergology")]
        rows.append(Specialty(code="dermatology", name="Dermatology"))
        session.add_all(rows)
        await session.flush()
        session.add(
            DoctorSpecialty(doctor_id=row_id(tab.doctor), specialty_id=row_id(rows[1]), position=0)
        )
    tab.go_to("/doctor/profile")
    state = await tab.state(DoctorRecord)
    await state.load()
    return state


@pytest.fixture
async def admins(tab: DoctorsTab, own: DoctorRecord) -> DoctorRecord:
    """The same profile as an administrator of the clinic sees it."""
    root = await open_admins_tab(tab, f"/doctor/profile?id={tab.doctor.public_id}")
    state: DoctorRecord = await root.get_state(DoctorRecord)
    await state.load()
    return state


def typed(state: DoctorRecord, **changed: str) -> dict[str, Any]:
    """The form as it was filled, and what was changed in it."""
    draft = state.form.draft
    names = ("title", "given_name", "family_name", "licence_number", "qualifications")
    names += ("practising_since", "bio", "max_patients_a_day", "languages")
    boxes = {box.name: "on" for box in state.form.specialties if box.chosen}
    return {name: getattr(draft, name) for name in names} | boxes | changed


async def test_a_doctor_changes_all_but_the_licence(tab: DoctorsTab, own: DoctorRecord) -> None:
    assert (own.is_own, own.form.may_change_licence) == (True, False)
    assert [box.chosen for box in own.form.specialties] == [False, True]
    told = typed(own, bio="Looks after skin.", licence_number="OTHER")
    told["specialty-allergology"] = "on"
    assert "Saved" in await done(own.save(told))
    assert own.form.draft.bio == "Looks after skin."
    assert own.form.draft.licence_number == tab.doctor.licence_number
    assert own.form.draft.specialties == ("dermatology", "allergology")  # the main one stays first


async def test_what_is_wrong_stands_at_its_field(own: DoctorRecord) -> None:
    told = typed(own, family_name=" ", practising_since="long", languages="Elvish")
    del told["specialty-dermatology"]
    assert await own.save(told) is None
    wrong = {"family_name", "practising_since", "languages", "specialties", "form"}
    assert own.errors.keys() == wrong
    assert "Saved" in await done(own.save(typed(own)))
    assert own.errors == {}


async def test_the_slower_one_is_told_and_may_load_what_is_new(
    own: DoctorRecord, admins: DoctorRecord
) -> None:
    assert "Saved" in await done(admins.save(typed(admins, bio="Theirs")))
    assert await own.save(typed(own, bio="Mine")) is None
    assert own.is_stale
    assert own.errors["form"]
    await own.load_new_version()
    assert (own.form.draft.bio, own.is_stale, own.errors) == ("Theirs", False, {})


async def test_a_photo_leaves_what_is_being_typed(tab: DoctorsTab, own: DoctorRecord) -> None:
    form = own.form
    async with tab.database.session() as session:
        actor = doctor_actor(tab.doctor)
        name = await doctor_photos.store_photo(session, actor, tab.doctor.public_id, picture())
    assert "Saved" in await done(own.photo_answered(""))
    assert name in own.form.photo
    assert own.form.number == form.number  # another number would be a fresh form
    assert await own.photo_answered("Too large.") is None
    assert own.photo_problem == "Too large."


async def test_other_peoples_changes_leave_what_is_being_typed(
    tab: DoctorsTab, own: DoctorRecord, admins: DoctorRecord
) -> None:
    form = admins.form
    assert "Saved" in await done(own.save(typed(own, bio="Theirs")))
    await admins.toggle_place(admins.places[0].id)
    assert admins.form == form
    assert await admins.save(typed(admins, bio="Mine")) is None
    assert admins.is_stale


async def test_administrators_place_doctors_at_their_clinics(
    tab: DoctorsTab, admins: DoctorRecord
) -> None:
    assert (admins.is_own, admins.form.may_change_licence) == (False, True)
    assert [place.may_change for place in admins.places] == [True]
    assert admins.others == []
    place = admins.places[0].id
    for active in (False, True):
        await admins.toggle_place(place)
        assert admins.places[0].active is active
    async with tab.database.session() as session:
        foreign = await make_clinic(session, name="Elsewhere")
    assert "do not have the right" in await done(
        admins.add_place({"clinic": str(foreign.public_id)})
    )
    await admins.add_place({"clinic": "none"})
    assert admins.place_problem
    await admins.load()
    assert len(admins.places) == 1


async def test_a_doctor_does_not_leave_patients_who_are_expected(
    tab: DoctorsTab, admins: DoctorRecord
) -> None:
    async with tab.database.session() as session:
        patient = await make_patient(session)
        await make_appointment(
            session, tab.visit_type, tab.clinic, patient, MONDAY_EIGHT + timedelta(days=1)
        )
    await admins.toggle_place(admins.places[0].id)
    assert "still to come" in admins.place_problem
    assert admins.places[0].active


async def test_a_doctor_places_nobody(own: DoctorRecord) -> None:
    assert [place.may_change for place in own.places] == [False]
    assert "do not have the right" in await done(own.toggle_place(own.places[0].id))
    assert "could not find" in await done(own.toggle_place("7"))
    assert own.places[0].active


async def test_who_may_not_edit_it_reads_why(tab: DoctorsTab, own: DoctorRecord) -> None:
    async with tab.database.session() as session:
        colleague = await make_doctor(session, tab.clinic)
    for asked in ("nobody", str(colleague.public_id)):
        tab.go_to(f"/doctor/profile?id={asked}")
        await own.load()
        assert own.is_loaded
        assert own.refusal
        assert (own.form.id, own.places) == ("", [])
