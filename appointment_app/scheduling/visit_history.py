"""Which of a patient's past appointments are looked for, and what there is to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, require
from appointment_app.models import Appointment, AppointmentStatus, Clinic, Doctor, Person

_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_Statement = TypeVar("_Statement", bound=Any)


@dataclass(frozen=True, slots=True)
class WantedVisits:
    """What past appointments have to be (public ids); None where anything will do."""

    doctor_id: UUID | None = None
    clinic_id: UUID | None = None
    person_id: UUID | None = None
    status: AppointmentStatus | None = None
    year: int | None = None

    @property
    def is_all(self) -> bool:
        """Whether nothing in particular is looked for."""
        return self == ALL_VISITS


ALL_VISITS = WantedVisits()


@dataclass(frozen=True, slots=True)
class VisitChoices:
    """What the actor's past appointments are: ids (public) and names, by name; years, latest first.

    ``people`` is empty where all are of one.
    """

    doctors: tuple[tuple[UUID, str], ...]
    clinics: tuple[tuple[UUID, str], ...]
    people: tuple[tuple[UUID, str], ...]
    statuses: tuple[AppointmentStatus, ...]
    years: tuple[int, ...]


def is_past() -> ColumnElement[bool]:
    """Tell of a row whether the appointment is over, or cancelled."""
    return or_(Appointment.ends_at <= clock.now(), ~col(Appointment.active))


def narrowed(statement: _Statement, wanted: WantedVisits) -> _Statement:
    """Return ``statement``, which joins doctor, clinic and person, for what is wanted alone."""
    conditions: list[Any] = []
    for column, value in (
        (Doctor.public_id, wanted.doctor_id),
        (Clinic.public_id, wanted.clinic_id),
        (Person.public_id, wanted.person_id),
        (Appointment.status, wanted.status),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.year is not None:
        if not _FIRST_YEAR <= wanted.year <= _LAST_YEAR:
            return statement.where(sa.false())  # type: ignore[no-any-return]
        conditions += [
            Appointment.starts_at >= datetime(wanted.year, 1, 1, tzinfo=UTC),
            Appointment.starts_at < datetime(wanted.year + 1, 1, 1, tzinfo=UTC),
        ]
    return statement.where(*conditions)  # type: ignore[no-any-return]


async def visit_choices(session: AsyncSession, actor: Actor) -> VisitChoices:
    """Return what the past appointments of the actor and their dependents differ in.

    Raises ``LoginRequired``.
    """
    require(actor, Action.LIST_OWN_APPOINTMENTS)
    people = {actor.person_id, *actor.dependents} - {None}
    statement = (
        select(  # type: ignore[call-overload]
            Doctor.public_id,
            Doctor.title,
            Doctor.given_name,
            Doctor.family_name,
            Clinic.public_id,
            Clinic.name,
            Person.public_id,
            Person.given_name,
            Person.family_name,
            Appointment.status,
            sa.extract("year", col(Appointment.starts_at)),
        )
        .join(Doctor, col(Doctor.id) == Appointment.doctor_id)
        .join(Clinic, col(Clinic.id) == Appointment.clinic_id)
        .join(Person, col(Person.id) == Appointment.person_id)
        .where(col(Appointment.person_id).in_(people), is_past())
        .distinct()
    )
    doctors, clinics, patients = {}, {}, {}
    statuses, years = set(), set()
    for (
        doctor,
        title,
        doctor_given,
        doctor_family,
        clinic,
        clinic_name,
        person,
        given,
        family,
        status,
        year,
    ) in await session.exec(statement):
        doctors[doctor] = " ".join(filter(None, (title, doctor_given, doctor_family)))
        clinics[clinic] = clinic_name
        patients[person] = f"{given} {family}"
        statuses.add(status)
        years.add(int(year))
    return VisitChoices(
        doctors=_by_name(doctors),
        clinics=_by_name(clinics),
        people=_by_name(patients) if len(patients) > 1 else (),
        statuses=tuple(each for each in AppointmentStatus if each in statuses),
        years=tuple(sorted(years, reverse=True)),
    )


def _by_name(names: dict[UUID, str]) -> tuple[tuple[UUID, str], ...]:
    return tuple(sorted(names.items(), key=lambda each: each[1].casefold()))
