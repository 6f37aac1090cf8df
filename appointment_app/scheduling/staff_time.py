"""A time that staff chose for a patient: what stands against it, and where the patient sits then.

Where a group session of that visit begins at the chosen time, a seat in it is taken: it stands
there already, and only the day may be full. Anywhere else the visit takes time of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.i18n import t
from appointment_app.models import VisitType, row_id
from appointment_app.scheduling import held, resources
from appointment_app.scheduling.booking import Seat
from appointment_app.scheduling.errors import SlotHeld, SlotTaken
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.overbooking import (
    Conflict,
    WantedTime,
    find_conflicts,
    find_full_day,
    overlaps_another,
)
from appointment_app.scheduling.resource_times import Needs
from appointment_app.scheduling.rules import Place, shape_of
from appointment_app.scheduling.seats import GroupSession, find_session
from appointment_app.scheduling.slots import OfferRows


@dataclass(frozen=True, slots=True)
class StaffTime:
    """What the visit takes of the doctor, the session that is ``joined``, if any, and conflicts."""

    wanted: WantedTime
    joined: GroupSession | None
    conflicts: tuple[Conflict, ...]


async def look_at_time(
    session: AsyncSession,
    actor: Actor,
    place: Place,
    visit_type: VisitType,
    starts_at: datetime,
    *,
    except_appointment: int | None = None,
) -> StaffTime:
    """Return what stands against a start (UTC); ``except_appointment`` is not of the day's.

    Raises ``SlotTaken`` (``SlotHeld``) where the session has no seat left: nobody overbooks one.
    """
    joined = await find_session(session, place, visit_type, starts_at, clock.now())
    if joined is None:
        shape = shape_of(visit_type)
        wanted = WantedTime(shape.visit(starts_at), shape.busy(starts_at))
        conflicts = await find_conflicts(
            session, actor, place, wanted, except_appointment=except_appointment
        )
        return StaffTime(wanted, None, conflicts)
    if not joined.free_seats:
        if joined.without_holds().free_seats:
            raise SlotHeld
        raise SlotTaken(t("Every place in this group session is taken. Nothing was changed."))
    visit = Interval(starts_at, joined.ends_at)
    conflicts = await find_full_day(session, place, visit, except_appointment)
    return StaffTime(WantedTime(visit, visit), joined, conflicts)


async def sit_down(
    session: AsyncSession, place: Place, visit_type: VisitType, time: StaffTime, needs: Needs
) -> Seat:
    """Take a seat in the session that is joined, or make the block, with what it ``needs``."""
    visit = time.wanted.visit
    if (joined := time.joined) is not None:
        if joined.is_only_held:
            await held.settle(session, joined.block_id)
        return Seat(joined.block_id, joined.free_seats[0], visit.end)
    rows = OfferRows(place.at_clinic, place.doctor, place.clinic, visit_type, bool(needs.suitable))
    block = held.block_for(rows, visit.start)
    block.overbooked = overlaps_another(time.conflicts)
    session.add(block)
    await session.flush()
    await resources.take(session, needs, block)
    return Seat(row_id(block), 0, visit.end)
