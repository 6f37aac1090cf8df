"""The free slots of one doctor at a clinic, as the public sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.policy import Action, require
from appointment_app.errors import NotFound
from appointment_app.models import (
    Clinic,
    Doctor,
    DoctorAtClinic,
    VisitMode,
    VisitType,
    row_id,
)
from appointment_app.scheduling import resources
from appointment_app.scheduling.availability import VisitShape, free_slots
from appointment_app.scheduling.calendar_rows import (
    Kind,
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
from appointment_app.scheduling.moved import Moved, find_moved
from appointment_app.scheduling.offered import is_offered
from appointment_app.scheduling.opening_hours import Hours
from appointment_app.scheduling.own_times import looked_for, own_from, without_own
from appointment_app.scheduling.resource_times import starts_with_resources
from appointment_app.scheduling.resources import Equipment
from appointment_app.scheduling.rules import (
    UNREAD,
    Busy,
    Place,
    bookable_places,
    busy_from,
    full_days_from,
    hours_from,
    load_hours,
    shape_of,
)
from appointment_app.scheduling.seats import GroupSession, load_sessions


@dataclass(frozen=True, slots=True)
class Offer:
    """What a visitor looks at: a visit type of a doctor at a clinic; public ids."""

    doctor_id: UUID
    clinic_id: UUID
    visit_type_id: UUID


@dataclass(frozen=True, slots=True)
class OfferRows:
    """The stored rows of an offer, all of which take bookings.

    ``needs_resources`` says that the visit takes a room or a device with it.
    """

    at_clinic: DoctorAtClinic
    doctor: Doctor
    clinic: Clinic
    visit_type: VisitType
    needs_resources: bool

    @property
    def place_id(self) -> int:
        """The internal id of the doctor at the clinic."""
        return row_id(self.at_clinic)

    @property
    def doctor_id(self) -> int:
        """The internal id of the doctor."""
        return row_id(self.doctor)

    def place(self, hours: Hours) -> Place:
        """Return the place with its hours."""
        return Place(self.doctor, self.clinic, self.at_clinic, hours)


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


@dataclass(frozen=True, slots=True)
class Start:
    """One start that somebody looks at.

    ``is_held`` when somebody else is just booking then, ``is_own`` when they have an appointment
    then themselves; ``seats_left`` in a group session.
    """

    is_free: bool
    is_held: bool
    is_own: bool
    seats_left: int | None


async def look_at_start(
    session: AsyncSession, actor: Actor, offer: Offer, starts_at: datetime, *, visitor: str = ""
) -> Start:
    """Return what there is to say about one start (UTC) of ``offer``.

    What the ``visitor`` with this secret holds is free for them. Raises ``NotFound`` when patients
    cannot book it.
    """
    require(actor, Action.FIND_DOCTORS)
    place, visit_type = await load_offer(session, offer)
    moment = Interval(starts_at, starts_at + datetime.resolution)
    wish = Wish(place, visit_type, moment)
    (free,) = await find_free(session, [wish], visitor=visitor, person_id=actor.looks_for)
    is_own = not without_own([starts_at], wish.shape, free.own)
    is_free = starts_at in free.starts and not is_own
    return Start(is_free, starts_at in free.held, is_own, free.seats_left.get(starts_at))


async def list_slots(
    session: AsyncSession,
    actor: Actor,
    offer: Offer,
    window: Interval,
    *,
    moving: UUID | None = None,
) -> list[datetime]:
    """Return the free starts of ``offer`` within ``window``, in UTC, sorted.

    Without those at which the actor has an appointment themselves. With ``moving``, one of the
    actor's own appointments, those to which it can go. Raises ``NotFound`` when patients cannot
    book it.
    """
    require(actor, Action.FIND_DOCTORS)
    rows = await find_offer(session, offer)
    moved = await find_moved(session, actor, moving) if moving else None
    wish = Wish(rows.place(UNREAD), rows.visit_type, window, moved)
    return await slots_for(session, actor, wish)


async def nearest_slots(
    session: AsyncSession,
    actor: Actor,
    offer: Offer,
    wanted: datetime,
    *,
    count: int = 3,
    moving: UUID | None = None,
) -> list[datetime]:
    """Return up to ``count`` free starts nearest to ``wanted`` (UTC), in the order of time.

    Looks two weeks to either side, and passes over what the actor's own appointments
    overlap, or those of whom the appointment ``moving`` is for. Raises ``NotFound`` when patients
    cannot book the offer.
    """
    require(actor, Action.FIND_DOCTORS)
    rows = await find_offer(session, offer)
    if abs(wanted - clock.now()) > timedelta(days=1000):
        return []
    reach = timedelta(days=14)
    window = Interval(wanted - reach, wanted + reach)
    moved = await find_moved(session, actor, moving) if moving else None
    wish = Wish(rows.place(UNREAD), rows.visit_type, window, moved)
    free = await slots_for(session, actor, wish)
    return sorted(sorted(free, key=lambda start: abs(start - wanted))[:count])


async def load_offer(
    session: AsyncSession, offer: Offer, *, by_staff: bool = False
) -> tuple[Place, VisitType]:
    """Return the place and visit type of ``offer``, in two statements.

    Raises ``NotFound`` unless both take bookings of patients, or of staff.
    """
    rows = await find_offer(session, offer, by_staff=by_staff)
    hours = await load_hours(session, [(rows.at_clinic, rows.clinic)])
    return rows.place(hours[rows.place_id]), rows.visit_type


async def find_offer(session: AsyncSession, offer: Offer, *, by_staff: bool = False) -> OfferRows:
    """Return the rows of ``offer``, in one statement.

    Raises ``NotFound`` unless all of them take bookings of patients, or of staff.
    """
    ids = {"doctor": offer.doctor_id, "clinic": offer.clinic_id, "type": offer.visit_type_id}
    found = (await session.exec(_offer_statement(by_staff), params=ids)).first()
    if found is None:
        raise NotFound
    return OfferRows(*found)


@lru_cache
def _offer_statement(by_staff: bool) -> Any:
    """Return the statement of ``find_offer``: to make it takes longer than to run it."""
    return (
        bookable_places()
        .join(VisitType, col(VisitType.doctor_id) == Doctor.id)
        .add_columns(VisitType, resources.is_needed())
        .where(
            col(Doctor.public_id) == bindparam("doctor"),
            col(Clinic.public_id) == bindparam("clinic"),
            col(VisitType.public_id) == bindparam("type"),
            *is_offered(by_staff=by_staff),
        )
    )


async def slots_for(session: AsyncSession, actor: Actor, wish: Wish) -> list[datetime]:
    """Return the free starts without those at which the actor has an appointment themselves."""
    person_id = looked_for(actor, wish.moved)
    (free,) = await find_free(session, [wish], person_id=person_id)
    return without_own(free.starts, wish.shape, free.own)


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
    around = [wish.shape.busy_around(wish.window) for wish in wishes]
    whole = Interval(min(each.start for each in around), max(each.end for each in around))
    places = [wish.place for wish in wishes]
    moved = next((wish.moved for wish in wishes if wish.moved), None)
    except_block = moved.block_id if moved else None
    excepted = moved.appointment_id if moved else None
    doctor_ids = {place.doctor_id for place in places}
    in_person = {row_id(each.visit_type) for each in wishes if each.needs_place}
    rows = [
        live_block_rows(doctor_ids, whole, now, except_block=except_block, visitor=visitor),
        needs_rows(in_person),
    ]
    if limited := {place.doctor_id for place in places if place.doctor.max_patients_a_day}:
        rows.append(seat_rows(limited, whole, except_appointment=excepted))
    if person_id is not None:
        reach = Interval(
            min(each.reach.start for each in wishes), max(each.reach.end for each in wishes)
        )
        rows.append(person_rows([person_id], reach, except_appointment=excepted))
    if unread := [place for place in places if place.hours is UNREAD]:
        keys = [place.id for place in unread]
        rows += [weekly_rows(keys), override_rows(keys), time_off_rows(keys)]
    found = await read_rows(session, *rows)
    hours = hours_from(found, [(place.at_clinic, place.clinic) for place in unread])
    busy, full_days = busy_from(found), full_days_from(found, places)
    needy = {row.owner for row in found[Kind.NEEDS]}
    equipment = (
        await resources.load_equipment(session, needy, whole, except_block=except_block)
        if needy
        else Equipment()
    )
    nothing, own = Busy(), own_from(found)
    sessions = await load_sessions(
        session,
        {
            block_id
            for wish in wishes
            if wish.moved is None and wish.place.doctor_id in busy
            for block_id in busy[wish.place.doctor_id].sessions.get(row_id(wish.visit_type), ())
        },
        now,
        visitor=visitor,
    )

    def free(wish: Wish) -> Free:
        place, full = wish.place, full_days.get(wish.place.id, frozenset())
        if place.id in hours:
            place = replace(place, hours=hours[place.id])
        taken = busy.get(place.doctor_id, nothing)

        def starts(taken: list[Interval]) -> list[datetime]:
            bounds = place.bounds(now)
            return free_slots(place.hours, taken, wish.shape, wish.window, *bounds, full)

        def seats(sessions: list[GroupSession]) -> dict[datetime, int]:
            return {
                each.starts_at: len(each.free_seats)
                for each in sessions
                if each.is_of(place, wish.visit_type)
                and wish.window.start <= each.starts_at < wish.window.end
                and each.refusal(place, now, full) is None
            }

        def is_held(start: datetime) -> bool:
            return any(overlaps(wish.shape.busy(start), each) for each in taken.held)

        on_grid, seats_left = starts(taken.for_visitor), seats(sessions)
        unheld = starts(taken.firm) if taken.held or taken.own else on_grid
        unheld_seats = seats([each.without_holds() for each in sessions])
        # The bound is for everybody: the visitor's own hold may bring a start forth for others.
        for_others = starts(taken.all) if taken.own else on_grid
        without_holds = [*on_grid[:1], *unheld[:1], *for_others[:1], *unheld_seats]
        needs = equipment.needs(row_id(wish.visit_type), row_id(place.clinic))
        found = starts_with_resources(on_grid, wish.shape, needs, equipment.busy)
        unequipped = sorted(set(on_grid).difference(found)) if needs.suitable else []
        if wish.visit_type.capacity > 1:
            seats_left = dict.fromkeys(found, wish.visit_type.capacity) | seats_left
        if sessions:
            found = sorted({*found, *seats_left})
        held = {start for start in unheld if is_held(start)} if taken.held else set()
        held = (held | set(unheld_seats)).difference(found)
        bound = min(without_holds, default=None)
        return Free(place, found, bound, sorted(held), unequipped, seats_left, taken.all, full, own)

    return [free(wish) for wish in wishes]
