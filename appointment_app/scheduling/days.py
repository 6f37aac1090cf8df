"""The days of a doctor's page: what is free on each, and what it is when nothing is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, require
from appointment_app.scheduling.availability import VisitShape, free_slots, open_intervals
from appointment_app.scheduling.free_times import Wish, find_free
from appointment_app.scheduling.intervals import Interval, clip, subtract
from appointment_app.scheduling.local_time import by_local_day, local_date, local_day_bounds
from appointment_app.scheduling.moved import find_moved
from appointment_app.scheduling.opening_hours import Hours
from appointment_app.scheduling.own_times import looked_for, without_own
from appointment_app.scheduling.patient_rules import is_at_limit
from appointment_app.scheduling.rules import UNREAD, shape_of
from appointment_app.scheduling.slots import Offer, OfferRows, find_offer, slots_for

_SHORTEST_VISIT = timedelta(minutes=5)


class DayKind(StrEnum):
    """What a local day is to somebody who wants to book."""

    FREE = "free"
    FULL = "full"  # all is taken, or the doctor sees no more patients
    NO_RESOURCE = "no_resource"  # the doctor has time, but no suitable room or device is free
    NO_GAP = "no_gap"  # there is free time, but less than the visit takes
    CLOSED = "closed"  # the doctor receives nobody
    OVER = "over"  # past, or too near to be booked
    NOT_YET = "not_yet"  # beyond the horizon


@dataclass(frozen=True, slots=True)
class Day:
    """One local day with its free starts (UTC), and those that somebody is just booking."""

    day: date
    kind: DayKind
    slots: tuple[datetime, ...]
    held: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Days:
    """Days in a row at one clinic, where it is ``today``.

    ``last_day`` is the last that can be booked at present; ``at_limit`` tells that the actor has
    as many appointments with the doctor as one patient may.

    ``first_free`` is the earliest free start at all. It is looked for only when no day has
    one, and None when there is none up to the horizon. ``changes_at`` is when time alone changes
    the first of all this: a start becomes too near, a day ends, or the doctor is suspended.
    ``seats_left`` says how many more patients there is room for at the starts of group sessions;
    ``left_out`` whether times are missing because one has an appointment oneself.
    """

    days: tuple[Day, ...]
    today: date
    last_day: date
    first_free: datetime | None
    at_limit: bool
    changes_at: datetime
    seats_left: Mapping[datetime, int]
    left_out: bool


async def list_days(
    session: AsyncSession,
    actor: Actor,
    offer: Offer,
    first_day: date,
    count: int = 7,
    *,
    rows: OfferRows | None = None,
    moving: UUID | None = None,
    visitor: str = "",
) -> Days:
    """Return ``count`` local days of the clinic from ``first_day`` on.

    Whoever has read the ``rows`` of the offer already hands them on.

    Their times are those to which the actor's own appointment ``moving`` can go, where there is
    one; what the ``visitor`` with this secret holds is free for them. Raises ``NotFound`` when
    patients cannot book the offer.
    """
    require(actor, Action.FIND_DOCTORS)
    rows = rows or await find_offer(session, offer)
    place, visit_type = rows.place(UNREAD), rows.visit_type
    now = clock.now()
    not_before, not_after = place.bounds(now)
    moved = await find_moved(session, actor, moving) if moving else None
    zone = place.clinic.zone
    shape = moved.shape(shape_of(visit_type)) if moved else shape_of(visit_type)
    dates = [first_day + timedelta(days=number) for number in range(count)]
    window = Interval(local_day_bounds(zone, dates[0]).start, local_day_bounds(zone, dates[-1]).end)
    wish = Wish(place, visit_type, window, moved)
    person_id = looked_for(actor, moved)
    (found,) = await find_free(session, [wish], visitor=visitor, person_id=person_id)
    place = found.place
    free = without_own(found.starts, shape, found.own)
    left_out = len(free) < len(found.starts)
    by_day = by_local_day(zone, free)
    held = by_local_day(zone, without_own(found.held, shape, found.own))
    unequipped = by_local_day(zone, found.unequipped)
    not_own = by_local_day(zone, found.starts) if unequipped else {}

    def kind(day: date) -> DayKind:
        if by_day[day]:
            return DayKind.FREE
        if unequipped[day] and not not_own.get(day):
            return DayKind.NO_RESOURCE
        return kind_of_day(
            place.hours, shape, day, not_before, not_after, found.busy, found.full_days
        )

    days = tuple(Day(day, kind(day), by_day[day], held[day]) for day in dates)
    today = local_day_bounds(zone, local_date(zone, now))
    too_near = [start - (not_before - now) for start in free[:1]]
    suspended_from = place.doctor.suspended_after(now)
    ending = [] if suspended_from is None else [suspended_from]
    if not free and not_before < not_after:
        ahead = Interval(not_before, not_after)
        free = await slots_for(session, actor, Wish(place, visit_type, ahead, moved))
    return Days(
        days,
        today=local_date(zone, now),
        last_day=local_date(zone, not_after - timedelta(microseconds=1)),
        first_free=next(iter(free), None),
        at_limit=moved is None and await is_at_limit(session, place.at_clinic, actor.looks_for),
        changes_at=min([*too_near, today.end, *ending]),
        seats_left=found.seats_left,
        left_out=left_out,
    )


def kind_of_day(
    hours: Hours,
    shape: VisitShape,
    day: date,
    not_before: datetime,
    not_after: datetime,
    busy: Iterable[Interval] = (),
    full_days: Collection[date] = (),
) -> DayKind:
    """Return why a local day without a free start has none.

    ``not_before`` is the first moment that can be booked, ``not_after`` the first that cannot;
    on ``full_days`` the doctor sees no more patients.
    """
    whole = local_day_bounds(hours.zone, day)
    opened = open_intervals(hours, whole)
    if not opened:
        return DayKind.CLOSED
    starts = free_slots(hours, (), shape, whole, whole.start)
    if starts and starts[-1] < not_before:
        return DayKind.OVER
    if opened[0].start >= not_after:
        return DayKind.NOT_YET
    if opened[-1].end <= not_before:
        return DayKind.OVER
    if not starts:
        return DayKind.NO_GAP
    if starts[0] >= not_after:
        return DayKind.NOT_YET
    if day in full_days:
        return DayKind.FULL
    if free_slots(hours, busy, shape, whole, not_before, not_after):
        return DayKind.FULL  # an appointment of one's own takes what is left
    bookable = Interval(max(whole.start, not_before), min(whole.end, not_after))
    left = subtract(clip(opened, bookable), busy)
    some_time = any(each.end - each.start >= _SHORTEST_VISIT for each in left)
    return DayKind.NO_GAP if some_time else DayKind.FULL
