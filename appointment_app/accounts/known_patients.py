"""Whom a clinic knows: who has or had an appointment there, and whom its staff wrote down."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from appointment_app.models import Appointment, Clinic, PatientOfClinic, Person
from appointment_app.texts import fit, search_word

_LONGEST_SEARCH = 100
_WAYS_TO_WRITE_A_DAY = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y")
# With so few digits it is no telephone number yet.
_FEWEST_DIGITS = 4
_PHONE = re.compile(r"\+?[\d\s()/.-]+")


def known_at(clinic_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that a person is known at one of the clinics (internal ids)."""
    booked = select(Appointment.person_id).where(col(Appointment.clinic_id).in_(clinic_ids))
    written = select(PatientOfClinic.person_id).where(
        col(PatientOfClinic.clinic_id).in_(clinic_ids)
    )
    return or_(col(Person.id).in_(booked), col(Person.id).in_(written))


def clinics_of(person_id: int) -> SelectOfScalar[int | None]:
    """Select the clinics (internal ids) that know a person."""
    booked = select(Appointment.clinic_id).where(Appointment.person_id == person_id)
    written = select(PatientOfClinic.clinic_id).where(PatientOfClinic.person_id == person_id)
    clinic_id = col(Clinic.id)
    return select(clinic_id).where(or_(clinic_id.in_(booked), clinic_id.in_(written)))


def searched(typed: str) -> ColumnElement[bool] | None:
    """Return the condition that a person is who was typed, None when nothing was.

    By names, birth date, number, or a part of the telephone number, in any order of the words.
    """
    text = fit(typed)[:_LONGEST_SEARCH]
    words = text.split()
    if not words:
        return None
    digits = re.sub(r"\D", "", text).lstrip("0")
    if _PHONE.fullmatch(text) and len(digits) >= _FEWEST_DIGITS and day_of(text) is None:
        return or_(col(Person.phone).contains(digits), Person.number == _number(text))
    return and_(*map(_matches, words))


def day_of(word: str) -> date | None:
    """Return the day that a word names, as people write it, or None."""
    for way in _WAYS_TO_WRITE_A_DAY:
        try:
            return datetime.strptime(word, way).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None


def _matches(word: str) -> ColumnElement[bool]:
    day = day_of(word)
    if day is not None:
        return col(Person.birth_date) == day
    return or_(
        col(Person.search_name).contains(search_word(word), autoescape=True),
        Person.number == _number(word),
    )


def _number(word: str) -> str:
    return word.replace("-", "").upper()
