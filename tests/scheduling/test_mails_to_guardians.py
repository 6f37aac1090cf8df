"""Every guardian hears of a child's appointments; who has an account of their own hears alone."""

from __future__ import annotations

import pytest

from appointment_app.accounts.contact import mail_contacts
from appointment_app.models import Guardianship, MessageKind, OutboxMessage, Person, row_id
from appointment_app.scheduling import brief, cancelling
from tests.factories import doctor_actor, make_patient, make_user, patient_actor
from tests.scheduling.desk import Desk, at


async def told(desk: Desk, kind: MessageKind) -> list[str]:
    return sorted(each.recipient for each in await desk.all(OutboxMessage) if each.kind is kind)


async def child_of_two(desk: Desk) -> tuple[Person, list[str]]:
    father = await desk.make(make_patient, given_name="Olaf")
    child = await desk.make(make_patient, guardian=desk.patient, given_name="Lina")
    async with desk.database.session() as session:
        session.add(Guardianship(guardian_id=row_id(father), dependent_id=row_id(child)))
        await session.commit()
        emails = [
            each.email
            for person in (desk.patient, father)
            for each in await mail_contacts(session, person.id or 0)
        ]
    return child, sorted(emails)


async def test_all_guardians_are_mailed_once_each(desk: Desk) -> None:
    child, emails = await child_of_two(desk)
    guardian = await desk.make(patient_actor, desk.patient)
    booked = await desk.book(at("10:00"), actor=guardian, person_id=child.public_id)
    assert len(set(emails)) == 2
    assert await told(desk, MessageKind.APPOINTMENT_BOOKED) == emails
    doctor = doctor_actor(desk.doctor)
    await desk.call(cancelling.cancel, doctor, booked, reason="The doctor is ill")
    assert await told(desk, MessageKind.APPOINTMENT_CANCELLED) == emails
    keys = [each.idempotency_key for each in await desk.all(OutboxMessage)]
    assert len(set(keys)) == len(keys) == 4


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_who_has_an_account_hears_alone(desk: Desk) -> None:
    child, _ = await child_of_two(desk)
    own = await desk.make(make_user)
    await desk.change(child, user_id=own.id)
    guardian = await desk.make(patient_actor, desk.patient)
    await desk.book(at("10:00"), actor=guardian, person_id=child.public_id)
    assert await told(desk, MessageKind.APPOINTMENT_BOOKED) == [own.email]


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_whom_no_mail_reaches_is_called(desk: Desk) -> None:
    booked = await desk.book(at("10:00"))
    doctor = doctor_actor(desk.doctor)
    reach = await desk.call(brief.load_reach, doctor, booked)
    assert (reach.is_mailed, reach.phone) == (True, "")
    await desk.change(desk.patient, user_id=None, email=None, phone="+493090182011")
    reach = await desk.call(brief.load_reach, doctor, booked)
    assert (reach.is_mailed, reach.phone) == (False, "+493090182011")
