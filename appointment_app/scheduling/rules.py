"""Reads what makes a doctor's availability into plain values, for one doctor or many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from appointment_app import clock
from appointment_app.models import (
    Approval,
    Clinic,
    Doctor,
    DoctorAtClinic,
    VisitType,
    row_id,
)
from appointment_app.scheduling.availability import VisitShape
from appointment_app.scheduling.calendar_rows import (
    Kind,
    Row,
    live_block_rows,
    override_rows,
    read_rows,
    seat_rows,
    time_off_rows,
    weekly_rows,
)
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import DAY, horizon_end, local_date
from appointment_app.scheduling.opening_hours import Hours, LocalRange, WeeklyRange
from appointment_app.scheduling.public_holidays import holidays_around

# Stands for hours that are read together with what is free (``free_times.find_free``).
UNREAD = Hours("UTC")
_MOMENT = Doctor.__table__.c.suspended_from.type  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Place:
    """A doctor at a clinic, with the rules under which it is booked."""

    doctor: Doctor
    clinic: Clinic
    at_clinic: DoctorAtClinic
    hours: Hours

    @property
    def id(self) -> int:
        """The internal id of the doctor at the clinic."""
        return row_id(self.at_clinic)

    @property
    def doctor_id(self) -> int:
        """The internal id of the doctor."""
        return row_id(self.doctor)

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the first moment that can be booked and the first that cannot any more."""
        horizon = horizon_end(self.clinic.zone, now, self.at_clinic.horizon_days)
        ends = self.doctor.suspended_after(now)
        return (
            now + timedelta(minutes=self.at_clinic.minimum_notice),
            horizon if ends is None else min(horizon, ends),
        )

    def takes_visits(self, moment: datetime) -> bool:
        """Tell whether the doctor sees anybody then: not while they are suspended."""
        begins = self.doctor.suspended_after(moment)
        return begins is None or moment < begins


def shape_of(visit_type: VisitType) -> VisitShape:
    """Return the minutes that a visit of this type takes, pauses named apart."""
    return VisitShape(
        duration=visit_type.duration,
        pause_before=visit_type.pause_before,
        pause_after=visit_type.pause_after,
        step=visit_type.step,
    )


async def load_places(session: AsyncSession, *conditions: object) -> list[Place]:
    """Return every bookable doctor at a clinic that meets the ``conditions``; two statements."""
    statement = bookable_places().where(*conditions)  # type: ignore[arg-type]
    rows = await session.exec(statement.order_by(col(DoctorAtClinic.id)))
    return await with_hours(session, rows.all())


async def load_workplaces(session: AsyncSession, doctor_id: int | None) -> list[Place]:
    """Return where a doctor (internal id) works, whether or not patients may book there yet."""
    statement = (
        select(DoctorAtClinic, Doctor, Clinic)
        .join(Doctor, col(Doctor.id) == DoctorAtClinic.doctor_id)
        .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
        .where(DoctorAtClinic.doctor_id == doctor_id, col(DoctorAtClinic.active))
        .order_by(col(DoctorAtClinic.id))
    )
    return await with_hours(session, (await session.exec(statement)).all())


def bookable_places() -> Select[DoctorAtClinic, Doctor, Clinic]:
    """Select the doctors at clinics that take bookings."""
    return (
        select(DoctorAtClinic, Doctor, Clinic)
        .join(Doctor, col(Doctor.id) == DoctorAtClinic.doctor_id)
        .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
        .where(*is_bookable())
    )


def is_bookable() -> tuple[sa.ColumnExpressionArgument[bool], ...]:
    """Return the conditions under which patients may book a doctor at a clinic."""
    suspended_from, until = col(Doctor.suspended_from), col(Doctor.suspended_until)
    # Asked for whenever a statement is run: some are made once.
    now = sa.bindparam(None, callable_=lambda: clock.now(), type_=_MOMENT)
    return (
        col(Doctor.approval) == Approval.APPROVED,
        col(Doctor.active),
        sa.or_(suspended_from.is_(None), suspended_from > now, until <= now),
        col(Clinic.active),
        col(DoctorAtClinic.active),
    )


async def with_hours(
    session: AsyncSession, rows: Sequence[tuple[DoctorAtClinic, Doctor, Clinic]]
) -> list[Place]:
    """Return the places that ``rows`` are, in their order; one statement."""
    hours = await load_hours(session, [(at_clinic, clinic) for at_clinic, _, clinic in rows])
    return [
        Place(doctor, clinic, at_clinic, hours[row_id(at_clinic)])
        for at_clinic, doctor, clinic in rows
    ]


async def load_hours(
    session: AsyncSession, rows: Collection[tuple[DoctorAtClinic, Clinic]]
) -> dict[int, Hours]:
    """Return the hours of each doctor at a clinic by its id; one statement for all of them."""
    keys = [row_id(at_clinic) for at_clinic, _ in rows]
    found = await read_rows(session, weekly_rows(keys), override_rows(keys), time_off_rows(keys))
    return hours_from(found, rows)


def hours_from(
    found: Mapping[Kind, Iterable[Row]], rows: Collection[tuple[DoctorAtClinic, Clinic]]
) -> dict[int, Hours]:
    """Return the hours of each doctor at a clinic by its id, from what was ``found`` of it."""
    weekly: defaultdict[int, list[WeeklyRange]] = defaultdict(list)
    for each in found[Kind.WEEKLY]:
        weekly[each.owner].append(
            WeeklyRange(
                each.weekday, each.opens, each.closes, each.first, each.last, each.every_weeks
            )
        )
    overrides: defaultdict[int, dict[date, tuple[LocalRange, ...]]] = defaultdict(dict)
    for each in found[Kind.OVERRIDE]:
        ranges = overrides[each.owner].setdefault(each.first, ())
        if each.opens is not None:
            overrides[each.owner][each.first] = (*ranges, LocalRange(each.opens, each.closes))
    days_off: defaultdict[int, set[date]] = defaultdict(set)
    for each in found[Kind.TIME_OFF]:
        days_off[each.owner].update(days_between(each.first, each.last))
    year = clock.now().year
    return {
        (key := row_id(at_clinic)): Hours(
            clinic.zone,
            tuple(weekly[key]),
            {
                day: tuple(sorted(ranges, key=lambda each: each.opens))
                for day, ranges in overrides[key].items()
            },
            holidays_around(clinic.country, clinic.region, year)
            if is_closed_on_holidays(at_clinic, clinic)
            else {},
            frozenset(days_off[key]),
        )
        for at_clinic, clinic in rows
    }


def is_closed_on_holidays(at_clinic: DoctorAtClinic, clinic: Clinic) -> bool:
    """Tell whether a doctor does not work at a clinic on its public holidays."""
    if at_clinic.closed_on_holidays is None:
        return clinic.closed_on_holidays
    return at_clinic.closed_on_holidays


def days_between(first: date, last: date) -> list[date]:
    """Return the days from ``first`` to ``last``, both included."""
    return [first + number * DAY for number in range((last - first).days + 1)]


@dataclass(frozen=True, slots=True)
class Busy:
    """What occupies a doctor: ``held`` by holds, which expire by themselves, ``firm`` the rest.

    ``own`` is what the visitor who looks holds. ``sessions`` are the ids of the group sessions
    among it, by the id of their visit type.
    """

    firm: list[Interval] = field(default_factory=list)
    held: list[Interval] = field(default_factory=list)
    own: list[Interval] = field(default_factory=list)
    sessions: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    @property
    def all(self) -> list[Interval]:
        """What occupies the doctor at present."""
        return self.firm + self.held + self.own

    @property
    def for_visitor(self) -> list[Interval]:
        """What occupies the doctor for the one who looks: not what they hold themselves."""
        return self.firm + self.held if self.held else self.firm


async def load_busy(
    session: AsyncSession,
    doctor_ids: Collection[int],
    window: Interval,
    now: datetime,
    *,
    except_block: int | None = None,
) -> dict[int, list[Interval]]:
    """Return what occupies each doctor within ``window``; an expired hold occupies nobody.

    Nor does the block ``except_block``.
    """
    rows = live_block_rows(doctor_ids, window, now, except_block=except_block)
    busy = busy_from(await read_rows(session, rows))
    return defaultdict(list, {doctor_id: busy[doctor_id].all for doctor_id in busy})


def busy_from(found: Mapping[Kind, Iterable[Row]]) -> dict[int, Busy]:
    """Return what occupies each doctor by their id, from the live blocks that were ``found``."""
    busy: defaultdict[int, Busy] = defaultdict(Busy)
    for row in found[Kind.BLOCK]:
        of_doctor = busy[row.owner]
        if row.expires_at is None:
            taken = of_doctor.firm
        else:
            taken = of_doctor.own if row.is_own else of_doctor.held
        taken.append(Interval(row.begins, row.ends))
        if row.session_of is not None:
            of_doctor.sessions[row.session_of].append(row.block_id)
    return busy


async def load_full_days(
    session: AsyncSession,
    places: Collection[Place],
    window: Interval,
    *,
    except_appointment: int | None = None,
) -> dict[int, frozenset[date]]:
    """Return for each doctor-at-clinic id the local days that hold the doctor's maximum.

    Asks the database only when one of the doctors has a maximum. The appointment
    ``except_appointment`` does not count.
    """
    limited = {place.doctor_id for place in places if place.doctor.max_patients_a_day}
    if not limited:
        return {}
    rows = seat_rows(limited, window, except_appointment=except_appointment)
    return full_days_from(await read_rows(session, rows), places)


def full_days_from(
    found: Mapping[Kind, Iterable[Row]], places: Iterable[Place]
) -> dict[int, frozenset[date]]:
    """Return the same as ``load_full_days``, from what was ``found`` of those with a maximum."""
    starts: defaultdict[int, list[datetime]] = defaultdict(list)
    for row in found[Kind.SEAT]:
        starts[row.owner].append(row.begins)
    return {place.id: _full_days(place, starts) for place in places if starts[place.doctor_id]}


def _full_days(place: Place, starts: defaultdict[int, list[datetime]]) -> frozenset[date]:
    patients: defaultdict[date, int] = defaultdict(int)
    for starts_at in starts[place.doctor_id]:
        patients[local_date(place.clinic.zone, starts_at)] += 1
    limit = place.doctor.max_patients_a_day or 0
    return frozenset(day for day, count in patients.items() if count >= limit)
