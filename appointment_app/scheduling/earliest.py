"""Finds the doctors at clinics that are free first, and looks into as few calendars as it can.

A page of results needs the ``count`` places that are free first, of perhaps thousands. Each has a
kept lower bound of its first free start (``next_free.py``), and the day that is wanted is a lower
bound too: nothing is looked for before it. The places are read in the order of the later of the
two, and their first free start is made exact, until the page is full and the next bound is later
than the last exact start on it.

Why that is the right page: an exact start is never before its bound. A place that was not read has
a bound later than the last start on the page, so its own first start is later still; and each
place that was read is exact, or is known to be free later than that. So the ``count`` earliest of
all were read and are exact, and they are sorted by what is exact. Equal starts, like equal bounds,
are ordered by id, so that pages never depend on what the bounds happen to be. Where not enough
places are free at all, every one is read, and those without a free start come last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.models import Clinic, Doctor, DoctorAtClinic, VisitType, row_id
from appointment_app.scheduling.doctors import load_visit_types
from appointment_app.scheduling.free_times import Wish, find_free
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import local_day_bounds
from appointment_app.scheduling.next_free import Learned
from appointment_app.scheduling.offered import is_offered
from appointment_app.scheduling.rules import UNREAD, Place, bookable_places, is_bookable

# Most doctors are free within these days, and a card shows no more; what lies beyond is read for
# those that are not.
_NEAR = timedelta(days=7)
# Bounds are a little behind the truth, so a few more than a page are read at once, and all that
# are unknown,
_SPARE = 10
# but never more than these.
_MOST = 1000
# The place of a doctor at a clinic in the order: a moment, then the id.
_Mark = tuple[datetime, int]
# No clock on earth is further ahead of UTC.
_FIRST_CLOCK = timedelta(hours=14)


@dataclass(slots=True)
class Seen:
    """A place that was looked at, and what is free there of the first of its ``visit_types``.

    ``slots`` are free starts (UTC), the first one at all among them, or none when nothing is free;
    ``held`` those at which somebody else is just booking.
    ``seats_left`` says how many more there is room for where a group session begins.
    ``looked_until`` is how far was looked; ``bound`` a lower bound of the first free start where
    something is known of it.
    """

    place: Place
    visit_types: tuple[VisitType, ...]
    begin: datetime
    looked_until: datetime
    bound: datetime | None
    slots: list[datetime] = field(default_factory=list)
    held: list[datetime] = field(default_factory=list)
    seats_left: dict[datetime, int] = field(default_factory=dict)

    @property
    def order(self) -> tuple[bool, list[datetime], int]:
        """Earliest first, those that are never free last."""
        return not self.slots, self.slots[:1], self.place.id

    def learned(self) -> Learned | None:
        """Return the bound that is worth keeping, if there is any."""
        stored = self.place.at_clinic.next_free_at
        if self.bound is None or (stored is not None and self.bound <= stored):
            return None
        place = self.place
        return Learned(place.id, place.doctor_id, place.doctor.revision, self.bound)


class EarliestFirst:
    """The places that meet ``conditions``, the ``count`` that are free first among the ``seen``.

    ``day`` is the first local day that suits; what the ``visitor`` with this secret holds is free
    for them. ``total`` says how many places there are in all.
    """

    def __init__(
        self,
        session: AsyncSession,
        conditions: Iterable[sa.ColumnElement[bool]],
        day: date | None,
        count: int,
        visitor: str = "",
    ) -> None:
        self.total = 0
        self._session = session
        self._conditions = tuple(conditions)
        self._day = day
        self._count = count
        self._visitor = visitor
        self._seen: dict[int, Seen] = {}
        self._read = 0
        self._read_until: _Mark | None = None

    async def find(self) -> list[Seen]:
        """Return the places in their order, right as far as ``count``."""
        while places := await self._next_places():
            types = await load_visit_types(self._session, places)
            seen = [
                begin_at(place, types[place.id], self._day)
                for place in places
                if place.id not in self._seen
            ]
            self._seen |= {each.place.id: each for each in seen}
            for far in (False, True):
                open_ = [each for each in seen if self._matters(each)]
                await look(self._session, open_, far=far, visitor=self._visitor)
        return sorted(self._seen.values(), key=lambda each: each.order)

    def _last(self) -> _Mark | None:
        """Return the mark of the last place on the page; None while it is not full."""
        marks = sorted((each.slots[0], key) for key, each in self._seen.items() if each.slots)
        return marks[self._count - 1] if len(marks) >= self._count else None

    def _matters(self, seen: Seen) -> bool:
        """Tell whether a place is not exact and may yet belong to the page."""
        last = self._last()
        return not seen.slots and (last is None or (seen.looked_until, seen.place.id) < last)

    async def _next_places(self) -> list[Place]:
        """Return the next places in the order of their bounds, none when the page is full."""
        last, begin = self._last(), self._begin()
        is_full = last is not None and self._read_until is not None and self._read_until > last
        if is_full or (self._read and self._read == self.total):
            return []
        ranked = _ranked(self._conditions, begin)
        statement: Any = (
            bookable_places()
            .add_columns(ranked.c.total)
            .join(ranked, ranked.c.id == DoctorAtClinic.id)
            .order_by(ranked.c.rank)
            .limit(_MOST)
        )
        if self._read:
            statement = statement.where(ranked.c.rank > self._read)
        else:
            first = self._count + _SPARE + ranked.c.unknown
            statement = statement.where(ranked.c.rank <= first)
        if last is not None:
            statement = statement.where(_may_come_before(last))
        rows = (await self._session.exec(statement)).all()
        if not rows:
            return []
        self._read += len(rows)
        at_clinic, *_, self.total = rows[-1]
        self._read_until = _mark_of(at_clinic, begin)
        return [Place(doctor, clinic, at_clinic, UNREAD) for at_clinic, doctor, clinic, _ in rows]

    def _begin(self) -> datetime:
        """Return a moment before which nothing is looked for at any clinic."""
        now = clock.now()
        if self._day is None:
            return now
        return max(now, local_day_bounds("UTC", self._day).start - _FIRST_CLOCK)


def begin_at(
    place: Place,
    visit_types: tuple[VisitType, ...],
    day: date | None,
    *,
    use_bound: bool = True,
) -> Seen:
    """Return ``place`` before it was looked at, nothing of ``visit_types`` being free earlier.

    ``use_bound`` is for the default visit type, whose bound is kept.
    """
    stored = place.at_clinic.next_free_at if use_bound else None
    earliest, _ = place.bounds(clock.now())
    bound = max(earliest, stored) if stored else earliest
    begin = bound if day is None else max(bound, local_day_bounds(place.clinic.zone, day).start)
    # Who begins later than the bound learns nothing of what is free before.
    known = bound if use_bound and begin == bound else None
    return Seen(place, visit_types, begin, looked_until=begin, bound=known)


async def look(
    session: AsyncSession, seen: Sequence[Seen], *, far: bool = False, visitor: str = ""
) -> None:
    """Look on from where each was looked at last: some days, when ``far`` up to the horizon."""
    now = clock.now()
    looking, wishes = [], []
    for each in seen:
        _, horizon = each.place.bounds(now)
        until = horizon if far else min(each.begin + _NEAR, horizon)
        if not each.visit_types:
            until = each.looked_until = horizon
        if each.looked_until < until:
            looking.append(each)
            window = Interval(each.looked_until, until)
            wishes.append(Wish(each.place, each.visit_types[0], window))
            continue
        if each.bound is not None:
            each.bound = max(each.bound, each.looked_until)
    found = await find_free(session, wishes, visitor=visitor)
    for each, wish, free in zip(looking, wishes, found, strict=True):
        each.place, each.slots, each.seats_left = free.place, free.starts, free.seats_left
        each.held += free.held
        if each.bound == each.looked_until:
            each.bound = free.first_without_holds or wish.window.end
        each.looked_until = wish.window.end


def learned_from(seen: Iterable[Seen]) -> list[Learned]:
    """Return the bounds that were found out and are worth keeping."""
    return [learned for each in seen if (learned := each.learned()) is not None]


def _mark_of(at_clinic: DoctorAtClinic, begin: datetime) -> _Mark:
    """Return the mark of a row that was read: none that was not read has a lower one."""
    if at_clinic.next_free_at is None:
        return begin, 0  # where not even all of the unknown ones were read
    return max(begin, at_clinic.next_free_at), row_id(at_clinic)


def _may_come_before(mark: _Mark) -> sa.ColumnElement[bool]:
    moment, key = mark
    bound = col(DoctorAtClinic.next_free_at)
    same = sa.and_(bound == moment, col(DoctorAtClinic.id) < key)
    return sa.or_(bound.is_(None), bound < moment, same)


async def count_by_clinic(
    session: AsyncSession, conditions: Sequence[sa.ColumnElement[bool]]
) -> dict[int, int]:
    """Return how many places meet the conditions at each clinic (internal id) that has any."""
    clinic = col(DoctorAtClinic.clinic_id)
    statement: Any = _matching(sa.select(clinic, sa.func.count()), conditions).group_by(clinic)
    return dict((await session.exec(statement)).all())


def _matching(statement: Any, conditions: Sequence[sa.ColumnElement[bool]]) -> Any:
    """Narrow a select of ``DoctorAtClinic`` to what patients can book and the conditions meet."""
    offers = sa.exists().where(col(VisitType.doctor_id) == DoctorAtClinic.doctor_id, *is_offered())
    return (
        statement.join(Doctor, col(Doctor.id) == DoctorAtClinic.doctor_id)
        .join(Clinic, col(Clinic.id) == DoctorAtClinic.clinic_id)
        .where(*is_bookable(), offers, *conditions)
    )


def _ranked(conditions: Sequence[sa.ColumnElement[bool]], begin: datetime) -> sa.Subquery:
    """Select the ids of all that match in the order of their bounds, unknown ones first.

    Only narrow rows are sorted and counted; what belongs to a page is read by its id.
    """
    key, bound = col(DoctorAtClinic.id), col(DoctorAtClinic.next_free_at)
    is_unknown = sa.case((bound.is_(None), 1), else_=0)
    # What lies before ``begin`` is all the same, and comes first.
    is_ahead = sa.case((bound > begin, 1), else_=0)
    order = (is_unknown.desc(), is_ahead, sa.case((bound > begin, bound)), key)
    ranked = sa.select(
        key.label("id"),
        sa.func.sum(is_unknown).over().label("unknown"),
        sa.func.count().over().label("total"),
        sa.func.row_number().over(order_by=order).label("rank"),
    )
    matching: sa.Subquery = _matching(ranked, conditions).subquery("ranked")
    return matching
