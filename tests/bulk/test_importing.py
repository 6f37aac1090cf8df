"""Clinics, doctors, patients and appointments from files: new, changed, the same, or refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from appointment_app.accounts.actor import NOBODY, Actor, Grant
from appointment_app.bulk import files
from appointment_app.bulk.exporting import export
from appointment_app.bulk.importing import Outcome, bring_in
from appointment_app.errors import Forbidden, Invalid, LoginRequired, NotFound
from appointment_app.models import (
    Appointment,
    AuditEvent,
    BulkKind,
    BusyBlock,
    Clinic,
    Doctor,
    DoctorAtClinic,
    ExternalNumber,
    Guardianship,
    ImportFile,
    ImportState,
    PatientOfClinic,
    Person,
    Role,
    User,
    VisitType,
)
from appointment_app.models import AppointmentStatus as Status
from appointment_app.privacy.erasure import erase_for_patient
from tests.bulk.conftest import Group
from tests.bulk.files import APPOINTMENT, CLINIC, DOCTOR, PATIENT, as_csv
from tests.factories import doctor_actor, make_appointment, make_clinic, make_patient
from tests.scheduling.desk import at

on_sqlite = pytest.mark.parametrize("backend", ["sqlite"])
A_DAY_LATER = {"start": "2030-03-06 10:00"}
APPOINTMENTS, PATIENTS = BulkKind.APPOINTMENTS, BulkKind.PATIENTS


def counts(outcome: Outcome) -> tuple[int, int, int]:
    assert outcome.problems == ()
    return outcome.new, outcome.changed, outcome.same


def where(outcome: Outcome) -> list[tuple[int, str]]:
    assert outcome.problems
    return [(each.line, each.column) for each in outcome.problems]


async def everything(group: Group) -> list[Any]:
    tables = (Clinic, Doctor, Person, Appointment, BusyBlock, User, AuditEvent, ExternalNumber)
    rows = [row for table in tables for row in await group.all(table)]
    # That they were taken out is on record, too.
    return [row.model_dump() for row in rows if getattr(row, "record_type", "") != "export"]


async def test_a_group_is_brought_in_and_taken_out_and_in_again(lakeside: Group) -> None:
    later = APPOINTMENT | {"external_number": "A2", **A_DAY_LATER}
    over = later | {"external_number": "A3", "start": "2030-01-07 09:00", "status": "completed"}
    gone = APPOINTMENT | {"external_number": "A4", "status": "cancelled"}
    lines = (APPOINTMENT, later, over, gone)
    assert counts(await lakeside.bring_in(APPOINTMENTS, *lines)) == (4, 0, 0)
    assert counts(await lakeside.bring_in(APPOINTMENTS, *lines)) == (0, 0, 4)
    first = (await lakeside.all(Appointment))[0]
    assert (first.starts_at, first.duration, first.status) == (at("10:00"), 30, Status.CONFIRMED)
    before = await everything(lakeside)
    for kind in BulkKind:
        content = await lakeside.call(export, lakeside.root, kind)
        outcome = await lakeside.call(bring_in, lakeside.root, kind, content)
        assert counts(outcome)[:2] == (0, 0)
        assert outcome.same == outcome.lines > 0
    assert await everything(lakeside) == before


@on_sqlite
async def test_what_was_never_brought_in_goes_out_by_its_id(lakeside: Group) -> None:
    async with lakeside.database.session() as session:
        clinic = (await session.exec(select(Clinic))).one()
        visit = (await session.exec(select(VisitType))).first()
        assert visit is not None
        patient = await make_patient(session, phone="030 1234")
        await make_appointment(session, visit, clinic, patient, at("15:00"))
    for kind in BulkKind:
        content = await lakeside.call(export, lakeside.root, kind)
        outcome = await lakeside.call(bring_in, lakeside.root, kind, content)
        assert counts(outcome)[:2] == (0, 0)
    content = await lakeside.call(export, lakeside.root, APPOINTMENTS)
    moved = await lakeside.call(
        bring_in, lakeside.root, APPOINTMENTS, content.replace(b"15:00", b"16:00")
    )
    assert where(moved) == [(2, "start")]
    assert "booked here" in moved.problems[0].sentence


@on_sqlite
async def test_what_would_be_a_formula_goes_out_harmless_and_comes_in_as_it_was(
    lakeside: Group,
) -> None:
    odd = PATIENT | {"external_number": "-7;=1", "family_name": "Ahlers-Beck"}
    assert counts(await lakeside.bring_in(PATIENTS, odd)) == (1, 0, 0)
    content = await lakeside.call(export, lakeside.root, PATIENTS)
    assert b"\r\n'-7;'=1," in content
    assert counts(await lakeside.call(bring_in, lakeside.root, PATIENTS, content)) == (0, 0, 2)


@on_sqlite
async def test_what_differs_is_changed(lakeside: Group) -> None:
    assert counts(await lakeside.bring_in(APPOINTMENTS, APPOINTMENT)) == (1, 0, 0)
    moved = APPOINTMENT | {"start": "2030-03-05 10:15"}
    # In the time that it leaves there is room for another one.
    other = APPOINTMENT | {"external_number": "A2", "start": "2030-03-05 09:45"}
    assert counts(await lakeside.bring_in(APPOINTMENTS, moved, other)) == (1, 1, 0)
    gone = moved | {"status": "cancelled"}
    assert counts(await lakeside.bring_in(APPOINTMENTS, gone)) == (0, 1, 0)
    stored = (await lakeside.all(Appointment))[0]
    block = (await lakeside.all(BusyBlock))[0]
    assert (stored.status, stored.active, stored.version) == (Status.CANCELLED, False, 3)
    assert (block.busy_from, block.active) == (at("10:15"), False)
    assert where(await lakeside.bring_in(APPOINTMENTS, moved)) == [(2, "status")]
    outcome = await lakeside.bring_in(BulkKind.CLINICS, CLINIC | {"name": "Seaside Clinic"})
    assert counts(outcome) == (0, 1, 0)
    assert counts(await lakeside.bring_in(PATIENTS, PATIENT | {"family_name": "Beck"})) == (0, 1, 0)
    added = DOCTOR | {"visit_types": "Long visit 60", "title": "Prof"}
    assert counts(await lakeside.bring_in(BulkKind.DOCTORS, added)) == (0, 1, 0)
    assert len(await lakeside.all(VisitType)) == 3
    assert (await lakeside.all(Person))[-1].search_name == "ada beck"


@on_sqlite
async def test_a_doctor_comes_with_login_clinic_and_visits(lakeside: Group) -> None:
    (doctor,) = await lakeside.all(Doctor)
    (at_clinic,) = await lakeside.all(DoctorAtClinic)
    user = (await lakeside.all(User))[-1]
    assert (user.email, user.password_hash) == ("lena@clinic.example", "!")
    assert (doctor.user_id, at_clinic.doctor_id) == (user.id, doctor.id)
    assert [each.duration for each in await lakeside.all(VisitType)] == [30, 15]


@on_sqlite
async def test_one_bad_line_keeps_everything_out(lakeside: Group) -> None:
    before = await everything(lakeside)
    bad = APPOINTMENT | {"external_number": "A2", "patient": "P9"}
    assert where(await lakeside.bring_in(APPOINTMENTS, APPOINTMENT, bad)) == [(3, "patient")]
    assert await everything(lakeside) == before


BAD_CELLS = [
    (BulkKind.CLINICS, CLINIC, "country", "Germany"),
    (BulkKind.CLINICS, CLINIC, "zone", "Berlin"),
    (BulkKind.CLINICS, CLINIC, "zone", "Europe/Paris"),
    (BulkKind.CLINICS, CLINIC, "closed_on_holidays", "maybe"),
    (BulkKind.CLINICS, CLINIC, "phone", "12"),
    (BulkKind.DOCTORS, DOCTOR, "email", "nobody"),
    (BulkKind.DOCTORS, DOCTOR, "email", "other@clinic.example"),
    (BulkKind.DOCTORS, DOCTOR, "specialties", "magic"),
    (BulkKind.DOCTORS, DOCTOR, "clinics", "C1|C2"),
    (BulkKind.DOCTORS, DOCTOR, "visit_types", "First visit"),
    (BulkKind.DOCTORS, DOCTOR, "visit_types", "First visit 4"),
    (BulkKind.DOCTORS, DOCTOR, "practising_since", "1850"),
    (BulkKind.DOCTORS, DOCTOR, "languages", "de|german"),
    (BulkKind.DOCTORS, DOCTOR | {"external_number": "D2", "licence_number": "L-2"},
     "email", "lena@clinic.example"),
    (BulkKind.DOCTORS, DOCTOR | {"external_number": "D2", "email": "x@y.example"},
     "licence_number", "L-1"),
    (PATIENTS, PATIENT, "birth_date", "05.04.1961"),
    (PATIENTS, PATIENT, "birth_date", "2099-01-01"),
    (PATIENTS, PATIENT, "given_name", "<b>"),
    (PATIENTS, PATIENT, "clinic", "C9"),
    (APPOINTMENTS, APPOINTMENT, "doctor", "D9"),
    (APPOINTMENTS, APPOINTMENT, "start", "tomorrow"),
    (APPOINTMENTS, APPOINTMENT, "start", "2030-03-31 02:30"),
    (APPOINTMENTS, APPOINTMENT, "start", "1812-03-31 02:30"),
    (APPOINTMENTS, APPOINTMENT, "visit_type", "Surgery"),
    (APPOINTMENTS, APPOINTMENT | {"duration": ""}, "duration", "0"),
    (APPOINTMENTS, APPOINTMENT, "status", "done"),
    (APPOINTMENTS, APPOINTMENT, "status", "completed"),
]  # fmt: skip


@on_sqlite
@pytest.mark.parametrize(("kind", "line", "column", "value"), BAD_CELLS)
async def test_a_cell_that_is_wrong_is_named(
    lakeside: Group, kind: BulkKind, line: dict[str, str], column: str, value: str
) -> None:
    assert where(await lakeside.check(kind, line | {column: value})) == [(2, column)]


async def test_lines_that_overlap_are_named(lakeside: Group) -> None:
    other_patient = PATIENT | {"external_number": "P2", "given_name": "Bea"}
    await lakeside.bring_in(PATIENTS, other_patient)
    await lakeside.bring_in(APPOINTMENTS, APPOINTMENT)

    def line(number: str, start: str, **cells: str) -> dict[str, str]:
        return APPOINTMENT | {"external_number": number, "start": f"2030-03-05 {start}"} | cells

    lines = (
        line("A2", "10:15", patient="P2"),  # booked
        line("A3", "10:30"),
        line("A4", "10:45", patient="P2"),  # line 3
        line("A5", "09:45", status="cancelled"),
        line("A6", "09:30", duration="30"),
        line("A7", "09:31", duration="5"),  # line 6
    )
    lines = tuple(each | {"duration": each.get("duration", "")} for each in lines)
    outcome = await lakeside.bring_in(APPOINTMENTS, *lines)
    assert where(outcome) == [(2, "start"), (4, "start"), (7, "start")]
    sentences = [each.sentence for each in outcome.problems]
    assert "another appointment" in sentences[0]
    assert "line 3" in sentences[1]
    assert "line 6" in sentences[2]
    fine = [each for number, each in enumerate(lines) if number not in {0, 2, 5}]
    assert counts(await lakeside.bring_in(APPOINTMENTS, *fine)) == (3, 0, 0)


@on_sqlite
async def test_a_patient_is_at_one_place_at_a_time(lakeside: Group) -> None:
    other = DOCTOR | {
        "external_number": "D2",
        "email": "otto@clinic.example",
        "licence_number": "L-2",
    }
    await lakeside.bring_in(BulkKind.DOCTORS, other)
    second = APPOINTMENT | {"external_number": "A2", "doctor": "D2"}
    outcome = await lakeside.bring_in(APPOINTMENTS, APPOINTMENT, second)
    assert where(outcome) == [(3, "start")]
    assert "patient" in outcome.problems[0].sentence


@on_sqlite
async def test_administrators_bring_in_what_is_theirs(lakeside: Group) -> None:
    async with lakeside.database.session() as session:
        hill = await make_clinic(session, name="Hill Clinic")
    theirs = replace(lakeside.root, grants=frozenset({Grant(Role.ADMINISTRATOR, hill.id)}))
    hills = str(hill.public_id)
    for kind, line, column in (
        (BulkKind.CLINICS, CLINIC, "external_number"),
        (BulkKind.CLINICS, CLINIC | {"external_number": "C2", "name": "New"}, "external_number"),
        (BulkKind.DOCTORS, DOCTOR, "clinics"),
        (BulkKind.DOCTORS, DOCTOR | {"clinics": hills}, "external_number"),
        (PATIENTS, PATIENT, "clinic"),
        (PATIENTS, PATIENT | {"clinic": hills}, "external_number"),
        (APPOINTMENTS, APPOINTMENT, "clinic"),
    ):
        found = where(await lakeside.bring_in(kind, line, actor=theirs))
        assert (2, column) in found, kind
    mine = PATIENT | {"external_number": "P2", "clinic": hills}
    assert counts(await lakeside.bring_in(PATIENTS, mine, actor=theirs)) == (1, 0, 0)
    exported = (await lakeside.call(export, theirs, PATIENTS)).decode()
    assert "P2" in exported
    assert "P1" not in exported
    (doctor,) = await lakeside.all(Doctor)
    for nobody, refusal in ((doctor_actor(doctor), Forbidden), (NOBODY, LoginRequired)):
        with pytest.raises(refusal):
            await lakeside.bring_in(PATIENTS, PATIENT, actor=nobody)
        with pytest.raises(refusal):
            await lakeside.call(export, nobody, PATIENTS)


@on_sqlite
async def test_who_has_an_account_keeps_their_data(lakeside: Group) -> None:
    async with lakeside.database.session() as session:
        patient = await make_patient(session, phone="")
        clinic = (await session.exec(select(Clinic))).one()
        visit = (await session.exec(select(VisitType))).first()
        assert visit is not None
        await make_appointment(session, visit, clinic, patient, at("15:00"))
    line = {**PATIENT, "external_number": str(patient.public_id)}
    outcome = await lakeside.bring_in(PATIENTS, line)
    assert [each.line for each in outcome.problems] == [2]
    assert "account" in outcome.problems[0].sentence


@on_sqlite
async def test_what_a_family_keeps_is_changed_by_no_file(lakeside: Group) -> None:
    (patient,) = await lakeside.all(Person)
    async with lakeside.database.session() as session:
        parent = await make_patient(session)
        session.add(Guardianship(guardian_id=parent.id, dependent_id=patient.id))
        await session.commit()
    assert where(await lakeside.bring_in(PATIENTS, PATIENT | {"given_name": "Somebody"}))
    assert counts(await lakeside.bring_in(PATIENTS, PATIENT)) == (0, 0, 1)


@on_sqlite
async def test_a_clinic_that_a_doctor_left_changes_nothing_of_theirs(lakeside: Group) -> None:
    (doctor,) = await lakeside.all(Doctor)
    async with lakeside.database.session() as session:
        hill = await make_clinic(session, name="Hill Clinic")
        session.add(DoctorAtClinic(doctor_id=doctor.id, clinic_id=hill.id, active=False))
        await session.commit()
    theirs = replace(lakeside.root, grants=frozenset({Grant(Role.ADMINISTRATOR, hill.id)}))
    line = DOCTOR | {"clinics": str(hill.public_id), "licence_number": "ANOTHER"}
    found = where(await lakeside.bring_in(BulkKind.DOCTORS, line, actor=theirs))
    assert found == [(2, "external_number")]


@on_sqlite
async def test_that_records_were_taken_out_is_on_the_record_of_each_clinic(lakeside: Group) -> None:
    (clinic,) = await lakeside.all(Clinic)
    await lakeside.call(export, lakeside.root, PATIENTS)
    event = (await lakeside.all(AuditEvent))[-1]
    assert (event.action, event.actor_user_id, event.clinic_id) == (
        "patients.exported",
        lakeside.root.user_id,
        clinic.id,
    )


@on_sqlite
async def test_who_was_erased_stays_so_whatever_an_old_file_says(lakeside: Group) -> None:
    before = (await lakeside.call(export, lakeside.root, PATIENTS)).decode()
    (patient,) = await lakeside.all(Person)
    async with lakeside.database.session() as session:
        await erase_for_patient(
            session, lakeside.root, patient.public_id, typed_number=patient.number
        )
    line = PATIENT | {"external_number": str(patient.public_id)}
    # A clinic knows them still by the appointments that they had.
    async with lakeside.database.session() as session, session.begin():
        session.add(
            PatientOfClinic(
                person_id=patient.id,
                clinic_id=(await session.exec(select(Clinic.id))).one() or 0,
                added_by=lakeside.root.user_id or 0,
            )
        )
    assert where(await lakeside.bring_in(PATIENTS, line)) == [(2, "external_number")]
    booked = APPOINTMENT | {"patient": str(patient.public_id)}
    assert where(await lakeside.bring_in(APPOINTMENTS, booked)) == [(2, "patient")]
    (patient,) = await lakeside.all(Person)
    assert patient.family_name not in before


@on_sqlite
async def test_each_record_is_on_the_audit_record(lakeside: Group) -> None:
    await lakeside.bring_in(APPOINTMENTS, APPOINTMENT)
    (person,) = (each for each in await lakeside.all(Person))
    events = [
        (each.action, each.person_id, each.clinic_id is not None)
        for each in await lakeside.all(AuditEvent)
    ]
    assert events[-2:] == [
        ("appointment.imported", person.id, True),
        ("appointments.imported", None, False),
    ]
    before = len(events)
    await lakeside.bring_in(APPOINTMENTS, APPOINTMENT)
    assert len(await lakeside.all(AuditEvent)) == before


@on_sqlite
async def test_a_file_is_kept_for_its_sender_until_it_is_in(
    lakeside: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = as_csv(PATIENT | {"external_number": "P7"})
    key = await lakeside.call(
        files.keep_file, lakeside.root, PATIENTS, "C:/x/patients.csv", content
    )
    (kept,) = await lakeside.all(ImportFile)
    somebody_else = Actor(user_id=99, grants=lakeside.root.grants)
    with pytest.raises(NotFound):
        await lakeside.call(files.check_file, somebody_else, key)
    assert (await lakeside.call(files.check_file, lakeside.root, key)).new == 1
    done = await lakeside.bring_in_file(key)
    assert (done.name, counts(done.outcome)) == (kept.name, (1, 0, 0))
    (kept,) = await lakeside.all(ImportFile)
    assert (kept.state, kept.content) == (ImportState.DONE, b"")
    monkeypatch.setattr(files, "MOST_BYTES", 10)
    with pytest.raises(Invalid):
        await lakeside.call(files.keep_file, lakeside.root, PATIENTS, "x.csv", content)


async def test_of_the_files_that_wait_the_newest_are_kept(lakeside: Group) -> None:
    root = lakeside.root
    other = replace(root, user_id=(await lakeside.all(User))[-1].id)
    assert other.user_id != root.user_id

    async def send(name: str, actor: Actor) -> None:
        await lakeside.call(files.keep_file, actor, PATIENTS, name, b"x")

    for name in ("runs", "done"):
        await send(name, root)
    async with lakeside.database.session() as session, session.begin():
        for row in await session.exec(select(ImportFile)):
            row.state = ImportState.RUNNING if row.name == "runs" else ImportState.DONE
    await send("of somebody else", other)
    for number in range(files.MOST_WAITING + 2):
        await send(str(number), root)
    kept = [row.name for row in await lakeside.all(ImportFile)]
    assert kept == ["runs", "done", "of somebody else", "2", "3", "4", "5", "6"]
