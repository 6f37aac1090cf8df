"""What stands against a time that staff choose: asked about in words, overridden on purpose only.

Staff are bound by no notice, horizon or grid. What is outside the doctor's hours, beyond the
day's maximum or over something else is refused with ``OverbookingNeeded``, which names it; it
is done when the caller hands back the keys of exactly what they were shown. A block over another
one is marked ``overbooked``, which takes it out of the constraint over the doctor. The one over
the person stays: nobody is in two places.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, Record, allows
from appointment_app.i18n import format_date, format_time, t
from appointment_app.models import Appointment, BlockKind, BusyBlock, Person
from appointment_app.scheduling.availability import open_intervals
from appointment_app.scheduling.calendar_rows import LONGEST_BLOCK
from appointment_app.scheduling.errors import SchedulingError
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import local_date
from appointment_app.scheduling.rules import Place, load_full_days


class ConflictKind(StrEnum):
    """What stands against a time."""

    OVERLAP = "overlap"
    OUTSIDE_HOURS = "outside_hours"
    DAY_FULL = "day_full"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing that stands against a time: ``sentence`` says it, ``key`` tells it from others."""

    kind: ConflictKind
    key: str
    sentence: str


class OverbookingNeeded(SchedulingError):
    """The time can be had on purpose only; ``conflicts`` says over what."""

    code = "OVERBOOKING_NEEDED"

    def __init__(self, conflicts: tuple[Conflict, ...]) -> None:
        super().__init__(" ".join(conflict.sentence for conflict in conflicts))
        self.conflicts = conflicts

    @property
    def keys(self) -> frozenset[str]:
        """What a caller hands back who overbooks on purpose."""
        return frozenset(conflict.key for conflict in self.conflicts)


@dataclass(frozen=True, slots=True)
class WantedTime:
    """A visit and, around it, what it takes of the doctor; UTC."""

    visit: Interval
    busy: Interval


async def find_conflicts(
    session: AsyncSession,
    actor: Actor,
    place: Place,
    wanted: WantedTime,
    *,
    except_block: int | None = None,
    except_appointment: int | None = None,
) -> tuple[Conflict, ...]:
    """Return all that stands against the wanted time, without what is moved (internal ids).

    Names other patients to whom the actor may see only.
    """
    return (
        *await _overlaps(session, actor, place, wanted.busy, except_block),
        *_outside(place, wanted.visit),
        *await find_full_day(session, place, wanted.visit, except_appointment),
    )


def require_seen(conflicts: tuple[Conflict, ...], seen: AbstractSet[str]) -> None:
    """Return when all conflicts were ``seen`` (keys); raises ``OverbookingNeeded`` otherwise."""
    needed = OverbookingNeeded(conflicts)
    if not needed.keys <= seen:
        raise needed


def overlaps_another(conflicts: tuple[Conflict, ...]) -> bool:
    """Tell whether the block has to be taken out of the constraint over the doctor."""
    return any(conflict.kind is ConflictKind.OVERLAP for conflict in conflicts)


async def _overlaps(
    session: AsyncSession, actor: Actor, place: Place, busy: Interval, except_block: int | None
) -> list[Conflict]:
    statement = (
        select(BusyBlock, Appointment, Person)
        .outerjoin(
            Appointment, (col(Appointment.block_id) == BusyBlock.id) & col(Appointment.active)
        )
        .outerjoin(Person, col(Person.id) == Appointment.person_id)
        .where(
            BusyBlock.doctor_id == place.doctor_id,
            col(BusyBlock.active),
            col(BusyBlock.busy_from) > busy.start - LONGEST_BLOCK,
            col(BusyBlock.busy_from) < busy.end,
            col(BusyBlock.busy_until) > busy.start,
            or_(col(BusyBlock.kind) != BlockKind.HOLD, col(BusyBlock.expires_at) > clock.now()),
        )
        .order_by(col(BusyBlock.busy_from), col(Appointment.id))
    )
    conflicts: dict[str, Conflict] = {}
    for block, appointment, person in await session.exec(statement):
        if block.id != except_block:
            conflict = _overlap(actor, place, block, appointment, person)
            conflicts.setdefault(conflict.key, conflict)
    return list(conflicts.values())


def _overlap(
    actor: Actor,
    place: Place,
    block: BusyBlock,
    appointment: Appointment | None,
    person: Person | None,
) -> Conflict:
    zone = place.clinic.zone
    if block.kind is BlockKind.VISIT and appointment is not None and person is not None:
        key, starts_at = str(appointment.public_id), appointment.starts_at
        record = Record(appointment.person_id, appointment.doctor_id, appointment.clinic_id)
        if allows(actor, Action.VIEW_APPOINTMENT, record):
            sentence = t(
                "At {time} {patient} has an appointment: {visit}.",
                time=format_time(starts_at, zone),
                patient=person.full_name,
                visit=appointment.visit_name,
            )
        else:
            sentence = t(
                "At {time} the doctor has another appointment.",
                time=format_time(starts_at, zone),
            )
    else:
        starts_at = block.starts_at or block.busy_from
        key = f"{block.kind}:{block.busy_from.isoformat()}/{block.busy_until.isoformat()}"
        time = format_time(starts_at, zone)
        sentence = {
            BlockKind.SESSION: t("At {time} there is a group session.", time=time),
            BlockKind.HOLD: t("Somebody is just booking the time at {time}.", time=time),
        }.get(block.kind, t("From {time} on the doctor is busy.", time=time))
    return Conflict(ConflictKind.OVERLAP, key, sentence)


def _outside(place: Place, visit: Interval) -> list[Conflict]:
    if open_intervals(place.hours, visit) == [visit]:
        return []
    sentence = t("This is outside the hours at {clinic}.", clinic=place.clinic.name)
    return [Conflict(ConflictKind.OUTSIDE_HOURS, "outside", sentence)]


async def find_full_day(
    session: AsyncSession, place: Place, visit: Interval, except_appointment: int | None
) -> tuple[Conflict, ...]:
    """Return the conflict with the day's maximum, if there is one."""
    full_days = await load_full_days(session, [place], visit, except_appointment=except_appointment)
    day = local_date(place.clinic.zone, visit.start)
    if day not in full_days.get(place.id, frozenset()):
        return ()
    sentence = t(
        "On {day} there are as many patients as are seen in a day.",
        day=format_date(day, "EEEE d MMMM"),
    )
    return (Conflict(ConflictKind.DAY_FULL, f"full:{day.isoformat()}", sentence),)
