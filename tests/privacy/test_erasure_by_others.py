"""What erasing somebody must not do to others, and what others must not undo."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from appointment_app.accounts import passwords, patients, sharing
from appointment_app.accounts.actor import Actor, Grant
from appointment_app.errors import Forbidden
from appointment_app.models import (
    AuditEvent,
    MessageKind,
    OutboxMessage,
    Person,
    Role,
    User,
    metadata,
    row_id,
)
from appointment_app.notifications.sender import deliver_due
from appointment_app.outbox import enqueue
from appointment_app.privacy import erasure
from appointment_app.privacy.erasure import erase, erase_for_patient
from appointment_app.scheduling import claiming, keeping_patients
from tests.accounts.people import PASSWORD, answer_at_once
from tests.factories import make_patient, make_user, patient_actor
from tests.scheduling.desk import Desk, at, refused

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
EMAIL = "quillfeather@mail.example"


class Mails:
    """Where letters arrive."""

    async def send(self, message: Any) -> None:
        """Take a letter."""


@pytest.fixture(autouse=True)
async def a_password(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_at_once(monkeypatch)
    async with desk.database.session() as session:
        user = await session.get_one(User, desk.patient.user_id)
        user.password_hash = await passwords.hashed(PASSWORD)
        await session.commit()


async def everything(desk: Desk) -> str:
    """All that stands in the database."""
    async with desk.database.engine.connect() as connection:
        tables = [
            (await connection.execute(sa.select(table))).all() for table in metadata.sorted_tables
        ]
    return str(tables).casefold()


async def staff(desk: Desk, role: Role, clinic_id: int | None) -> Actor:
    user = await desk.make(make_user)
    return Actor(user_id=row_id(user), grants=frozenset({Grant(role, clinic_id)}))


async def written_down(desk: Desk) -> Person:
    """Somebody without an account, who was mailed a link."""
    reception = await staff(desk, Role.RECEPTION, desk.clinic.id)
    typed = {"given_name": "Philippa", "family_name": "Quillfeather", "email": EMAIL}
    key = await desk.call(patients.create, reception, desk.clinic.public_id, typed)
    await desk.call(claiming.send_claim_link, reception, key)
    return next(each for each in await desk.all(Person) if each.public_id == key)


async def test_nothing_is_left_of_somebody_whom_staff_wrote_down(desk: Desk) -> None:
    person = await written_down(desk)
    root = await staff(desk, Role.ADMINISTRATOR, None)
    assert EMAIL in await everything(desk)
    await desk.call(erase_for_patient, root, person.public_id, typed_number=person.number)
    (letter,) = [each for each in await desk.all(OutboxMessage) if each.sent_at is None]
    assert (letter.kind, letter.recipient) == (MessageKind.PERSON_ERASED, EMAIL)
    await deliver_due(desk.database, Mails())  # type: ignore[arg-type]
    left = await everything(desk)
    assert "quillfeather" not in left
    assert person.number.casefold() not in left


async def test_whom_the_erased_had_invited_gets_their_own_mails(desk: Desk) -> None:
    child = await desk.make(make_patient, guardian=desk.patient)
    attacker = await desk.make(patient_actor, desk.patient)
    victim = await desk.make(make_user, email="victim@mail.example")
    await desk.call(sharing.invite_guardian, attacker, child.public_id, victim.email)
    async with desk.database.session() as session, session.begin():
        enqueue(
            session, MessageKind.PASSWORD_CHANGED, recipient=victim.email, key="1", payload={"a": 1}
        )
    await desk.call(erase, attacker, child.public_id, password=PASSWORD)
    await desk.call(erase, attacker, desk.patient.public_id, password=PASSWORD)
    left = [each for each in await desk.all(OutboxMessage) if each.recipient == victim.email]
    assert [(each.kind, each.sent_at) for each in left] == [(MessageKind.PASSWORD_CHANGED, None)]


async def test_a_guardian_erases_nobody_who_has_an_account(desk: Desk) -> None:
    grown_up = await desk.make(
        make_patient, guardian=desk.patient, user_id=row_id(await desk.make(make_user))
    )
    guardian = await desk.make(patient_actor, desk.patient)
    with pytest.raises(Forbidden):
        await desk.call(erase, guardian, grown_up.public_id, password=PASSWORD)
    assert "person.erased" not in {each.action for each in await desk.all(AuditEvent)}


async def test_staff_do_not_put_an_erased_record_back_into_use(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    await desk.call(
        erase, desk.actor, desk.patient.public_id, password=PASSWORD, cancels_appointments=True
    )
    assert not (await desk.appointment(booked)).active
    reception = await staff(desk, Role.RECEPTION, desk.clinic.id)
    with pytest.raises(Forbidden):
        await desk.call(keeping_patients.set_active, reception, desk.patient.public_id, True)


async def test_what_is_booked_meanwhile_keeps_somebody_from_being_erased(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def too_early(*_: Any) -> None:
        """Somebody books after this was looked at."""

    await desk.book(at("10:00"))
    monkeypatch.setattr(erasure, "_cancel_what_is_ahead", too_early)
    with refused("APPOINTMENTS_AHEAD", "cancel_appointments"):
        await desk.call(
            erase, desk.actor, desk.patient.public_id, password=PASSWORD, cancels_appointments=True
        )
    assert (await desk.all(Person))[0].active
