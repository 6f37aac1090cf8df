"""Patients from a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import person_keys
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.contact_details import Unreadable, read_name, read_phone
from appointment_app.accounts.known_patients import known_at
from appointment_app.bulk.columns import NUMBER
from appointment_app.bulk.erased import erased_among_numbers
from appointment_app.bulk.plan import (
    Entry,
    Known,
    Plan,
    Progress,
    differing,
    find,
    in_turns,
    load_clinics,
    own_clinic,
    owners_of,
    rows_where_in,
    taken_by_other,
)
from appointment_app.bulk.reading import Line
from appointment_app.i18n import language_name, t
from appointment_app.models import (
    BulkKind,
    Guardianship,
    PatientOfClinic,
    Person,
    PersonMerge,
    row_id,
)

_OLDEST = date(1880, 1, 1)
_WHO = ("given_name", "family_name", "birth_date")
_OF_PERSON = ("given_name", "family_name", "birth_date", "phone", "language")


async def plan_patients(
    session: AsyncSession, actor: Actor, lines: list[Line], progress: Progress
) -> Plan:
    """Return what a file of patients does."""
    plan = Plan(BulkKind.PATIENTS)
    known = await load_clinics(session, actor, (line.cells["clinic"] for line in lines))
    numbers = [line.cells[NUMBER] for line in lines]
    people = await find_patients(session, numbers)
    ids = [row_id(person) for person in people.values()]
    reached = await patients_within_reach(session, known, ids)
    owners = await owners_of(session, BulkKind.PATIENTS, ids)
    gone, gone_numbers = (
        await person_keys.erased(session, ids),
        await erased_among_numbers(session, numbers),
    )
    ties = select(Guardianship.dependent_id).where(col(Guardianship.ended_at).is_(None))
    looked_after = set(await rows_where_in(session, ties, col(Guardianship.dependent_id), ids))
    first_about: dict[int, Line] = {}
    async for line in in_turns(lines, progress):
        clinic = own_clinic(plan, line, known, "clinic", line.cells["clinic"])
        if clinic is None:
            continue
        number, stored = line.cells[NUMBER], people.get(line.cells[NUMBER])
        if number in gone_numbers or (stored is not None and row_id(stored) in gone):
            plan.refuse(line, NUMBER, t("This patient was erased on their wish."))
            continue
        values = _values(plan, line, clinic.country, stored)
        if values is None:
            continue
        key = row_id(clinic)
        if stored is None:
            entry = Entry(line.number, number, Person(**values), True, clinic_id=key)
            entry.belonging = _known_at(key, actor.user_id or 0)
            plan.keep(entry)
            continue
        if row_id(stored) not in reached:
            sentence = t("This number belongs to a patient of another clinic.")
            plan.refuse(line, NUMBER, taken_by_other(number, sentence))
            continue
        if owners.get(row_id(stored), key) != key and _is_somebody_else(stored, values):
            sentence = t("This number belongs to a patient of another name at another clinic.")
            plan.refuse(line, NUMBER, taken_by_other(number, sentence))
            continue
        changes = differing(stored, values)
        if changes and (stored.user_id is not None or stored.id in looked_after):
            sentence = (
                t("This patient's family keeps this.")
                if stored.user_id is None
                else t("This patient has an account and keeps this themselves.")
            )
            plan.refuse(line, next(iter(changes)), sentence)
            continue
        first = first_about.setdefault(row_id(stored), line)
        if first is not line and any(first.cells[name] != line.cells[name] for name in _OF_PERSON):
            sentence = t(
                "Line {line} is about the same patient, whose two records became one here. Let"
                " both say the same.",
                line=first.number,
            )
            plan.refuse(line, NUMBER, sentence)
            continue
        if first is not line:
            plan.same += 1
            continue
        person = stored.id
        plan.keep(
            Entry(line.number, number, stored, False, changes, clinic_id=key, person_id=person)
        )
    return plan


async def find_patients(session: AsyncSession, numbers: Iterable[str]) -> dict[str, Person]:
    """Return the patients of these external numbers or ids, by what stands in the file.

    The number of a record that went into another one finds that one.
    """
    found = await find(session, BulkKind.PATIENTS, Person, numbers)
    merge = select(PersonMerge.merged_id, PersonMerge.kept_id).where(
        col(PersonMerge.undone_at).is_(None)
    )
    became: dict[int, int] = {}
    further = {row_id(person) for person in found.values()}
    while further:  # and that one may have gone into a third
        new = dict(await rows_where_in(session, merge, col(PersonMerge.merged_id), further))
        further = set(new.values()) - became.keys()
        became |= new
    if not became:
        return found
    kept = await rows_where_in(session, select(Person), col(Person.id), became.values())
    by_id = {row_id(person): person for person in (*found.values(), *kept)}

    def standing(person_id: int) -> int:
        seen = set()
        while person_id in became and person_id not in seen:
            seen.add(person_id)
            person_id = became[person_id]
        return person_id

    return {number: by_id[standing(row_id(person))] for number, person in found.items()}


async def patients_within_reach(session: AsyncSession, known: Known, ids: list[int]) -> set[int]:
    """Return those of the persons whom one of the actor's clinics knows, of those in ``known``."""
    reached = select(Person.id).where(known_at(known.own))
    return set(await rows_where_in(session, reached, col(Person.id), ids))


def _is_somebody_else(stored: Person, values: dict[str, Any]) -> bool:
    """Tell whether a line is hardly about a patient: of names and birth date two are others.

    One alone changes with a marriage, or because it was written wrongly.
    """
    who = differing(stored, {name: values[name] for name in _WHO})
    return len(who) > 1


def _known_at(clinic_id: int, user_id: int) -> tuple[type[Any], str, dict[str, Any]]:
    """Return what notes that a clinic knows a new patient."""
    columns = {"clinic_id": clinic_id, "added_by": user_id, "created_at": clock.now()}
    return PatientOfClinic, "person_id", columns


def _values(plan: Plan, line: Line, country: str, stored: Person | None) -> dict[str, Any] | None:
    """Return the columns of a person, None after a problem was noted."""
    before = len(plan.problems)
    values: dict[str, Any] = {"birth_date": _birth_date(plan, line)}
    readers: dict[str, Callable[[str], str]] = {
        "given_name": read_name,
        "family_name": read_name,
        "phone": lambda typed: read_phone(typed, country),
    }
    for name, read in readers.items():
        typed = line.cells[name]
        try:
            # What was stored before there was a check may stay as it is.
            is_stored = stored is not None and getattr(stored, name) == typed
            values[name] = typed if is_stored else read(typed)
        except Unreadable as unreadable:
            plan.refuse(line, name, str(unreadable))
    values["language"] = read_language(plan, line, "language", line.cells["language"]) or "en"
    return values if len(plan.problems) == before else None


def read_language(plan: Plan, line: Line, column: str, typed: str) -> str:
    """Return the code of a language (ISO 639-1), noting a problem where it is none."""
    code = typed.casefold()
    if code and (len(code) != 2 or language_name(code) == code):
        sentence = t("Please give a language as two letters, such as de.")
        plan.refuse(line, column, sentence)
    return code


def _birth_date(plan: Plan, line: Line) -> date | None:
    typed = line.cells["birth_date"]
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        plan.refuse(line, "birth_date", t("Please give a date such as 1961-04-05."))
        return None
    if not _OLDEST <= day <= clock.now().date():
        plan.refuse(line, "birth_date", t("Nobody who lives was born on this day."))
    return day
