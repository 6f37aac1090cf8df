"""What is free of wishes, one or many at once: the reading under all that shows free times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.models import VisitMode, VisitType, row_id
from appointment_app.scheduling import resources
from appointment_app.scheduling.availability import VisitShape, free_slots
from appointment_app.scheduling.calendar_rows import (
    Kind,
    Row,
    live_block_rows,
    needs_rows,
    override_rows,
    person_rows,
    read_rows,
    seat_rows,
    time_off_rows,
    weekly_rows,
)
from appointment_app.scheduling.hold_keys import visitor_key
from appointment_app.scheduling.intervals import Interval, overlaps
from appointment_app.scheduling.moved import Moved
from appointment_app.scheduling.opening_hours import Hours
from appointment_app.scheduling.own_times import own_from
from appointment_app.scheduling.resource_times import starts_with_resources
from appointment_app.scheduling.resources import Equipment
from appointment_app.scheduling.rules import (
    UNREAD,
    Busy,
    Place,
    busy_from,
    full_days_from,
    hours_from,
    shape_of,
)
from appointment_app.scheduling.seats import GroupSession, load_sessions

_NO_DAYS: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Wish:
    """Free starts that are looked for: of a visit type at a place, within a window.

    With ``moved``, an appointment of that type, those to which it can be moved.
    """

    place: Place
    visit_type: VisitType
    window: Interval
    moved: Moved | None = None

    @property
    def shape(self) -> VisitShape:
        """The time that the visit takes."""
        offered = shape_of(self.visit_type)
        return self.moved.shape(offered) if self.moved else offered

    @property
    def reach(self) -> Interval:
        """The time from the first start to the end of the last visit."""
        return Interval(self.window.start, self.shape.visit(self.window.end).end)

    @property
    def needs_place(self) -> bool:
        """Whether it may need a room or a device at all: a video visit does not."""
        return self.visit_type.mode is VisitMode.IN_PERSON


@dataclass(frozen=True, slots=True)
class Free:
    """The free starts in UTC, sorted.

    ``held`` are those that would be free if nobody else were just booking then, ``unequipped``
    those at which the doctor has time and no suitable room or device is free.
    ``first_without_holds`` is the first of all, now or as if nobody held a slot, whichever is
    earlier: where one visit follows the other, a hold can also bring a start forth. It is looked
    for as if every room and device were free, for those become free without the doctor.
    ``seats_left`` says how many more patients there is room for at the starts of group sessions.
    The ``place`` has its hours, whether or not they were read before; ``busy`` is what occupies its
    doctor around the window, ``full_days`` are those on which they see no more patients, and
    ``own`` is when the one who was asked for has appointments themselves.
    """

    place: Place
    starts: list[datetime]
    first_without_holds: datetime | None
    held: list[datetime] = field(default_factory=list)
    unequipped: list[datetime] = field(default_factory=list)
    seats_left: dict[datetime, int] = field(default_factory=dict)
    busy: Sequence[Interval] = ()
    full_days: frozenset[date] = frozenset()
    own: Sequence[Interval] = ()


async def find_free(
    session: AsyncSession,
    wishes: Sequence[Wish],
    *,
    visitor: str = "",
    person_id: int | None = None,
) -> list[Free]:
    """Return what is free of each of the ``wishes``, in their order.

    What the ``visitor`` with this secret holds is free for them; what the person (internal id) has
    themselves is told apart. One statement for all of them and for hours that are ``UNREAD``, one
    more where there are group sessions, and one more where a visit needs a room or a device.
    """
    if not wishes:
        return []
    now = clock.now()
    visitor = visitor_key(visitor) if visitor else ""
    moved = next((wish.moved for wish in wishes if wish.moved), None)
    whole = _around(wishes)
    rows = await read_rows(session, *_asked(wishes, whole, moved, now, visitor, person_id))
    needy = {row.owner for row in rows[Kind.NEEDS]}
    equipment = Equipment()
    if needy:
        except_block = moved.block_id if moved else None
        equipment = await resources.load_equipment(session, needy, whole, except_block=except_block)
    places = [wish.place for wish in wishes]
    busy = busy_from(rows)
    found = _Found(
        now,
        _hours(rows, places),
        busy,
        full_days_from(rows, places),
        equipment,
        await load_sessions(session, _session_blocks(wishes, busy), now, visitor=visitor),
        own_from(rows),
    )
    return [_Look(wish, found).free() for wish in wishes]


def _around(wishes: Sequence[Wish]) -> Interval:
    """Return the time in which something may be in the way of one of the wishes."""
    around = [wish.shape.busy_around(wish.window) for wish in wishes]
    return Interval(min(each.start for each in around), max(each.end for each in around))


def _asked(
    wishes: Sequence[Wish],
    whole: Interval,
    moved: Moved | None,
    now: datetime,
    visitor: str,
    person_id: int | None,
) -> list[Any]:
    """Return what has to be read, as the parts of one statement."""
    except_block = moved.block_id if moved else None
    excepted = moved.appointment_id if moved else None
    places = [wish.place for wish in wishes]
    doctor_ids = {place.doctor_id for place in places}
    in_person = {row_id(each.visit_type) for each in wishes if each.needs_place}
    asked = [
        live_block_rows(doctor_ids, whole, now, except_block=except_block, visitor=visitor),
        needs_rows(in_person),
    ]
    if limited := {place.doctor_id for place in places if place.doctor.max_patients_a_day}:
        asked.append(seat_rows(limited, whole, except_appointment=excepted))
    if person_id is not None:
        reach = Interval(
            min(each.reach.start for each in wishes), max(each.reach.end for each in wishes)
        )
        asked.append(person_rows([person_id], reach, except_appointment=excepted))
    if unread := [place.id for place in places if place.hours is UNREAD]:
        asked += [weekly_rows(unread), override_rows(unread), time_off_rows(unread)]
    return asked


def _hours(rows: Mapping[Kind, Sequence[Row]], places: Sequence[Place]) -> dict[int, Hours]:
    """Return the hours of those places whose hours were read just now."""
    return hours_from(
        rows, [(place.at_clinic, place.clinic) for place in places if place.hours is UNREAD]
    )


def _session_blocks(wishes: Sequence[Wish], busy: Mapping[int, Busy]) -> set[int]:
    """Return the blocks of the group sessions that a seat may be wished for in."""
    return {
        block_id
        for wish in wishes
        if wish.moved is None and wish.place.doctor_id in busy
        for block_id in busy[wish.place.doctor_id].sessions.get(row_id(wish.visit_type), ())
    }


@dataclass(frozen=True, slots=True)
class _Found:
    """What was read for all wishes: hours and full days by place, what is busy by doctor."""

    now: datetime
    hours: Mapping[int, Hours]
    busy: Mapping[int, Busy]
    full_days: Mapping[int, frozenset[date]]
    equipment: Equipment
    sessions: list[GroupSession]
    own: Sequence[Interval]


class _Look:
    """One of the wishes, and what of all that was found is about it."""

    def __init__(self, wish: Wish, found: _Found) -> None:
        place = wish.place
        if place.id in found.hours:
            place = replace(place, hours=found.hours[place.id])
        self._wish, self._found, self._place = wish, found, place
        self._taken = found.busy.get(place.doctor_id) or Busy()
        self._full = found.full_days.get(place.id, _NO_DAYS)

    def free(self) -> Free:
        """Return what is free of the wish."""
        wish, place, taken, sessions = self._wish, self._place, self._taken, self._found.sessions
        on_grid, seats_left = self._starts(taken.for_visitor), self._seats(sessions)
        unheld = self._starts(taken.firm) if taken.held or taken.own else on_grid
        unheld_seats = self._seats([each.without_holds() for each in sessions])
        # The bound is for everybody: the visitor's own hold may bring a start forth for others.
        for_others = self._starts(taken.all) if taken.own else on_grid
        without_holds = [*on_grid[:1], *unheld[:1], *for_others[:1], *unheld_seats]
        equipment = self._found.equipment
        needs = equipment.needs(row_id(wish.visit_type), row_id(place.clinic))
        starts = starts_with_resources(on_grid, wish.shape, needs, equipment.busy)
        unequipped = sorted(set(on_grid).difference(starts)) if needs.suitable else []
        if wish.visit_type.capacity > 1:
            seats_left = dict.fromkeys(starts, wish.visit_type.capacity) | seats_left
        if sessions:
            starts = sorted({*starts, *seats_left})
        held = {start for start in unheld if self._is_held(start)} if taken.held else set()
        return Free(
            place,
            starts,
            first_without_holds=min(without_holds, default=None),
            held=sorted((held | set(unheld_seats)).difference(starts)),
            unequipped=unequipped,
            seats_left=seats_left,
            busy=taken.all,
            full_days=self._full,
            own=self._found.own,
        )

    def _starts(self, taken: list[Interval]) -> list[datetime]:
        """Return the starts on the doctor's grid that would be free of what is ``taken``."""
        wish, bounds = self._wish, self._place.bounds(self._found.now)
        return free_slots(self._place.hours, taken, wish.shape, wish.window, *bounds, self._full)

    def _seats(self, sessions: Sequence[GroupSession]) -> dict[datetime, int]:
        """Return how many seats the group sessions have left that take any more."""
        wish = self._wish
        return {
            each.starts_at: len(each.free_seats)
            for each in sessions
            if each.is_of(self._place, wish.visit_type)
            and wish.window.start <= each.starts_at < wish.window.end
            and each.refusal(self._place, self._found.now, self._full) is None
        }

    def _is_held(self, start: datetime) -> bool:
        """Tell whether somebody else holds time that a visit would need."""
        return any(overlaps(self._wish.shape.busy(start), each) for each in self._taken.held)
