"""The day of one clinic as its front desk sees it: every doctor, who comes, and who is here.

It names patients and visits, never why somebody comes: the board is read from afar.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.own_clinics import clinics_where
from appointment_app.accounts.policy import Action, require
from appointment_app.errors import NotFound
from appointment_app.live.keys import doctor_key
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    Approval,
    Clinic,
    Doctor,
    DoctorAtClinic,
    Person,
    row_id,
)
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import local_date, local_day_bounds
from appointment_app.scheduling.next_statuses import next_statuses
from appointment_app.scheduling.taken_resources import NOTHING_TAKEN, load_taken

# Nobody is called late before.
GRACE = timedelta(minutes=5)
FINISHED = frozenset({AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW})
_EXPECTED = frozenset({AppointmentStatus.PENDING, AppointmentStatus.CONFIRMED})


@dataclass(frozen=True, slots=True)
class DeskClinic:
    """A clinic (public id) whose board the actor may see; ``zone`` is an IANA name."""

    id: UUID
    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class DeskVisit:
    """An appointment on the board, its times in UTC; ``becomes`` is what the actor can make of it.

    One visit of each doctor ``is_next``; who should be here and is not ``is_late``.
    """

    id: UUID
    starts_at: datetime
    ends_at: datetime
    patient_id: UUID
    patient: str
    visit: str
    room: str
    status: AppointmentStatus
    checked_in_at: datetime | None
    is_late: bool
    becomes: tuple[AppointmentStatus, ...]
    is_next: bool = False


@dataclass(frozen=True, slots=True)
class DeskColumn:
    """One doctor and their visits of the day, in order of time."""

    doctor: str
    visits: tuple[DeskVisit, ...]


@dataclass(frozen=True, slots=True)
class DayBoard:
    """The local ``day`` of a clinic, where it is ``today``; ``clinics`` are all that can be chosen.

    ``keys`` are published when something changes, with the revisions that were read; they are not
    for the browser. ``changes_at`` (UTC) is when time alone changes something.
    """

    clinics: tuple[DeskClinic, ...]
    clinic: DeskClinic
    day: date
    today: date
    columns: tuple[DeskColumn, ...]
    keys: dict[str, int | None]
    changes_at: datetime


async def load_board(
    session: AsyncSession, actor: Actor, clinic_id: UUID | None, day: date | None
) -> DayBoard:
    """Return the board of a clinic, by default of the first one, on a local day, by default today.

    Four statements. Raises ``LoginRequired``, ``Forbidden`` when the actor works at no front desk,
    and ``NotFound`` when not at that of this clinic.
    """
    clinic, clinics = await _choose(session, actor, clinic_id)
    today = local_date(clinic.zone, clock.now())
    day = day or today
    doctors = await _doctors(session, row_id(clinic))
    visits: defaultdict[int, list[DeskVisit]] = defaultdict(list)
    statement = _visits_of(row_id(clinic), local_day_bounds(clinic.zone, day))
    rows = (await session.exec(statement)).all()
    taken = await load_taken(session, {row.block_id for row, _, _ in rows})
    for row, doctor, person in rows:
        doctors.setdefault(row_id(doctor), doctor)
        room = taken.get(row.block_id, NOTHING_TAKEN).room
        visits[row_id(doctor)].append(_visit(actor, row, person, room))
    return DayBoard(
        clinics=tuple(map(_view, clinics)),
        clinic=_view(clinic),
        day=day,
        today=today,
        columns=tuple(
            DeskColumn(doctor.full_name, _with_next(visits[key], is_today=day == today))
            for key, doctor in doctors.items()
        ),
        keys={doctor_key(key): doctor.revision for key, doctor in doctors.items()},
        changes_at=min([*_moments(visits.values()), local_day_bounds(clinic.zone, today).end]),
    )


async def _choose(
    session: AsyncSession, actor: Actor, clinic_id: UUID | None
) -> tuple[Clinic, list[Clinic]]:
    clinics = await clinics_where(session, actor, Action.VIEW_FRONT_DESK)
    if not clinics:
        require(actor, Action.VIEW_FRONT_DESK)
    chosen = [each for each in clinics if clinic_id in {None, each.public_id}]
    if not chosen:
        raise NotFound
    return chosen[0], clinics


async def _doctors(session: AsyncSession, clinic_id: int) -> dict[int, Doctor]:
    """Return who works there, by name."""
    statement = (
        select(Doctor)
        .join(DoctorAtClinic, col(DoctorAtClinic.doctor_id) == Doctor.id)
        .where(
            DoctorAtClinic.clinic_id == clinic_id,
            col(DoctorAtClinic.active),
            col(Doctor.active),
            Doctor.approval == Approval.APPROVED,
        )
        .order_by(Doctor.family_name, Doctor.given_name, col(Doctor.id))
    )
    return {row_id(doctor): doctor for doctor in await session.exec(statement)}


def _visits_of(clinic_id: int, day: Interval) -> Select[Appointment, Doctor, Person]:
    return (
        select(Appointment, Doctor, Person)
        .join(Doctor, col(Doctor.id) == Appointment.doctor_id)
        .join(Person, col(Person.id) == Appointment.person_id)
        .where(
            col(Appointment.clinic_id) == clinic_id,
            col(Appointment.active),
            col(Appointment.starts_at) >= day.start,
            col(Appointment.starts_at) < day.end,
        )
        .order_by(col(Appointment.starts_at), col(Appointment.id))
    )


def _view(clinic: Clinic) -> DeskClinic:
    return DeskClinic(clinic.public_id, clinic.name, clinic.zone)


def _visit(actor: Actor, row: Appointment, person: Person, room: str) -> DeskVisit:
    return DeskVisit(
        id=row.public_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        patient_id=person.public_id,
        patient=person.full_name,
        visit=row.visit_name,
        room=room,
        status=row.status,
        checked_in_at=row.checked_in_at,
        is_late=row.status in _EXPECTED and row.starts_at + GRACE <= clock.now(),
        becomes=next_statuses(actor, row),
    )


def _with_next(visits: list[DeskVisit], *, is_today: bool) -> tuple[DeskVisit, ...]:
    """Return the visits with the next one marked: of those who are here, else of the expected."""
    here = [each for each in visits if each.status is AppointmentStatus.CHECKED_IN]
    expected = [each for each in visits if each.status in _EXPECTED and not each.is_late]
    following = next(iter([*here, *expected]), None) if is_today else None
    return tuple(replace(each, is_next=each is following) for each in visits)


def _moments(columns: Iterable[Sequence[DeskVisit]]) -> list[datetime]:
    """Return when visits begin, and when who has not come by then is late."""
    now = clock.now()
    return [
        moment
        for visits in columns
        for each in visits
        if each.status in _EXPECTED
        for moment in (each.starts_at, each.starts_at + GRACE)
        if moment > now
    ]
