"""After somebody was erased the database holds nothing that names them, and says so."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from appointment_app import clock
from appointment_app.accounts import audit, login_sessions, passwords, throttle
from appointment_app.accounts.actor import NOBODY, Actor, Grant
from appointment_app.accounts.actors import identity_of
from appointment_app.accounts.logging_in import log_in
from appointment_app.errors import DomainError, Forbidden, NotFound
from appointment_app.models import (
    AccountToken,
    Appointment,
    AppointmentMove,
    AppointmentStatus,
    AuditEvent,
    BloodGroup,
    BulkKind,
    Consent,
    ExternalNumber,
    Guardianship,
    MessageKind,
    OutboxMessage,
    PatientOfClinic,
    PatientProfile,
    Person,
    PersonMerge,
    Role,
    RoleAssignment,
    TokenPurpose,
    User,
    metadata,
    row_id,
)
from appointment_app.notifications.messages import compose
from appointment_app.notifications.sender import deliver_due
from appointment_app.outbox import enqueue
from appointment_app.privacy.erasure import erase, erase_for_patient
from appointment_app.record.verification import verify
from tests.accounts.people import PASSWORD, answer_at_once
from tests.factories import make_appointment, make_patient, make_user, patient_actor
from tests.scheduling.desk import Desk, at, refused

on_sqlite = pytest.mark.parametrize("backend", ["sqlite"])
EMAIL = "quillfeather@mail.example"
# What is known of the person; no other row has any of it.
VALUES = (
    *("Quillfeather", "Philippa", "quillfeather", "1961-04-05", "+493090182011", EMAIL),
    *("Penicillin", "Zacharias", "+493090182099", "Neighbour", "Krankenkasse", "K-4711"),
    *("Fainting", "Has to travel", "Too far away", "meet.example", "Firefox", "198.51.100.7"),
    *(
        "Idle thoughts",
        "198.51.100.8",
        "new-address@mail.example",
        "X-998877",
        "Quillfeder",
        "Filippa",
        "quilltwin@mail.example",
    ),
)
KEPT = "Suspected arrhythmia"


class Mails:
    """Where letters arrive."""

    def __init__(self) -> None:
        self.to: list[str] = []

    async def send(self, message: Any) -> None:
        self.to.append(message["To"])


@pytest.fixture
async def leaver(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose patient has left traces in every table that can hold some."""
    answer_at_once(monkeypatch)
    async with desk.database.session() as session:
        person = await session.get_one(Person, desk.patient.id)
        person.given_name, person.family_name = "Philippa", "Quillfeather"
        person.birth_date, person.phone = date(1961, 4, 5), "+493090182011"
        user = await session.get_one(User, person.user_id)
        user.email, user.password_hash = EMAIL, await passwords.hashed(PASSWORD)
        user.email_verified_at = clock.now()
        session.add(RoleAssignment(user_id=row_id(user), role=Role.PATIENT))
        session.add(
            PatientProfile(
                person_id=row_id(person),
                blood_group=BloodGroup.A_POSITIVE,
                allergies="Penicillin",
                emergency_name="Zacharias",
                emergency_phone="+493090182099",
                emergency_relation="Neighbour",
                insurance_provider="Krankenkasse",
                insurance_number="K-4711",
                time_zone="Europe/Berlin",
            )
        )
        session.add(Consent(user_id=row_id(user), version="1", address="198.51.100.8"))
        session.add(
            PatientOfClinic(
                person_id=row_id(person), clinic_id=row_id(desk.clinic), added_by=row_id(user)
            )
        )
        twin = await make_patient(session, given_name="Filippa", family_name="Quillfeder")
        twin.email = "quilltwin@mail.example"
        session.add(twin)
        enqueue(
            session,
            MessageKind.CLAIM_RECORD,
            recipient=twin.email,
            key="2",
            payload={"note": "Fainting"},
        )
        session.add(
            PersonMerge(kept_id=row_id(person), merged_id=row_id(twin), merged_by=row_id(user))
        )
        session.add(
            ExternalNumber(
                kind=BulkKind.PATIENTS,
                number="X-998877",
                record_id=row_id(person),
                clinic_id=row_id(desk.clinic),
            )
        )
        session.add(
            AccountToken(
                user_id=row_id(user),
                purpose=TokenPurpose.CHANGE_EMAIL,
                secret_hash="0",
                email="new-address@mail.example",
                expires_at=clock.now(),
            )
        )
        enqueue(
            session,
            MessageKind.CHANGE_EMAIL,
            recipient="new-address@mail.example",
            key="0",
            payload={"note": "Fainting"},
        )
        common = (desk.visit_type, desk.clinic, person)
        past = await make_appointment(
            session,
            *common,
            at("09:00") - timedelta(days=30),
            status=AppointmentStatus.COMPLETED,
            reason="Fainting",
            notes=KEPT,
            join_link="https://meet.example/p",
        )
        gone = await make_appointment(
            session,
            *common,
            at("09:00") - timedelta(days=20),
            status=AppointmentStatus.NO_SHOW,
            notes="Idle thoughts",
            cancel_reason="Too far away",
        )
        session.add(
            AppointmentMove(
                appointment_id=row_id(past),
                from_starts_at=past.starts_at,
                from_ends_at=past.ends_at,
                to_starts_at=past.starts_at,
                to_ends_at=past.ends_at,
                reason="Has to travel",
                moved_by=row_id(user),
            )
        )
        audit.record(
            session,
            desk.actor,
            "profile.changed",
            record_type="person",
            record_id=row_id(person),
            person_id=row_id(person),
            before={"phone": "+493090182011"},
            after={"phone": "+493090182099", "family_name": "Quillfeather"},
        )
        await session.commit()
        async with session.begin():
            identity = (await identity_of(session, row_id(user))).at("198.51.100.7")
            await login_sessions.open_login(session, row_id(user), identity, user_agent="Firefox")
    await desk.book(at("10:00"), reason="Fainting")
    assert gone.id
    return desk


async def found_in(desk: Desk, *values: str) -> list[str]:
    """Every column of the database in which one of the values stands."""
    found = []
    async with desk.database.engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in (await connection.execute(sa.select(table))).mappings():
                found += [
                    f"{table.name}.{name}: {value}"
                    for name, content in row.items()
                    for value in values
                    if value.casefold() in str(content).casefold()
                ]
    return found


async def gone(desk: Desk, **values: Any) -> bool:
    options = {"password": PASSWORD, "cancels_appointments": True} | values
    is_own: bool = await desk.call(erase, desk.actor, desk.patient.public_id, **options)
    return is_own


async def test_no_value_of_the_person_is_left_in_any_table(leaver: Desk) -> None:
    missed = [value for value in VALUES if not await found_in(leaver, value)]
    assert missed == []

    assert await gone(leaver)
    mails = Mails()
    assert await deliver_due(leaver.database, mails) == 1  # type: ignore[arg-type]
    assert mails.to == [EMAIL]
    assert await found_in(leaver, *VALUES) == []

    assert await found_in(leaver, KEPT) != []
    async with leaver.database.session() as session:
        changed = (
            await session.exec(select(AuditEvent).where(AuditEvent.action == "profile.changed"))
        ).one()
        assert changed.fields == ["family_name", "phone"]
        assert await audit.read_changes(session, [changed]) == {}
        assert (await verify(session)).problems == []


@on_sqlite
async def test_the_person_cannot_log_in_and_every_login_has_ended(leaver: Desk) -> None:
    await gone(leaver)
    async with leaver.database.session() as session:
        with refused("WRONG_LOGIN"):
            await log_in(session, NOBODY, email=EMAIL, password=PASSWORD)
    ended = sa.text("SELECT count(*) FROM login_session WHERE ended_at IS NULL")
    async with leaver.database.engine.connect() as connection:
        assert (await connection.execute(ended)).scalar_one() == 0


@on_sqlite
async def test_the_visits_to_come_are_cancelled_and_free_their_time(leaver: Desk) -> None:
    await gone(leaver)
    (ahead,) = [each for each in await leaver.all(Appointment) if each.starts_at > clock.now()]
    assert (ahead.status, ahead.active) == (AppointmentStatus.CANCELLED, False)
    await leaver.book(at("10:00"), actor=await leaver.another_patient())


@on_sqlite
async def test_the_last_letter_says_what_was_kept_and_why(leaver: Desk) -> None:
    await gone(leaver)
    letter = (await leaver.all(OutboxMessage))[-1]
    assert (letter.kind, letter.recipient) == (MessageKind.PERSON_ERASED, EMAIL)
    (visit,) = [each for each in await leaver.all(Appointment) if each.notes]
    assert letter.payload == {"kept": [visit.reference]}
    async with leaver.database.session() as session:
        written = await compose(session, letter)
    assert dict(written.facts).keys() == {"Appointments", "Record", "Notes", "References"}


@on_sqlite
async def test_that_it_was_done_is_on_record_without_values(leaver: Desk) -> None:
    await gone(leaver)
    (event,) = [each for each in await leaver.all(AuditEvent) if each.action == "person.erased"]
    assert (event.actor_user_id, event.person_id, event.changes) == (
        leaver.actor.user_id,
        leaver.patient.id,
        None,
    )


@on_sqlite
async def test_nothing_happens_without_the_password(leaver: Desk) -> None:
    before = await found_in(leaver, *VALUES)
    with refused("INVALID", "password"):
        await gone(leaver, password="another password")
    assert await found_in(leaver, *VALUES) == before


@on_sqlite
async def test_guessing_the_password_is_slowed_down(leaver: Desk) -> None:
    for _ in range(throttle.FREE_FAILURES + 1):
        with pytest.raises(DomainError):
            await gone(leaver, password="another password")
    with refused("TRY_AGAIN_LATER"):
        await gone(leaver)


@on_sqlite
async def test_nothing_happens_while_appointments_stand(leaver: Desk) -> None:
    before = await found_in(leaver, *VALUES)
    with refused("APPOINTMENTS_AHEAD", "cancel_appointments"):
        await gone(leaver, cancels_appointments=False)
    assert await found_in(leaver, *VALUES) == before


@on_sqlite
async def test_nobody_is_erased_twice(leaver: Desk) -> None:
    await gone(leaver)
    with pytest.raises(DomainError):
        await gone(leaver)
    admin = Actor(user_id=1, grants=frozenset({Grant(Role.ADMINISTRATOR)}))
    with pytest.raises(NotFound):
        await leaver.call(erase_for_patient, admin, leaver.patient.public_id, typed_number="")


@on_sqlite
async def test_who_works_at_a_clinic_is_not_erased_so(leaver: Desk) -> None:
    async with leaver.database.session() as session:
        session.add(RoleAssignment(user_id=leaver.patient.user_id or 0, role=Role.RECEPTION))
        await session.commit()
    with refused("WORKS_HERE"):
        await gone(leaver)


@on_sqlite
async def test_a_child_is_not_left_without_a_guardian_and_can_be_erased_first(
    leaver: Desk,
) -> None:
    child = await leaver.make(make_patient, guardian=leaver.patient, given_name="Kimberly")
    leaver.actor = await leaver.make(patient_actor, leaver.patient)
    with refused("FAMILY_REMAINS"):
        await gone(leaver)
    is_own = await leaver.call(erase, leaver.actor, child.public_id, password=PASSWORD)
    assert is_own is False
    assert await found_in(leaver, "Kimberly") == []
    assert await found_in(leaver, "Philippa") != []
    async with leaver.database.session() as session:
        tie = (await session.exec(select(Guardianship))).one()
    assert tie.ended_at is not None
    assert await gone(leaver)


@on_sqlite
@pytest.mark.parametrize(
    ("who", "refusal"),
    [("nobody", DomainError), ("another patient", NotFound), ("an administrator", Forbidden)],
)
async def test_nobody_else_erases_them(leaver: Desk, who: str, refusal: type[DomainError]) -> None:
    actors = {
        "nobody": NOBODY,
        "another patient": await leaver.another_patient(),
        "an administrator": Actor(user_id=1, grants=frozenset({Grant(Role.ADMINISTRATOR)})),
    }
    with pytest.raises(refusal):
        await leaver.call(erase, actors[who], leaver.patient.public_id, password=PASSWORD)


@on_sqlite
async def test_an_administrator_of_all_erases_who_asked_by_telephone(leaver: Desk) -> None:
    user = await leaver.make(make_user)
    of_a_clinic, of_all = (
        Actor(user_id=user.id, grants=frozenset({Grant(Role.ADMINISTRATOR, clinic_id)}))
        for clinic_id in (leaver.clinic.id, None)
    )
    person, number = leaver.patient.public_id, leaver.patient.number
    with pytest.raises(Forbidden):
        await leaver.call(erase_for_patient, of_a_clinic, person, typed_number=number)
    with refused("INVALID", "typed_number"):
        await leaver.call(erase_for_patient, of_all, person, typed_number=number[1:])
    with refused("APPOINTMENTS_AHEAD", "cancel_appointments"):
        await leaver.call(erase_for_patient, of_all, person, typed_number=number)
    typed = f"{number[:3]}-{number[3:]} ".lower()
    assert await leaver.call(
        erase_for_patient, of_all, person, typed_number=typed, cancels_appointments=True
    )
    await deliver_due(leaver.database, Mails())  # type: ignore[arg-type]
    assert await found_in(leaver, *VALUES) == []
