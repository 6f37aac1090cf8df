from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from icalendar import Calendar

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.i18n import use_locale
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    Guardianship,
    MessageKind,
    OutboxMessage,
    Person,
    Resource,
    ResourceKind,
    ResourceUse,
    User,
    VisitMode,
    row_id,
)
from appointment_app.notifications.appointment_words import NoLongerTrue, RecordMissing
from appointment_app.notifications.letter import Letter
from appointment_app.notifications.messages import compose
from tests.notifications.records import (
    NOW,
    PATIENT_EMAIL,
    REASON,
    SPECIALTY,
    STARTS,
    VISIT_NAME,
    book,
    cancel,
)

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

_APPOINTMENT_KINDS = [
    MessageKind.APPOINTMENT_BOOKED,
    MessageKind.APPOINTMENT_CONFIRMED,
    MessageKind.APPOINTMENT_CANCELLED,
    MessageKind.APPOINTMENT_RESCHEDULED,
]


async def _letter(database: Database, kind: MessageKind, **payload: Any) -> Letter:
    outgoing = OutboxMessage(
        idempotency_key="-", kind=kind, recipient=PATIENT_EMAIL, payload=payload
    )
    async with database.session() as session:
        with clock.frozen(NOW):
            return await compose(session, outgoing)


@pytest.mark.parametrize("kind", list(MessageKind))
async def test_every_kind_reads_as_text_and_as_html(database: Database, kind: MessageKind) -> None:
    booked = await book(database)
    letter = await _letter(
        database,
        kind,
        user_id=booked.patient.id,
        doctor_id=booked.doctor.id,
        appointment_id=booked.appointment.id,
        appointment_ids=[booked.appointment.id],
        person_id=booked.person.id,
        guardian_id=booked.person.id,
        keeps_guardians=False,
        starts_at=int(STARTS.timestamp()),
        secret="s3cret",
        next="/book?doctor=1&type=2",
        reason="<b>not</b> found",
        role="reception",
        clinic="Harbour Clinic",
    )
    text, html = letter.as_text(), letter.as_html()
    assert letter.subject
    assert "{" not in text
    assert '<html lang="en">' in html
    assert "<b>not</b>" not in html
    for sentence in letter.opening:
        assert sentence in text
    if letter.link:
        assert letter.link[1].startswith("http://testserver/")
        assert letter.link[1] in text.splitlines()


@pytest.mark.parametrize("kind", list(MessageKind))
async def test_no_mail_tells_a_mail_server_about_health(
    database: Database, kind: MessageKind
) -> None:
    booked = await book(database)
    letter = await _letter(
        database,
        kind,
        appointment_id=booked.appointment.id,
        appointment_ids=[booked.appointment.id],
        person_id=booked.person.id,
        guardian_id=booked.person.id,
        keeps_guardians=True,
        starts_at=int(STARTS.timestamp()),
        secret="s",
        doctor_id=1,
        user_id=1,
        role="reception",
        clinic="Harbour Clinic",
    )
    everything = letter.subject + letter.as_text() + letter.as_html()
    for private in (REASON, SPECIALTY, VISIT_NAME):
        assert private.lower() not in everything.lower()
    assert "Lind" not in letter.subject


async def test_the_verification_link_leads_on(database: Database) -> None:
    letter = await _letter(
        database, MessageKind.VERIFY_EMAIL, user_id=1, secret="a-b_c", next="/book?doctor=1&type=2"
    )
    assert letter.link is not None
    assert letter.link[1] == (
        "http://testserver/verify?token=a-b_c&next=%2Fbook%3Fdoctor%3D1%26type%3D2"
    )


async def test_a_mail_to_an_unproved_address_carries_nobodys_words(database: Database) -> None:
    booked = await book(database)
    for kind in (MessageKind.VERIFY_EMAIL, MessageKind.ADDRESS_KNOWN, MessageKind.RESET_PASSWORD):
        letter = await _letter(database, kind, user_id=booked.patient.id, secret="s", next="")
        assert booked.person.given_name not in letter.as_text()


async def test_a_booking_says_all_that_one_needs(database: Database) -> None:
    booked = await book(database)
    letter = await _letter(
        database, MessageKind.APPOINTMENT_BOOKED, appointment_id=booked.appointment.id
    )
    text = letter.as_text()
    assert letter.subject == "Appointment booked: Monday 23 November 2026, 15:30"
    for needed in (
        "Monday 23 November 2026, 15:30 to 15:50 (Berlin time)",
        "Dr Sara Lind",
        "Clinic at the Park, Parkweg 1, 10115 Berlin",
        "K7M2-Q9",
        "+49 30 1234567",
        f"http://testserver/appointment?id={booked.appointment.public_id}",
        "cancel",
    ):
        assert needed in text
    assert "confirm" not in text


@pytest.mark.parametrize("kind", [MessageKind.APPOINTMENT_BOOKED, MessageKind.SERIES_BOOKED])
async def test_room_and_device_are_named_to_the_patient_and_the_room_in_the_calendar(
    database: Database, kind: MessageKind
) -> None:
    booked = await book(database)
    async with database.session() as session, session.begin():
        for of_kind, name in ((ResourceKind.ROOM, "Room 2"), (ResourceKind.DEVICE, "Ultrasound")):
            taken = Resource(clinic_id=row_id(booked.clinic), kind=of_kind, name=name)
            session.add(taken)
            await session.flush()
            use = ResourceUse(
                resource_id=row_id(taken),
                block_id=booked.appointment.block_id,
                busy_from=booked.appointment.starts_at,
                busy_until=booked.appointment.ends_at,
            )
            session.add(use)
    one = booked.appointment.id
    letter = await _letter(database, kind, appointment_id=one, appointment_ids=[one])
    text = letter.as_text()
    assert "Room 2, " in text
    assert "Ultrasound" in text
    (attachment,) = letter.attachments
    (event,) = Calendar.from_ical(attachment.content).walk("VEVENT")
    assert event["LOCATION"] == "Room 2, Clinic at the Park, Parkweg 1, 10115 Berlin"
    assert b"Ultrasound" not in attachment.content


async def test_a_video_visit_names_its_link(database: Database) -> None:
    booked = await book(database, mode=VisitMode.VIDEO)
    letter = await _letter(
        database, MessageKind.APPOINTMENT_BOOKED, appointment_id=booked.appointment.id
    )
    assert ("Video link", "https://video.example/room") in letter.facts


async def test_a_request_is_not_called_a_booking(database: Database) -> None:
    booked = await book(database, status=AppointmentStatus.PENDING)
    letter = await _letter(
        database, MessageKind.APPOINTMENT_BOOKED, appointment_id=booked.appointment.id
    )
    assert letter.subject.startswith("Appointment requested")
    assert "still has to confirm it" in letter.as_text()


async def test_a_confirmation_says_so(database: Database) -> None:
    booked = await book(database)
    letter = await _letter(
        database, MessageKind.APPOINTMENT_CONFIRMED, appointment_id=booked.appointment.id
    )
    assert letter.subject.startswith("Appointment confirmed")


@pytest.mark.parametrize("kind", _APPOINTMENT_KINDS)
async def test_a_late_mail_tells_the_state_of_today(database: Database, kind: MessageKind) -> None:
    booked = await book(database)
    await cancel(database, booked, booked.patient.id)
    letter = await _letter(database, kind, appointment_id=booked.appointment.id)
    assert letter.subject.startswith("Appointment cancelled")
    assert b"STATUS:CANCELLED" in letter.attachments[0].content


async def test_the_patient_who_cancelled_is_you(database: Database) -> None:
    booked = await book(database)
    await cancel(database, booked, booked.patient.id, "it went away by itself")
    letter = await _letter(
        database, MessageKind.APPOINTMENT_CANCELLED, appointment_id=booked.appointment.id
    )
    assert letter.opening == ("You cancelled this appointment.",)


async def test_the_doctor_who_cancelled_is_named_with_the_reason(database: Database) -> None:
    booked = await book(database)
    await cancel(database, booked, booked.doctor.user_id, "I am ill")
    letter = await _letter(
        database, MessageKind.APPOINTMENT_CANCELLED, appointment_id=booked.appointment.id
    )
    assert letter.opening == ("Dr Sara Lind cancelled this appointment.", "Reason: I am ill")


async def test_an_administrator_cancels_for_the_clinic(database: Database) -> None:
    booked = await book(database)
    async with database.session() as session, session.begin():
        administrator = User(email="admin@example.org", password_hash="-")
        session.add(administrator)
    await cancel(database, booked, administrator.id)
    letter = await _letter(
        database, MessageKind.APPOINTMENT_CANCELLED, appointment_id=booked.appointment.id
    )
    assert letter.opening == ("Clinic at the Park cancelled this appointment.",)


async def test_a_childs_appointment_names_the_child_and_the_guardian(database: Database) -> None:
    booked = await book(database)
    async with database.session() as session, session.begin():
        other = User(email="ben@example.org", password_hash="-")
        child = Person(given_name="Mia", family_name="Berg")
        session.add_all([other, child])
        await session.flush()
        guardian = Person(user_id=other.id, given_name="Ben", family_name="Berg")
        session.add(guardian)
        await session.flush()
        assert guardian.id is not None
        assert child.id is not None
        session.add(Guardianship(guardian_id=guardian.id, dependent_id=child.id))
        appointment = await session.get_one(Appointment, booked.appointment.id)
        appointment.person_id = child.id
    await cancel(database, booked, other.id)
    letter = await _letter(
        database, MessageKind.APPOINTMENT_CANCELLED, appointment_id=booked.appointment.id
    )
    assert letter.opening == ("Ben Berg cancelled this appointment.",)
    assert letter.facts[0] == ("For", "Mia Berg")


async def test_a_record_that_is_not_there_is_an_error(database: Database) -> None:
    with pytest.raises(RecordMissing):
        await _letter(database, MessageKind.APPOINTMENT_BOOKED, appointment_id=404)


async def test_the_appointment_is_named_by_its_public_id_only(database: Database) -> None:
    booked = await book(database)
    letter = await _letter(
        database, MessageKind.APPOINTMENT_BOOKED, appointment_id=booked.appointment.id
    )
    assert letter.link is not None
    assert UUID(letter.link[1].partition("id=")[2]) == booked.appointment.public_id


async def test_a_language_we_do_not_have_is_english_in_every_part(database: Database) -> None:
    booked = await book(database)
    use_locale("xx")
    letter = await _letter(
        database, MessageKind.APPOINTMENT_BOOKED, appointment_id=booked.appointment.id
    )
    assert letter.subject == "Appointment booked: Monday 23 November 2026, 15:30"
    assert '<html lang="en">' in letter.as_html()


@pytest.mark.parametrize(
    ("keeps", "said"), [(True, "You may still book for"), (False, "You no longer book for")]
)
async def test_a_guardian_reads_whose_account_was_opened(
    database: Database, keeps: bool, said: str
) -> None:
    booked = await book(database)
    name = booked.person.full_name
    opened = MessageKind.FAMILY_ACCOUNT_OPENED
    letter = await _letter(database, opened, person_id=booked.person.id, keeps_guardians=keeps)
    assert f"{said} {name}" in letter.as_text()
    assert name not in letter.subject
    async with database.session() as session, session.begin():
        (await session.get_one(Person, booked.person.id)).active = False
    with pytest.raises(NoLongerTrue):
        await _letter(database, opened, person_id=booked.person.id, keeps_guardians=keeps)
