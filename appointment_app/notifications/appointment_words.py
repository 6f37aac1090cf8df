"""What all letters about appointments have in common: records, times, places and people."""

from __future__ import annotations

from typing import TypeVar

from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.i18n import format_moment, format_time, t, zone_city
from appointment_app.models import (
    Appointment,
    Clinic,
    Doctor,
    Guardianship,
    Person,
    User,
    VisitMode,
)
from appointment_app.scheduling.calendar_file import where
from appointment_app.scheduling.taken_resources import NOTHING_TAKEN, Taken

Row = TypeVar("Row", bound=SQLModel)


class RecordMissing(Exception):
    """A mail is about a record that does not exist."""


class NoLongerTrue(Exception):
    """What a mail was to say is not so any more, and it says nothing else: it is not sent."""


async def get_record(session: AsyncSession, table: type[Row], key: int) -> Row:
    """Return the row with this id; raises ``RecordMissing``."""
    row = await session.get(table, key)
    if row is None:
        raise RecordMissing(table.__name__)
    return row


def when_words(appointment: Appointment) -> str:
    """Return when an appointment begins and ends, by the clinic's clock."""
    return t(
        "{start} to {end} ({city} time)",
        start=format_moment(appointment.starts_at, appointment.zone),
        end=format_time(appointment.ends_at, appointment.zone),
        city=zone_city(appointment.zone),
    )


async def name_of_user(
    session: AsyncSession, user: User | None, appointment: Appointment, doctor: Doctor
) -> str | None:
    """Return who ``user`` is in this appointment, or None when they act for the clinic."""
    if user is None:
        return None
    if user.id == doctor.user_id:
        return doctor.full_name
    guardians = select(Guardianship.guardian_id).where(
        Guardianship.dependent_id == appointment.person_id
    )
    found = await session.exec(
        select(Person)
        .where(Person.user_id == user.id)
        .where((col(Person.id) == appointment.person_id) | col(Person.id).in_(guardians))
    )
    person = found.first()
    return person.full_name if person else None


async def facts_around(
    session: AsyncSession,
    appointment: Appointment,
    doctor: Doctor,
    clinic: Clinic,
    *times: tuple[str, str],
    taken: Taken = NOTHING_TAKEN,
) -> tuple[tuple[str, str], ...]:
    """Return for whom, the ``times``, with whom, where and on which device, and whom to ask."""
    person = await get_record(session, Person, appointment.person_id)
    is_video = appointment.mode is VisitMode.VIDEO
    facts = [
        *times,
        (t("With"), doctor.full_name),
        (t("Video link") if is_video else t("Where"), where(appointment, clinic, taken.room)),
    ]
    if taken.device:
        facts.append((t("Device"), taken.device))
    if person.user_id is None:  # a child, say: the reader is somebody else
        facts.insert(0, (t("For"), person.full_name))
    if clinic.phone:
        facts.append((t("Questions"), f"{clinic.name}, {clinic.phone}"))
    return tuple(facts)
