"""A copy of a person's data: all of theirs, nobody else's, and no secret."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest
from icalendar import Calendar
from sqlmodel import col, select

from appointment_app.accounts import audit
from appointment_app.accounts.actor import NOBODY, Actor
from appointment_app.errors import DomainError, LoginRequired, NotFound
from appointment_app.models import AuditEvent, Person, row_id
from appointment_app.privacy.copy import list_people, make_copy
from tests.factories import doctor_actor, make_appointment, make_patient, make_user, patient_actor
from tests.scheduling.desk import Desk, at

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


async def copy_of(desk: Desk, person: Person, actor: Actor | None = None) -> dict[str, bytes]:
    packed = await desk.call(make_copy, actor or desk.actor, person.public_id)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def test_the_copy_has_all_about_the_person(desk: Desk) -> None:
    await desk.change(desk.patient, birth_date=date(1961, 4, 5), phone="+493090182011")
    booked = await desk.appointment(await desk.book(at("10:00"), reason="Fainting"))
    other = await desk.make(make_patient, given_name="Otto", family_name="Other")
    await desk.make(
        make_appointment, desk.visit_type, desk.clinic, other, at("11:00"), reason="A wart"
    )
    await desk.change(booked, notes="Suspected arrhythmia")

    files = await copy_of(desk, desk.patient)
    assert set(files) == {"data.json", "data.html", f"calendar/{booked.reference}.ics"}
    data = json.loads(files["data.json"])["data"]
    (person,) = data["person"]
    assert (person["given_name"], person["birth_date"]) == ("Pia", "1961-04-05")
    (appointment,) = data["appointment"]
    assert appointment["reason"] == "Fainting"
    assert (appointment["doctor"], appointment["clinic"]) == ("Dora Doctor", "Harbour Clinic")
    assert [each["action"] for each in data["audit_event"]] == [
        "appointment.booked",
        "person.exported",
    ]
    (account,) = data["user_account"]
    assert "@example.org" in account["email"]
    page = files["data.html"].decode()
    assert "Fainting" in page
    assert "1961-04-05" in page
    (event,) = Calendar.from_ical(files[f"calendar/{booked.reference}.ics"]).events
    assert at("10:00") == event.DTSTART

    text = page + files["data.json"].decode()
    for secret in ("Otto", "A wart", "Suspected arrhythmia"):
        assert secret not in text


async def test_what_somebody_typed_cannot_run_in_the_page(desk: Desk) -> None:
    await desk.book(at("10:00"), reason="<script>alert(1)</script>")
    files = await copy_of(desk, desk.patient)
    assert b"<script>" not in files["data.html"]
    assert b"&lt;script&gt;" in files["data.html"]


async def test_that_a_copy_was_taken_is_on_record(desk: Desk) -> None:
    await copy_of(desk, desk.patient)
    (event,) = await desk.all(AuditEvent)
    assert (event.action, event.actor_user_id, event.person_id) == (
        "person.exported",
        desk.actor.user_id,
        desk.patient.id,
    )


async def test_a_guardian_takes_the_data_of_a_child(desk: Desk) -> None:
    child = await desk.make(make_patient, guardian=desk.patient, given_name="Kim")
    guardian = await desk.make(patient_actor, desk.patient)
    people = await desk.call(list_people, guardian)
    assert [(each.name, each.is_own) for each in people] == [
        ("Pia Patient", True),
        ("Kim Patient", False),
    ]
    await desk.make(_nobodys_entry)
    data = json.loads((await copy_of(desk, child, guardian))["data.json"])["data"]
    assert [each["action"] for each in data["audit_event"]] == ["person.exported"]
    assert [each["given_name"] for each in data["person"]] == ["Kim"]
    assert data["user_account"] == []


async def test_a_guardian_learns_nothing_of_an_account(desk: Desk) -> None:
    grown_up = await desk.make(
        make_patient, guardian=desk.patient, user_id=row_id(await desk.make(make_user))
    )
    guardian = await desk.make(patient_actor, desk.patient)
    people = await desk.call(list_people, guardian)
    assert [(each.is_own, each.may_erase) for each in people] == [(True, True), (False, False)]
    data = json.loads((await copy_of(desk, grown_up, guardian))["data.json"])["data"]
    assert len(data["person"]) == 1
    assert data["user_account"] == data["login_session"] == data["consent"] == []
    own = await desk.make(patient_actor, grown_up)
    data = json.loads((await copy_of(desk, grown_up, own))["data.json"])["data"]
    assert len(data["user_account"]) == len(data["consent"]) == 1


async def _nobodys_entry(session: Any) -> None:
    audit.record(session, NOBODY, "clinic.created", record_type="clinic", record_id=1)
    await session.commit()


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("nobody", LoginRequired), ("another patient", NotFound), ("the doctor", NotFound)],
)
async def test_nobody_else_takes_it(desk: Desk, who: str, refusal: type[DomainError]) -> None:
    actors: dict[str, Any] = {
        "nobody": NOBODY,
        "another patient": await desk.another_patient(),
        "the doctor": doctor_actor(desk.doctor),
    }
    with pytest.raises(refusal):
        await copy_of(desk, desk.patient, actors[who])
    async with desk.database.session() as session:
        taken = select(AuditEvent).where(col(AuditEvent.action) == "person.exported")
        assert (await session.exec(taken)).all() == []
