"""The figures themselves, from what was counted and how long doctors were open.

What each one is:

- **Fill rate**: booked minutes / open minutes. *Open* are the minutes in which a doctor receives at
  a clinic on the local days of the period, by their hours as they stand today (weekly hours, days
  that differ, time off, public holidays), those ranges that overlap counted once. *Booked* are the
  minutes of the visits that begin in these days, without pauses: cancelled ones take none, missed
  ones do, and who shares a time with others takes it once. So visits outside the hours, or one
  over the other, can make it more than 100 %. Only doctors who receive at the clinic today count,
  on both sides: of others no hours are known.
- **No-show rate**: missed / (completed + missed), of the visits of which somebody noted how they
  ended.
- **Lead time**: whole hours from booking to the start, as it is today; cancelled visits count, and
  what was noted only after it had begun does not.
- **Notice**: how long before the start an appointment was cancelled, and by whom.
- **By specialty**: who has several is counted in each of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.actor import Actor
from appointment_app.database import reading_one_moment
from appointment_app.figures import scope as scopes
from appointment_app.figures.counted import CancelledBy, Notice, Scope, Tally
from appointment_app.figures.counting import count
from appointment_app.figures.open_time import open_minutes
from appointment_app.figures.period import Period, Wish
from appointment_app.figures.scope import ClinicChoice, Sight
from appointment_app.models import (
    AppointmentStatus,
    Clinic,
    Doctor,
    DoctorSpecialty,
    Specialty,
    row_id,
)
from appointment_app.scheduling.public_holidays import holidays_around
from appointment_app.scheduling.rules import Place, bookable_places, with_hours


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of appointments of one kind, and minutes of the doctors who receive today."""

    completed: int = 0
    missed: int = 0
    cancelled: int = 0
    other: int = 0  # still to come, or nobody noted how it ended
    booked_minutes: int = 0
    open_minutes: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.completed + other.completed,
            self.missed + other.missed,
            self.cancelled + other.cancelled,
            self.other + other.other,
            self.booked_minutes + other.booked_minutes,
            self.open_minutes + other.open_minutes,
        )

    @property
    def all(self) -> int:
        """How many appointments there are, cancelled ones too."""
        return self.completed + self.missed + self.cancelled + self.other

    @property
    def fill_rate(self) -> float | None:
        """Booked minutes / open minutes; None where nobody is open."""
        return self.booked_minutes / self.open_minutes if self.open_minutes else None

    @property
    def no_show_rate(self) -> float | None:
        """Missed / (completed + missed); None where nothing ended."""
        ended = self.completed + self.missed
        return self.missed / ended if ended else None

    @property
    def cancelled_rate(self) -> float | None:
        """Cancelled / all; None where there are none."""
        return self.cancelled / self.all if self.all else None


@dataclass(frozen=True, slots=True)
class Named:
    """The figures of one doctor, specialty or clinic."""

    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a period; rows are sorted by how many appointments they have.

    ``lead_hours`` has whole hours from booking to start, with how often.
    """

    choices: tuple[ClinicChoice, ...]
    clinic: UUID | None
    today: date
    period: Period
    total: Figures
    days: Mapping[date, Figures]
    lead_hours: Mapping[int, int]
    cancelled: Mapping[tuple[CancelledBy, Notice], int]
    doctors: tuple[Named, ...]
    specialties: tuple[Named, ...]
    clinics: tuple[Named, ...]

    @property
    def median_lead_hours(self) -> int | None:
        """The lead time that half of the bookings do not exceed (the lower of two middle ones)."""
        middle = (sum(self.lead_hours.values()) + 1) // 2
        for hours in sorted(self.lead_hours):
            middle -= self.lead_hours[hours]
            if middle <= 0:
                return hours
        return None


async def load_clinic_report(
    session: AsyncSession, actor: Actor, clinic_id: UUID | None, wish: Wish
) -> Report:
    """Return the figures of a clinic (public id), or of all that the actor administers.

    Raises ``LoginRequired``, ``Forbidden``, ``NotFound``.
    """
    # Nobody who is moved meanwhile from one week to another counts twice.
    async with reading_one_moment(session):
        return await _report(session, await scopes.of_clinics(session, actor, clinic_id, wish))


async def load_own_report(
    session: AsyncSession, actor: Actor, clinic_id: UUID | None, wish: Wish
) -> Report:
    """Return the figures of the doctor who asks, at a clinic (public id) or at all.

    Raises ``LoginRequired``, ``Forbidden``, ``NotFound``.
    """
    async with reading_one_moment(session):
        return await _report(session, await scopes.of_doctor(session, actor, clinic_id, wish))


@dataclass(slots=True)
class _Names:
    doctors: dict[int, str] = field(default_factory=dict)
    clinics: dict[int, str] = field(default_factory=dict)
    specialties: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))


async def _report(session: AsyncSession, sight: Sight) -> Report:
    scope = sight.scope
    counted = await count(session, scope)
    places = await _places(session, scope)
    rows = {key: _figures(tally.statuses) for key, tally in counted.by_doctor.items()}
    for place in places:
        key = (place.doctor_id, place.at_clinic.clinic_id)
        rows[key] = replace(
            rows.get(key, Figures()),
            booked_minutes=counted.by_doctor.get(key, Tally()).minutes,
            open_minutes=open_minutes(place.hours, scope.period),
        )
    names = await _names(session, scope, {doctor_id for doctor_id, _ in rows}, places)
    return Report(
        choices=sight.choices,
        clinic=sight.chosen,
        today=sight.today,
        period=scope.period,
        total=sum(rows.values(), Figures()),
        days={day: _figures(counted.by_day.get(day, {})) for day in scope.period.all_days()},
        lead_hours=counted.lead_hours,
        cancelled=counted.cancelled,
        doctors=_named((names.doctors[doctor], doctor, each) for (doctor, _), each in rows.items()),
        specialties=_named(
            (specialty, 0, each)
            for (doctor, _), each in rows.items()
            for specialty in names.specialties[doctor]
        ),
        clinics=_named((names.clinics[clinic], clinic, each) for (_, clinic), each in rows.items()),
    )


def _figures(statuses: Mapping[AppointmentStatus, int]) -> Figures:
    known = Counter(statuses)
    completed = known.pop(AppointmentStatus.COMPLETED, 0)
    missed = known.pop(AppointmentStatus.NO_SHOW, 0)
    cancelled = known.pop(AppointmentStatus.CANCELLED, 0)
    return Figures(completed, missed, cancelled, known.total())


def _named(rows: Iterable[tuple[str, int, Figures]]) -> tuple[Named, ...]:
    """Return the rows (name, id, figures) put together by what they name, the most first."""
    found: defaultdict[tuple[str, int], Figures] = defaultdict(Figures)
    for name, key, figures in rows:
        found[name, key] += figures
    named = [Named(name, figures) for (name, _), figures in found.items()]
    return tuple(sorted(named, key=lambda each: (-each.figures.all, each.name)))


async def _places(session: AsyncSession, scope: Scope) -> list[Place]:
    """Return who receives at the clinics today, with the public holidays of the period."""
    statement = bookable_places().where(col(Clinic.id).in_(scope.clinics))
    if scope.doctor_id is not None:
        statement = statement.where(Doctor.id == scope.doctor_id)
    places = await with_hours(session, (await session.exec(statement)).all())
    year = scope.period.first.year
    return [
        replace(place, hours=replace(place.hours, holidays=_holidays(place, year)))
        if place.hours.holidays
        else place
        for place in places
    ]


def _holidays(place: Place, year: int) -> Mapping[date, str]:
    return holidays_around(place.clinic.country, place.clinic.region, year)


async def _names(
    session: AsyncSession, scope: Scope, doctor_ids: set[int], places: list[Place]
) -> _Names:
    names = _Names({place.doctor_id: place.doctor.full_name for place in places})
    clinics = select(Clinic.id, Clinic.name).where(col(Clinic.id).in_(scope.clinics))
    for key, name in await session.exec(clinics):
        names.clinics[key or 0] = name
    if gone := doctor_ids - names.doctors.keys():
        for doctor in await session.exec(select(Doctor).where(col(Doctor.id).in_(gone))):
            names.doctors[row_id(doctor)] = doctor.full_name
    specialties = (
        select(DoctorSpecialty.doctor_id, Specialty.name)
        .join(Specialty, col(Specialty.id) == DoctorSpecialty.specialty_id)
        .where(col(DoctorSpecialty.doctor_id).in_(doctor_ids))
    )
    for key, name in await session.exec(specialties):
        names.specialties[key].append(name)
    return names
