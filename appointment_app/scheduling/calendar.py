"""A doctor's calendar: who comes when, when the doctor is closed, and one appointment in full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.errors import NotFound
from appointment_app.models import (
    Appointment,
    AppointmentMove,
    AppointmentStatus,
    Approval,
    BlockKind,
    BusyBlock,
    Clinic,
    Doctor,
    Person,
    VisitMode,
    row_id,
)
from appointment_app.scheduling.availability import open_intervals
from appointment_app.scheduling.brief import Reach, reach_of
from appointment_app.scheduling.calendar_rows import LONGEST_BLOCK
from appointment_app.scheduling.doctors import load_visit_types
from appointment_app.scheduling.free_times import Wish, find_free
from appointment_app.scheduling.intervals import Interval, intersect, merge, subtract
from appointment_app.scheduling.local_time import DAY, local_date, local_day_bounds
from appointment_app.scheduling.next_statuses import next_statuses
from appointment_app.scheduling.rescheduling import MOVABLE
from appointment_app.scheduling.rules import (
    Place,
    load_busy,
    load_workplaces,
)
from appointment_app.scheduling.series_places import SeriesPlace, load_series_places
from appointment_app.scheduling.session_calendar import SessionEntry, list_sessions
from appointment_app.scheduling.taken_resources import load_taken_by
from appointment_app.scheduling.time_off import TimeOffItem, list_time_off

# The longest stretch that a calendar shows at once: six weeks of a month, and some more.
LONGEST_WINDOW = timedelta(days=62)
_HISTORY_LIMIT = 20


@dataclass(frozen=True, slots=True)
class CalendarPlace:
    """A clinic whose appointments stand in the calendar; ``zone`` is an IANA name."""

    id: UUID
    clinic: str
    zone: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An appointment in the calendar, its times in UTC; ``overbooked`` over another one."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    patient: str
    visit: str
    mode: VisitMode
    status: AppointmentStatus
    clinic: str
    overbooked: bool
    can_move: bool


@dataclass(frozen=True, slots=True)
class CalendarDays:
    """What stands in a window of the calendar; ``closed`` is when no clinic has open hours.

    The patients of group ``sessions`` are no entries of their own. ``revision`` is the doctor's
    when this was read, ``suspended_from`` when nobody can book them any more.
    """

    entries: tuple[Entry, ...]
    closed: tuple[Interval, ...]
    sessions: tuple[SessionEntry, ...] = ()
    time_off: tuple[TimeOffItem, ...] = ()
    revision: int | None = None
    suspended_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers above the calendar.

    ``filled_percent`` says how much of the week's open hours is taken, None in a week without
    any; ``free_slots`` counts the starts that patients can book in it for the first visit type.
    """

    today: int
    to_confirm: int
    filled_percent: int | None
    free_slots: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What a calendar needs to know of its doctor before it shows a day."""

    places: tuple[CalendarPlace, ...]
    approval: Approval


@dataclass(frozen=True, slots=True)
class PastVisit:
    """An earlier appointment of the patient with the same doctor."""

    starts_at: datetime
    zone: str
    visit: str
    status: AppointmentStatus


@dataclass(frozen=True, slots=True)
class AppointmentDetail:
    """An appointment in full, as its doctor sees it; ``next_statuses`` are possible now.

    ``earlier`` are the starts that it had before it was moved, oldest first.
    """

    id: UUID
    reference: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    clinic: str
    clinic_id: UUID
    patient: str
    birth_date: date | None
    phone: str
    reach: Reach
    visit: str
    mode: VisitMode
    place: str
    room: str
    device: str
    join_link: str
    status: AppointmentStatus
    reason: str
    cancel_reason: str
    notes: str
    version: int
    overbooked: bool
    can_move: bool
    earlier: tuple[datetime, ...]
    history: tuple[PastVisit, ...]
    series: SeriesPlace | None
    next_statuses: tuple[AppointmentStatus, ...]


async def overview(session: AsyncSession, actor: Actor) -> Overview:
    """Return the clinics of the actor, a doctor, and whether patients see them yet.

    Raises ``LoginRequired`` or ``Forbidden`` when the actor is no doctor.
    """
    places = await _own_places(session, actor)
    doctor = await session.get_one(Doctor, actor.doctor_id)
    return Overview(
        places=tuple(
            CalendarPlace(place.at_clinic.public_id, place.clinic.name, place.clinic.zone)
            for place in places
        ),
        approval=doctor.approval,
    )


async def load_days(session: AsyncSession, actor: Actor, window: Interval) -> CalendarDays:
    """Return the appointments of the actor, a doctor, that touch ``window``, in order of time.

    Cancelled ones are left out. A window longer than ``LONGEST_WINDOW`` is cut off.
    """
    window = Interval(window.start, min(window.end, window.start + LONGEST_WINDOW))
    places = await _own_places(session, actor)
    statement = (
        select(Appointment, Person, Clinic.name, BusyBlock)
        .join(Person, col(Person.id) == Appointment.person_id)
        .join(Clinic, col(Clinic.id) == Appointment.clinic_id)
        .join(BusyBlock, col(BusyBlock.id) == Appointment.block_id)
        .where(
            Appointment.doctor_id == actor.doctor_id,
            col(Appointment.active),
            BusyBlock.kind != BlockKind.SESSION,
            col(Appointment.starts_at) > window.start - LONGEST_BLOCK,
            col(Appointment.starts_at) < window.end,
            col(Appointment.ends_at) > window.start,
        )
        .order_by(col(Appointment.starts_at), col(Appointment.id))
    )
    entries = tuple(
        Entry(
            id=row.public_id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            patient=person.full_name,
            visit=row.visit_name,
            mode=row.mode,
            status=row.status,
            clinic=clinic,
            overbooked=block.overbooked,
            can_move=_can_be_moved(row, block),
        )
        for row, person, clinic, block in await session.exec(statement)
    )
    return CalendarDays(
        entries,
        closed=tuple(subtract([window], _open(places, window))),
        sessions=await list_sessions(session, actor, window),
        time_off=await _time_off(session, places, window),
        revision=places[0].doctor.revision if places else None,
        suspended_from=places[0].doctor.suspended_after(clock.now()) if places else None,
    )


async def _time_off(
    session: AsyncSession, places: list[Place], window: Interval
) -> tuple[TimeOffItem, ...]:
    if not places:
        return ()
    # A day to either side: whichever zone the calendar shows.
    first, last = (moment.date() for moment in (window.start - DAY, window.end + DAY))
    found = await list_time_off(session, places[0].doctor_id, first)
    return tuple(each for each in found if each.first <= last)


async def load_figures(session: AsyncSession, actor: Actor, zone: str, week: Interval) -> Figures:
    """Return the numbers of today, a local day of ``zone``, and of ``week``."""
    places = await _own_places(session, actor)
    now = clock.now()
    today = local_day_bounds(zone, local_date(zone, now))
    statement = select(Appointment.status).where(
        Appointment.doctor_id == actor.doctor_id,
        col(Appointment.active),
        col(Appointment.starts_at) >= today.start,
        col(Appointment.starts_at) < today.end,
    )
    statuses = (await session.exec(statement)).all()
    return Figures(
        today=len(statuses),
        to_confirm=statuses.count(AppointmentStatus.PENDING),
        filled_percent=await _filled_percent(session, places, week, now),
        free_slots=await _count_free(session, places, week),
    )


async def load_detail(
    session: AsyncSession, actor: Actor, appointment_id: UUID
) -> AppointmentDetail:
    """Return an appointment of the actor, its doctor, with the patient's history.

    Raises ``NotFound``, ``Forbidden``.
    """
    statement = (
        select(Appointment, Person, Clinic, BusyBlock)
        .join(Person, col(Person.id) == Appointment.person_id)
        .join(Clinic, col(Clinic.id) == Appointment.clinic_id)
        .join(BusyBlock, col(BusyBlock.id) == Appointment.block_id)
        .where(Appointment.public_id == appointment_id)
    )
    found = (await session.exec(statement)).first()
    if found is None:
        require(actor, Action.VIEW_CALENDAR, Record(doctor_id=actor.doctor_id))
        raise NotFound
    row, person, clinic, block = found
    record = Record(row.person_id, row.doctor_id, row.clinic_id)
    require(actor, Action.VIEW_APPOINTMENT, record)
    require(actor, Action.VIEW_CALENDAR, record)
    taken = await load_taken_by(session, row.block_id)
    return AppointmentDetail(
        id=row.public_id,
        reference=row.reference,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        zone=row.zone,
        clinic=clinic.name,
        clinic_id=clinic.public_id,
        patient=person.full_name,
        birth_date=person.birth_date,
        phone=person.phone,
        reach=await reach_of(session, person),
        visit=row.visit_name,
        mode=row.mode,
        place=row.place,
        room=taken.room,
        device=taken.device,
        join_link=row.join_link,
        status=row.status,
        reason=row.reason,
        cancel_reason=row.cancel_reason,
        notes=row.notes if allows(actor, Action.KEEP_NOTES, record) else "",
        version=row.version,
        overbooked=block.overbooked,
        can_move=_can_be_moved(row, block) and allows(actor, Action.MOVE_APPOINTMENT, record),
        earlier=await _earlier(session, row),
        history=await _history(session, row),
        series=(await load_series_places(session, actor, [row])).get(row_id(row)),
        next_statuses=next_statuses(actor, row),
    )


async def _own_places(session: AsyncSession, actor: Actor) -> list[Place]:
    """Return the places of the actor, whether or not patients may book there yet."""
    require(actor, Action.VIEW_CALENDAR, Record(doctor_id=actor.doctor_id))
    return await load_workplaces(session, actor.doctor_id)


def _open(places: list[Place], window: Interval) -> list[Interval]:
    return merge(each for place in places for each in open_intervals(place.hours, window))


async def _filled_percent(
    session: AsyncSession, places: list[Place], week: Interval, now: datetime
) -> int | None:
    opened = _open(places, week)
    if not opened:
        return None
    doctor_id = places[0].doctor_id
    busy = await load_busy(session, [doctor_id], week, now)
    taken = _length(intersect(opened, busy[doctor_id]))
    return round(100 * taken / _length(opened))


async def _count_free(session: AsyncSession, places: list[Place], week: Interval) -> int:
    if not places:
        return 0
    types = await load_visit_types(session, places)
    wishes = [Wish(place, types[place.id][0], week) for place in places if types[place.id]]
    return sum(len(free.starts) for free in await find_free(session, wishes))


def _length(intervals: list[Interval]) -> timedelta:
    return sum((each.end - each.start for each in intervals), timedelta())


def _can_be_moved(row: Appointment, block: BusyBlock) -> bool:
    return row.status in MOVABLE and block.kind in {BlockKind.VISIT, BlockKind.SESSION}


async def _earlier(session: AsyncSession, row: Appointment) -> tuple[datetime, ...]:
    statement = (
        select(AppointmentMove.from_starts_at)
        .where(AppointmentMove.appointment_id == row.id)
        .order_by(col(AppointmentMove.id))
    )
    return tuple(await session.exec(statement))


async def _history(session: AsyncSession, row: Appointment) -> tuple[PastVisit, ...]:
    statement = (
        select(Appointment)
        .where(
            Appointment.doctor_id == row.doctor_id,
            Appointment.person_id == row.person_id,
            Appointment.id != row.id,
            col(Appointment.starts_at) < clock.now(),
        )
        .order_by(col(Appointment.starts_at).desc())
        .limit(_HISTORY_LIMIT)
    )
    return tuple(
        PastVisit(other.starts_at, other.zone, other.visit_name, other.status)
        for other in await session.exec(statement)
    )
