"""Reception's handlers: finding a patient, writing one down, booking, moving, cancelling."""

from __future__ import annotations

import pytest
from sqlmodel import select

from appointment_app.models import Appointment, Person
from appointment_app.states.calendar_move import MoveAppointment
from appointment_app.states.front_desk import FrontDesk
from appointment_app.states.new_appointment import NewAppointment
from appointment_app.states.new_patient import NewPatient
from appointment_app.states.patient_record import PatientRecordPage
from appointment_app.states.patients import Patients
from tests.states.desks_tab import DesksTab, open_desks_tab
from tests.states.doctors_tab import DoctorsTab, done

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
NORA = {"given_name": "Nora", "family_name": "Brandt", "phone": "030 901820"}
NOT_MAILED = "There is no mail address: tell the patient yourself, +49 30 901820."


@pytest.fixture
async def desk(tab: DoctorsTab) -> DesksTab:
    return await open_desks_tab(tab)


async def stored(desk: DesksTab) -> list[Appointment]:
    async with desk.database.session() as session:
        return list(await session.exec(select(Appointment)))


async def written_down(desk: DesksTab) -> str:
    """Nora, written down on the page of the patients; the address of hers."""
    desk.go_to("/patients")
    await (await desk.root.get_state(Patients)).load()
    dialog = await desk.root.get_state(NewPatient)
    await dialog.open()
    said = await done(dialog.create(NORA))
    (row,) = await found(desk, "brandt")
    assert row in said
    return row


async def found(desk: DesksTab, typed: str) -> list[str]:
    page = await desk.root.get_state(Patients)
    await page.find(typed)
    return [row.href for row in page.rows]


async def test_a_patient_is_written_down_once_and_found(desk: DesksTab) -> None:
    address = await written_down(desk)
    dialog = await desk.root.get_state(NewPatient)
    assert await dialog.create(NORA) is None, "the second of two quick clicks"
    assert await found(desk, "030 9018") == [address]
    assert await found(desk, "sommer") == []
    page = await desk.root.get_state(Patients)
    assert page.is_searched
    await page.find("")
    assert [row.name for row in page.rows] == ["Nora Brandt"]


async def test_what_is_wrong_and_who_is_known_is_said_in_the_dialog(desk: DesksTab) -> None:
    address = await written_down(desk)
    dialog = await desk.root.get_state(NewPatient)
    await dialog.open()
    await dialog.create(NORA | {"phone": "12"})
    assert list(dialog.errors) == ["phone"]
    await dialog.create(NORA)
    (known,) = dialog.known
    assert (known.name, known.href) == ("Nora Brandt", address)
    assert address in await done(dialog.take(known.id))
    await dialog.open()
    await dialog.create(NORA)
    # Another one was typed since: that is another question.
    await dialog.create(NORA | {"given_name": "Nora Maria"})
    assert dialog.known
    await dialog.create(NORA | {"given_name": "Nora Maria"})
    assert not dialog.is_open
    async with desk.database.session() as session:
        assert len([each for each in await session.exec(select(Person)) if each.phone]) == 2


async def test_somebody_who_phones_is_booked_from_the_board(
    tab: DoctorsTab, desk: DesksTab
) -> None:
    board = await desk.root.get_state(FrontDesk)
    await board.load()
    booking = await desk.root.get_state(NewAppointment)
    await booking.open_at_desk()
    assert [label for _, label in booking.places] == [tab.doctor.full_name]
    assert (booking.date, booking.time) == ("2026-11-23", "09:05")
    assert booking.can_create
    dialog = await desk.root.get_state(NewPatient)
    await dialog.open()
    assert await dialog.create(NORA) is None
    assert (booking.patient.name, booking.patient.told) == ("Nora Brandt", NOT_MAILED)
    typed = {
        "place": booking.place,
        "visit_type": booking.visit_types[0][0],
        "date": "2026-11-23",
        "time": "10:00",
    }
    assert "Nora Brandt is booked for Monday 23 November 2026, 10:00" in await done(
        booking.book(typed)
    )
    assert [row.patient for column in board.columns for row in column.ahead] == ["Nora Brandt"]


async def test_the_page_of_a_patient_books_moves_and_cancels(
    tab: DoctorsTab, desk: DesksTab
) -> None:
    desk.go_to(await written_down(desk))
    page = await desk.root.get_state(PatientRecordPage)
    await page.load()
    assert (page.patient.name, page.patient.phone) == ("Nora Brandt", "+49 30 901820")
    booking = await desk.root.get_state(NewAppointment)
    await booking.open_for_patient()
    assert booking.patient.id == page.patient.id
    assert booking.patient.told == NOT_MAILED
    await booking.book(
        {
            "place": booking.place,
            "visit_type": booking.visit_types[0][0],
            "date": "2026-11-24",
            "time": "10:00",
        }
    )
    (row,) = page.upcoming
    assert "24 November" in row.when
    moving = await desk.root.get_state(MoveAppointment)
    await moving.ask(row.id)
    assert (moving.told.words, "nobody is mailed" in moving.told.reason) == (NOT_MAILED, True)
    await moving.move({"date": "2026-11-25", "time": "11:00", "reason": ""})
    assert "25 November" in page.upcoming[0].when
    await page.ask_cancel(row.id)
    assert (page.asked_told.words, "nobody is mailed" in page.asked_told.reason) == (
        NOT_MAILED,
        True,
    )
    await page.keep()
    assert await page.cancel({"cancel_reason": "She is ill"}) is None
    await page.ask_cancel(row.id)
    await page.cancel({"cancel_reason": " "})
    assert page.reason_error
    assert "Cancelled" in await done(page.cancel({"cancel_reason": "She is ill"}))
    assert (page.upcoming, [each.status for each in page.past]) == ([], ["cancelled"])
    assert [each.cancel_reason for each in await stored(desk)] == ["She is ill"]


async def test_others_find_nothing(tab: DoctorsTab, desk: DesksTab) -> None:
    address = await written_down(desk)
    tab.go_to(address)
    page = await tab.state(PatientRecordPage)
    await page.load()
    assert page.is_missing
    tab.go_to("/patients")
    listing = await tab.state(Patients)
    await listing.load()
    assert listing.rows == []
    assert not listing.can_create
    for nowhere in ("/patients?clinic=none", "/patients?clinic=" + address[-36:]):
        desk.go_to(nowhere)
        theirs = await desk.root.get_state(Patients)
        await theirs.load()
        assert theirs.is_missing
