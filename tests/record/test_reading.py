"""Who reads what of the record, how it is searched, and its file."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from appointment_app import clock
from appointment_app.accounts import audit
from appointment_app.accounts.actor import NOBODY, Actor, Grant
from appointment_app.database import Database, transactional
from appointment_app.errors import DomainError, Forbidden, LoginRequired, NotFound
from appointment_app.models import AuditEvent, Clinic, Person, Role, row_id
from appointment_app.record import csv_file, reading
from appointment_app.record.reading import Question
from tests.accounts.people import NOON
from tests.factories import (
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_user,
    make_visit_type,
)
from tests.statements import counted_statements

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


@dataclass
class Archive:
    """Two clinics with entries about one patient each."""

    database: Database
    harbour: Clinic
    park: Clinic
    pia: Person
    paul: Person
    reference: str
    root: Actor
    keeper: Actor

    async def find(self, reader: Actor | None = None, /, **asked: Any) -> list[str]:
        """The actions and people that a question finds, newest first."""
        async with self.database.session() as session:
            found = await reading.find(session, reader or self.root, Question(**asked))
        return [f"{each.action} {each.person}".strip() for each in found.entries]

    async def values(self, actor: Actor, number: int) -> list[reading.Change]:
        async with self.database.session() as session:
            return await reading.read_values(session, actor, number)


@pytest.fixture
async def archive(database: Database) -> AsyncIterator[Archive]:
    with clock.frozen(NOON):
        async with database.session() as session:
            harbour = await make_clinic(session)
            park = await make_clinic(session, name="Parkside Clinic")
            pia = await make_patient(session, given_name="Pia", family_name="Quill")
            paul = await make_patient(session, given_name="Paul", family_name="Übel")
            dora = await make_doctor(session, harbour)
            visit = await make_visit_type(session, dora)
            booked = await make_appointment(session, visit, harbour, pia, NOON + timedelta(days=1))
            users = [await make_user(session, email=f"{each}@x.example") for each in ("r", "k")]
        root, keeper = (
            Actor(user_id=row_id(user), grants=frozenset({Grant(Role.ADMINISTRATOR, clinic_id)}))
            for user, clinic_id in zip(users, (None, row_id(park)), strict=True)
        )
        found = Archive(database, harbour, park, pia, paul, booked.reference, root, keeper)
        doctor = Actor(user_id=dora.user_id, address="192.0.2.7")
        await _write(
            database, doctor, "appointment.booked", "appointment", row_id(booked), pia, harbour
        )
        with clock.frozen(NOON + timedelta(days=1)):
            values = {"phone": "+4930901820", "allergies": "Nuts"}
            await _write(database, root, "profile.changed", "person", 1, paul, park, values)
            await _write(database, keeper, "clinic.changed", "clinic", 2, None, park, {"name": "B"})
            await _write(database, NOBODY, "administrator.created", "user_account", 1)
        yield found


async def _write(
    database: Database,
    actor: Actor,
    action: str,
    kind: str,
    number: int,
    person: Person | None = None,
    clinic: Clinic | None = None,
    values: dict[str, str] | None = None,
) -> None:
    async with database.session() as session:
        await _record(session, actor, action, kind, number, person, clinic, values)


@transactional
async def _record(
    session: Any,
    actor: Actor,
    action: str,
    kind: str,
    number: int,
    person: Person | None,
    clinic: Clinic | None,
    values: dict[str, str] | None,
) -> None:
    audit.record(
        session,
        actor,
        action,
        record_type=kind,
        record_id=number,
        person_id=person.id if person else None,
        clinic_id=clinic.id if clinic else None,
        after=values or {},
    )


ALL = [
    "administrator.created",
    "clinic.changed",
    "profile.changed Paul Übel",
    "appointment.booked Pia Quill",
]


async def test_an_administrator_of_all_reads_all_newest_first(archive: Archive) -> None:
    assert await archive.find() == ALL


async def test_an_administrator_of_a_clinic_reads_what_belongs_there(archive: Archive) -> None:
    assert await archive.find(archive.keeper) == ALL[1:3]
    assert await archive.find(archive.keeper, person="Pia") == []


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        (NOBODY, LoginRequired),
        (Actor(user_id=1, person_id=1), Forbidden),
        (Actor(user_id=1, doctor_id=1, grants=frozenset({Grant(Role.DOCTOR)})), Forbidden),
        (Actor(user_id=1, grants=frozenset({Grant(Role.RECEPTION)})), Forbidden),
    ],
)
async def test_others_read_nothing(
    archive: Archive, actor: Actor, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        await archive.find(actor)
    with pytest.raises(refusal):
        await archive.values(actor, 1)
    async with archive.database.session() as session:
        with pytest.raises(refusal):
            await reading.note_export(session, actor)
    with pytest.raises(refusal):
        await anext(csv_file.csv_pieces(archive.database, actor, Question()))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"person": "quill"}, ALL[3:]),
        ({"person": "Uebel"}, ALL[2:3]),
        ({"person": "%"}, []),
        ({"actor": "Dora Doctor"}, ALL[3:]),
        ({"actor": "K@x.example"}, ALL[1:2]),
        ({"action": "clinic.changed"}, ALL[1:2]),
        ({"action": "nothing"}, []),
        # PostgreSQL would stumble over it.
        ({"action": "clinic.\x00changed", "person": "\x00", "actor": "\x00"}, ALL[1:2]),
        ({"record": "ZZZZ"}, []),
        ({"first_day": NOON.date() + timedelta(days=1)}, ALL[:3]),
        ({"last_day": NOON.date()}, ALL[3:]),
        ({"last_day": NOON.date(), "person": "Paul"}, []),
    ],
)
async def test_what_is_looked_for_is_found(
    archive: Archive, asked: dict[str, Any], found: list[str]
) -> None:
    assert await archive.find(**asked) == found


async def test_an_appointment_is_found_by_its_reference(archive: Archive) -> None:
    assert await archive.find(record=f" {archive.reference} ") == ALL[3:]
    async with archive.database.session() as session:
        found = await reading.find(session, archive.root, Question(record=archive.reference))
    (entry,) = found.entries
    assert (entry.reference, entry.who, entry.clinic, entry.address) == (
        archive.reference,
        "Dr Dora Doctor",
        "Harbour Clinic",
        "192.0.2.7",
    )


async def test_pages_follow_each_other_and_cost_the_same(archive: Archive) -> None:
    seen: list[str] = []
    before = None
    for left in (True, True, True, False):
        with counted_statements(archive.database) as statements:
            async with archive.database.session() as session:
                page = await reading.find(session, archive.root, Question(), before=before, limit=1)
        assert len(statements) <= 6
        seen += [each.action for each in page.entries]
        before = page.next
        assert (before is not None) is left
    assert seen == [each.split()[0] for each in ALL]


async def test_values_are_shown_to_those_who_may_know_and_the_look_is_an_entry(
    archive: Archive,
) -> None:
    changes = await archive.values(archive.keeper, 2)
    assert [(each.field, each.before, each.after, each.hidden) for each in changes] == [
        ("allergies", "", "", True),
        ("phone", "", "+4930901820", False),
    ]
    async with archive.database.session() as session:
        look = (
            await session.exec(select(AuditEvent).where(AuditEvent.action == "record.read"))
        ).one()
    assert (look.actor_user_id, look.record_id, look.person_id, look.clinic_id) == (
        archive.keeper.user_id,
        2,
        archive.paul.id,
        archive.park.id,
    )
    assert look.changes is None


async def test_values_of_another_clinics_entry_are_nobodys_business(archive: Archive) -> None:
    for number in (1, 4, 999):
        with pytest.raises(NotFound):
            await archive.values(archive.keeper, number)


async def test_the_file_has_what_the_search_finds(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_file, "_AT_ONCE", 2)
    pieces = csv_file.csv_pieces(archive.database, archive.keeper, Question())
    rows = list(csv.DictReader(io.StringIO("".join([each async for each in pieces]))))
    assert [(row["Entry"], row["What"], row["Patient"]) for row in rows] == [
        ("3", "Clinic changed", ""),
        ("2", "Profile changed", "Paul Übel"),
    ]
    assert "+4930901820" not in repr(rows)


async def test_no_cell_of_the_file_is_a_formula(archive: Archive) -> None:
    async with archive.database.session() as session:
        person = await session.get_one(Person, archive.paul.id)
        person.given_name = "=HYPERLINK(1)"
        await session.commit()
    pieces = csv_file.csv_pieces(archive.database, archive.root, Question(person="hyperlink"))
    text = "".join([each async for each in pieces])
    assert "'=HYPERLINK(1) Übel" in text
