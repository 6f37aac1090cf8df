"""The profile page and the patient beside an appointment, in tabs without a browser."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointment_app.accounts import profiles
from appointment_app.states.my_appointments import MyAppointments
from appointment_app.states.patient_panel import PatientPanel
from appointment_app.states.profile_form import ProfileForm
from appointment_app.states.session_state import SessionState
from tests.factories import make_appointment, make_patient, patient_actor
from tests.states.doctors_tab import done
from tests.states.patients_tab import TUESDAY_TEN, Practice, Tab

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

TYPED = {
    "given_name": "Pia",
    "family_name": "Patient",
    "language": "en",
    "phone": "030 901820",
    "allergies": "Penicillin",
    "time_zone": "America/New_York",
}


async def opened(practice: Practice, address: str = "/profile") -> tuple[Tab, ProfileForm]:
    tab = await practice.tab(practice.patient)
    tab.go_to(address)
    form = await tab.state(ProfileForm)
    await form.load()
    return tab, form


async def test_a_profile_is_saved_and_read_again(practice: Practice) -> None:
    _, form = await opened(practice)
    assert (form.fields.given_name, form.fields.allergies) == ("Pia", "")
    assert "saved" in await done(form.save(TYPED))
    assert (form.fields.phone, form.fields.allergies) == ("+49 30 901820", "Penicillin")
    assert not form.fields.wants_reminders


async def test_the_header_has_the_new_name_at_once(practice: Practice) -> None:
    tab, form = await opened(practice)
    await form.save(TYPED | {"family_name": "Newname"})
    assert (await tab.state(SessionState)).display_name == "Pia Newname"


async def test_what_is_wrong_stands_at_its_field_and_the_form_stays(practice: Practice) -> None:
    _, form = await opened(practice)
    number = form.fields.number
    await form.save(TYPED | {"phone": "12"})
    assert list(form.errors) == ["phone"]
    assert form.fields.number == number


async def test_who_is_slower_sees_both_and_decides(practice: Practice) -> None:
    _, form = await opened(practice)
    async with practice.database.session() as session:
        actor = await patient_actor(session, practice.patient)
        await profiles.save_profile(session, actor, TYPED | {"allergies": "Nuts"}, version=1)
    number = form.fields.number
    await form.save(TYPED | {"allergies": "Penicillin"})
    assert form.problem
    found = {row.label: row.value for row in form.of_others}
    assert found["Allergies"] == "Nuts"
    assert "First name" not in found
    assert form.fields.number == number  # what is typed stays
    await form.save(TYPED | {"allergies": "Penicillin"})
    assert (form.problem, form.of_others, form.fields.allergies) == ("", [], "Penicillin")


async def test_the_version_of_others_can_be_loaded(practice: Practice) -> None:
    _, form = await opened(practice)
    async with practice.database.session() as session:
        actor = await patient_actor(session, practice.patient)
        await profiles.save_profile(session, actor, TYPED | {"allergies": "Nuts"}, version=1)
    await form.save(TYPED)
    await form.load_new_version()
    assert (form.fields.allergies, form.problem) == ("Nuts", "")


async def test_a_childs_profile_keeps_the_zone_that_its_form_does_not_show(
    practice: Practice,
) -> None:
    async with practice.database.session() as session:
        child = await make_patient(session, guardian=practice.patient, given_name="Kim")
        actor = await patient_actor(session, practice.patient)
        named = TYPED | {"given_name": "Kim"}
        await profiles.save_profile(session, actor, named, person_id=child.public_id, version=1)
    _, form = await opened(practice, f"/profile?person={child.public_id}")
    assert (form.fields.name, form.fields.is_own) == ("Kim Patient", False)
    await form.save({name: text for name, text in named.items() if name != "time_zone"})
    assert form.fields.time_zone == "America/New_York"


@pytest.mark.parametrize("asked", ["somebody", "00000000-0000-4000-8000-000000000000"])
async def test_a_profile_of_nobody_is_missing(practice: Practice, asked: str) -> None:
    _, form = await opened(practice, f"/profile?person={asked}")
    assert (form.is_loaded, form.is_missing) == (True, True)
    assert "could not find" in await done(form.save(TYPED))


async def test_nobody_is_led_to_log_in(practice: Practice) -> None:
    tab = await practice.tab()
    tab.go_to("/profile")
    assert "/login" in await done((await tab.state(ProfileForm)).load())


async def test_times_are_read_in_the_chosen_zone_not_the_devices(practice: Practice) -> None:
    async with practice.database.session() as session:
        await make_appointment(
            session, practice.visit_type, practice.clinic, practice.patient, TUESDAY_TEN
        )
    tab = await practice.tab(practice.patient, cookies="own-zone=Asia%2FTokyo")
    tab.go_to("/appointments")
    mine = await tab.state(MyAppointments)
    await mine.load_list()
    assert "18:00" in mine.appointments[0].own_time
    form = await tab.state(ProfileForm)
    await form.load()
    await form.save(TYPED)
    await mine.load_list()
    assert "04:00" in mine.appointments[0].own_time


async def test_a_doctor_unfolds_the_patient_of_an_appointment(practice: Practice) -> None:
    async with practice.database.session() as session:
        actor = await patient_actor(session, practice.patient)
        await profiles.save_profile(session, actor, TYPED, version=1)
        visits = [
            await make_appointment(
                session,
                practice.visit_type,
                practice.clinic,
                practice.patient,
                TUESDAY_TEN + timedelta(hours=hour),
            )
            for hour in range(2)
        ]
    tab = await practice.tab(practice.doctor)
    panel = await tab.state(PatientPanel)
    await panel.unfold(str(visits[0].public_id))
    assert (panel.patient.allergies, panel.patient.shows_health) == ("Penicillin", True)
    assert panel.appointment == str(visits[0].public_id)
    await panel.fold()
    assert (panel.patient.allergies, panel.appointment) == ("", "")
    assert "could not find" in await done(panel.unfold("nonsense"))
    stranger = await (await practice.tab(await practice.person())).state(PatientPanel)
    assert "could not find" in await done(stranger.unfold(str(visits[0].public_id)))
    assert stranger.patient.name == ""
