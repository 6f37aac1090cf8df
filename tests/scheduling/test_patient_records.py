"""Looking patients up: whom each of the staff finds, and what they see of them."""

from __future__ import annotations

from uuid import UUID

import pytest

from appointment_app.accounts import patients
from appointment_app.accounts.actor import NOBODY, Actor, Grant
from appointment_app.models import AuditEvent, OutboxMessage, Role, row_id
from appointment_app.scheduling import cancelling, patient_records, staff_booking
from appointment_app.scheduling.staff_booking import StaffRequest
from tests.factories import doctor_actor, make_clinic, make_doctor, make_user
from tests.scheduling.desk import Desk, at, refused

pytestmark = [
    pytest.mark.parametrize("backend", ["sqlite"]),
    pytest.mark.usefixtures("standing_clock"),
]
NORA = {"given_name": "Nora", "family_name": "Brandt"}


async def reception(desk: Desk) -> Actor:
    user = await desk.make(make_user)
    return Actor(
        user_id=row_id(user), grants=frozenset({Grant(Role.RECEPTION, row_id(desk.clinic))})
    )


async def listed(desk: Desk, actor: Actor, typed: str = "") -> list[str]:
    found = await desk.call(patient_records.list_patients, actor, None, typed)
    return [each.name for each in found.patients]


async def record(desk: Desk, actor: Actor, person_id: UUID) -> patient_records.PatientRecord:
    found: patient_records.PatientRecord = await desk.call(
        patient_records.load_patient, actor, person_id
    )
    return found


async def test_the_desk_lists_whom_its_clinic_knows(desk: Desk) -> None:
    actor = await reception(desk)
    assert await listed(desk, actor) == []
    await desk.book(at("10:00"))
    await desk.call(patients.create, actor, desk.clinic.public_id, NORA)
    assert await listed(desk, actor) == ["Nora Brandt", desk.patient.full_name]
    assert await listed(desk, actor, "bran") == ["Nora Brandt"]
    elsewhere = await desk.make(make_clinic)
    with refused("NOT_FOUND"):
        await desk.call(patient_records.list_patients, actor, elsewhere.public_id, "")


async def test_a_doctor_lists_their_own(desk: Desk) -> None:
    await desk.book(at("10:00"))
    await desk.call(patients.create, await reception(desk), desk.clinic.public_id, NORA)
    assert await listed(desk, doctor_actor(desk.doctor)) == [desk.patient.full_name]
    colleague = await desk.make(make_doctor, desk.clinic)
    assert await listed(desk, doctor_actor(colleague)) == []


async def test_patients_and_nobody_list_nobody(desk: Desk) -> None:
    with refused("FORBIDDEN"):
        await listed(desk, desk.actor)
    with refused("LOGIN_REQUIRED"):
        await listed(desk, NOBODY)


async def test_a_look_at_a_patient_is_on_record(desk: Desk) -> None:
    actor = await reception(desk)
    booked = await desk.book(at("10:00"))
    found = await record(desk, actor, desk.patient.public_id)
    assert (found.view.name, found.number) == (desk.patient.full_name, desk.patient.number)
    assert found.has_account
    assert found.clinic_id == desk.clinic.public_id
    assert not found.view.shows_health
    (visit,) = found.upcoming
    assert (visit.id, visit.can_move, visit.can_cancel) == (booked, True, True)
    looks = [each for each in await desk.all(AuditEvent) if each.action == "profile.viewed"]
    assert [(each.record_id, each.actor_user_id) for each in looks] == [
        (desk.patient.id, actor.user_id)
    ]
    await desk.call(cancelling.cancel, actor, booked, reason="The doctor is ill")
    found = await record(desk, actor, desk.patient.public_id)
    assert found.upcoming == ()
    assert [(each.id, each.can_move, each.can_cancel) for each in found.past] == [
        (booked, False, False)
    ]


async def test_each_sees_the_appointments_that_are_theirs_to_see(desk: Desk) -> None:
    await desk.book(at("10:00"))
    colleague = await desk.make(make_doctor, desk.clinic)
    with refused("NOT_FOUND"):
        await record(desk, doctor_actor(colleague), desk.patient.public_id)
    own = await record(desk, doctor_actor(desk.doctor), desk.patient.public_id)
    assert len(own.upcoming) == 1
    assert not own.can_keep
    elsewhere = await desk.make(make_clinic)
    stranger = Actor(user_id=1, grants=frozenset({Grant(Role.RECEPTION, row_id(elsewhere))}))
    with refused("NOT_FOUND"):
        await record(desk, stranger, desk.patient.public_id)


async def test_the_desk_books_for_somebody_who_was_never_here(desk: Desk) -> None:
    """Told by mail where an address was written down, and seen as a confirmed appointment."""
    actor = await reception(desk)
    nora = await desk.call(
        patients.create, actor, desk.clinic.public_id, NORA | {"email": "nora@mail.example"}
    )
    (place,) = await desk.call(staff_booking.list_places, actor, desk.clinic.public_id)
    request = StaffRequest(
        place.id, desk.visit_type.public_id, nora, at("10:00"), "", "the-one-and-only-key"
    )
    await desk.call(staff_booking.book_for_patient, actor, request)
    (visit,) = (await record(desk, actor, nora)).upcoming
    assert visit.starts_at == at("10:00")
    (mail,) = await desk.all(OutboxMessage)
    assert mail.recipient == "nora@mail.example"


async def test_places_are_where_the_actor_books(desk: Desk) -> None:
    other = await desk.make(make_clinic)
    await desk.make(make_doctor, other, family_name="Zander")
    assert len(await desk.call(staff_booking.list_places, await reception(desk))) == 1
    assert len(await desk.call(staff_booking.list_places, doctor_actor(desk.doctor))) == 1
    with refused("FORBIDDEN"):
        await desk.call(staff_booking.list_places, desk.actor)
    with refused("LOGIN_REQUIRED"):
        await desk.call(staff_booking.list_places, NOBODY)
