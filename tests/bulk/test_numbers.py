"""Numbers of other software are one series: two systems that number alike are never mixed up."""

from __future__ import annotations

import pytest

from appointment_app.models import BulkKind, Person
from tests.bulk.conftest import Group
from tests.bulk.files import APPOINTMENT, CLINIC, DOCTOR, PATIENT

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

APPOINTMENTS, PATIENTS = BulkKind.APPOINTMENTS, BulkKind.PATIENTS
HILL = CLINIC | {"external_number": "C2", "name": "Hill Clinic"}
NEW = PATIENT | {"external_number": "P9", "given_name": "Nina"}
BOB = PATIENT | {
    "clinic": "C2",
    "given_name": "Bob",
    "family_name": "Beck",
    "birth_date": "1980-01-02",
}


@pytest.fixture
async def both(lakeside: Group) -> Group:
    """Two clinics, each with files of an old system of its own."""
    assert (await lakeside.bring_in(BulkKind.CLINICS, HILL)).new == 1
    return lakeside


async def refused(group: Group, kind: BulkKind, *lines: dict[str, str]) -> str:
    """The sentence that refuses the last of the lines."""
    (problem,) = (await group.bring_in(kind, *lines)).problems
    assert (problem.line, problem.column) == (len(lines) + 1, "external_number")
    return problem.sentence


async def test_a_patient_does_not_become_another_one_of_the_same_number(both: Group) -> None:
    sentence = await refused(both, PATIENTS, NEW, BOB)
    assert "another name at another clinic" in sentence
    assert "such as hill-P1." in sentence
    assert [each.given_name for each in (await both.all(Person))[-1:]] == ["Ada"]
    outcome = await both.bring_in(PATIENTS, NEW, BOB | {"external_number": "hill-P1"})
    assert (outcome.new, outcome.problems) == (2, ())


@pytest.mark.parametrize("change", [{}, {"family_name": "Beck"}, {"birth_date": "1961-04-06"}])
async def test_a_patient_who_goes_to_the_other_clinic_stays_the_same(
    both: Group, change: dict[str, str]
) -> None:
    outcome = await both.bring_in(PATIENTS, NEW, PATIENT | {"clinic": "C2"} | change)
    assert (outcome.new, outcome.changed, outcome.problems) == (1, len(change), ())


async def test_other_numbers_of_two_systems_are_refused_with_what_to_do(both: Group) -> None:
    assert "such as hill-P1." in await refused(both, PATIENTS, BOB)
    doctor = DOCTOR | {"clinics": "C2"}
    assert (await both.bring_in(BulkKind.DOCTORS, doctor)).problems
    assert (await both.bring_in(APPOINTMENTS, APPOINTMENT)).new == 1
    other = APPOINTMENT | {"patient": "P9"}
    await both.bring_in(PATIENTS, NEW)
    assert "such as hill-A1." in await refused(both, APPOINTMENTS, other)
