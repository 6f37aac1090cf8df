"""A patient's appointments without a browser: whose they are, what is said, and cancelling."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.models import Appointment, AppointmentStatus, Person
from appointment_app.scheduling import cancelling
from appointment_app.scheduling.cancelling import CANCEL_REASON_LIMIT
from appointment_app.scheduling.rescheduling import NewTime, move
from appointment_app.states import my_appointments
from appointment_app.states.my_appointments import MyAppointments
from tests.factories import UNKNOWN_ID, doctor_actor, make_appointment, make_patient, patient_actor
from tests.scheduling.doctors_day import stored
from tests.states.patients_tab import TUESDAY_TEN, Practice, Tab
from tests.states.tabs import run

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

DAY = timedelta(days=1)


@pytest.fixture
async def tab(practice: Practice) -> Tab:
    return await practice.tab(practice.patient)


async def add(practice: Practice, person: Person, days: int = 0, **values: Any) -> Appointment:
    async with practice.database.session() as session:
        return await make_appointment(
            session,
            practice.visit_type,
            practice.clinic,
            person,
            TUESDAY_TEN + days * DAY,
            **values,
        )


async def listed(tab: Tab, address: str = "/appointments") -> MyAppointments:
    tab.go_to(address)
    state = await tab.state(MyAppointments)
    await state.load_list()
    return state


async def shown(tab: Tab, appointment_id: object, more: str = "") -> MyAppointments:
    tab.go_to(f"/appointment?id={appointment_id}{more}")
    state = await tab.state(MyAppointments)
    await run(state.load_one())
    return state


async def cancelled(state: MyAppointments, typed: Any = None) -> str:
    form = {"cancel_reason": ""} if typed is None else typed
    return str(await run(state.cancel_appointment(form)))


async def cancel_as(practice: Practice, actor: Actor, key: UUID, reason: str = "") -> None:
    async with practice.database.session() as session:
        await cancelling.cancel(session, actor, key, reason=reason)


async def guardian_of(practice: Practice) -> tuple[Person, Person]:
    async with practice.database.session() as session:
        guardian = await make_patient(session, given_name="Greta", family_name="Keller")
        child = await make_patient(
            session, guardian=guardian, given_name="Lina", family_name="Keller"
        )
    return guardian, child


async def test_upcoming_come_soonest_first_past_ones_latest_first(
    practice: Practice, tab: Tab
) -> None:
    for days in (2, -8, 0, -2):
        await add(practice, practice.patient, days)
    await add(practice, practice.patient, 1, status=AppointmentStatus.CANCELLED)
    await add(practice, await practice.person(), 3)
    state = await listed(tab)
    assert [each.when.split()[1] for each in state.appointments] == ["24", "26"]
    assert not state.shows_past
    await listed(tab, "/appointments?show=past")
    assert [(each.when.split()[1], each.status) for each in state.appointments] == [
        ("25", "cancelled"),
        ("22", "confirmed"),
        ("16", "confirmed"),
    ]


async def test_the_list_grows_by_pages(
    practice: Practice, tab: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(my_appointments, "_PAGE", 2)
    for days in range(5):
        await add(practice, practice.patient, days)
    state = await listed(tab)
    assert (len(state.appointments), state.has_more) == (2, True)
    await state.more()
    assert (len(state.appointments), state.has_more) == (4, True)
    await state.more()
    assert (len(state.appointments), state.has_more) == (5, False)
    await listed(tab)
    assert (len(state.appointments), state.has_more) == (2, True)


async def test_nobody_is_led_to_the_login(practice: Practice) -> None:
    nobody = await practice.tab()
    appointment = await add(practice, practice.patient)
    nobody.go_to("/appointments")
    state = await nobody.state(MyAppointments)
    assert "/login?next=%2Fappointments" in str(await state.load_list())
    assert "/login?next=%2Fappointments" in str(await state.more())
    assert "/login" in str(await state.ask(str(appointment.public_id)))
    nobody.go_to(f"/appointment?id={appointment.public_id}")
    assert "/login?next=%2Fappointment%3Fid%3D" in str(await run(state.load_one()))
    assert (state.appointments, state.appointment.id, state.is_asking) == ([], "", False)


async def test_one_appointment_with_all_that_is_needed(practice: Practice, tab: Tab) -> None:
    appointment = await add(
        practice,
        practice.patient,
        reference="ABCD2345",
        reason="My knee",
        place="Harbour Clinic, Quay Street 1, 10115 Berlin",
    )
    one = (await shown(tab, appointment.public_id, "&new=1")).appointment
    assert (one.when, one.zone) == ("Tuesday 24 November 2026, 10:00", "Berlin time")
    assert (one.reference, one.visit) == ("ABCD-2345", "First visit · 30 min")
    assert (one.headline, one.status) == ("Your appointment is confirmed", "confirmed")
    assert (one.patient_name, one.whose, one.reason) == ("Pia Patient", "", "My knee")
    assert one.place.startswith("Harbour Clinic")
    assert (one.is_own, one.can_cancel) == (True, True)
    assert (await tab.state(MyAppointments)).is_new


@pytest.mark.parametrize("key", ["", "1", "x" * 5000, "%00", UNKNOWN_ID])
async def test_an_id_that_is_none(practice: Practice, tab: Tab, key: str) -> None:
    mine = await add(practice, practice.patient)
    await shown(tab, mine.public_id)
    state = await shown(tab, key, "&new=1")
    assert (state.is_loaded, state.is_missing, state.is_new) == (True, True, False)
    assert state.appointment.id == ""


async def test_somebody_elses_is_not_found(practice: Practice, tab: Tab) -> None:
    other = await add(practice, await practice.person(family_name="Quillfeather"), reason="Ears")
    state = await shown(tab, other.public_id)
    assert state.is_missing
    assert "We could not find that." in str(await state.ask(str(other.public_id)))
    assert not state.is_asking
    assert "Quillfeather" not in str(state.dict())


@pytest.mark.parametrize("key", [None, 5, "x", "", [], {"id": 1}])
async def test_asking_about_nonsense_is_answered_with_a_sentence(
    practice: Practice, tab: Tab, key: Any
) -> None:
    state = await listed(tab)
    assert "We could not find that." in str(await state.ask(key))
    assert not state.is_asking


async def test_cancelled_with_a_reason(practice: Practice, tab: Tab) -> None:
    mine = await add(practice, practice.patient)
    state = await shown(tab, mine.public_id, "&new=1")
    assert state.is_new
    await state.ask(str(mine.public_id))
    assert (state.is_asking, state.asked.id) == (True, str(mine.public_id))
    sent = await cancelled(state, {"cancel_reason": " I am well "})
    assert "You get a mail that says so." in sent
    assert "document.getElementById" in sent
    record = await stored(practice.database, mine.public_id)
    assert (record.status, record.cancel_reason) == (AppointmentStatus.CANCELLED, "I am well")
    assert (state.is_asking, state.is_cancelling) == (False, False)
    assert (state.appointment.cancelled, state.appointment.can_cancel) == (
        "Cancelled by you",
        False,
    )
    assert not state.is_new
    assert not (await shown(tab, mine.public_id, "&new=1")).is_new


async def test_the_list_follows_what_was_cancelled(practice: Practice, tab: Tab) -> None:
    first, second = await add(practice, practice.patient), await add(practice, practice.patient, 1)
    state = await listed(tab)
    await state.ask(str(first.public_id))
    await cancelled(state)
    assert [each.id for each in state.appointments] == [str(second.public_id)]


async def test_a_second_click_cancels_nothing_more(practice: Practice, tab: Tab) -> None:
    first, second = await add(practice, practice.patient), await add(practice, practice.patient, 1)
    state = await listed(tab)
    assert await cancelled(state) == "[]"
    await state.ask(str(first.public_id))
    await cancelled(state)
    assert await cancelled(state) == "[]"
    assert (await stored(practice.database, second.public_id)).active


async def test_keeping_it_cancels_nothing(practice: Practice, tab: Tab) -> None:
    mine = await add(practice, practice.patient)
    state = await listed(tab)
    await state.ask(str(mine.public_id))
    await state.keep()
    assert await cancelled(state) == "[]"
    assert (await stored(practice.database, mine.public_id)).active


async def test_a_reason_that_is_too_long_is_said_at_the_field(practice: Practice, tab: Tab) -> None:
    mine = await add(practice, practice.patient)
    state = await listed(tab)
    await state.ask(str(mine.public_id))
    await cancelled(state, {"cancel_reason": "x" * (CANCEL_REASON_LIMIT + 1)})
    assert state.cancel_reason_error == f"Please use at most {CANCEL_REASON_LIMIT} characters."
    assert (state.is_asking, state.cancel_problem) == (True, "")
    assert (await stored(practice.database, mine.public_id)).active


async def test_what_the_clinic_cancelled_meanwhile_is_said_in_the_question(
    practice: Practice, tab: Tab
) -> None:
    mine = await add(practice, practice.patient)
    state = await shown(tab, mine.public_id)
    await state.ask(str(mine.public_id))
    await cancel_as(practice, doctor_actor(practice.doctor), mine.public_id, "I am ill")
    await cancelled(state)
    assert state.cancel_problem == "This appointment is already cancelled."
    state = await shown(tab, mine.public_id)
    assert state.appointment.cancelled == "Cancelled by the clinic"
    assert state.appointment.cancel_reason == "I am ill"


async def test_an_appointment_that_has_begun_cannot_be_cancelled(
    practice: Practice, tab: Tab
) -> None:
    mine = await add(practice, practice.patient)
    state = await shown(tab, mine.public_id)
    await state.ask(str(mine.public_id))
    with clock.frozen(TUESDAY_TEN):
        tab.cookie = (await practice.tab(practice.patient)).cookie
        tab.go_to("/appointments")
        await cancelled(state)
    assert state.cancel_problem.startswith("This appointment has already begun")


@pytest.mark.parametrize("typed", ["x", 5, [], {}, {"cancel_reason": 5}, {"cancel_reason": None}])
async def test_a_form_that_no_page_sends_is_a_form_without_reason(
    practice: Practice, tab: Tab, typed: Any
) -> None:
    mine = await add(practice, practice.patient)
    state = await listed(tab)
    await state.ask(str(mine.public_id))
    await cancelled(state, typed)
    assert (await stored(practice.database, mine.public_id)).cancel_reason == ""


async def test_a_guardian_reads_whose_appointment_it_is(practice: Practice) -> None:
    guardian, child = await guardian_of(practice)
    appointment = await add(practice, child)
    tab = await practice.tab(guardian)
    state = await listed(tab)
    assert [each.whose for each in state.appointments] == ["for Lina Keller"]
    await shown(tab, appointment.public_id, "&new=1")
    assert state.appointment.headline == "The appointment is confirmed"
    assert not state.is_new
    await state.ask(str(appointment.public_id))
    sent = await cancelled(state)
    assert "The appointment is cancelled." in sent
    assert "mail" not in sent
    assert state.appointment.cancelled == "Cancelled by you"


async def test_who_cancelled_is_named_to_everybody_who_may_see_it(practice: Practice) -> None:
    guardian, child = await guardian_of(practice)
    appointment = await add(practice, child)
    async with practice.database.session() as session:
        actor = await patient_actor(session, guardian)
    await cancel_as(practice, actor, appointment.public_id)
    doctor = await practice.tab(practice.doctor)
    state = await shown(doctor, appointment.public_id)
    assert state.appointment.cancelled == "Cancelled by the patient"
    assert (state.appointment.is_own, state.appointment.can_cancel) == (False, False)


async def test_the_doctor_cannot_cancel_from_here_without_a_reason(practice: Practice) -> None:
    appointment = await add(practice, practice.patient)
    doctor = await practice.tab(practice.doctor)
    state = await shown(doctor, appointment.public_id)
    await state.ask(str(appointment.public_id))
    await cancelled(state)
    assert state.cancel_reason_error == "Please give a reason: the patient is told why."
    assert (await stored(practice.database, appointment.public_id)).active


async def test_a_question_closes_with_its_page_and_stays_when_the_page_reconnects(
    practice: Practice, tab: Tab
) -> None:
    mine = await add(practice, practice.patient)
    state = await listed(tab)
    await state.ask(str(mine.public_id))
    await listed(tab)
    assert state.is_asking
    await listed(tab, "/appointments?show=past")
    assert not state.is_asking


async def test_what_the_clinic_changes_meanwhile_stays_in_the_open_list_with_its_reason(
    practice: Practice, tab: Tab
) -> None:
    first = await add(practice, practice.patient)
    second = await add(practice, practice.patient, 1)
    state = await listed(tab)
    assert await state.refresh() is None
    doctor = doctor_actor(practice.doctor)

    await cancel_as(practice, doctor, first.public_id, "The heating broke")
    told = str(await state.refresh())
    assert "The appointment on Tuesday 24 November 2026, 10:00 was cancelled." in told
    assert [(each.status, each.cancel_reason) for each in state.appointments] == [
        ("cancelled", "The heating broke"),
        ("confirmed", ""),
    ]

    later = NewTime(second.starts_at + timedelta(hours=1))
    async with practice.database.session() as session:
        await move(session, doctor, second.public_id, later, version=1, reason="A funeral")
    told = str(await state.refresh())
    assert "An appointment was moved to Wednesday 25 November 2026, 11:00." in told
    for _ in range(2):
        assert [each.news for each in state.appointments] == [
            "",
            "Moved from Wednesday 25 November 2026, 10:00. A funeral",
        ]
        assert await state.refresh() is None
    assert len((await listed(tab)).appointments) == 1
