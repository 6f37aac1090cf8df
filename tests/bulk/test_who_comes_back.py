"""Who was erased comes back by no file; two records that became one are found by either number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from appointment_app.bulk import files
from appointment_app.bulk.exporting import export
from appointment_app.bulk.importing import check, look, store
from appointment_app.bulk.writing import ChangedMeanwhile
from appointment_app.models import (
    Appointment,
    BulkKind,
    ErasedNumber,
    ExternalNumber,
    ImportFile,
    ImportState,
    Person,
)
from appointment_app.privacy.erasure import GIVEN_NAME, erase_for_patient
from appointment_app.scheduling.keeping_patients import merge, undo
from tests.bulk.conftest import Group
from tests.bulk.files import APPOINTMENT, CLINIC, PATIENT, as_csv

on_sqlite = pytest.mark.parametrize("backend", ["sqlite"])
APPOINTMENTS, PATIENTS = BulkKind.APPOINTMENTS, BulkKind.PATIENTS
TWIN = PATIENT | {"external_number": "P2", "given_name": "Adda", "phone": ""}


async def person_of(group: Group, number: str = "P1") -> Person:
    async with group.database.session() as session:
        statement = (
            select(Person)
            .join(ExternalNumber, ExternalNumber.record_id == Person.id)  # type: ignore[arg-type]
            .where(ExternalNumber.kind == PATIENTS, ExternalNumber.number == number)
        )
        return (await session.exec(statement)).one()


async def sentences(group: Group, kind: BulkKind, *lines: dict[str, Any]) -> list[str]:
    return [each.sentence for each in (await group.bring_in(kind, *lines)).problems]


async def test_an_old_file_brings_nobody_back(lakeside: Group) -> None:
    person = await person_of(lakeside)
    await lakeside.bring_in(APPOINTMENTS, APPOINTMENT)
    await lakeside.call(cancels_and_erases, lakeside.root, person)
    other = PATIENT | {"external_number": "P3"}
    # By its number, and by the id under which it was once taken out.
    for line in (PATIENT, PATIENT | {"external_number": str(person.public_id)}):
        (problem,) = (await lakeside.bring_in(PATIENTS, other, line)).problems
        assert (problem.line, problem.column) == (3, "external_number")
        assert "erased on their wish" in problem.sentence
    visit = APPOINTMENT | {"external_number": "A2"}
    assert await sentences(lakeside, APPOINTMENTS, visit)
    by_id = visit | {"patient": str(person.public_id)}
    assert await sentences(lakeside, APPOINTMENTS, by_id) == [
        "This patient was erased on their wish."
    ]
    assert [each.given_name for each in await lakeside.all(Person)] == [GIVEN_NAME]
    async with lakeside.database.session() as session:
        (digest,) = (await session.exec(select(ErasedNumber.digest))).all()
    assert len(digest) == 64
    # What is taken out can still be brought in.
    for kind in BulkKind:
        content = await lakeside.call(export, lakeside.root, kind)
        outcome = await lakeside.call(check, lakeside.root, kind, content)
        assert (outcome.problems, outcome.new, outcome.changed) == ((), 0, 0)


async def cancels_and_erases(session: Any, actor: Any, person: Person) -> None:
    await erase_for_patient(
        session, actor, person.public_id, typed_number=person.number, cancels_appointments=True
    )


async def test_who_is_erased_while_a_file_is_looked_at_stays_erased(lakeside: Group) -> None:
    person = await person_of(lakeside)
    for kind, line in (
        (PATIENTS, PATIENT | {"family_name": "Beck"}),
        (APPOINTMENTS, APPOINTMENT),
    ):
        async with lakeside.database.session() as session:
            plan, outcome = await look(session, lakeside.root, kind, as_csv(line))
            assert outcome.problems == ()
            if kind is APPOINTMENTS:
                await lakeside.call(cancels_and_erases, lakeside.root, person)
            else:
                async with lakeside.database.session() as other, other.begin():
                    (await other.get_one(Person, person.id)).version += 1
            with pytest.raises(ChangedMeanwhile):
                await store(session, lakeside.root, plan)
    assert await lakeside.all(Appointment) == []
    assert (await lakeside.all(Person))[0].family_name == "Person"


async def test_uploads_about_patients_go_with_whoever_is_erased(lakeside: Group) -> None:
    person = await person_of(lakeside)
    keys = {
        kind: await lakeside.call(files.keep_file, lakeside.root, kind, "x.csv", as_csv(line))
        for kind, line in (
            (PATIENTS, PATIENT | {"external_number": "P9"}),
            (APPOINTMENTS, APPOINTMENT),
            (BulkKind.CLINICS, CLINIC | {"external_number": "C9", "name": "Other"}),
        )
    }
    finished = await lakeside.bring_in_file(keys[PATIENTS])
    assert finished.state is ImportState.DONE
    await lakeside.call(cancels_and_erases, lakeside.root, person)
    kept = {each.kind: each for each in await lakeside.all(ImportFile)}
    assert kept.keys() == {PATIENTS, BulkKind.CLINICS}
    assert kept[PATIENTS].content == b""


async def test_an_import_that_runs_ends_when_its_file_is_taken_away(
    lakeside: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await person_of(lakeside)
    line = PATIENT | {"external_number": "P9"}
    key = await lakeside.call(files.keep_file, lakeside.root, PATIENTS, "x.csv", as_csv(line))

    async def looked(*arguments: Any, **options: Any) -> Any:
        found = await look(*arguments, **options)
        await lakeside.call(cancels_and_erases, lakeside.root, person)
        return found

    monkeypatch.setattr(files, "look", looked)
    assert await lakeside.call(files.begin, lakeside.root, key)
    await lakeside.database.settled()
    assert await lakeside.call(files.standing_of, lakeside.root, key) is None
    assert len(await lakeside.all(Person)) == 1


@on_sqlite
async def test_a_file_is_brought_in_once_and_others_see_what_came_of_it(lakeside: Group) -> None:
    line = PATIENT | {"external_number": "P9"}
    root = lakeside.root
    assert await lakeside.call(files.standing_of, root) is None
    key = await lakeside.call(files.keep_file, root, PATIENTS, "x.csv", as_csv(line))
    assert (await lakeside.call(files.standing_of, root)).state is ImportState.WAITING
    assert await lakeside.call(files.begin, root, key)
    assert not await lakeside.call(files.begin, root, key)
    await lakeside.database.settled()
    assert not await lakeside.call(files.begin, root, key)
    standing = await lakeside.call(files.standing_of, root)
    assert (standing.state, standing.outcome.new, standing.refusal) == (ImportState.DONE, 1, "")
    assert (
        await lakeside.call(files.standing_of, replace(root, user_id=(root.user_id or 0) + 1))
        is None
    )


@on_sqlite
async def test_a_file_with_a_problem_waits_again(lakeside: Group) -> None:
    wrong = as_csv(PATIENT | {"given_name": "<b>"})
    key = await lakeside.call(files.keep_file, lakeside.root, PATIENTS, "x.csv", wrong)
    standing = await lakeside.bring_in_file(key)
    assert standing.state is ImportState.WAITING
    # Whose process died is not waited for either.
    async with lakeside.database.session() as session, session.begin():
        row = (await session.exec(select(ImportFile))).one()
        row.state, row.alive_at = ImportState.RUNNING, row.created_at - 2 * files.SILENT
        session.add(row)
    standing = await lakeside.call(files.standing_of, lakeside.root, key)
    assert (standing.state, standing.refusal) == (
        ImportState.WAITING,
        "It was broken off: nothing was brought in.",
    )


async def test_two_records_that_became_one_are_found_by_either_number(lakeside: Group) -> None:
    await lakeside.bring_in(PATIENTS, TWIN)
    kept, merged = await person_of(lakeside, "P1"), await person_of(lakeside, "P2")
    key = await lakeside.call(merge, lakeside.root, kept.public_id, merged.public_id)
    visit = APPOINTMENT | {"patient": "P2"}
    assert (await lakeside.bring_in(APPOINTMENTS, visit)).new == 1
    (booked,) = await lakeside.all(Appointment)
    assert booked.person_id == kept.id
    renamed = TWIN | {"given_name": "Ada", "family_name": "Beck"}
    assert (await lakeside.bring_in(PATIENTS, renamed)).changed == 1
    assert (await person_of(lakeside)).family_name == "Beck"
    (sentence,) = await sentences(lakeside, PATIENTS, PATIENT, TWIN)
    assert "Line 2 is about the same patient" in sentence
    assert (
        await lakeside.bring_in(PATIENTS, PATIENT, PATIENT | {"external_number": "P2"})
    ).same == 1
    content = (await lakeside.call(export, lakeside.root, PATIENTS)).decode()
    assert "P1" in content
    assert "P2" not in content
    await lakeside.call(undo, lakeside.root, key)
    assert (await lakeside.bring_in(PATIENTS, TWIN | {"family_name": "Cole"})).changed == 1
    assert (await person_of(lakeside, "P2")).family_name == "Cole"
    assert (await person_of(lakeside, "P1")).family_name == PATIENT["family_name"]
