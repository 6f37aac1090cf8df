"""Extra sessions: a doctor opens one time for some patients, whatever the hours say.

Such a session is a block that takes the doctor's time from the first moment on, before anybody
sits in it; ``seats`` lets patients in. It is named by its beginning: a doctor has one at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import audit
from appointment_app.accounts.actor import Actor
from appointment_app.database import transactional
from appointment_app.errors import Invalid, NotFound
from appointment_app.i18n import format_time, t
from appointment_app.models import (
    Appointment,
    BlockKind,
    BusyBlock,
    Clinic,
    Person,
    VisitType,
    VisitTypeClinic,
    row_id,
)
from appointment_app.scheduling import resources
from appointment_app.scheduling.different_days import MAX_DAYS_AHEAD
from appointment_app.scheduling.errors import NoResourceHere, ResourceTaken
from appointment_app.scheduling.expired_holds import release_expired_holds
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import MINUTES_A_DAY, instant_of, local_date
from appointment_app.scheduling.own_place import lock_own_place, today_at
from appointment_app.scheduling.rules import Place

MIN_DURATION, MAX_DURATION = 5, 480
MAX_CAPACITY = 200


@dataclass(frozen=True, slots=True)
class ExtraSession:
    """A session that the doctor opened; times in UTC, ``taken`` of ``capacity`` seats.

    ``zone`` is its clinic's.
    """

    starts_at: datetime
    ends_at: datetime
    visit_type: str
    capacity: int
    taken: int
    zone: str


@dataclass(frozen=True, slots=True)
class SessionDraft:
    """A session as somebody typed it: ``starts`` is minutes after midnight of the local day."""

    visit_type_id: UUID
    day: date
    starts: int
    duration: int
    capacity: int


async def list_extra_sessions(
    session: AsyncSession, place: Place, window: Interval | None = None
) -> list[ExtraSession]:
    """Return the sessions at a place within ``window``, else all that have not ended, in order."""
    conditions = [
        col(BusyBlock.clinic_id) == place.clinic.id,
        col(BusyBlock.ends_at) > (window.start if window else clock.now()),
    ]
    if window:
        conditions.append(col(BusyBlock.starts_at) < window.end)
    return await _load(session, place.doctor_id, *conditions)


async def extra_sessions_on_days(
    session: AsyncSession, doctor_id: int, first: date, last: date
) -> tuple[ExtraSession, ...]:
    """Return the doctor's sessions to come, at any clinic, on local days; both included."""
    found = await _load(session, doctor_id, col(BusyBlock.starts_at) >= clock.now())
    return tuple(each for each in found if first <= local_date(each.zone, each.starts_at) <= last)


async def _load(
    session: AsyncSession, doctor_id: int, *conditions: ColumnElement[bool]
) -> list[ExtraSession]:
    taken = (
        select(func.count(col(Appointment.id)))
        .where(Appointment.block_id == BusyBlock.id, col(Appointment.active))
        .scalar_subquery()
    )
    statement = (
        select(BusyBlock, VisitType.name, taken, Clinic.zone)
        .join(VisitType, col(VisitType.id) == BusyBlock.visit_type_id)
        .join(Clinic, col(Clinic.id) == BusyBlock.clinic_id)
        .where(
            BusyBlock.doctor_id == doctor_id,
            BusyBlock.kind == BlockKind.SESSION,
            col(BusyBlock.published),
            col(BusyBlock.active),
            *conditions,
        )
        .order_by(col(BusyBlock.starts_at))
    )
    return [
        ExtraSession(block.starts_at, block.ends_at, name, block.capacity, count, zone)
        for block, name, count, zone in await session.exec(statement)
        if block.starts_at is not None and block.ends_at is not None
    ]


@transactional
async def open_session(
    session: AsyncSession, actor: Actor, place_id: UUID, draft: SessionDraft
) -> None:
    """Open a session; it takes the doctor's time with the pauses of its visit type.

    Raises ``Invalid`` by the names of ``SessionDraft``, also when something is in the way;
    ``NotFound``, ``Forbidden``.
    """
    place = await lock_own_place(session, actor, place_id)
    visit_type = await _visit_type(session, place, draft.visit_type_id)
    starts_at = _require_sound(place, visit_type, draft)
    ends_at = starts_at + timedelta(minutes=draft.duration)
    block = BusyBlock(
        doctor_id=place.doctor_id,
        clinic_id=place.clinic.id,
        kind=BlockKind.SESSION,
        busy_from=starts_at - timedelta(minutes=visit_type.pause_before),
        busy_until=ends_at + timedelta(minutes=visit_type.pause_after),
        visit_type_id=row_id(visit_type),
        starts_at=starts_at,
        ends_at=ends_at,
        capacity=draft.capacity,
        published=True,
    )
    needs = await resources.lock(session, row_id(visit_type), row_id(place.clinic))
    await _require_nothing_in_the_way(session, place, block)
    await release_expired_holds(session, place.doctor_id)
    session.add(block)
    await session.flush()
    try:
        await resources.take(session, needs, block)
    except (ResourceTaken, NoResourceHere) as refusal:
        raise Invalid({"starts": refusal.sentence}) from refusal
    _record(session, actor, block, "session.opened", ("starts_at", "ends_at", "capacity"))


@transactional
async def remove_session(
    session: AsyncSession, actor: Actor, place_id: UUID, starts_at: datetime
) -> None:
    """Take back a session in which nobody sits.

    Raises ``Invalid`` (``session``) while somebody does, ``NotFound``, ``Forbidden``.
    """
    place = await lock_own_place(session, actor, place_id)
    statement = select(BusyBlock).where(
        BusyBlock.doctor_id == place.doctor_id,
        BusyBlock.clinic_id == place.clinic.id,
        BusyBlock.kind == BlockKind.SESSION,
        BusyBlock.starts_at == starts_at,
        col(BusyBlock.published),
        col(BusyBlock.active),
    )
    block = (await session.exec(statement)).first()
    if block is None:
        raise NotFound
    booked = select(func.count(col(Appointment.id))).where(
        Appointment.block_id == block.id, col(Appointment.active)
    )
    if count := (await session.exec(booked)).one():
        raise Invalid({"session": _still_booked(count)})
    block.active = False
    session.add(block)
    await resources.release(session, col(BusyBlock.id) == row_id(block))
    _record(session, actor, block, "session.removed", ("active",))


async def _visit_type(session: AsyncSession, place: Place, visit_type_id: UUID) -> VisitType:
    statement = select(VisitType).where(
        VisitType.public_id == visit_type_id,
        VisitType.doctor_id == place.doctor_id,
        col(VisitType.active),
    )
    visit_type = (await session.exec(statement)).first()
    if visit_type is None:
        raise Invalid({"visit_type_id": t("Please choose a visit type.")})
    offered_at = select(VisitTypeClinic.clinic_id).where(
        VisitTypeClinic.visit_type_id == visit_type.id
    )
    clinics = set(await session.exec(offered_at))
    if clinics and place.clinic.id not in clinics:
        raise Invalid({"visit_type_id": t("This visit is not offered at this clinic.")})
    return visit_type


def _require_sound(place: Place, visit_type: VisitType, draft: SessionDraft) -> datetime:
    """Return the moment at which a sound session starts."""
    errors: dict[str, str] = {}
    if not MIN_DURATION <= draft.duration <= MAX_DURATION:
        errors["duration"] = t(
            "Please give {least} to {most} minutes.", least=MIN_DURATION, most=MAX_DURATION
        )
    if not 1 <= draft.capacity <= MAX_CAPACITY:
        errors["capacity"] = t("Please give 1 to {limit} places.", limit=MAX_CAPACITY)
    if not 0 <= draft.starts < MINUTES_A_DAY:
        errors["starts"] = t("Please give a time.")
    days_ahead = (draft.day - today_at(place)).days
    if days_ahead > MAX_DAYS_AHEAD:
        errors["day"] = t("Please choose a day within the next two years.")
    elif days_ahead < 0:
        errors["day"] = t("This day is past.")
    elif draft.day in place.hours.days_off:
        errors["day"] = t("You have time off on this day.")
    if errors:
        raise Invalid(errors)
    starts_at = instant_of(place.clinic.zone, draft.day, draft.starts)
    wanted = f"{draft.starts // 60:02}:{draft.starts % 60:02}"
    if format_time(starts_at, place.clinic.zone) != wanted:
        raise Invalid({"starts": t("The clocks skip this time on that day.")})
    if starts_at <= clock.now():
        raise Invalid({"starts": t("This time is past.")})
    return starts_at


async def _require_nothing_in_the_way(
    session: AsyncSession, place: Place, wanted: BusyBlock
) -> None:
    statement = (
        select(BusyBlock, Appointment, Person)
        .outerjoin(
            Appointment,
            (col(Appointment.block_id) == BusyBlock.id) & col(Appointment.active),
        )
        .outerjoin(Person, col(Person.id) == Appointment.person_id)
        .where(
            BusyBlock.doctor_id == place.doctor_id,
            col(BusyBlock.active),
            col(BusyBlock.busy_from) < wanted.busy_until,
            col(BusyBlock.busy_until) > wanted.busy_from,
            or_(col(BusyBlock.kind) != BlockKind.HOLD, col(BusyBlock.expires_at) > clock.now()),
        )
        .order_by(col(BusyBlock.busy_from), col(Appointment.id))
    )
    found = (await session.exec(statement)).first()
    if found is not None:
        raise Invalid({"starts": _in_the_way(*found, zone=place.clinic.zone)})


def _in_the_way(
    block: BusyBlock, appointment: Appointment | None, person: Person | None, *, zone: str
) -> str:
    timed = appointment or block
    start = format_time(timed.starts_at or block.busy_from, zone)
    end = format_time(timed.ends_at or block.busy_until, zone)
    if block.kind is BlockKind.HOLD:
        return t("Somebody is just booking {start} – {end}.", start=start, end=end)
    if block.kind is BlockKind.SESSION:
        return t("You have a session {start} – {end}.", start=start, end=end)
    if person is None:
        return t("You are taken {start} – {end}.", start=start, end=end)
    return t("{patient} is booked {start} – {end}.", patient=person.full_name, start=start, end=end)


def _still_booked(count: int) -> str:
    if count == 1:
        return t("1 patient is booked in it. Please cancel that appointment first.")
    return t("{count} patients are booked in it. Please cancel them first.", count=count)


def _record(
    session: AsyncSession, actor: Actor, block: BusyBlock, deed: str, fields: tuple[str, ...]
) -> None:
    audit.record(
        session,
        actor,
        deed,
        record_type="busy_block",
        record_id=row_id(block),
        fields=fields,
        clinic_id=block.clinic_id,
    )
