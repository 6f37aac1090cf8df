"""Claiming a record with a mailed link: once, in time, by whoever holds it."""

from __future__ import annotations

from typing import Any

import pytest

from appointment_app import clock
from appointment_app.accounts import patients
from appointment_app.accounts.actor import NOBODY, Actor, Grant
from appointment_app.models import AuditEvent, MessageKind, OutboxMessage, Person, Role, row_id
from appointment_app.scheduling import appointments, cancelling, claiming
from tests.factories import (
    make_appointment,
    make_doctor,
    make_user,
    make_visit_type,
    patient_actor,
)
from tests.scheduling.desk import NOW, Desk, at, refused

pytestmark = [
    pytest.mark.parametrize("backend", ["sqlite"]),
    pytest.mark.usefixtures("standing_clock"),
]
NORA = {"given_name": "Nora", "family_name": "Brandt", "email": "nora@mail.example"}


async def reception(desk: Desk) -> Actor:
    user = await desk.make(make_user)
    return Actor(
        user_id=row_id(user), grants=frozenset({Grant(Role.RECEPTION, row_id(desk.clinic))})
    )


async def nora(desk: Desk, actor: Actor, **typed: str) -> Person:
    """Written down by the desk, with an appointment."""
    created = await desk.call(patients.create, actor, desk.clinic.public_id, NORA | typed)
    person: Person = next(each for each in await desk.all(Person) if each.public_id == created)
    await desk.make(make_appointment, desk.visit_type, desk.clinic, person, at("12:00"))
    return person


async def sent(desk: Desk, actor: Actor, person: Person) -> str:
    address = await desk.call(claiming.send_claim_link, actor, person.public_id)
    mail = (await desk.all(OutboxMessage))[-1]
    assert (mail.kind, mail.recipient) == (MessageKind.CLAIM_RECORD, address)
    return str(mail.payload["secret"])


async def own(desk: Desk, actor: Actor) -> list[Any]:
    return list(await desk.call(appointments.list_own, actor))


async def test_a_record_goes_into_that_of_the_account(desk: Desk) -> None:
    actor = await reception(desk)
    person = await nora(desk, actor)
    secret = await sent(desk, actor, person)
    with refused("LOGIN_REQUIRED"):
        await desk.call(claiming.claim, NOBODY, secret)
    await desk.call(claiming.claim, desk.actor, secret)
    assert [each.starts_at for each in await own(desk, desk.actor)] == [at("12:00")]
    with refused("LINK_INVALID"):
        await desk.call(claiming.claim, desk.actor, secret)
    deeds = [each.action for each in await desk.all(AuditEvent)]
    assert deeds.count("patient.claim_link_sent") == 1
    assert deeds[-1] == "patient.claimed"
    with refused("CANNOT_INVITE"):
        await desk.call(claiming.send_claim_link, actor, person.public_id)


async def test_an_account_without_a_record_gets_this_one(desk: Desk) -> None:
    actor = await reception(desk)
    person = await nora(desk, actor)
    user = await desk.make(make_user)
    await desk.call(claiming.claim, Actor(user_id=user.id), await sent(desk, actor, person))
    claimed = next(each for each in await desk.all(Person) if each.id == person.id)
    assert claimed.user_id == user.id
    assert len(await own(desk, await desk.make(patient_actor, claimed))) == 1


async def test_a_link_ends_by_time_and_by_the_next_one(desk: Desk) -> None:
    actor = await reception(desk)
    person = await nora(desk, actor)
    first, second = await sent(desk, actor, person), await sent(desk, actor, person)
    for secret in (first, "never-ours"):
        with refused("LINK_INVALID"):
            await desk.call(claiming.claim, desk.actor, secret)
    with clock.frozen(NOW + claiming.LIFETIME), refused("LINK_INVALID"):
        await desk.call(claiming.claim, desk.actor, second)
    await sent(desk, actor, person)
    with refused("TRY_AGAIN_LATER"):
        await desk.call(claiming.send_claim_link, actor, person.public_id)


async def test_two_visits_at_one_time_leave_the_link_good(desk: Desk) -> None:
    actor = await reception(desk)
    person = await nora(desk, actor)
    booked = await desk.book(at("10:00"))
    visit = await desk.make(make_visit_type, await desk.make(make_doctor, desk.clinic))
    await desk.make(make_appointment, visit, desk.clinic, person, at("10:00"))
    secret = await sent(desk, actor, person)
    with refused("CANNOT_MERGE"):
        await desk.call(claiming.claim, desk.actor, secret)
    await desk.call(cancelling.cancel, desk.actor, booked)
    await desk.call(claiming.claim, desk.actor, secret)
    assert len(await own(desk, desk.actor)) == 2


async def test_no_link_without_an_address_or_the_right(desk: Desk) -> None:
    actor = await reception(desk)
    person = await nora(desk, actor, email="")
    with refused("CANNOT_INVITE"):
        await desk.call(claiming.send_claim_link, actor, person.public_id)
    for who, code in ((NOBODY, "LOGIN_REQUIRED"), (desk.actor, "FORBIDDEN")):
        with refused(code):
            await desk.call(claiming.send_claim_link, who, person.public_id)
